//! Who is asked: the phones that a change touched and that do not have what they should, by one node.

use std::collections::BTreeSet;

use offhook::{domain::Mac, fleet::Heard, storage::AskState};

use crate::bench::{Bench, now, on_both_engines};
use crate::office::{Office, fleet};

async fn of_three_phones_only_the_touched_one_is_asked_and_only_until_it_has_fetched(bench: Bench) {
    let mut office = Office::open(bench).await;
    let mut phones = Vec::new();
    for index in 1..=3 {
        phones.push(office.phone(index, "Yealink SIP-T46U").await);
    }
    for phone in &phones {
        office.boots(phone).await;
    }
    assert!(office.turns().await.is_empty(), "who has just fetched is not asked");
    office.rename(&phones[1], "Another").await;
    let turns = office.turns().await;
    let asked: Vec<Mac> = turns.iter().map(|turn| turn.asking.mac).collect();
    assert_eq!(asked, [phones[1].mac]);
    assert_eq!(turns[0].asking.user, "acme-102");
    assert_eq!(turns[0].asking.event, "check-sync;reboot=false");
    office.boots(&phones[1]).await;
    assert!(office.turns().await.is_empty());
    assert_eq!(office.ask(&phones[1]).await.row.state, AskState::Followed);
    office.passes(4000);
    assert!(office.turns().await.is_empty(), "it is not asked again");
}

async fn a_change_that_leaves_the_document_as_it_was_asks_nobody(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    // the same license once more: it touches every phone of the tenant and changes none
    office.site.license(&office.acme, 2, 100, now(), now().plus_days(365)).await;
    office.rename(&phone, "User 101").await;
    assert!(office.turns().await.is_empty());
    assert_eq!(office.facts(&phone).await.ask, None, "and nothing was written");
}

async fn who_was_never_seen_is_not_asked(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.rename(&phone, "Another").await;
    assert!(office.turns().await.is_empty());
}

async fn what_changed_while_no_node_ran_is_looked_at_by_the_next(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    office.heard = Heard::default();
    office.rename(&phone, "Another").await;
    assert_eq!(office.turns().await.len(), 1);
}

async fn three_nodes_ask_each_phone_once(bench: Bench) {
    let mut office = Office::open(bench).await;
    let mut phones = Vec::new();
    for index in 1..=30 {
        let phone = office.phone(index, "Yealink SIP-T46U").await;
        office.boots(&phone).await;
        phones.push(phone);
    }
    office.look().await;
    let mut nodes = Vec::new();
    for _ in 0..3 {
        let (provisioner, store) = office.another_node().await;
        let node = fleet(&office.site, &provisioner, &store);
        let mut heard = Heard::default();
        node.look(&mut heard).await.unwrap();
        nodes.push((node, heard));
    }
    for phone in &phones {
        office.rename(phone, "Another").await;
    }
    let [(a, heard_a), (b, heard_b), (c, heard_c)] = &mut nodes[..] else { panic!("three") };
    let (one, two, three) = tokio::join!(a.look(heard_a), b.look(heard_b), c.look(heard_c));
    one.and(two).and(three).unwrap();
    office.site.clock.set(now().plus_seconds(10));
    let (one, two, three) = tokio::join!(a.take(), b.take(), c.take());
    let asked: Vec<Mac> =
        [one, two, three].into_iter().flat_map(Result::unwrap).map(|turn| turn.asking.mac).collect();
    assert_eq!(asked.len(), 30, "each once");
    assert_eq!(asked.iter().collect::<BTreeSet<_>>().len(), 30, "and each");
}

async fn an_administrator_has_one_asked_that_has_what_it_should(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Snom D785").await;
    office.seen(&phone, 0).await;
    office.look().await;
    let mut change = office.site.bench.store.change(&office.acme.id, now()).await.unwrap();
    change.request_sync(&phone.device, true).await.unwrap();
    change.commit().await.unwrap();
    let mut turns = office.turns().await;
    assert_eq!(turns.len(), 1);
    assert_eq!(turns[0].asking.event, "check-sync;reboot=true", "a restart was wished");
    office.fleet.report(turns.remove(0), offhook::fleet::Answer::Status(200)).await.unwrap();
    assert!(office.turns().await.is_empty());
}

on_both_engines!(
    of_three_phones_only_the_touched_one_is_asked_and_only_until_it_has_fetched,
    a_change_that_leaves_the_document_as_it_was_asks_nobody,
    who_was_never_seen_is_not_asked,
    what_changed_while_no_node_ran_is_looked_at_by_the_next,
    three_nodes_ask_each_phone_once,
    an_administrator_has_one_asked_that_has_what_it_should,
);
