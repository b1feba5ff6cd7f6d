//! Replacing the keys while a server serves, and while the program that does it is killed.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use sqlx::{Column as _, Connection as _, Row as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    desk::{Desk, MAC, furnish},
    office::{Office, on_both_engines, wait_for},
    planted::plant,
    server::PATIENCE,
};

on_both_engines![
    keys_are_replaced_while_phones_and_people_are_served,
    a_rotation_that_is_killed_anywhere_is_finished_by_the_next,
    a_backup_from_before_is_opened_by_the_key_from_before,
];

/// In so many columns a secret may stand.
const COLUMNS: usize = 9;

fn key_file(office: &Office) -> PathBuf {
    office.data().join("keys/master.key")
}

/// The master keys in the file, the one to use first.
fn master_keys(office: &Office) -> Vec<String> {
    std::fs::read_to_string(key_file(office)).unwrap().lines().map(str::to_owned).collect()
}

/// What the operator of several nodes does before: puts a new key before the old one.
fn prepare(office: &Office) {
    if office.database_url.is_some() {
        let made = Command::new("openssl").args(["rand", "-hex", "32"]).output().unwrap().stdout;
        let new = String::from_utf8(made).unwrap();
        std::fs::write(key_file(office), format!("{new}{}\n", master_keys(office).join("\n"))).unwrap();
    }
}

/// Every row of a SQLite file as texts: table, column, text.
fn texts(file: &Path) -> Vec<(String, String, String)> {
    wait_for(async {
        let options = SqliteConnectOptions::new().filename(file).read_only(true);
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        let mut found = Vec::new();
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlx%'";
        for table in sqlx::query(tables).fetch_all(&mut database).await.unwrap() {
            let table: String = table.get(0);
            let all = sqlx::AssertSqlSafe(format!("SELECT * FROM {table}"));
            for row in sqlx::query(all).fetch_all(&mut database).await.unwrap() {
                for column in row.columns() {
                    if let Ok(Some(text)) = row.try_get::<Option<String>, _>(column.ordinal()) {
                        found.push((table.clone(), column.name().to_owned(), text));
                    }
                }
            }
        }
        database.close().await.unwrap();
        found
    })
}

/// A backup of the office as texts.
fn contents(office: &Office) -> Vec<(String, String, String)> {
    let file = office.path("looked-at.db");
    office.done(&["backup", "--force", file.to_str().unwrap()]);
    texts(&file)
}

/// With which keys secrets are sealed, wherever they stand; and in how many columns they do.
fn sealed_with(contents: &[(String, String, String)]) -> (BTreeSet<String>, usize) {
    let sealed = contents.iter().filter(|(table, _, text)| {
        let (id, rest) = text.split_once('.').unwrap_or_default();
        let hex = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        table != "sealed_keys" && hex && rest.len() > 40
    });
    let sealed: Vec<_> = sealed.collect();
    let columns: BTreeSet<_> = sealed.iter().map(|(table, column, _)| (table, column)).collect();
    (sealed.iter().map(|(.., text)| text[..8].to_owned()).collect(), columns.len())
}

fn rotated(office: &Office) -> Value {
    office.done(&["key", "rotate", "--secrets", "--json"]).json()
}

