//! What a change promises: all or nothing, and an exact count under its lock.

use offhook::storage::{Role, Store, Tenant};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{add_extension, change, extension, product},
};

on_both_engines![
    a_dropped_change_leaves_nothing,
    fifty_at_once_take_exactly_three_seats,
    a_snapshot_does_not_see_what_is_changed_meanwhile,
];

async fn a_dropped_change_leaves_nothing(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let mut dropped = change(&bench.store, &acme).await;
    dropped.add_extension(&extension("101")).await.unwrap();
    assert_eq!(dropped.revision(), 2);
    drop(dropped);
    let mut read = bench.store.read().await.unwrap();
    assert!(read.extensions(&acme.id).await.unwrap().is_empty());
    assert_eq!(read.tenant(&acme.id).await.unwrap().unwrap().revision, 1);
    drop(read);
    add_extension(&bench.store, &acme, "101").await.unwrap();
    assert_eq!(bench.store.read().await.unwrap().revisions().await.unwrap()[0].1, 2);
}

/// Takes a seat if fewer than three are used.
async fn take_a_seat(store: Store, tenant: Tenant, number: String) -> bool {
    let mut change = store.change(&tenant.id, now()).await.unwrap();
    if change.seats_of(&tenant.id, &product("essentials")).await.unwrap() >= 3 {
        return false;
    }
    change.add_extension(&extension(&number)).await.unwrap();
    change.commit().await.unwrap();
    true
}

async fn fifty_at_once_take_exactly_three_seats(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let elsewhere = bench.open(Role::Admin, &bench.key).await.unwrap();
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let store = if number % 2 == 0 { &bench.store } else { &elsewhere };
            tokio::spawn(take_a_seat(store.clone(), acme.clone(), (100 + number).to_string()))
        })
        .collect();
    let mut taken = 0;
    for task in tasks {
        taken += u32::from(task.await.unwrap());
    }
    assert_eq!(taken, 3);
    let used = bench.store.read().await.unwrap().seats_of(&acme.id, &product("essentials")).await.unwrap();
    assert_eq!(used, 3);
}

async fn a_snapshot_does_not_see_what_is_changed_meanwhile(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.revisions().await.unwrap()[0].1, 1);
    add_extension(&bench.store, &acme, "101").await.unwrap();
    assert!(read.extensions(&acme.id).await.unwrap().is_empty());
    drop(read);
    assert_eq!(bench.store.read().await.unwrap().extensions(&acme.id).await.unwrap().len(), 1);
}
