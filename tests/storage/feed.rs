//! Hearing of changes that others made.

use std::time::Duration;

use offhook::storage::{Feed, Role, Store};

use crate::{
    bench::{Bench, on_both_engines},
    made::{add_extension, change},
};

on_both_engines![
    a_change_elsewhere_is_heard_within_a_second,
    a_new_and_a_removed_tenant_are_heard_within_a_second,
];

/// Waits until the store, asked after each sign of a change, shows what `seen` looks for.
async fn hear(
    feed: &mut Feed,
    store: &Store,
    what: &str,
    seen: impl Fn(&[(offhook::domain::TenantId, i64, i64)]) -> bool,
) {
    let heard = async {
        loop {
            feed.changed().await.unwrap();
            if seen(&store.read().await.unwrap().revisions().await.unwrap()) {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(1), heard)
        .await
        .unwrap_or_else(|_| panic!("{what} was not heard"));
}

async fn a_change_elsewhere_is_heard_within_a_second(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let phones = bench.open(Role::Phones, &bench.key).await.unwrap();
    let mut feed = phones.feed().await.unwrap();
    for revision in 2..5 {
        add_extension(&bench.store, &acme, &format!("10{revision}")).await.unwrap();
        hear(&mut feed, &phones, "a change", |revisions| revisions[0].1 == revision).await;
    }
}

async fn a_new_and_a_removed_tenant_are_heard_within_a_second(bench: Bench) {
    let phones = bench.open(Role::Phones, &bench.key).await.unwrap();
    let mut feed = phones.feed().await.unwrap();
    let acme = bench.tenant("acme").await;
    hear(&mut feed, &phones, "a new tenant", |revisions| revisions.len() == 1).await;
    let mut removal = change(&bench.store, &acme).await;
    removal.remove_tenant().await.unwrap();
    removal.commit().await.unwrap();
    hear(&mut feed, &phones, "a removed tenant", <[_]>::is_empty).await;
}