fn keys_are_replaced_while_phones_and_people_are_served(office: &Office) {
    let desk = Desk::open(office);
    furnish(&desk);
    let planted = plant(office, &desk);
    office.done(&["device", "set", MAC, "--qpc-key-file", &a_file(office, "qpc")]);
    // what a phone that is no device any more keeps
    office.done(&["device", "add", "acme", "001565aabb99", "--model", "Yealink SIP-T46U"]);
    office.done(&["device", "remove", "001565aabb99"]);
    let session = planted.of("session").to_owned();
    let (url, file) = (office.url(), format!("{MAC}.cfg"));
    let (status, document) = office.fetch(&url, &file);
    assert_eq!(status, 200);
    let etag = |office: &Office| etag(office, &format!("{url}{file}"));
    let (etag_before, revision) = (etag(office), revision(office));
    let old_keys = master_keys(office);
    let (sealed_before, columns) = sealed_with(&contents(office));
    assert_eq!(
        (sealed_before.len(), columns),
        (1, COLUMNS),
        "a secret stands in every column that holds some"
    );
    prepare(office);

    let done = AtomicBool::new(false);
    let (served, answered, rotated) = std::thread::scope(|scope| {
        let phone = scope.spawn(|| {
            let mut served = 0;
            while !done.load(Ordering::Relaxed) || served < 3 {
                assert_eq!(office.fetch(&url, &file), (200, document.clone()));
                served += 1;
            }
            served
        });
        let person = scope.spawn(|| {
            let mut answered = 0;
            while !done.load(Ordering::Relaxed) || answered < 3 {
                for token in [&session, &desk.root] {
                    assert_eq!(desk.call_as(token, "GET", "/me", Value::Null).status, 200);
                }
                let secret = desk.call("GET", "/tenants/acme/extensions/101/password", Value::Null);
                assert_eq!(secret.body["sip_password"], planted.of("SIP password"), "{secret:?}");
                let trunk = json!({"name": format!("T{answered}"), "product": "trunk", "sip_user": format!("t{answered}")});
                desk.done("POST", "/tenants/acme/trunks", trunk);
                answered += 1;
            }
            answered
        });
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| rotated(office)));
        // also when it failed, so that the others end
        done.store(true, Ordering::Relaxed);
        let rotated = ended.unwrap();
        (phone.join().unwrap(), person.join().unwrap(), rotated)
    });
    assert!(served > 2 && answered > 2);
    let (sealed_after, columns) = sealed_with(&contents(office));
    assert_eq!(
        (&sealed_after, columns),
        (&BTreeSet::from([rotated["secrets"]["key"].as_str().unwrap().to_owned()]), COLUMNS),
        "nothing is sealed with the old key"
    );
    assert!(sealed_after.is_disjoint(&sealed_before));
    assert_eq!(etag(office), etag_before, "phones need not fetch anything again");
    assert_eq!(self::revision(office), revision + answered, "only the trunks raised it");
    assert_eq!(office.url(), url);
    office.done(&["audit", "verify"]);
    let log = desk.server.stop();
    let new_keys = master_keys(office);
    assert_eq!(new_keys.len(), 1);
    assert_ne!(new_keys, old_keys);
    for key in [&new_keys[0], &old_keys[0]] {
        assert!(!log.contains(key.as_str()) && !rotated.to_string().contains(key.as_str()));
        let elsewhere =
            office.contents().into_iter().filter(|(path, _)| !path.starts_with(office.data().join("keys")));
        for (path, bytes) in elsewhere {
            let found = bytes.windows(key.len()).any(|window| window == key.as_bytes());
            assert!(!found, "a master key is in {}", path.display());
        }
    }

    // a server that starts now needs the new key, and only it
    let again = office.serve(&[]);
    assert_eq!(office.fetch(&url, &file), (200, document));
    let desk = Desk { server: again, ..desk };
    for token in [&session, &desk.root] {
        assert_eq!(desk.call_as(token, "GET", "/me", Value::Null).status, 200);
    }
    desk.server.stop();
    std::fs::write(key_file(office), &old_keys[0]).unwrap();
    for command in [&["tenant", "list", "--json"][..], &["serve", "--role", "phones", "--json"]] {
        let refused = office.run(command);
        assert_eq!(refused.code, Some(3), "{refused:?}");
        let told = refused.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(told.contains(rotated["master"]["key"].as_str().unwrap()), "{told}");
    }
}

fn a_file(office: &Office, name: &str) -> String {
    std::fs::write(office.path(name), "planted-qpc-key").unwrap();
    office.text_of(name)
}

fn etag(office: &Office, url: &str) -> String {
    let mut curl = Command::new("curl");
    curl.args(["-s", "--max-time", "30", "-D", "-", "-o", "/dev/null", "--cacert"]);
    let head = curl.arg(office.data().join("tls/ca.crt")).arg(url).output().unwrap().stdout;
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    head.lines().find(|line| line.starts_with("etag:")).expect("documents have one").to_owned()
}

fn revision(office: &Office) -> i64 {
    let tenants = contents_of(office, "SELECT revision FROM tenants");
    tenants[0].parse().unwrap()
}

