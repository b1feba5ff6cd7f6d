//! A rule that says no to a command leaves a row in the audit, as one that says no to a request does.

use std::{io::Write as _, process::Stdio};

use serde_json::Value;

use crate::desk::{Desk, on_both_engines};

on_both_engines![what_a_rule_refuses_is_audited_once_and_nothing_else, a_refusal_tells_no_secret];

/// The refusals in a chain, the oldest first: who was refused what.
fn refusals(desk: &Desk, chain: &[&str]) -> Vec<String> {
    let all = desk.done(&[&["audit", "export", "--json"], chain].concat()).json();
    let refused = all.as_array().unwrap().iter().filter(|entry| entry["refused"] == true);
    let told = |entry: &Value| {
        assert_eq!((&entry["action"], &entry["origin"]), (&"request.refused".into(), &Value::Null));
        // the same person did everything here
        assert_eq!(entry["actor"], all[0]["actor"]);
        entry["detail"].as_str().unwrap().to_owned()
    };
    refused.map(told).collect()
}

async fn what_a_rule_refuses_is_audited_once_and_nothing_else(desk: Desk) {
    desk.license("1");
    assert_eq!(desk.extend("101").code, Some(0));
    assert_eq!(desk.extend("102").failure(), "no_seat_left");
    desk.done(&["device", "add", "acme", "001565aabb01", "--model", "Yealink SIP-T31P"]);
    let key = ["key", "set", "00:15:65:aa:bb:01", "9", "line"];
    assert_eq!(desk.run(&key).code, Some(1));
    assert_eq!(desk.run(&["audit", "prune", "--older-than", "3"]).code, Some(1));
    // what is not there, and what is no input, is no refusal
    assert_eq!(desk.run(&["extension", "show", "acme", "999"]).code, Some(1));
    assert_eq!(desk.run(&["setting", "set", "tenant", "acme", "sip.port", "0"]).code, Some(2));
    assert_eq!(
        refusals(&desk, &["acme"]),
        [
            "offhook extension add acme 102: no_seat_left",
            "offhook key set 00:15:65:aa:bb:01 9 line: key_beyond_model",
        ]
    );
    assert_eq!(refusals(&desk, &[]), ["offhook audit prune: audit_too_young"]);
    assert!(desk.done(&["audit", "verify"]).stdout.contains("every entry is as it was written"));
    // that the audit was altered is found, not refused
    tamper(&desk).await;
    assert_eq!(desk.run(&["audit", "verify", "acme", "--json"]).failure(), "audit_broken");
    assert_eq!(refusals(&desk, &["acme"]).len(), 2);
}

async fn tamper(desk: &Desk) {
    use sqlx::Connection as _;
    let statement = "UPDATE audit_log SET detail = 'x' WHERE chain <> '' AND seq = 1";
    if let Some(url) = &desk.database_url {
        let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    } else {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(desk.data().join("offhook.db"));
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    }
}

async fn a_refusal_tells_no_secret(desk: Desk) {
    desk.license("0");
    let arguments = ["extension", "add", "acme", "101", "--name", "Ann", "--product", "essentials"];
    let mut command = desk.command(&[&arguments[..], &["--sip-password-file", "-"]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    if let Some(url) = &desk.database_url {
        command.env_remove("OFFHOOK_DATABASE_URL").args(["--database-url", url]);
    }
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"hunter2-of-ann\n").unwrap();
    let ended = process.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert_eq!(refusals(&desk, &["acme"]), ["offhook extension add acme 101: no_seat_left"]);
    let export = desk.done(&["audit", "export", "acme"]).stdout;
    assert!(!export.contains("hunter2") && !export.contains("postgres://"), "{export}");
}
