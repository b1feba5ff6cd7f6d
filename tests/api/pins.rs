//! PINs over the API: set, cleared and never told; what shows nothing on a phone is told where it is switched on and assigned.

use serde_json::{Value, json};

use crate::{
    desk::{Desk, MAC, furnish, token},
    office::{Office, TERMS, on_both_engines},
};

on_both_engines![
    a_pin_is_set_and_cleared_and_told_to_nobody,
    what_shows_nothing_on_a_phone_is_told_when_it_is_switched_on_and_assigned,
];

const PIN: &str = "/tenants/acme/extensions/101/pin";
const ADDONS: &str = r#"
[[products]]
id = "pin"
kind = "addon"
services = ["extension"]
quantity = "unlimited"
grants = { pin_protection = true }
[products.names]
en = "PIN"
[[products]]
id = "recording"
kind = "addon"
services = ["extension"]
quantity = "unlimited"
grants = { call_recording = true }
[products.names]
en = "Recording"
"#;

fn a_pin_is_set_and_cleared_and_told_to_nobody(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let ann = "/tenants/acme/extensions/101";
    assert_eq!(desk.done("GET", ann, Value::Null)["has_pin"], false);
    for wrong in [json!({}), json!({"pin": 4711}), json!({"pin": "471"}), json!({"pin": "4711a"})] {
        let reply = desk.call("PUT", PIN, wrong.clone());
        assert_eq!(reply.problem(), (400, "invalid_input"), "{wrong}");
        assert!(!reply.body.to_string().contains("471"), "{reply:?}");
    }
    assert_eq!(desk.call("PUT", PIN, json!({"pin": "47110815"})).status, 204);
    let shown = desk.done("GET", ann, Value::Null);
    assert_eq!(shown["has_pin"], true);
    let everything = ["", "/credentials?form=plain", "/audit", "/extensions", "/extensions/101/password"]
        .map(|of| desk.done("GET", &format!("/tenants/acme{of}"), Value::Null).to_string());
    assert!(everything.iter().all(|told| !told.contains("47110815")), "{everything:?}");
    assert!(everything[2].contains("extension.pin-changed"), "{everything:?}");
    let phones = token(office, &["Phones", "--tenant", "acme", "--role", "phone-manager"]);
    for (method, body) in [("PUT", json!({"pin": "1234"})), ("DELETE", Value::Null)] {
        assert_eq!(desk.call_as(&phones, method, PIN, body).problem(), (403, "forbidden"), "{method}");
    }
    assert_eq!(desk.call("DELETE", PIN, Value::Null).status, 204);
    assert_eq!(desk.done("GET", ann, Value::Null)["has_pin"], false);
    assert_eq!(desk.call("DELETE", PIN, Value::Null).problem(), (404, "pin_not_set"));
    let log = desk.server.stop();
    assert!(!log.contains("47110815"), "{log}");
}

fn what_shows_nothing_on_a_phone_is_told_when_it_is_switched_on_and_assigned(office: &Office) {
    office.acme_with(&format!("{TERMS}{ADDONS}"));
    let server = office.serve(&[]);
    let desk = Desk { server, root: token(office, &["Root", "--role", "operator"]) };
    furnish(&desk);
    let why = |shown: &Value| -> Vec<String> {
        let told = shown["ineffective"].as_array().unwrap().iter();
        told.map(|what| format!("{} {}", what["effect"].as_str().unwrap(), what["why"].as_str().unwrap()))
            .collect()
    };
    let plan = json!({"add": [{"product": "pin"}, {"product": "recording"}]});
    let planned = desk.done("PUT", "/tenants/acme/extensions/101/plan", plan);
    assert_eq!(why(&planned), ["pin_protection no-pin"]);
    desk.done("PUT", PIN, json!({"pin": "47110815"}));
    let phone = desk.done("GET", &format!("/tenants/acme/devices/{MAC}"), Value::Null);
    assert_eq!(why(&phone["lines"][0]), [""; 0]);

    // the same extension goes to a phone that can do neither
    desk.done("DELETE", &format!("/tenants/acme/devices/{MAC}/lines/1"), Value::Null);
    let softphone = json!({"mac": "020000000101", "model": "Linphone"});
    desk.done("POST", "/tenants/acme/devices", softphone);
    let line = "/tenants/acme/devices/020000000101/lines/1";
    let assigned = desk.done("PUT", line, json!({"number": "101"}));
    assert_eq!(why(&assigned["lines"][0]), ["pin_protection model", "call_recording model"]);
    let told = &assigned["lines"][0]["ineffective"][0];
    assert_eq!((&told["mac"], &told["line"]), (&"020000000101".into(), &1.into()));
    assert_eq!(why(&desk.done("GET", "/tenants/acme/extensions/101", Value::Null)).len(), 2);
    desk.server.stop();
}
