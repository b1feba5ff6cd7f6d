//! How commands end: exit codes, and failures as JSON.

use crate::desk::{Desk, on_both_engines};

on_both_engines![each_kind_of_failure_has_its_exit_code, another_master_key_is_refused];

async fn each_kind_of_failure_has_its_exit_code(desk: Desk) {
    desk.license("1");
    assert_eq!(desk.extend("101").code, Some(0));
    for (arguments, code, failure) in [
        (
            vec!["extension", "add", "acme", "102", "--name", "Bo", "--product", "essentials"],
            1,
            "no_seat_left",
        ),
        (vec!["tenant", "show", "nobody"], 1, "tenant_not_found"),
        (vec!["extension", "show", "acme", "999"], 1, "extension_not_found"),
        (vec!["device", "show", "001565aabbcc"], 1, "device_not_found"),
        (vec!["device", "add", "acme", "001565aabbcc", "--model", "Nokia 3310"], 2, "model_unknown"),
        (vec!["setting", "set", "tenant", "acme", "sip.port", "0"], 2, "setting_value_wrong"),
        (vec!["tenant", "remove", "acme"], 2, "wrong_input"),
        (vec!["license", "install", "acme", "/nowhere"], 2, "wrong_input"),
        (vec!["restore", "/nowhere"], 2, "no_backup"),
    ] {
        let ended = desk.run(&[&arguments[..], &["--json"]].concat());
        assert_eq!((ended.code, ended.failure().as_str()), (Some(code), failure), "{ended:?}");
        let plain = desk.run(&arguments);
        assert_eq!((plain.code, plain.stdout.as_str()), (Some(code), ""), "{plain:?}");
        assert!(plain.stderr.starts_with("offhook: "), "{plain:?}");
    }
}

async fn another_master_key_is_refused(desk: Desk) {
    desk.done(&["tenant", "list"]);
    let key = desk.data().join("keys/master.key");
    std::fs::write(&key, "00".repeat(32)).unwrap();
    let ended = desk.run(&["tenant", "list", "--json"]);
    assert_eq!((ended.code, ended.failure().as_str()), (Some(3), "wrong_key"), "{ended:?}");
    std::fs::remove_file(&key).unwrap();
    let ended = desk.run(&["tenant", "list", "--json"]);
    assert_eq!((ended.code, ended.failure().as_str()), (Some(3), "wrong_key"), "{ended:?}");
    assert!(!key.exists());
}

#[test]
fn what_is_no_command_is_wrong_usage() {
    let desk = Desk::sqlite();
    for arguments in [
        &["frobnicate"][..],
        &["device", "show", "no-mac"],
        &["extension", "show", "acme", "123456"],
        &["tenant", "add", "Acme", "--name", "x", "--sip-domain", "x"],
        &["tenant", "add", "acme", "--name", "a\u{202e}b", "--sip-domain", "x"],
        &["tenant", "list", "--database-url", "mysql://root@localhost/x"],
    ] {
        assert_eq!(desk.run(arguments).code, Some(2), "{arguments:?}");
    }
    assert!(!desk.data().join("offhook.db").exists());
}

#[test]
fn a_database_that_is_away_is_no_fault_of_the_input() {
    let mut desk = Desk::sqlite();
    desk.database_url = Some("postgres://offhook:hunter2@127.0.0.1:1/phones".to_owned());
    let ended = desk.run(&["tenant", "list"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(!ended.stderr.contains("hunter2"), "{ended:?}");
}
