//! Keys of profiles over the API.

use serde_json::{Value, json};

use crate::{
    desk::{Desk, MAC, furnish},
    office::{Office, on_both_engines},
};

on_both_engines![keys_of_a_profile_are_set_shown_and_cleared];

fn keys_of_a_profile_are_set_shown_and_cleared(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let all = "/tenants/acme/profiles/Carrier/keys";
    let one = format!("{all}/3");
    let bank = json!({"kind": "speed-dial", "value": "+41446681800", "label": "Bank"});
    assert_eq!(desk.done("GET", all, Value::Null), json!([]));
    assert_eq!(desk.call("PUT", &one, bank.clone()).status, 204);
    let shown =
        json!([{"position": 3, "kind": "speed-dial", "line": 1, "value": "+41446681800", "label": "Bank"}]);
    assert_eq!(desk.done("GET", all, Value::Null), shown);
    let wrong = desk.call("PUT", &one, json!({"kind": "dance", "line": 0}));
    let pointers: Vec<_> =
        wrong.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!((wrong.status, pointers), (400, vec!["/kind".into(), "/line".into()]));

    desk.done("PATCH", &format!("/tenants/acme/devices/{MAC}"), json!({"profile": "Carrier"}));
    let beyond = desk.call("PUT", &format!("{all}/999"), bank);
    assert_eq!(beyond.problem(), (409, "key_beyond_model"));
    assert!(beyond.body["detail"].as_str().unwrap().starts_with("80:5e:c0:00:01:01 follows"), "{beyond:?}");
    assert_eq!(
        desk.call("GET", "/tenants/acme/profiles/None/keys", Value::Null).problem().1,
        "profile_not_found"
    );
    desk.done("DELETE", &one, Value::Null);
    assert_eq!(desk.call("DELETE", &one, Value::Null).problem(), (404, "key_not_set"));
    desk.server.stop();
}