/// The first column of a statement's rows, read past the program.
fn contents_of(office: &Office, statement: &'static str) -> Vec<String> {
    wait_for(async {
        if let Some(url) = &office.database_url {
            let mut database = sqlx::PgConnection::connect(url).await.unwrap();
            let rows = sqlx::query(statement).fetch_all(&mut database).await.unwrap();
            let texts =
                rows.iter().map(|row| row.try_get(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string()));
            let texts = texts.collect();
            database.close().await.unwrap();
            texts
        } else {
            let options = SqliteConnectOptions::new().filename(office.data().join("offhook.db"));
            let mut database = SqliteConnection::connect_with(&options).await.unwrap();
            let rows = sqlx::query(statement).fetch_all(&mut database).await.unwrap();
            let texts =
                rows.iter().map(|row| row.try_get(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string()));
            let texts = texts.collect();
            database.close().await.unwrap();
            texts
        }
    })
}

/// Many extensions, so that sealing them again takes several batches.
fn many_extensions(office: &Office) {
    let mut rows = "number,name,product\n".to_owned();
    for number in 1000..1060 {
        rows.extend([&number.to_string(), ",Ann ", &number.to_string(), ",line\n"]);
    }
    std::fs::write(office.path("many.csv"), rows).unwrap();
    office.done(&["csv", "import", "acme", "extensions", &office.text_of("many.csv")]);
}

/// Rotates until something is so, and kills the program at that moment; whether that came before its end.
fn kill_when(office: &Office, so: impl Fn() -> bool) -> bool {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(["key", "rotate", "--secrets", "--batch", "5"]);
    let mut running = office.surround(command).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let until = std::time::Instant::now() + PATIENCE;
    let ended = loop {
        if let Some(ended) = running.try_wait().unwrap() {
            assert!(ended.success());
            break true;
        }
        if so() {
            break false;
        }
        assert!(std::time::Instant::now() < until);
    };
    if !ended {
        // it may have ended since
        let _ = kill_process(Pid::from_child(&running), Signal::KILL);
    }
    let status = running.wait().unwrap();
    !ended && !status.success()
}

fn a_rotation_that_is_killed_anywhere_is_finished_by_the_next(office: &Office) {
    office.acme();
    office.phone("101", MAC);
    many_extensions(office);
    let password = || {
        let shown = office.done(&["extension", "show", "acme", "1059", "--show-password", "--json"]).json();
        shown["sip_password"].as_str().unwrap().to_owned()
    };
    let before = password();
    let url = office.url();
    let mut killed = 0;
    for point in 0..7_usize {
        if master_keys(office).len() == 1 {
            prepare(office);
        }
        let (files, masters) =
            (master_keys(office).len(), contents_of(office, "SELECT value FROM meta WHERE name = 'key'"));
        let seals = || contents_of(office, "SELECT id FROM sealed_keys WHERE purpose = 'seal' ORDER BY seq");
        let (count, newest) = (seals().len(), seals().pop());
        let resealed = || {
            let texts = contents_of(office, "SELECT sip_password FROM extensions");
            let old = newest.clone().unwrap();
            texts.iter().filter(|text| !text.starts_with(&old)).count()
        };
        let came = kill_when(office, || match point {
            0 => files == 2 || master_keys(office).len() == 2,
            1 => contents_of(office, "SELECT value FROM meta WHERE name = 'key'") != masters,
            2 => seals().len() > count,
            point => resealed() > (point - 3) * 15,
        });
        killed += usize::from(came);
        // whatever was done of it, everything is there
        assert_eq!(password(), before, "killed at point {point}");
        // it may have been killed when all was done
        let (sealed, _) = sealed_with(&contents(office));
        if master_keys(office).len() == 1 && sealed == BTreeSet::from([seals().pop().unwrap()]) {
            prepare(office);
        }
        rotated(office);
        assert_eq!((password(), office.url()), (before.clone(), url.clone()));
        let (sealed, _) = sealed_with(&contents(office));
        assert_eq!(sealed, BTreeSet::from([seals().pop().unwrap()]), "killed at point {point}");
        assert_eq!(master_keys(office).len(), 1);
        let entries = std::fs::read_dir(office.data().join("keys")).unwrap().flatten();
        let names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        assert!(!names.iter().any(|name| name.contains("new")), "{names:?}");
    }
    assert!(killed >= 4, "it was killed only {killed} times");
    office.done(&["audit", "verify"]);
}

