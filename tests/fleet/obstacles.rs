//! Phones that cannot be asked are shown as such.

use offhook::{
    domain::{DeviceId, LineNumber, SystemRandom},
    storage::{AskState, Farewell},
};

use crate::bench::{Bench, now, on_both_engines};
use crate::office::{Office, Phone};

async fn obstacle(office: &mut Office, phone: &Phone) -> String {
    assert!(office.turns().await.is_empty(), "it is not asked");
    let ask = office.ask(phone).await;
    assert_eq!(ask.row.state, AskState::Cannot);
    ask.row.why.unwrap()
}

async fn a_softphone_is_not_asked(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Linphone Linphone").await;
    office.boots(&phone).await;
    office.look().await;
    office.rename(&phone, "Another").await;
    assert!(obstacle(&mut office, &phone).await.contains("softphone"));
}

async fn where_another_phone_stands_now_nobody_is_asked_but_through_a_proxy(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    let other = Phone { address: phone.address, ..office.phone(2, "Yealink SIP-T46U").await };
    office.boots(&phone).await;
    office.passes(5);
    office.boots(&other).await;
    office.look().await;
    office.rename(&phone, "Another").await;
    assert!(obstacle(&mut office, &phone).await.contains("another phone"));
    office.fleet = crate::office::fleet(&office.site, &office.site.provisioner, &office.site.bench.store)
        .through_proxy(true);
    office.rename(&phone, "Yet another").await;
    assert_eq!(office.turns().await.len(), 1);
}

/// What a phone is asked, and how it proves its line, goes where its secrets went.
async fn a_stranger_whose_request_was_refused_draws_nothing_to_his_address(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    office.refused(&phone, crate::office::address(), 5).await;
    office.rename(&phone, "Another").await;
    assert_eq!(office.turns().await[0].asking.address, phone.address);
    let unserved = office.phone(2, "Yealink SIP-T46U").await;
    office.refused(&unserved, crate::office::address(), 5).await;
    office.rename(&unserved, "Another").await;
    assert!(obstacle(&mut office, &unserved).await.contains("refused"));
}

async fn a_phone_without_a_line_is_not_asked_but_one_that_had_one_is(bench: Bench) {
    let mut office = Office::open(bench).await;
    let (bare, had) = (office.phone(1, "Yealink SIP-T46U").await, office.phone(2, "Yealink SIP-T46U").await);
    let release = async |phone: &Phone| {
        let mut change = office.site.bench.store.change(&office.acme.id, now()).await.unwrap();
        change.release_line(&phone.device, LineNumber::new(1).unwrap()).await.unwrap();
        change.commit().await.unwrap();
    };
    office.seen(&bare, 0).await;
    release(&bare).await;
    assert!(obstacle(&mut office, &bare).await.contains("no SIP line"));
    office.boots(&had).await;
    office.look().await;
    let mut change = office.site.bench.store.change(&office.acme.id, now()).await.unwrap();
    change.release_line(&had.device, LineNumber::new(1).unwrap()).await.unwrap();
    change.commit().await.unwrap();
    let turns = office.turns().await;
    assert_eq!(turns[0].asking.user, "acme-102", "by the name that it still registers with");
    assert!(turns[0].asking.password.is_none());
}

async fn what_the_phone_lost_at_the_store_is_forgotten_with_its_device(bench: Bench) {
    let mut office = Office::open(bench).await;
    let phone = office.phone(1, "Yealink SIP-T46U").await;
    office.boots(&phone).await;
    office.look().await;
    office.rename(&phone, "Another").await;
    assert_eq!(office.turns().await.len(), 1);
    let mut change = office.site.bench.store.change(&office.acme.id, now()).await.unwrap();
    let device = change.device_by_mac(phone.mac).await.unwrap().unwrap();
    let farewell = Farewell { id: DeviceId::generate(&SystemRandom), at: now() };
    change.remove_device(&device, &farewell).await.unwrap();
    change.commit().await.unwrap();
    office.passes(4000);
    assert!(office.turns().await.is_empty());
    let facts = office.facts(&phone).await;
    assert!(facts.ask.is_none() && facts.fetches.is_empty());
}

on_both_engines!(
    a_softphone_is_not_asked,
    where_another_phone_stands_now_nobody_is_asked_but_through_a_proxy,
    a_stranger_whose_request_was_refused_draws_nothing_to_his_address,
    a_phone_without_a_line_is_not_asked_but_one_that_had_one_is,
    what_the_phone_lost_at_the_store_is_forgotten_with_its_device,
);
