//! Opening: keys, schemas and roles.

use offhook::{
    domain::SystemRandom,
    storage::{DatabaseUrl, KeySource, MasterKey, Role, StorageError, Store, load_or_create_master_keys},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::add_extension,
    postgres::cluster,
};

on_both_engines![
    what_is_committed_is_there_after_opening_again,
    another_master_key_is_refused_by_name,
    a_missing_master_key_is_not_replaced,
    an_older_schema_is_brought_up_to_date_with_everything_kept,
    a_newer_schema_is_refused_in_both_roles,
    a_store_that_is_open_answers,
];

async fn what_is_committed_is_there_after_opening_again(bench: Bench) {
    assert!(Store::exists(&bench.url).await.unwrap());
    let acme = bench.tenant("acme").await;
    add_extension(&bench.store, &acme, "101").await.unwrap();
    bench.store.close().await;
    let again = bench.open(Role::Admin, &bench.key).await.unwrap();
    let extensions = again.read().await.unwrap().extensions(&acme.id).await.unwrap();
    assert_eq!(extensions[0].sip_password.expose(), "password of 101");
    assert_eq!(again.sealer().key_id(), bench.key.id());
}

async fn another_master_key_is_refused_by_name(bench: Bench) {
    let other = MasterKey::generate(&SystemRandom);
    for role in [Role::Admin, Role::Phones] {
        match bench.open(role, &other).await {
            Err(StorageError::WrongKey { expected, found }) => {
                assert_eq!((expected, found), (bench.key.id(), other.id()));
            }
            opened => panic!("{opened:?}"),
        }
    }
}

async fn a_missing_master_key_is_not_replaced(bench: Bench) {
    let exists = Store::exists(&bench.url).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("master.key");
    let refused = load_or_create_master_keys(&KeySource::File(path.clone()), exists, &SystemRandom);
    assert!(matches!(refused, Err(StorageError::KeyMissing { .. })));
    assert!(!path.exists());
}

async fn an_older_schema_is_brought_up_to_date_with_everything_kept(mut bench: Bench) {
    bench.as_an_older_release_made_it().await;
    let acme = bench.tenant("acme").await;
    add_extension(&bench.store, &acme, "101").await.unwrap();
    bench.store.close().await;
    bench.take_back().await;
    match bench.open(Role::Phones, &bench.key).await {
        Err(StorageError::Schema { found, .. }) => assert_eq!(found, "1"),
        opened => panic!("{opened:?}"),
    }
    let store = bench.open(Role::Admin, &bench.key).await.unwrap();
    let extensions = store.read().await.unwrap().extensions(&acme.id).await.unwrap();
    assert_eq!(extensions.len(), 1);
    let mut change = store.change(&acme.id, now()).await.unwrap();
    change.add_addon(&extensions[0].id, &"voicemail".parse().unwrap(), 1).await.unwrap();
    change.commit().await.unwrap();
    bench.open(Role::Phones, &bench.key).await.unwrap();
}

async fn a_newer_schema_is_refused_in_both_roles(bench: Bench) {
    bench
        .sql("INSERT INTO _sqlx_migrations SELECT 999, description, installed_on, success, checksum, execution_time \
              FROM _sqlx_migrations WHERE version = 1")
        .await
        .unwrap();
    for role in [Role::Admin, Role::Phones] {
        match bench.open(role, &bench.key).await {
            Err(StorageError::Schema { found, advice, .. }) => {
                assert_eq!(found, "999");
                assert!(advice.contains("newer release"));
            }
            opened => panic!("{opened:?}"),
        }
    }
}

async fn a_store_that_is_open_answers(bench: Bench) {
    bench.store.ping().await.unwrap();
    bench.store.close().await;
    assert!(bench.store.ping().await.unwrap_err().is_outage());
}

fn sealer() -> std::sync::Arc<offhook::storage::Sealer> {
    let key = MasterKey::generate(&SystemRandom);
    std::sync::Arc::new(offhook::storage::Sealer::new(&key, std::sync::Arc::new(SystemRandom)))
}

