//! What a license does to phones: admitted, withheld or undecidable, at the very moment of serving.

use offhook::{
    domain::{RELEASED, license::PublicKeys},
    provisioning::{Refusal, RefusalClass, Transport, Undecidable},
    storage::Tenant,
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{OUTSIDE, Site, policy},
};

const MACS: [&str; 3] = ["001565000101", "001565000102", "001565000103"];

/// Three phones with an extension each.
async fn three_phones(site: &Site, tenant: &Tenant) {
    for (mac, number) in MACS.iter().zip(["101", "102", "103"]) {
        let extension = site.extension(tenant, number).await;
        site.phone(tenant, mac, &[&extension]).await;
    }
}

/// Which of the three phones get their line.
async fn lines(site: &Site, tenant: &Tenant) -> [bool; 3] {
    let mut carried = [false; 3];
    for (mac, carried) in MACS.iter().zip(&mut carried) {
        let text = site.document(tenant, mac).await.unwrap();
        *carried = text.contains("password-of-acme");
        assert_eq!(*carried, text.contains("account.1.enable = 1"), "{mac}");
    }
    carried
}

async fn a_smaller_license_withholds_the_latest_lines_and_a_larger_brings_them_back(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    three_phones(&site, &acme).await;
    assert_eq!(lines(&site, &acme).await, [true; 3]);
    site.license(&acme, 2, 1, now(), now().plus_days(365)).await;
    assert_eq!(lines(&site, &acme).await, [true, false, false]);
    site.license(&acme, 3, 3, now(), now().plus_days(365)).await;
    assert_eq!(lines(&site, &acme).await, [true; 3]);
}

async fn expiry_takes_effect_when_grace_ends_and_not_before(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.unlicensed("acme").await;
    let expires = now().plus_days(30);
    site.license(&acme, 1, 3, now(), expires).await;
    three_phones(&site, &acme).await;
    let grace_ends = expires.plus_days(10);
    for (time, carried) in [
        (now(), true),
        (expires, true),
        (offhook::domain::Timestamp::from_millis(grace_ends.millis() - 1), true),
        (grace_ends, false),
        (expires, true),
    ] {
        site.clock.set(time);
        assert_eq!(lines(&site, &acme).await, [carried; 3], "at {time}");
    }
}

async fn a_renewal_installed_early_takes_over_at_its_not_before(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.unlicensed("acme").await;
    let renews = now().plus_days(30);
    site.license(&acme, 1, 3, now(), renews).await;
    site.license(&acme, 2, 1, renews, renews.plus_days(100)).await;
    three_phones(&site, &acme).await;
    assert_eq!(lines(&site, &acme).await, [true; 3], "the renewal waits");
    site.clock.set(offhook::domain::Timestamp::from_millis(renews.millis() - 1));
    assert_eq!(lines(&site, &acme).await, [true; 3], "until its first moment");
    site.clock.set(renews);
    assert_eq!(lines(&site, &acme).await, [true, false, false], "and then counts, grace or not");
}

async fn a_tenant_without_a_license_has_blank_lines(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.unlicensed("acme").await;
    three_phones(&site, &acme).await;
    assert_eq!(lines(&site, &acme).await, [false; 3]);
}

async fn a_blocked_extension_is_withheld_and_keeps_its_seat(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 2).await;
    three_phones(&site, &acme).await;
    assert_eq!(lines(&site, &acme).await, [true, true, false]);
    let blocked = {
        let number = offhook::domain::ExtensionNumber::parse("101").unwrap();
        let mut session = site.bench.store.read().await.unwrap();
        session.extension_by_number(&acme.id, &number).await.unwrap().unwrap().id
    };
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.block_service(&blocked, true, true).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(lines(&site, &acme).await, [false, true, false], "the third does not move up");
}

async fn without_the_public_key_no_secret_file_is_sent_whatever_the_mac(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    three_phones(&site, &acme).await;
    assert_eq!(lines(&site, &acme).await, [true; 3]);
    site.provisioner.replace_policy(policy(PublicKeys::default())).await.unwrap();
    for mac in [MACS[0], "001565999999"] {
        let refusal = site.document(&acme, mac).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Undecidable(Undecidable::License(_))), "{mac}: {refusal}");
        assert_eq!(refusal.class(), RefusalClass::TryLater);
    }
    let common = site.path(&acme, "y000000000108.cfg").await;
    let got = site.ask(Transport::Https, OUTSIDE, &common).await;
    assert!(!matches!(got, Err(Refusal::Undecidable(_))), "common files go on");
    let keys = PublicKeys::from_pem(&site.signing.public_pem()).unwrap();
    site.provisioner.replace_policy(policy(keys)).await.unwrap();
    assert_eq!(lines(&site, &acme).await, [true; 3]);
}

async fn a_clock_that_cannot_be_believed_blanks_nobody(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    three_phones(&site, &acme).await;
    for time in [RELEASED.plus_days(-1), now().plus_days(401)] {
        site.clock.set(time);
        let refusal = site.document(&acme, MACS[0]).await.unwrap_err();
        assert!(matches!(refusal, Refusal::Undecidable(Undecidable::Clock(_))), "at {time}: {refusal}");
    }
    site.clock.set(now());
    assert_eq!(lines(&site, &acme).await, [true; 3]);
}

on_both_engines!(
    a_smaller_license_withholds_the_latest_lines_and_a_larger_brings_them_back,
    expiry_takes_effect_when_grace_ends_and_not_before,
    a_renewal_installed_early_takes_over_at_its_not_before,
    a_tenant_without_a_license_has_blank_lines,
    a_blocked_extension_is_withheld_and_keeps_its_seat,
    without_the_public_key_no_secret_file_is_sent_whatever_the_mac,
    a_clock_that_cannot_be_believed_blanks_nobody,
);
