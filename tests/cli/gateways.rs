//! A gateway's line from a terminal: it carries a SIP trunk by its name.

use serde_json::{Value, json};

use crate::desk::{Desk, on_both_engines};

on_both_engines![a_trunk_is_assigned_shown_and_released_by_its_name];

const GATEWAY: &str = "c0:74:ad:00:00:01";

async fn a_trunk_is_assigned_shown_and_released_by_its_name(desk: Desk) {
    desk.license("3");
    desk.extend("101");
    desk.done(&["trunk", "add", "acme", "Fax gateway", "--product", "trunk", "--sip-user", "fax"]);
    desk.done(&["trunk", "add", "acme", "Carrier", "--product", "trunk", "--address", "192.0.2.7"]);
    desk.done(&["device", "add", "acme", GATEWAY, "--model", "Grandstream HT802"]);
    desk.done(&["device", "add", "acme", "001565aabb01", "--model", "Yealink SIP-T46U"]);

    let assigned = desk.done(&["device", "assign", GATEWAY, "1", "Fax gateway"]).stdout;
    assert_eq!(assigned.trim(), format!("line 1 of {GATEWAY} carries SIP trunk \"Fax gateway\""));
    let second = desk.done(&["device", "assign", GATEWAY, "2", "101", "--json"]).json();
    assert_eq!((&second["number"], &second["trunk"]), (&"101".into(), &Value::Null));
    for (arguments, code) in [
        (["device", "assign", GATEWAY, "1", "101"], "line_taken"),
        (["device", "assign", "001565aabb01", "1", "Fax gateway"], "model_is_no_gateway"),
        (["device", "assign", "001565aabb01", "1", "Carrier"], "trunk_by_addresses"),
    ] {
        let refused = desk.run(&[&arguments[..], &["--json"]].concat());
        assert_eq!((refused.code, refused.failure().as_str()), (Some(1), code), "{arguments:?}");
    }

    let device = desk.done(&["device", "show", GATEWAY]).stdout;
    assert!(device.contains("1: SIP trunk \"Fax gateway\"") && device.contains("2: 101"), "{device}");
    let lines = desk.done(&["device", "show", GATEWAY, "--json"]).json()["lines"].clone();
    assert_eq!((&lines[0]["trunk"], &lines[0]["number"]), (&"Fax gateway".into(), &Value::Null));
    assert!(desk.done(&["device", "list", "acme"]).stdout.contains("1: Fax gateway, 2: 101"));
    let trunk = desk.done(&["trunk", "show", "acme", "Fax gateway"]).stdout;
    assert!(trunk.contains(&format!("{GATEWAY} line 1")), "{trunk}");
    let all = desk.done(&["trunk", "list", "acme", "--json"]).json();
    assert_eq!(all[1]["carried_by"], json!([{"mac": "c074ad000001", "line": 1}]));
    let preview = desk.done(&["device", "preview", GATEWAY]).stdout;
    assert!(preview.contains("<P35>fax</P35>") && preview.contains("<P34>••••</P34>"), "{preview}");
    let models = desk.done(&["model", "list", "HT802"]).stdout;
    assert!(models.contains("gateway"), "{models}");

    let released = desk.done(&["device", "release", GATEWAY, "1"]).stdout;
    let freed = format!("line 1 of {GATEWAY} is free; it carried SIP trunk \"Fax gateway\"");
    assert!(released.starts_with(&freed) && released.contains("SIP password"), "{released}");
    assert!(desk.done(&["trunk", "show", "acme", "Fax gateway"]).stdout.contains("no device"));
    desk.done(&["device", "assign", GATEWAY, "1", "Fax gateway"]);
    let removed = desk.done(&["trunk", "remove", "acme", "Fax gateway"]).stdout;
    assert!(removed.contains(&format!("free: {GATEWAY} line 1")), "{removed}");
}
