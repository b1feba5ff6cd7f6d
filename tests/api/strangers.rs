//! Tenants are walls: with the token of another tenant nothing is seen, nothing is changed, nobody is named.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, MAC, furnish, token},
    office::{Office, on_both_engines},
    rights::operations,
    users::session,
};

on_both_engines![a_stranger_finds_nothing_behind_any_route];

fn a_stranger_finds_nothing_behind_any_route(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    desk.done(
        "POST",
        "/tenants",
        json!({"slug": "zebra", "name": "Zebra", "sip_domain": "zebra.example.org"}),
    );
    let strangers = [
        token(office, &["Zebra", "--tenant", "zebra", "--role", "operator"]),
        session(office, &desk, &["zoe", "--tenant", "zebra", "--role", "administrator"]),
    ];
    let everything = || {
        let of = [
            "extensions",
            "attendants",
            "trunks",
            "dids",
            "devices",
            "profiles",
            "license",
            "tokens",
            "users",
            "settings",
        ];
        of.map(|of| desk.done("GET", &format!("/tenants/acme/{of}"), Value::Null))
    };
    let before = everything();
    let body = br#"{"number":"105","name":"Eve","product":"line","blocked":true,"service":"101","mac":"805ec0000199"}"#;
    let walks = strangers.iter().flat_map(|stranger| [(stranger, "acme"), (stranger, "zebra")]);
    for (stranger, tenant) in walks {
        for (method, path, _) in operations(&desk, tenant) {
            // who signs out finds nothing afterwards
            if (method.as_str(), path.as_str()) == ("DELETE", "/session") {
                continue;
            }
            let body = Some(&body[..]).filter(|_| method != "GET" && method != "DELETE");
            let call = Call { method: &method, path: &path, token: Some(stranger), body, ..Call::default() };
            let reply = call.send(desk.admin());
            let what = format!("{method} {path}: {reply:?}");
            assert!(reply.status < 500, "{what}");
            if path.starts_with("/tenants/acme") {
                assert_eq!(reply.problem(), (404, "tenant_not_found"), "{what}");
                continue;
            }
            // in its own house, and where there is no house in the path, it finds nothing of acme
            let told = format!("{}{}", reply.head, reply.body);
            for of_acme in ["Acme", "Ann", "Reception", "carrier"] {
                assert!(!told.contains(of_acme), "{of_acme} in {what}");
            }
            if path.contains(MAC) && method == "GET" {
                assert_eq!(reply.problem(), (404, "device_not_found"), "{what}");
            }
        }
    }
    assert_eq!(everything(), before);
    let listed = desk.done("GET", "/tenants", Value::Null).to_string();
    assert!(listed.contains("acme"), "{listed}");
    desk.server.stop();
}
