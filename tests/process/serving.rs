//! A server from nothing, and what other processes change while it runs.

use std::{process::Command, time::Duration};

use crate::{
    clients::curl,
    office::{MAC, Office, on_both_engines},
    server::{Server, within},
};

on_both_engines![what_commands_change_is_served_within_a_second_and_found_again_by_the_next_server];

#[test]
fn flags_alone_make_an_installation_that_says_where_it_is_and_what_is_dangerous() {
    let office = Office::sqlite();
    let data = office.path("made");
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.env_clear().current_dir(office.path("")).arg("serve").arg("--data").arg(&data);
        command.args(["--name", "phones.example.org", "--log-format", "json", "--trust", "10.1.0.0/16=acme"]);
        for door in ["--https", "--http", "--tftp", "--admin"] {
            command.args([door, "127.0.0.1:0"]);
        }
        Server::start(command)
    };
    let server = start();
    let log = server.log() + &server.says("the master key lies beside the database");
    assert!(log.contains("10.1.0.0/16 is trusted") || server.says("10.1.0.0/16 is trusted").contains("acme"));
    let made = ["offhook.db", "offhook.journal.db", "keys/master.key", "tls/ca.crt"];
    for file in made {
        assert!(data.join(file).exists(), "{file}");
    }
    for door in ["https", "http", "tftp", "admin"] {
        assert_ne!(server.door(door).port(), 0);
    }
    assert_eq!(server.admin("/healthz").status, 200);
    assert_eq!((server.admin("/readyz").status, server.health()["status"].as_str()), (200, Some("ready")));
    let metrics = server.admin("/metrics").body;
    assert!(metrics.contains("offhook_requests_total{door=\"https\"} 0"), "{metrics}");
    assert!(metrics.ends_with("# EOF\n"), "{metrics}");
    assert_eq!(server.admin("/elsewhere").status, 404);
    let refused =
        curl(&data.join("tls/ca.crt"), &format!("https://localhost:{}/x", server.door("https").port()));
    assert_eq!(refused, (404, String::new()));
    server.stop();
    let authority = std::fs::read(data.join("tls/ca.crt")).unwrap();
    start().stop();
    assert_eq!(std::fs::read(data.join("tls/ca.crt")).unwrap(), authority, "phones trust the first one");
}

fn what_commands_change_is_served_within_a_second_and_found_again_by_the_next_server(office: &Office) {
    let server = office.serve(&[]);
    office.acme();
    assert!(server.reload().contains("reloaded: "), "the license's key is new");
    office.phone("101", MAC);
    let url = office.url();
    let expected = format!("https://localhost:{}/p/t", office.ports[0]);
    assert!(url.starts_with(&expected) && url.len() == expected.len() + 26 + 1, "{url}");
    let file = format!("{MAC}.cfg");
    let second = Duration::from_secs(1);
    within(second, "the new phone is served", || office.fetch(&url, &file).0 == 200);
    let url = office.new_url();
    within(second, "the new URL is served", || office.fetch(&url, &file).0 == 200);
    office.done(&["setting", "set", "device", MAC, "phone.language", "de"]);
    within(second, "the new setting is served", || office.fetch(&url, &file).1.contains("lang.gui = German"));
    office.done(&["device", "block", MAC]);
    within(second, "the blocked phone is refused", || office.fetch(&url, &file).0 == 404);
    office.done(&["device", "unblock", MAC]);
    within(second, "the phone is served again", || office.fetch(&url, &file).0 == 200);
    let (_, before) = office.fetch(&url, &file);
    server.stop();
    let server = office.serve(&[]);
    assert_eq!(office.fetch(&url, &file), (200, before));
    server.stop();
}
