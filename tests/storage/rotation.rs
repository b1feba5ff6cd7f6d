//! Keys that are replaced while others write, in PostgreSQL: where SQLite has one writer, they would meet there.

use std::time::Duration;

use offhook::{
    domain::{Secret, ServiceId},
    storage::{AuditEntry, DatabaseUrl, Role, Store, Tenant},
};
use sqlx::Connection as _;

use crate::{
    bench::{Bench, now},
    made::{add_extension, change, extension},
};

const PATIENCE: Duration = Duration::from_mins(1);

fn entry() -> AuditEntry {
    AuditEntry::new(None, now(), "root", "key.renewed", "the key that seals secrets")
}

/// Another process.
async fn another(bench: &Bench) -> Store {
    bench.open(Role::Admin, &bench.key).await.unwrap()
}

async fn password(store: &Store, tenant: &Tenant, id: &ServiceId) -> String {
    let all = store.read().await.unwrap().extensions(&tenant.id).await.unwrap();
    all.iter().find(|extension| extension.id == *id).unwrap().sip_password.expose().to_owned()
}

/// Waits until the database says so.
async fn until(bench: &Bench, statement: &'static str) {
    let DatabaseUrl::Postgres(url) = &bench.url else { unreachable!("these tests ask PostgreSQL") };
    let mut database = sqlx::PgConnection::connect(url).await.unwrap();
    let so =
        async { while !sqlx::query_scalar::<_, bool>(statement).fetch_one(&mut database).await.unwrap() {} };
    tokio::time::timeout(PATIENCE, so).await.expect(statement);
    database.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_waits_for_whoever_began_to_write_with_the_old_one() {
    let bench = Bench::postgres().await;
    let acme = bench.tenant("acme").await;
    let mut begun = change(&bench.store, &acme).await;
    let (rotating, master) = (another(&bench).await, bench.key.clone());
    let renewing =
        async move { rotating.seal_keys_with(&master, true, &entry()).await.map(|key| (rotating, key)) };
    let mut renewed = tokio::spawn(renewing);
    let waits = until(
        &bench,
        "SELECT EXISTS (SELECT 1 FROM pg_locks JOIN pg_class ON pg_class.oid = relation \
         WHERE relname = 'sealed_keys' AND mode = 'ExclusiveLock' AND NOT granted)",
    );
    tokio::select! {
        renewed = &mut renewed => panic!("{renewed:?} before the other ended"),
        () = waits => {}
    }
    // whoever reads meanwhile waits for neither
    assert_eq!(bench.store.read().await.unwrap().tenants().await.unwrap().len(), 1);
    let new = extension("101");
    begun.add_extension(&new).await.unwrap();
    begun.commit().await.unwrap();
    let (rotating, key) = renewed.await.unwrap().unwrap();
    // the scope and the password
    assert_eq!(rotating.sealed_with_older_keys().await.unwrap(), 2);
    // who has not heard of the new key seals with it
    let mut next = change(&bench.store, &acme).await;
    next.add_extension(&extension("102")).await.unwrap();
    next.commit().await.unwrap();
    assert_eq!(rotating.sealed_with_older_keys().await.unwrap(), 2);
    assert_eq!(rotating.seal_again(1, |_| {}).await.unwrap(), 2);
    assert_eq!(password(&bench.store, &acme, &new.id).await, "password of 101");
    assert_ne!(key.unwrap(), bench.key.id());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_changed_while_it_is_sealed_again_stays_the_newer_one() {
    let bench = Bench::postgres().await;
    let acme = bench.tenant("acme").await;
    let mut ids = Vec::new();
    for number in ["101", "102", "103"] {
        ids.push(add_extension(&bench.store, &acme, number).await.unwrap());
    }
    let rotating = another(&bench).await;
    rotating.seal_keys_with(&bench.key, true, &entry()).await.unwrap();
    let mut changing = change(&bench.store, &acme).await;
    for id in &ids[..2] {
        changing.set_sip_password(id, &Secret::new("newer")).await.unwrap();
    }
    let sealing = tokio::spawn(async move { rotating.seal_again(2, |_| {}).await });
    // everything else is done, and nobody waits for a row
    let only_these =
        until(&bench, "SELECT COUNT(DISTINCT split_part(sip_password, '.', 1)) = 2 FROM extensions");
    only_these.await;
    changing.commit().await.unwrap();
    assert_eq!(sealing.await.unwrap().unwrap(), 2, "the third password and the scope; the newer ones are");
    for (id, expected) in ids.iter().zip(["newer", "newer", "password of 103"]) {
        assert_eq!(password(&bench.store, &acme, id).await, expected);
    }
    assert_eq!(another(&bench).await.sealed_with_older_keys().await.unwrap(), 0);
}
