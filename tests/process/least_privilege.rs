//! A role of PostgreSQL that serves phones and may do nothing else.

use std::{collections::BTreeSet, process::Command, time::Duration};

use sqlx::{Connection as _, PgConnection, Row as _};

use crate::{
    office::{MAC, Office, wait_for},
    server::{Server, within},
};

/// What PostgreSQL says to who may not (`insufficient_privilege`).
const DENIED: &str = "42501";

/// Makes a role in the cluster; the URL with which it reaches the office's database.
fn make_role(office: &Office, name: &str) -> String {
    let owner = office.database_url.as_deref().unwrap();
    run(owner, &format!("CREATE ROLE {name} LOGIN"));
    owner.replacen("offhook@", &format!("{name}@"), 1)
}

fn run(url: &str, statement: &str) {
    assert_eq!(denied(url, statement), None, "{statement}");
}

/// With which code PostgreSQL refuses a statement; none when it does not.
fn denied(url: &str, statement: &str) -> Option<String> {
    wait_for(async {
        let mut database = PgConnection::connect(url).await.unwrap();
        let ended = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned())).execute(&mut database).await;
        database.close().await.unwrap();
        ended.err().map(|error| error.as_database_error().unwrap().code().unwrap().into_owned())
    })
}

fn tables(url: &str) -> BTreeSet<String> {
    wait_for(async {
        let mut database = PgConnection::connect(url).await.unwrap();
        let every = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()";
        let rows = sqlx::query(every).fetch_all(&mut database).await.unwrap();
        database.close().await.unwrap();
        rows.iter().map(|row| row.get("name")).collect()
    })
}

/// A server for phones that reaches the database as `url` says.
fn serve_phones(office: &Office, url: &str) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(["serve", "--log-format", "json", "--role", "phones", "--admin", "127.0.0.1:0"]);
    let mut command = office.surround(command);
    command.env("OFFHOOK_DATABASE_URL", url);
    Server::start(command)
}

#[test]
fn phones_are_served_whole_by_a_role_that_postgres_lets_do_nothing_else() {
    let office = Office::postgres();
    office.acme();
    office.phone("101", MAC);
    let restricted = make_role(&office, "phones_whole");
    let granted = office.done(&["database", "grant", "phones_whole", "--json"]).json();
    let list = |which: &str| -> BTreeSet<String> {
        granted[which].as_array().unwrap().iter().map(|table| table.as_str().unwrap().to_owned()).collect()
    };
    let (reads, writes, nothing) = (list("reads"), list("writes"), list("nothing"));
    let decided = &(&reads | &writes) | &nothing;
    assert_eq!(tables(&restricted), decided, "each table is decided on");
    let private = [
        "users",
        "sessions",
        "tokens",
        "user_languages",
        "setup_links",
        "sign_in_failures",
        "audit",
        "audit_log",
        "audit_heads",
    ];
    assert!(private.iter().all(|table| nothing.contains(*table)), "{nothing:?}");

    let admin = office.serve(&["--role", "admin"]);
    let phones = serve_phones(&office, &restricted);
    assert!(!phones.log().contains("may do more"), "{}", phones.log());
    let (url, file) = (office.new_url(), format!("{MAC}.cfg"));
    let second = Duration::from_secs(1);
    let enabled = "account.1.enable = 1";
    within(second, "the phone is served", || {
        let (status, document) = office.fetch(&url, &file);
        status == 200 && document.contains(enabled)
    });
    office.done(&["extension", "block", "acme", "101"]);
    within(second, "its line is withheld", || {
        let (status, document) = office.fetch(&url, &file);
        status == 200 && !document.contains(enabled)
    });
    let unknown = format!("{}.cfg", "805ec0999999");
    assert_eq!(office.fetch(&url, &unknown).0, 404);
    assert_eq!(phones.health()["status"], "ready", "{}", phones.health());
    let log = phones.stop();
    assert!(!log.contains("permission denied"), "{log}");
    let seen = office.done(&["device", "list", "acme", "--seen", "--json"]).json();
    assert_eq!(seen["devices"][0]["seen"]["outcome"], "served", "{seen}");
    admin.stop();

    for table in &nothing {
        let reading = format!("SELECT * FROM {table}");
        assert_eq!(denied(&restricted, &reading).as_deref(), Some(DENIED), "{reading}");
    }
    for table in reads.union(&nothing) {
        for changing in
            [format!("DELETE FROM {table}"), format!("TRUNCATE {table}"), format!("DROP TABLE {table}")]
        {
            assert_eq!(denied(&restricted, &changing).as_deref(), Some(DENIED), "{changing}");
        }
    }
    for changing in [
        "UPDATE devices SET blocked = FALSE",
        "UPDATE extensions SET sip_password = ''",
        "UPDATE tenants SET revision = revision + 1",
        "INSERT INTO meta (name, value) VALUES ('x', 'y')",
        "CREATE TABLE mine (x TEXT)",
    ] {
        assert_eq!(denied(&restricted, changing).as_deref(), Some(DENIED), "{changing}");
    }
}

#[test]
fn who_may_do_more_than_phones_need_is_told_so() {
    let office = Office::postgres();
    office.acme();
    let phones = serve_phones(&office, office.database_url.as_deref().unwrap());
    phones.says("the database role in use may do more than phones need");
    phones.stop();
}

#[test]
fn a_role_from_which_nothing_can_be_kept_is_granted_nothing() {
    let office = Office::postgres();
    office.acme();
    let refused = |arguments: &[&str], code: &str| {
        let ended = office.run(&[&["database", "grant", "--json"], arguments].concat());
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert_eq!(ended.json()["error"]["code"], code, "{ended:?}");
        ended.json()["error"]["message"].as_str().unwrap().to_owned()
    };
    assert!(refused(&["nobody\""], "no_such_role").contains("CREATE ROLE \"nobody\"\"\" LOGIN"));
    refused(&["offhook"], "role_almighty");
    let restricted = make_role(&office, "phones_deputy");
    run(office.database_url.as_deref().unwrap(), "GRANT SELECT ON users TO PUBLIC");
    assert!(refused(&["phones_deputy"], "role_may_more").contains("table users"));
    assert_eq!(denied(&restricted, "SELECT * FROM devices").as_deref(), Some(DENIED), "all or nothing");
    run(office.database_url.as_deref().unwrap(), "REVOKE SELECT ON users FROM PUBLIC");
    let printed = office.done(&["database", "grant", "phones_deputy", "--print"]).stdout;
    assert_eq!(denied(&restricted, "SELECT * FROM devices").as_deref(), Some(DENIED), "only printed");
    run(office.database_url.as_deref().unwrap(), &printed);
    run(&restricted, "SELECT * FROM devices");
}

#[test]
fn sqlite_has_no_roles() {
    let office = Office::sqlite();
    office.acme();
    let ended = office.run(&["database", "grant", "phones", "--json"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.json()["error"]["code"], "engine_without_roles");
}
