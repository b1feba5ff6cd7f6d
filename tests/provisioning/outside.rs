//! What other processes and outages do to a node that serves.

use std::{sync::Arc, time::Duration};

use offhook::{
    provisioning::{Refusal, Transport, Undecidable},
    storage::Role,
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{OUTSIDE, Site},
};

const MAC: &str = "001565aabbcc";

async fn a_change_by_another_process_is_noticed_within_a_second(bench: Bench) {
    let site = Arc::new(Site::new(bench));
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    let path = site.own_path(MAC, &format!("{MAC}.cfg")).await.unwrap();
    site.ask(Transport::Https, OUTSIDE, &path).await.unwrap();
    let following = Arc::clone(&site);
    let follower = tokio::spawn(async move { following.provisioner.follow(|_| {}).await });
    let other = site.bench.open(Role::Admin, &site.bench.key).await.unwrap();
    let mut change = other.change(&acme.id, now()).await.unwrap();
    change.block_service(&extension, true, true).await.unwrap();
    change.commit().await.unwrap();
    let noticed = tokio::time::timeout(Duration::from_secs(1), async {
        loop {
            let document = site.ask_unrefreshed(Transport::Https, OUTSIDE, &path).await.unwrap();
            if !String::from_utf8_lossy(&document.bytes).contains("password-of-acme") {
                return;
            }
            tokio::task::yield_now().await;
        }
    });
    noticed.await.unwrap_or_else(|_| panic!("not noticed in {:?}", site.bench.url));
    follower.abort();
}

async fn a_broken_database_leaves_known_phones_served(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    site.phone(&acme, "001565000002", &[]).await;
    let known = site.own_path(MAC, &format!("{MAC}.cfg")).await.unwrap();
    let unknown = site.own_path("001565000002", "001565000002.cfg").await.unwrap();
    let before = site.ask(Transport::Https, OUTSIDE, &known).await.unwrap();
    site.bench.sql("ALTER TABLE devices RENAME TO gone").await.unwrap();
    let during = site.ask_unrefreshed(Transport::Https, OUTSIDE, &known).await.unwrap();
    assert_eq!(before.bytes, during.bytes);
    assert_eq!(
        site.ask_unrefreshed(Transport::Https, OUTSIDE, &unknown).await.unwrap_err(),
        Refusal::Undecidable(Undecidable::DatabaseAway)
    );
    site.clock.set(now().plus_hours(72));
    assert!(site.ask_unrefreshed(Transport::Https, OUTSIDE, &known).await.is_ok());
    site.clock.set(now().plus_hours(73));
    assert_eq!(
        site.ask_unrefreshed(Transport::Https, OUTSIDE, &known).await.unwrap_err(),
        Refusal::Undecidable(Undecidable::TooOld)
    );
    site.bench.sql("ALTER TABLE gone RENAME TO devices").await.unwrap();
    assert!(site.ask(Transport::Https, OUTSIDE, &unknown).await.is_ok());
}

on_both_engines!(
    a_change_by_another_process_is_noticed_within_a_second,
    a_broken_database_leaves_known_phones_served,
);
