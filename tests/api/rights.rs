//! Who may do what: tokens without rights, with some, of roles, expired and revoked.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, furnish, token},
    office::{Office, on_both_engines},
};

on_both_engines![
    every_operation_needs_a_token_and_its_right,
    a_token_cannot_make_one_that_may_more,
    roles_may_what_they_are_for,
];

/// Every operation of the description that needs a token, with the paths filled in: method, path, and whether it changes
/// something.
pub(crate) fn operations(desk: &Desk, tenant: &str) -> Vec<(String, String, bool)> {
    let fill = |path: &str| {
        path.replace("{tenant}", tenant)
            .replace("{number}", if path.contains("attendants") { "200" } else { "101" })
            .replace("{did}", "+4930123456")
            .replace("{mac}", crate::desk::MAC)
            .replace("{name}", "Carrier")
            .replace("{profile}", "Carrier")
            .replace("{product}", "line")
            .replace("{model}", "Yealink%20SIP-T46U")
            .replace("{setting}", "time.zone")
            .replace("{position}", "2")
            .replace("{line}", "1")
            .replace("{id}", "0123456789abcdef")
            .replace("{session}", "0123456789abcdef")
            .replace("{user}", "nobody-here")
            .replace("{kind}", "devices")
    };
    let description = desk.description();
    let mut found = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["security"] == json!([]) {
                assert!(["/setup", "/session"].contains(&path.as_str()), "{path} is open to everybody");
                continue;
            }
            let filled = fill(path);
            assert!(!filled.contains('{'), "{filled}");
            found.push((method.to_ascii_uppercase(), filled, method != "get"));
        }
    }
    assert!(found.len() > 70, "{}", found.len());
    found
}

fn every_operation_needs_a_token_and_its_right(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    // it may do something, but nothing of what is asked here
    let audit = token(office, &["Auditor", "--tenant", "acme", "--right", "audit:view"]);
    let expired = {
        let made = desk.done("POST", "/tokens", json!({"name": "Gone", "rights": "tenants:view"}));
        desk.done("DELETE", &format!("/tokens/{}", made["id"].as_str().unwrap()), Value::Null);
        made["token"].as_str().unwrap().to_owned()
    };
    for (method, path, _) in operations(&desk, "acme") {
        let ask = |token: Option<&str>| {
            let body = Some(&b"{}"[..]).filter(|_| method != "GET" && method != "DELETE");
            Call { method: &method, path: &path, token, body, ..Call::default() }.send(desk.admin())
        };
        for token in [None, Some("offhook_guessed"), Some("hunter2"), Some(expired.as_str())] {
            let reply = ask(token);
            assert_eq!(reply.problem(), (401, "not_authenticated"), "{method} {path}");
            assert!(reply.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")));
        }
        if path != "/me" && path != "/settings" && !path.contains("/audit") {
            let reply = ask(Some(&audit));
            // what is wrong with a body alone may be told first
            let body_is_wrong = reply.status == 400 || reply.problem() == (422, "rule_broken");
            assert!(body_is_wrong || reply.status == 403, "{method} {path}: {reply:?}");
        }
    }
    desk.server.stop();
}

fn a_token_cannot_make_one_that_may_more(office: &Office) {
    let desk = Desk::open(office);
    let limited =
        token(office, &["Users", "--tenant", "acme", "--right", "users:change", "--right", "devices:view"]);
    let mint = |rights: &str| {
        desk.call_as(&limited, "POST", "/tenants/acme/tokens", json!({"name": "x", "rights": rights}))
    };
    assert_eq!(mint("devices:change").problem(), (403, "rights_beyond_own"));
    assert_eq!(mint("credentials:view").problem(), (403, "rights_beyond_own"));
    let made = mint("devices:view").body["token"].as_str().unwrap().to_owned();
    assert_eq!(desk.call_as(&made, "GET", "/tenants/acme/devices", Value::Null).status, 200);
    assert_eq!(
        desk.call_as(&limited, "POST", "/tokens", json!({"name": "x", "rights": "devices:view"})).problem(),
        (403, "operator_only")
    );
    let listed = desk.done("GET", "/tenants/acme/tokens", Value::Null).to_string();
    assert!(listed.contains("devices:view") && !listed.contains(&made), "{listed}");
    desk.server.stop();
}

fn roles_may_what_they_are_for(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let role = |name: &str| token(office, &[name, "--tenant", "acme", "--role", name]);
    let (admin, phones, reader) = (role("administrator"), role("phone-manager"), role("read-only"));
    let device = format!("/tenants/acme/devices/{}/blocked", crate::desk::MAC);
    desk.done("POST", "/tenants/acme/phone-password", json!({"overlap_days": 7}));
    for (method, path, body, may) in [
        ("GET", "/tenants/acme/license", Value::Null, [true, true, true]),
        ("GET", "/tenants/acme/extensions", Value::Null, [true, true, true]),
        ("PUT", "/tenants/acme/extensions/101/blocked", json!({"blocked": false}), [true, false, false]),
        ("GET", "/tenants/acme/extensions/101/password", Value::Null, [true, false, false]),
        ("PUT", "/tenants/acme/extensions/101/pin", json!({"pin": "4711"}), [true, false, false]),
        ("PUT", device.as_str(), json!({"blocked": false}), [true, true, false]),
        ("PUT", "/tenants/acme/settings/time.zone", json!({"value": "Europe/Zurich"}), [true, true, false]),
        ("GET", "/tenants/acme/tokens", Value::Null, [true, false, false]),
        ("GET", "/tenants/acme/phone-password", Value::Null, [true, false, false]),
        // what the operator alone may do
        ("POST", "/tenants/acme/dids", json!({"numbers": ["+4930999999"]}), [false, false, false]),
        ("PUT", "/tenants/acme/license", json!({"license": "x"}), [false, false, false]),
        ("POST", "/tenants/acme/scopes", json!({"overlap_days": 7}), [false, false, false]),
        ("POST", "/tenants/acme/phone-password", json!({"overlap_days": 7}), [false, false, false]),
        ("DELETE", "/tenants/acme/phone-password", Value::Null, [false, false, false]),
        ("DELETE", "/tenants/acme", Value::Null, [false, false, false]),
    ] {
        let done = [&admin, &phones, &reader].map(|token| {
            let status = desk.call_as(token, method, path, body.clone()).status;
            assert!(status < 300 || status == 403, "{method} {path}: {status}");
            status < 300
        });
        assert_eq!(done, may, "{method} {path}");
    }
    desk.server.stop();
}
