//! What an inventory says of a device over the API.

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, MAC, furnish, token},
    office::{Office, on_both_engines},
};

on_both_engines![the_inventory_is_said_cleared_and_revealed];

fn the_inventory_is_said_cleared_and_revealed(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let device = format!("/tenants/acme/devices/{MAC}");
    let said = json!({"managed_by": "IT", "description": "Hall", "ascii_key": "hunter2 of the maker"});
    let shown = desk.done("PATCH", &device, json!({"inventory": said}));
    let expected = json!({"managed_by": "IT", "inventory_id": null, "description": "Hall", "has_ascii_key": true, "has_qpc_key": false});
    assert_eq!(shown["inventory"], expected);
    let cleared =
        desk.done("PATCH", &device, json!({"inventory": {"description": null, "inventory_id": "A-1"}}));
    assert_eq!(
        (&cleared["inventory"]["description"], &cleared["inventory"]["inventory_id"]),
        (&Value::Null, &"A-1".into())
    );
    assert_eq!(cleared["inventory"]["managed_by"], "IT", "what is absent stays");
    let listed = desk.done("GET", "/tenants/acme/devices", Value::Null);
    assert_eq!(listed["items"][0]["inventory"], cleared["inventory"]);
    assert!(!listed.to_string().contains("hunter2"), "{listed}");

    let stale = Call {
        method: "PATCH",
        path: &device,
        token: Some(&desk.root),
        headers: &[("If-Match", &format!("\"{}\"", shown["revision"]))],
        body: Some(br#"{"inventory":{"managed_by":"Eve"}}"#),
    };
    assert_eq!(stale.send(desk.admin()).problem(), (412, "changed_meanwhile"));
    let wrong = desk.call(
        "PATCH",
        &device,
        json!({"inventory": {"ascii_key": "hunter3\n", "description": " x", "colour": "red"}}),
    );
    assert_eq!((wrong.status, &wrong.body["errors"][0]["pointer"]), (400, &"/inventory/colour".into()));
    let wrong =
        desk.call("PATCH", &device, json!({"inventory": {"ascii_key": "hunter3\n", "description": " x"}}));
    let pointers: Vec<_> =
        wrong.body["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(pointers, ["/inventory/description", "/inventory/ascii_key"]);
    assert!(wrong.status == 400 && !wrong.body.to_string().contains("hunter3"), "{wrong:?}");
    let both = desk.call("PATCH", &device, json!({"profile": "Carrier", "inventory": {"managed_by": "Eve"}}));
    assert_eq!(both.problem(), (422, "rule_broken"));

    let revealed = desk.done("GET", &format!("{device}/inventory"), Value::Null);
    assert_eq!(
        revealed,
        json!({"managed_by": "IT", "inventory_id": "A-1", "description": null, "ascii_key": "hunter2 of the maker", "qpc_key": null})
    );
    let phones = token(office, &["Phones", "--tenant", "acme", "--right", "devices:change"]);
    assert_eq!(
        desk.call_as(&phones, "GET", &format!("{device}/inventory"), Value::Null).problem(),
        (403, "forbidden")
    );
    let key = json!({"inventory": {"qpc_key": "x"}});
    assert_eq!(desk.call_as(&phones, "PATCH", &device, key).problem(), (403, "forbidden"));
    assert_eq!(
        desk.call_as(&phones, "PATCH", &device, json!({"inventory": {"managed_by": "Pat"}})).status,
        200
    );
    desk.server.stop();
}
