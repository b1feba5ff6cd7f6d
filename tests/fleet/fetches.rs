//! What a phone has is noted once, not at every boot.

use std::sync::atomic::Ordering;

use crate::bench::{Bench, on_both_engines};
use crate::office::Office;

fn news(office: &Office) -> u64 {
    office.site.provisioner.fetch_counters().news.load(Ordering::Relaxed)
}

async fn an_ordinary_boot_writes_nothing_not_even_after_a_restart(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    let first = office.facts(&phone).await.fetches;
    assert_eq!((first.len(), news(&office)), (1, 1));
    assert_eq!((first[0].file.as_str(), first[0].sip_user.as_deref()), ("{mac}.cfg", Some("acme-101")));
    office.passes(3600);
    office.boots(&phone).await;
    assert_eq!(office.facts(&phone).await.fetches, first, "it is what it was, and when");
    let (restarted, _store) = office.another_node().await;
    let mut fetches = restarted.fetch_writer().unwrap();
    let path = office.site.own_path(&phone.mac.to_string(), &format!("{}.cfg", phone.mac)).await.unwrap();
    office.boots_from(&restarted, &phone, path).await;
    fetches.catch_up().await;
    assert_eq!(restarted.fetch_counters().news.load(Ordering::Relaxed), 0);
    assert_eq!(office.facts(&phone).await.fetches, first);
}

async fn a_changed_document_is_news_once_at_whatever_node_it_is_fetched(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    let first = office.facts(&phone).await.fetches;
    let (other, _store) = office.another_node().await;
    let mut fetches = other.fetch_writer().unwrap();
    let path = office.site.own_path(&phone.mac.to_string(), &format!("{}.cfg", phone.mac)).await.unwrap();
    office.rename(&phone, "Another").await;
    other.refresh().await.unwrap();
    office.boots_from(&other, &phone, path).await;
    fetches.catch_up().await;
    assert_ne!(office.facts(&phone).await.fetches[0].etag, first[0].etag);
    office.rename(&phone, "User 101").await;
    office.boots(&phone).await;
    assert_eq!(
        office.facts(&phone).await.fetches[0].etag,
        first[0].etag,
        "what the first node remembers is old"
    );
    assert_eq!(news(&office), 2);
}

async fn what_finds_no_room_is_noted_by_the_next_fetch(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    let path = office.site.own_path(&phone.mac.to_string(), &format!("{}.cfg", phone.mac)).await.unwrap();
    office.site.provisioner.refresh().await.unwrap();
    let request = offhook::provisioning::Request {
        transport: offhook::provisioning::Transport::Https,
        source: phone.address,
        forwarded: false,
        path,
        user_agent: None,
        certificate: None,
        credential: None,
    };
    let document = office.site.provisioner.serve(&request).await.unwrap();
    // until the writer has come round, each of these takes a place
    for _ in 0..9000 {
        office.site.provisioner.delivered(&document);
    }
    let dropped = office.site.provisioner.fetch_counters().dropped.load(Ordering::Relaxed);
    assert_eq!(dropped, 9000 - 8192, "counted, not lost in silence");
    office.fetches.catch_up().await;
    office.rename(&phone, "Another").await;
    office.boots(&phone).await;
    assert_eq!(news(&office), 2);
}

on_both_engines!(
    an_ordinary_boot_writes_nothing_not_even_after_a_restart,
    a_changed_document_is_news_once_at_whatever_node_it_is_fetched,
    what_finds_no_room_is_noted_by_the_next_fetch,
);
