//! Goodbyes over the API: what is released has another SIP password, and a phone that is removed is a former device.

use serde_json::{Value, json};

use crate::{
    desk::{Desk, MAC, furnish},
    office::{Office, on_both_engines},
};

on_both_engines![what_a_phone_loses_is_answered_and_former_devices_are_listed];

fn what_a_phone_loses_is_answered_and_former_devices_are_listed(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let one = format!("/tenants/acme/devices/{MAC}");
    let line = format!("{one}/lines/1");
    let password = || {
        let shown = desk.done("GET", "/tenants/acme/extensions/101/password", Value::Null);
        shown["sip_password"].as_str().unwrap().to_owned()
    };
    let renewed = json!({"new_passwords": [{"number": "101", "trunk": null}]});
    let old = password();
    assert_eq!(desk.done("DELETE", &line, Value::Null), renewed);
    let new = password();
    assert_ne!(new, old);
    let freed = desk.done("GET", &one, Value::Null)["freed"][0].clone();
    assert_eq!(
        (&freed["line"], &freed["number"], &freed["taken_at"]),
        (&1.into(), &"101".into(), &Value::Null)
    );
    desk.done("PUT", &line, json!({"number": "101"}));
    assert_eq!(desk.done("GET", &one, Value::Null)["freed"], json!([]));
    let kept = desk.done("DELETE", &format!("{line}?keep_passwords=true"), Value::Null);
    assert_eq!(kept, json!({"new_passwords": []}));
    assert_eq!(password(), new);
    desk.done("PUT", &line, json!({"number": "101"}));

    for (query, problem) in [
        ("", (409, "device_in_use")),
        ("?keep_passwords=true", (409, "device_in_use")),
        ("?release=false", (409, "device_in_use")),
        ("?release=yes", (400, "invalid_input")),
        ("?release=true&keep_passwords=1", (400, "invalid_input")),
    ] {
        assert_eq!(desk.call("DELETE", &format!("{one}{query}"), Value::Null).problem(), problem, "{query}");
    }
    let second = "805ec00001ff";
    desk.done("PUT", &format!("{one}/mac"), json!({"mac": second}));
    assert_ne!(password(), new, "the successor has another");
    let formers = "/tenants/acme/former-devices";
    let replaced = desk.done("GET", formers, Value::Null)["items"].clone();
    assert_eq!((&replaced[0]["mac"], &replaced[0]["replaced_by"]), (&MAC.into(), &second.into()));
    assert_eq!((&replaced[0]["taken_at"], &replaced[1]), (&Value::Null, &Value::Null));
    let gone = desk.done("DELETE", &format!("/tenants/acme/devices/{second}?release=true"), Value::Null);
    assert_eq!(gone, renewed);
    let first = desk.done("GET", &format!("{formers}?limit=1"), Value::Null);
    assert_eq!((&first["items"][0]["mac"], &first["next"]), (&MAC.into(), &MAC.into()));
    let last = desk.done("GET", &format!("{formers}?limit=1&after={MAC}"), Value::Null);
    assert_eq!((&last["items"][0]["mac"], &last["next"]), (&second.into(), &Value::Null));
    assert_eq!(last["items"][0]["replaced_by"], Value::Null);
    assert_eq!(desk.done("GET", &format!("{formers}?q=nothing"), Value::Null)["items"], json!([]));
    desk.done("POST", "/tenants/acme/devices", json!({"mac": MAC}));
    assert_eq!(desk.done("GET", formers, Value::Null)["items"][0]["mac"], second);
}
