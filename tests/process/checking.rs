//! `offhook check`: everything at once, and nothing is touched.

use std::fs;

use crate::office::{MAC, Office, assert_unchanged, contents, on_both_engines};

on_both_engines![every_mistake_is_reported_at_once_and_nothing_is_changed];

fn every_mistake_is_reported_at_once_and_nothing_is_changed(office: &Office) {
    let before = contents(&office.path(""));
    let ended = office.done(&["check"]);
    assert!(ended.stdout.contains("database: not there yet"), "{ended:?}");
    assert_unchanged(&before, &contents(&office.path("")));

    office.acme();
    office.phone("101", MAC);
    office.serve(&[]).stop();
    let before = contents(&office.path(""));
    let ended = office.done(&["check", "--json"]).json();
    assert_eq!((&ended["database"], &ended["license keys"]), (&"1 tenants".into(), &"1".into()), "{ended}");
    assert_unchanged(&before, &contents(&office.path("")));

    // another key in the place of the one that signed the license
    office.done(&["license", "keygen", "--out", &office.text_of("other")]);
    fs::copy(office.path("other/license-public.pem"), office.public_key()).unwrap();
    fs::create_dir_all(office.path("packs/yealink")).unwrap();
    fs::write(office.path("packs/yealink/vendor.toml"), "name = \"Yealink\"\nwheels = 4\n").unwrap();
    fs::write(office.path("bad.pem"), "no certificate").unwrap();
    let config = fs::read_to_string(office.path("offhook.toml")).unwrap();
    let config = config.replace("[listen]\n", "[listen]\nhtps = \"off\"\n")
        + "[limits]\nconnections = \"many\"\n[catalog]\ndirectory = \"packs\"\n\
           [tls]\nrsa_certificate = \"bad.pem\"\nrsa_key = \"bad.pem\"\n";
    fs::write(office.path("offhook.toml"), config).unwrap();
    let before = contents(&office.path(""));
    let ended = office.run(&["check", "--log-level", "loud,=="]);
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for part in [
        "offhook.toml:5:1: listen.htps",
        "limits.connections: ",
        "--log-level: log.level: ",
        "packs/yealink/vendor.toml:2",
        "bad.pem holds no PEM certificate",
        "a license of acme cannot be verified: ",
    ] {
        assert!(ended.stderr.contains(part), "no {part:?} in {}", ended.stderr);
    }
    assert_unchanged(&before, &contents(&office.path("")));
    let json = office.run(&["check", "--json"]);
    assert_eq!(
        (json.code, json.json()["error"]["code"].as_str()),
        (Some(2), Some("wrong_input")),
        "{json:?}"
    );
}

#[test]
fn a_check_beside_a_running_server_changes_nothing_either() {
    let office = Office::sqlite();
    office.acme();
    let server = office.serve(&[]);
    let before = office.contents();
    office.done(&["check"]);
    assert_unchanged(&before, &office.contents());
    server.stop();
}