fn a_backup_from_before_is_opened_by_the_key_from_before(office: &Office) {
    office.acme();
    office.phone("101", MAC);
    let password = |office: &Office| {
        office.done(&["extension", "show", "acme", "101", "--show-password", "--json"]).json()["sip_password"]
            .clone()
    };
    let before = password(office);
    let (backup, url) = (office.text_of("before.db"), office.url());
    office.done(&["backup", &backup]);
    let old = master_keys(office).remove(0);
    prepare(office);
    let rotated = rotated(office);
    let kept = rotated["master"]["kept"][0].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(kept).unwrap().trim(), old);
    assert_eq!(mode(Path::new(kept)), 0o600);
    assert_eq!(mode(&key_file(office)), 0o600);

    // elsewhere, with the old key alone
    let elsewhere = Office::sqlite();
    std::fs::create_dir_all(elsewhere.data().join("keys")).unwrap();
    std::fs::copy(key_file(office), key_file(&elsewhere)).unwrap();
    let refused = elsewhere.run(&["restore", &backup, "--json"]);
    assert_eq!(
        (refused.code, &refused.json()["error"]["code"]),
        (Some(1), &json!("wrong_key")),
        "{refused:?}"
    );
    let told = refused.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(told.contains(rotated["master"]["before"].as_str().unwrap()), "{told}");
    let elsewhere = Office::sqlite();
    std::fs::create_dir_all(elsewhere.data().join("keys")).unwrap();
    std::fs::copy(kept, key_file(&elsewhere)).unwrap();
    elsewhere.done(&["restore", &backup]);
    assert_eq!(password(&elsewhere), before);

    // where it was made, with both keys, while a server runs
    let server = office.serve(&[]);
    std::fs::write(key_file(office), format!("{}\n{old}\n", master_keys(office)[0])).unwrap();
    office.done(&["restore", "--force", &backup]);
    assert_eq!(password(office), before);
    assert_eq!(office.extension("102").code, Some(0));
    crate::server::within(PATIENCE, "the server goes by the restored keys", || {
        office.fetch(&url, &format!("{MAC}.cfg")).0 == 200
    });
    office.done(&["key", "rotate", "--secrets"]);
    assert_eq!(office.fetch(&office.url(), &format!("{MAC}.cfg")).0, 200);
    server.stop();
    office.done(&["audit", "verify"]);
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_key_in_the_environment_serves_and_is_replaced_by_one_that_stands_before_it() {
    let office = Office::sqlite();
    let hex = |digit: &str| digit.repeat(64);
    let run = |keys: &str, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.args(arguments).arg("--json");
        let ended: crate::office::Ended =
            office.surround(command).env("OFFHOOK_MASTER_KEY", keys).output().unwrap().into();
        (ended.code, ended.json())
    };
    let (code, made) =
        run(&hex("1"), &["tenant", "add", "acme", "--name", "Acme Ltd", "--sip-domain", "pbx.example.org"]);
    assert_eq!(code, Some(0), "{made}");
    assert!(!key_file(&office).exists());
    let (code, refused) = run(&hex("1"), &["key", "rotate"]);
    assert_eq!((code, &refused["error"]["code"]), (Some(1), &json!("key_not_prepared")), "{refused}");
    assert!(!refused.to_string().contains("1111"));
    let both = format!("{} {}", hex("2"), hex("1"));
    let (code, rotated) = run(&both, &["key", "rotate"]);
    assert_eq!(code, Some(0), "{rotated}");
    assert_eq!(rotated["master"]["left"], json!([rotated["master"]["before"]]));
    assert_eq!(run(&hex("2"), &["tenant", "list"]).0, Some(0));
    assert_eq!(run(&hex("1"), &["tenant", "list"]).0, Some(3));
    assert_eq!(
        run("garbage", &["tenant", "list"]).1["error"]["message"],
        "the environment is no master key: 64 hex digits are expected"
    );
}

#[test]
fn where_other_nodes_hold_the_key_none_is_made_for_them() {
    let office = Office::postgres();
    office.acme();
    let refused = office.run(&["key", "rotate", "--json"]);
    assert_eq!((refused.code, &refused.json()["error"]["code"]), (Some(1), &json!("key_not_prepared")));
    assert_eq!(master_keys(&office).len(), 1);
}
