//! A gateway's line over the API: it carries a SIP trunk by its name, or an extension by its number.

use serde_json::{Value, json};

use crate::{
    desk::{Desk, MAC, furnish},
    office::{Office, on_both_engines},
};

on_both_engines![a_line_of_a_gateway_carries_a_trunk];

const GATEWAY: &str = "c074ad000001";

fn a_line_of_a_gateway_carries_a_trunk(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let of = |mac: &str, rest: &str| format!("/tenants/acme/devices/{mac}{rest}");
    desk.done("POST", "/tenants/acme/devices", json!({"mac": GATEWAY, "model": "Grandstream HT802"}));
    desk.done(
        "POST",
        "/tenants/acme/trunks",
        json!({"name": "By address", "product": "trunk", "addresses": ["192.0.2.7"]}),
    );
    let line = of(GATEWAY, "/lines/1");
    let shown = desk.done("PUT", &line, json!({"trunk": "Carrier"}));
    let carried = &shown["lines"][0];
    assert_eq!((&carried["line"], &carried["number"]), (&1.into(), &Value::Null));
    assert_eq!((&carried["trunk"], &carried["name"]), (&"Carrier".into(), &"Carrier".into()));
    assert_eq!(carried["admitted"], true);
    let trunk = desk.done("GET", "/tenants/acme/trunks/Carrier", Value::Null);
    assert_eq!(trunk["carried_by"], json!([{"mac": GATEWAY, "line": 1}]));
    let phone = desk.done("GET", &of(MAC, ""), Value::Null);
    assert_eq!((&phone["lines"][0]["number"], &phone["lines"][0]["trunk"]), (&"101".into(), &Value::Null));

    let second = of(GATEWAY, "/lines/2");
    for (path, body, problem) in [
        (&second, json!({"trunk": "Carrier"}), (409, "trunk_already_carried")),
        (&second, json!({"trunk": "By address"}), (409, "trunk_by_addresses")),
        (&second, json!({"trunk": "Nobody"}), (404, "service_not_found")),
        (&second, json!({"number": "200"}), (404, "service_of_other_kind")),
        (&of(MAC, "/lines/2"), json!({"trunk": "Carrier"}), (409, "model_is_no_gateway")),
        (&second, json!({}), (422, "rule_broken")),
        (&second, json!({"trunk": "Carrier", "number": "101"}), (422, "rule_broken")),
        (&second, json!({"trunk": 1}), (400, "invalid_input")),
    ] {
        let reply = desk.call("PUT", path, body.clone());
        assert_eq!(reply.problem(), problem, "{path} {body}: {reply:?}");
    }
    let model = desk.call("PATCH", &of(GATEWAY, ""), json!({"model": "Yealink SIP-T46U"}));
    assert_eq!(model.problem(), (409, "line_carries_trunk"));

    desk.done("PUT", "/tenants/acme/trunks/Carrier/blocked", json!({"blocked": true}));
    let withheld = desk.done("GET", &of(GATEWAY, ""), Value::Null);
    assert_eq!(
        (&withheld["lines"][0]["admitted"], &withheld["lines"][0]["withheld"]),
        (&false.into(), &"blocked".into())
    );
    assert_eq!(desk.call("DELETE", "/tenants/acme/trunks/Carrier", Value::Null).status, 204);
    assert_eq!(desk.done("GET", &of(GATEWAY, ""), Value::Null)["lines"], json!([]));
    assert_eq!(desk.call("DELETE", &line, Value::Null).problem(), (404, "line_free"));
}
