//! What a PBX is told: everything, then what changed, and when it must ask for everything again.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, Reply, furnish, license, token},
    office::{Office, on_both_engines},
};

on_both_engines![a_pbx_follows_changes_by_revision];

fn a_pbx_follows_changes_by_revision(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    for number in ["102", "103"] {
        desk.done(
            "POST",
            "/tenants/acme/extensions",
            json!({"number": number, "name": "Bob", "product": "line"}),
        );
    }
    let pbx = token(office, &["PBX", "--tenant", "acme", "--right", "credentials:view"]);
    let ask = |query: &str| -> Reply {
        let path = format!("/credentials{query}");
        Call { method: "GET", path: &path, token: Some(&pbx), ..Call::default() }.send(desk.admin())
    };
    let users = |reply: &Reply| -> Vec<String> {
        let accounts = reply.body["accounts"].as_array().unwrap().iter();
        accounts
            .map(|account| {
                let secret = account["ha1"].is_string() || account["password"].is_string();
                assert_eq!(account["admitted"], secret, "{account}");
                let state = account["withheld"].as_str().map(|why| format!(" {why}")).unwrap_or_default();
                format!("{}{state}", account["user"].as_str().unwrap())
            })
            .collect()
    };
    let all = ask("?form=plain");
    assert_eq!(users(&all), ["101", "102", "103", "carrier"]);
    assert_eq!((&all.body["complete"], &all.body["realm"]), (&true.into(), &"pbx.example.org".into()));
    let shown = desk.done("GET", "/tenants/acme/extensions/101/password", Value::Null);
    assert_eq!(all.body["accounts"][0]["password"], shown["sip_password"]);
    let revision = |reply: &Reply| reply.body["as_of"].as_i64().unwrap();

    let nothing = ask(&format!("?since={}", revision(&all)));
    assert_eq!((users(&nothing).len(), &nothing.body["complete"]), (0, &false.into()));
    desk.done("PUT", "/tenants/acme/extensions/102/password", json!({}));
    desk.done("PUT", "/tenants/acme/extensions/103/blocked", json!({"blocked": true}));
    let changed = ask(&format!("?since={}", revision(&all)));
    assert_eq!(users(&changed), ["102", "103 blocked"]);
    assert!(changed.body["accounts"][0]["password"].is_null(), "hashes unless asked otherwise");
    desk.done("DELETE", "/tenants/acme/extensions/102", Value::Null);
    let removed = ask(&format!("?since={}", revision(&changed)));
    assert_eq!((&removed.body["removed"], users(&removed).len()), (&json!(["102"]), 0));
    desk.done("POST", "/tenants/acme/extensions", json!({"number": "102", "name": "Eve", "product": "line"}));
    let again = ask(&format!("?since={}", revision(&changed)));
    assert_eq!((&again.body["removed"], users(&again)), (&json!([]), vec!["102".to_owned()]));

    // a smaller license withholds the last, and everybody must be asked for
    license(office, "line", 2);
    let smaller = ask(&format!("?since={}", revision(&again)));
    assert_eq!(smaller.body["complete"], true);
    assert_eq!(users(&smaller), ["101", "102 seats-exceeded", "103 blocked", "carrier"]);
    // whose seat becomes free moves another up, which nobody touched
    desk.done("DELETE", "/tenants/acme/extensions/103", Value::Null);
    let moved = ask(&format!("?since={}", revision(&smaller)));
    assert_eq!(
        (&moved.body["complete"], users(&moved)),
        (&true.into(), vec!["101".into(), "102".into(), "carrier".into()])
    );

    // FreeSWITCH asks for one user at a time
    let directory = |user: &str| {
        let basic = data_encoding::BASE64.encode(format!("pbx:{pbx}").as_bytes());
        let form = format!("section=directory&user={user}&domain=pbx.example.org");
        let headers = [
            ("Authorization", format!("Basic {basic}")),
            ("Content-Type", "application/x-www-form-urlencoded".to_owned()),
        ];
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (method, path) = ("POST", "/freeswitch/directory");
        let call = Call { method, path, token: None, headers: &headers, body: Some(form.as_bytes()) };
        call.text(desk.admin())
    };
    let ha1 = moved.body["accounts"][0]["ha1"].as_str().unwrap();
    let found = directory("101");
    assert!(found.contains(&format!("<param name=\"a1-hash\" value=\"{ha1}\"/>")), "{found}");
    assert!(directory("999").contains("status=\"not found\""));

    assert_eq!(ask("?since=999999").problem(), (410, "revision_forgotten"));
    assert_eq!(ask("?since=-1").status, 400);
    let operator = desk.call("GET", "/credentials", Value::Null);
    assert_eq!(operator.problem(), (422, "tenant_not_named"));
    // nobody can know what the license says
    std::fs::remove_file(office.public_key()).unwrap();
    desk.server.reload();
    let unknown = ask("");
    assert_eq!(unknown.problem(), (503, "license_undecidable"));
    assert!(unknown.header("retry-after").is_some());
    desk.server.stop();
}