#[tokio::test]
async fn the_phone_role_makes_no_sqlite_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("offhook.db"));
    assert!(!Store::exists(&url).await.unwrap());
    assert!(Store::open(&url, Role::Phones, sealer()).await.is_err());
    assert!(!Store::exists(&url).await.unwrap());
}

#[tokio::test]
async fn the_phone_role_refuses_to_migrate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("offhook.db");
    std::fs::write(&path, "").unwrap();
    let postgres = cluster().database().await;
    for url in [DatabaseUrl::Sqlite(path), DatabaseUrl::Postgres(postgres)] {
        match Store::open(&url, Role::Phones, sealer()).await {
            Err(StorageError::Schema { found, .. }) => assert_eq!(found, "missing"),
            opened => panic!("{opened:?}"),
        }
    }
}

#[tokio::test]
async fn the_phone_role_cannot_write_what_admins_own_in_sqlite() {
    let bench = Bench::sqlite().await;
    let acme = bench.tenant("acme").await;
    let phones = bench.open(Role::Phones, &bench.key).await.unwrap();
    let refused = phones.change(&acme.id, now()).await.map(|change| change.revision()).unwrap_err();
    assert!(refused.to_string().contains("readonly"), "{refused}");
    assert_eq!(phones.read().await.unwrap().revisions().await.unwrap()[0].1, 1);
    let batch = offhook::storage::JournalBatch::default();
    phones.write_journal(&batch).await.unwrap();
}

/// Each round is a new chance for two of them to find the same step of the schema missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_sqlite_database_can_be_opened_by_many_at_once() {
    let sealer = sealer();
    for round in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("offhook.db"));
        let opening: Vec<_> = (0..8)
            .map(|_| {
                let (url, sealer) = (url.clone(), sealer.clone());
                tokio::spawn(async move { Store::open(&url, Role::Admin, sealer).await })
            })
            .collect();
        for opened in opening {
            let store = opened.await.unwrap().unwrap_or_else(|error| panic!("round {round}: {error}"));
            store.close().await;
        }
    }
}

#[tokio::test]
async fn what_the_store_keeps_in_sqlite_only_its_owner_reads() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::sqlite().await;
    bench.tenant("acme").await;
    bench.store.write_journal(&offhook::storage::JournalBatch::default()).await.unwrap();
    let DatabaseUrl::Sqlite(database) = &bench.url else { panic!("not SQLite") };
    let files: Vec<_> = std::fs::read_dir(database.parent().unwrap()).unwrap().flatten().collect();
    assert_eq!(files.len(), 6, "two databases, each with its log and its index");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[test]
fn a_database_url_is_understood_and_shown_without_its_password() {
    let sqlite: DatabaseUrl = "sqlite:/var/lib/offhook/offhook.db".parse().unwrap();
    assert_eq!(format!("{sqlite:?}"), "sqlite:/var/lib/offhook/offhook.db");
    let postgres: DatabaseUrl = "postgres://offhook:hunter2@db:5433/phones".parse().unwrap();
    assert_eq!(format!("{postgres:?}"), "postgres://db:5433/phones");
    for wrong in ["", "sqlite:", "mysql://root:hunter2@db/x", "/var/lib/offhook.db"] {
        let error = wrong.parse::<DatabaseUrl>().unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_gives_its_tables_to_the_role_that_serves_phones() {
    use sqlx::Connection as _;
    let bench = Bench::postgres().await;
    bench.sql("CREATE ROLE phones_of_an_older_release LOGIN").await.unwrap();
    bench.store.grant_to_phones(&"phones_of_an_older_release".parse().unwrap()).await.unwrap();
    bench.store.close().await;
    bench.take_back().await;
    bench.open(Role::Admin, &bench.key).await.unwrap().close().await;
    let DatabaseUrl::Postgres(url) = &bench.url else { panic!() };
    let url = url.replacen("offhook@", "phones_of_an_older_release@", 1);
    let mut restricted = sqlx::PgConnection::connect(&url).await.unwrap();
    sqlx::query("SELECT * FROM profile_keys").fetch_all(&mut restricted).await.unwrap();
    assert!(sqlx::query("SELECT * FROM users").fetch_all(&mut restricted).await.is_err());
    restricted.close().await.unwrap();
}
