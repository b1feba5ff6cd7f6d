//! The enrollment of a phone over the API: its alarm as everybody is told of it, both answers, and for how long.

use std::process::Command;

use serde_json::{Value, json};

use crate::{
    clients::get,
    desk::{Desk, MAC, furnish, token},
    office::{Office, on_both_engines},
    server::{PATIENCE, within},
};

on_both_engines![
    an_alarm_is_told_and_only_renewing_changes_the_sip_password,
    windows_are_open_for_the_hours_that_the_tenant_sets,
];

/// An installation where no network is trusted: phones must enroll.
fn open(office: &Office) -> Desk {
    let file = office.path("offhook.toml");
    let config = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, config.split("[[trust]]").next().unwrap()).unwrap();
    let desk = Desk::open(office);
    furnish(&desk);
    desk
}

/// The phone's file with the tenant's URL, asked for from this address: the status.
fn ask_from(office: &Office, address: &str, url: &str) -> String {
    let mut curl = Command::new("curl");
    curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "--interface", address, "--cacert"]);
    curl.arg(office.data().join("tls/ca.crt")).arg(format!("{url}{MAC}.cfg"));
    String::from_utf8(curl.output().unwrap().stdout).unwrap()
}

fn an_alarm_is_told_and_only_renewing_changes_the_sip_password(office: &Office) {
    let desk = open(office);
    let path = format!("/tenants/acme/devices/{MAC}/enrollment");
    let (reopen, answer) = (format!("{path}/reopen"), format!("{path}/answer"));
    let shown = || desk.done("GET", &path, Value::Null);
    let password = || desk.done("GET", "/tenants/acme/extensions/101/password", Value::Null);
    let told = || get(desk.admin(), "/readyz").body.contains("a second address asked");
    let freeze = || {
        // once the server knows this URL, it has heard of every change before
        let url = office.new_url();
        within(PATIENCE, "the phone is served", || ask_from(office, "127.0.0.1", &url) == "200");
        assert_eq!(ask_from(office, "127.0.0.2", &url), "404");
        let frozen = shown();
        assert_eq!(
            (&frozen["state"], &frozen["open_until"], &frozen["released_to"]),
            (&"frozen".into(), &Value::Null, &"127.0.0.1".into())
        );
        assert_eq!(
            (&frozen["frozen"]["why"], &frozen["frozen"]["by"]),
            (&"second-address".into(), &"127.0.0.2".into())
        );
        frozen["epoch"].as_i64().unwrap()
    };
    let first = shown();
    assert_eq!(
        (&first["state"], &first["frozen"], &first["releases"]),
        (&"open".into(), &Value::Null, &0.into())
    );
    let keep = || desk.call("POST", &answer, json!({"answer": "keep"}));
    assert_eq!(keep().problem(), (409, "no_alarm"));
    let alarms = |count: u32| {
        let metrics = get(desk.admin(), "/metrics").body;
        assert!(metrics.contains(&format!("\noffhook_enrollment_alarms_total {count}\n")), "{metrics}");
    };
    alarms(0);
    assert!(!told());
    let epoch = freeze();
    alarms(1);
    within(PATIENCE, "the health page tells", told);
    let line = office.done(&["device", "show", MAC]).stdout;
    assert!(line.contains("frozen since") && line.contains("from 127.0.0.2"), "{line}");

    let before = password();
    let phones = token(office, &["Phones", "--tenant", "acme", "--right", "devices:change"]);
    let renew = json!({"answer": "renew"});
    assert_eq!(desk.call_as(&phones, "POST", &answer, renew.clone()).status, 403);
    assert_eq!(desk.call("POST", &answer, json!({"answer": "perhaps"})).status, 400);
    assert_eq!((shown()["state"].as_str(), password()), (Some("frozen"), before.clone()));
    let kept = desk.done("POST", &answer, json!({"answer": "keep"}));
    assert_eq!(
        (&kept["state"], &kept["epoch"], &kept["frozen"]),
        (&"closed".into(), &(epoch + 1).into(), &Value::Null)
    );
    assert_eq!(password(), before);
    within(PATIENCE, "the health page is silent", || !told());

    let reopened = desk.done("POST", &reopen, Value::Null);
    assert_eq!((&reopened["state"], &reopened["epoch"]), (&"open".into(), &(epoch + 2).into()));
    freeze();
    alarms(2);
    assert_eq!(desk.done("POST", &answer, renew)["state"], "open");
    assert_ne!(password(), before);
    desk.server.stop();
}

fn windows_are_open_for_the_hours_that_the_tenant_sets(office: &Office) {
    let desk = open(office);
    let path = "/tenants/acme/enrollment-window";
    let open_until = |mac: &str| {
        let shown = desk.done("GET", &format!("/tenants/acme/devices/{mac}/enrollment"), Value::Null);
        shown["open_until"].as_str().unwrap().to_owned()
    };
    assert_eq!(desk.done("GET", path, Value::Null), json!({"hours": 24}));
    let before = open_until(MAC);
    for hours in [0, 337] {
        let refused = desk.call("PUT", path, json!({ "hours": hours }));
        assert_eq!(refused.body["code"], "window_hours_wrong", "{refused:?}");
        assert_ne!(office.run(&["tenant", "window", "acme", &hours.to_string()]).code, Some(0));
    }
    assert_eq!(desk.done("GET", path, Value::Null), json!({"hours": 24}));
    assert_eq!(desk.done("PUT", path, json!({"hours": 336})), json!({"hours": 336}));
    desk.done("POST", "/tenants/acme/devices", json!({"mac": "805ec0000102", "model": "Yealink SIP-T46U"}));
    office.done(&["tenant", "window", "acme", "2"]);
    assert_eq!(desk.done("GET", path, Value::Null), json!({"hours": 2}));
    desk.done("POST", "/tenants/acme/devices", json!({"mac": "805ec0000103", "model": "Yealink SIP-T46U"}));
    assert!(open_until("805ec0000102") > before && before > open_until("805ec0000103"));
    assert_eq!(open_until(MAC), before, "a window that is open stays as it is");
    desk.server.stop();
}
