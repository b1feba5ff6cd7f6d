//! Whatever is sent: an answer that names the place and the rule, never a 500, and nothing changed.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, furnish},
    office::{Office, on_both_engines},
};

on_both_engines![mistakes_are_named_with_their_place_all_at_once, bodies_that_are_no_bodies_are_refused];

/// What of a tenant can be changed here.
fn everything(desk: &Desk) -> Vec<Value> {
    ["extensions", "attendants", "trunks", "dids", "devices", "profiles", "license"]
        .map(|of| desk.done("GET", &format!("/tenants/acme/{of}"), Value::Null))
        .to_vec()
}

fn mistakes_are_named_with_their_place_all_at_once(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let before = everything(&desk);
    let mistakes = |method: &str, path: &str, body: Value| {
        let reply = desk.call(method, path, body);
        let told = reply.body["errors"].as_array().cloned().unwrap_or_default();
        let told = told.iter().map(|error| error["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        (reply.problem().0, told.join(" "))
    };
    let extensions = "/tenants/acme/extensions";
    for (method, path, body, status, pointers) in [
        (
            "POST",
            extensions,
            json!({"number": "1a", "name": " x", "product": "A"}),
            400,
            "/number /name /product",
        ),
        ("POST", extensions, json!({"number": 101, "name": "x", "product": "line"}), 400, "/number"),
        (
            "POST",
            extensions,
            json!({"number": "102", "name": "x", "product": "line", "colour": 1}),
            400,
            "/colour",
        ),
        ("POST", extensions, json!({"name": "x", "product": "line"}), 400, ""),
        ("POST", extensions, json!({"number": "102", "name": "a\u{202e}b", "product": "line"}), 400, "/name"),
        (
            "POST",
            extensions,
            json!({"number": "102", "name": "x", "product": "line", "sip_password": " x"}),
            400,
            "/sip_password",
        ),
        ("GET", "/tenants/acme/extensions/none", Value::Null, 404, "number"),
        ("GET", "/tenants/acme/extensions?limit=0", Value::Null, 400, "limit"),
        ("GET", "/tenants/acme/extensions?colour=red", Value::Null, 400, "colour"),
        ("GET", "/tenants/acme/extensions?q=a&q=b", Value::Null, 400, "q"),
        ("POST", "/tenants/acme/trunks", json!({"name": "x", "product": "trunk"}), 422, ""),
        (
            "POST",
            "/tenants/acme/trunks",
            json!({"name": "x", "product": "trunk", "addresses": ["10.0.0.0/8"]}),
            422,
            "/addresses/0",
        ),
        ("PUT", "/tenants/acme/settings/time.zone", json!({"value": "Mars/Olympus"}), 422, ""),
        (
            "PUT",
            "/tenants/acme/attendants/200/schedule",
            json!({"schedule": {"time_zone": "Europe/Berlin", "hours": ["mon 1-2"], "open": {}, "closed": {"transfer": "extension 999"}}}),
            422,
            "/schedule/hours/0 /schedule/open",
        ),
        ("PUT", "/tenants/acme/license", json!({"license": "a.b.c"}), 422, ""),
        ("POST", "/tenants/acme/csv/dids", json!({"csv": "Number\n+1\n0\n"}), 422, "/csv /csv"),
    ] {
        assert_eq!(
            mistakes(method, path, body.clone()),
            (status, pointers.to_owned()),
            "{method} {path} {body}"
        );
    }
    // rules of the license and of what is there
    for (method, path, body, status, code) in [
        ("POST", extensions, json!({"number": "101", "name": "x", "product": "line"}), 409, "number_taken"),
        (
            "POST",
            extensions,
            json!({"number": "102", "name": "x", "product": "gold"}),
            409,
            "product_unknown",
        ),
        (
            "POST",
            extensions,
            json!({"number": "102", "name": "x", "product": "trunk"}),
            409,
            "product_for_other_service",
        ),
        ("DELETE", "/tenants/acme/extensions/101", Value::Null, 409, "service_is_target"),
        ("DELETE", "/tenants/acme/extensions/999", Value::Null, 404, "extension_not_found"),
        ("DELETE", "/tenants/acme/devices/805ec0000101", Value::Null, 409, "device_in_use"),
        ("GET", "/tenants/nobody/extensions", Value::Null, 404, "tenant_not_found"),
        ("GET", "/nothing/here", Value::Null, 404, "no_such_path"),
        ("PUT", extensions, json!({}), 405, "method_not_allowed"),
    ] {
        let reply = desk.call(method, path, body.clone());
        assert_eq!(reply.problem(), (status, code), "{method} {path} {body}: {reply:?}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.body["type"], format!("urn:offhook:problem:{code}"));
    }
    assert_eq!(everything(&desk), before);
    desk.server.stop();
}

fn bodies_that_are_no_bodies_are_refused(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let before = everything(&desk);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{{\"number\":{deep}}}");
    let large = format!("{{\"number\":\"{}\"}}", "1".repeat(1 << 20));
    let json: &[(&str, &str)] = &[];
    let text: &[(&str, &str)] = &[("Content-Type", "text/plain")];
    let odd: &[(&str, &str)] = &[("Content-Type", "application/json; charset=utf-16")];
    for (headers, body, status, code) in [
        (json, &b"{"[..], 400, "not_json"),
        (json, b"", 400, "not_json"),
        (json, b"{\"number\": \"\xff\"}", 400, "not_json"),
        (json, b"{} {}", 400, "invalid_input"),
        (json, b"[\"102\", \"x\", \"line\"]", 400, "invalid_input"),
        (json, deep.as_bytes(), 400, "invalid_input"),
        (json, nested.as_bytes(), 400, "invalid_input"),
        (json, large.as_bytes(), 413, "body_too_large"),
        (text, b"{}", 415, "not_json"),
        (odd, b"{}", 400, "invalid_input"),
    ] {
        let path = "/tenants/acme/extensions";
        let call = Call { method: "POST", path, token: Some(&desk.root), headers, body: Some(body) };
        let reply = call.send(desk.admin());
        let start = String::from_utf8_lossy(&body[..body.len().min(30)]).into_owned();
        assert_eq!(reply.problem(), (status, code), "{start}: {reply:?}");
    }
    assert_eq!(everything(&desk), before);
    let log = desk.server.stop();
    assert!(!log.contains("panicked"), "{log}");
}
