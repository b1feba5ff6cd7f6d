//! Two servers on one database: however many ask at once, no product is oversold.

use serde_json::json;

use crate::{
    desk::{Call, Desk, license, node_beside, token},
    office::Office,
};

const LIMIT: usize = 20;
const ASKING: usize = 120;

#[test]
fn two_servers_on_one_postgresql_sell_each_seat_once() {
    let office = Office::postgres();
    let desk = Desk::open(&office);
    license(&office, "line", LIMIT);
    let second = node_beside(&office);
    let other = second.serve(&[]);
    let admins = [desk.admin(), other.door("admin")];
    let tokens = [desk.root.clone(), token(&second, &["Second", "--role", "operator"])];
    let asking: Vec<_> = (0..ASKING)
        .map(|index| {
            let (admin, token) = (admins[index % 2], tokens[index % 2].clone());
            std::thread::spawn(move || {
                let body = json!({"number": (1000 + index).to_string(), "name": "Ann", "product": "line"})
                    .to_string();
                let (path, body) = ("/tenants/acme/extensions", Some(body.as_bytes()));
                let reply =
                    Call { method: "POST", path, token: Some(&token), body, ..Call::default() }.send(admin);
                (reply.status, reply.body["code"].as_str().unwrap_or_default().to_owned())
            })
        })
        .collect();
    let mut made = 0;
    for answer in asking {
        match answer.join().unwrap() {
            (201, _) => made += 1,
            (409, code) => assert_eq!(code, "no_seat_left"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(made, LIMIT);
    let used = desk.done("GET", "/tenants/acme/license", serde_json::Value::Null);
    assert_eq!((&used["products"][0]["used"], &used["products"][0]["limit"]), (&LIMIT.into(), &LIMIT.into()));
    other.stop();
    desk.server.stop();
}
