//! What a server finds at its start and cannot use: each is named with what to do, and left as it is.

use std::fs;

use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::office::{Office, assert_unchanged, wait_for};

/// Its name, what brings it about, and what must be said of it.
type Fault<'a> = (&'a str, &'a dyn Fn(), &'a [&'a str]);

#[test]
fn what_is_missing_or_broken_is_named_and_nothing_is_made_in_its_place() {
    let office = Office::sqlite();
    office.acme();
    office.serve(&[]).stop();
    let (database, key) = (office.data().join("offhook.db"), office.data().join("keys/master.key"));
    let kept = [fs::read(&database).unwrap(), fs::read(&key).unwrap()];
    let garbage: Vec<u8> =
        (0..20_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_be_bytes()).collect();
    let faults: [Fault<'_>; 6] = [
        (
            "removed",
            &|| fs::remove_file(&database).unwrap(),
            &["offhook.db is gone", "put the database back", "offhook restore"],
        ),
        (
            "garbage",
            &|| fs::write(&database, &garbage).unwrap(),
            &["offhook.db is no database", "offhook restore"],
        ),
        ("truncated", &|| fs::write(&database, &kept[0][..8192]).unwrap(), &["malformed", "offhook restore"]),
        (
            "wrong key",
            &|| fs::write(&key, "00".repeat(32)).unwrap(),
            &["the master key in use (id", "is not the one this database's keys are sealed with"],
        ),
        (
            "missing key",
            &|| fs::remove_file(&key).unwrap(),
            &["no master key at", "master.key", "restore the key"],
        ),
        (
            "unreadable key",
            &|| fs::write(&key, "secret?").unwrap(),
            &["master.key is no master key: 64 hex digits"],
        ),
    ];
    for (name, break_it, said) in faults {
        break_it();
        let before = office.contents();
        for arguments in [&["serve"][..], &["serve", "--role", "phones"], &["tenant", "list"]] {
            let ended = office.run(arguments);
            assert_eq!(ended.code, Some(3), "{name}, {arguments:?}: {ended:?}");
            for part in said {
                assert!(ended.stderr.contains(part), "{name}, {arguments:?}, {part}: {ended:?}");
            }
            assert!(!ended.stderr.contains("secret?"));
            assert_unchanged(&before, &office.contents());
        }
        fs::write(&database, &kept[0]).unwrap();
        fs::write(&key, &kept[1]).unwrap();
    }
    office.serve(&[]).stop();
}

#[test]
fn a_database_that_another_program_holds_is_said_to_be_held() {
    let office = Office::sqlite();
    office.acme();
    let held = wait_for(async {
        let file = SqliteConnectOptions::new()
            .filename(office.data().join("offhook.db"))
            .pragma("locking_mode", "EXCLUSIVE");
        let mut held = SqliteConnection::connect_with(&file).await.unwrap();
        sqlx::raw_sql("BEGIN EXCLUSIVE; UPDATE tenants SET name = name; COMMIT")
            .execute(&mut held)
            .await
            .unwrap();
        held
    });
    let ended = office.run(&["serve"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("another process holds it"), "{ended:?}");
    drop(held);
    office.serve(&[]).stop();
}
