//! One process for phones, one for administration, on one database.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    office::{MAC, Office, assert_unchanged, on_both_engines, wait_for},
    server::within,
};

on_both_engines![
    phones_are_served_by_their_own_process_also_when_the_other_is_gone,
    the_process_for_phones_refuses_a_schema_that_is_missing_older_or_newer,
];

const PHONES: [&str; 4] = ["--role", "phones", "--admin", "127.0.0.1:0"];

fn phones_are_served_by_their_own_process_also_when_the_other_is_gone(office: &Office) {
    office.acme();
    let admin = office.serve(&["--role", "admin"]);
    let phones = office.serve(&PHONES);
    assert!(!admin.log().contains("listening for https"), "{}", admin.log());
    office.phone("101", MAC);
    let (url, file) = (office.new_url(), format!("{MAC}.cfg"));
    let second = Duration::from_secs(1);
    within(second, "the new phone is served", || office.fetch(&url, &file).0 == 200);
    office.done(&["extension", "block", "acme", "101"]);
    let enabled = "account.1.enable = 1";
    within(second, "its line is withheld", || {
        let (status, document) = office.fetch(&url, &file);
        status == 200 && !document.contains(enabled)
    });
    admin.stop();
    assert_eq!(office.fetch(&url, &file).0, 200);
    office.done(&["extension", "unblock", "acme", "101"]);
    within(second, "its line is carried", || office.fetch(&url, &file).1.contains(enabled));
    phones.stop();
    let seen = office.done(&["device", "list", "acme", "--seen", "--json"]).json();
    assert_eq!(seen["devices"][0]["seen"]["outcome"], "served", "{seen}");
}

fn sql(office: &Office, statement: &'static str) {
    wait_for(async {
        if let Some(url) = &office.database_url {
            let mut database = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        } else {
            let file = SqliteConnectOptions::new().filename(office.data().join("offhook.db"));
            let mut database = SqliteConnection::connect_with(&file).await.unwrap();
            sqlx::raw_sql(statement).execute(&mut database).await.unwrap();
            database.close().await.unwrap();
        }
    });
}

fn the_process_for_phones_refuses_a_schema_that_is_missing_older_or_newer(office: &Office) {
    let refused = |said: &[&str], flags: &[&str]| {
        let before = office.contents();
        let ended = office.run(&[&["serve", "--json"], flags].concat());
        assert_eq!(ended.code, Some(3), "{ended:?}");
        let error = &ended.json()["error"];
        assert_eq!(error["code"], "wrong_schema");
        for part in said {
            assert!(error["message"].as_str().unwrap().contains(part), "{ended:?}");
        }
        assert_unchanged(&before, &office.contents());
    };
    refused(&["schema is missing", "start a server with --role admin"], &PHONES);
    assert!(!office.data().exists());
    office.acme();
    sql(office, "UPDATE _sqlx_migrations SET version = -version");
    refused(&["schema is -1", "start a server with --role admin"], &PHONES);
    sql(office, "UPDATE _sqlx_migrations SET version = 9000 - version");
    refused(&["schema is 90", "made by a newer release"], &PHONES);
    refused(&["schema is 90", "made by a newer release"], &[]);
    sql(office, "UPDATE _sqlx_migrations SET version = version - 9000");
    office.serve(&PHONES).stop();
}
