//! Installing licenses and showing what they give.

use offhook::domain::{
    Quantity, SystemRandom,
    license::{SigningKey, Standing},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, claims, failed, product, slug, whole_seconds},
};

on_both_engines![
    a_license_for_somebody_else_or_with_a_wrong_signature_changes_nothing,
    an_older_serial_is_refused_unless_it_is_forced_and_that_is_audited,
    a_license_that_waits_leaves_the_running_one_alone_until_it_begins,
    licenses_that_can_never_count_again_are_removed,
    an_expired_license_does_not_end_a_running_one,
    the_overview_shows_what_is_used_of_each_product,
];

async fn a_license_for_somebody_else_or_with_a_wrong_signature_changes_nothing(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let mut elsewhere = claims(2, 9);
    "other".clone_into(&mut elsewhere.tenant);
    assert_eq!(failed(office.install(elsewhere).await).0, "license_for_other_tenant");
    let mut elsewhere = claims(2, 9);
    elsewhere.audience = Some("ber-2".to_owned());
    assert_eq!(failed(office.install(elsewhere).await).0, "license_for_other_installation");
    let mut here = claims(2, 4);
    here.audience = Some("fra-1".to_owned());
    office.install(here).await.unwrap();

    let token = office.sign(claims(3, 9));
    let altered = token.replacen('.', ".A", 1);
    let refused = office.actions.install_license(&office.acme, &altered, true).await;
    assert_eq!(failed(refused).0, "license_invalid");
    let stranger = SigningKey::generate(&SystemRandom);
    let license = offhook::domain::license::License::new(claims(3, 9)).unwrap();
    let token = offhook::domain::license::sign(&license, &stranger).unwrap();
    let refused = failed(office.actions.install_license(&office.acme, &token, true).await);
    assert_eq!(refused.0, "license_key_unknown");
    let nobody = office.actions.install_license(&slug("nobody"), &office.sign(claims(3, 9)), false).await;
    assert_eq!(failed(nobody).0, "tenant_not_found");
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!(overview.products[0].limit, Quantity::Limited(4));
}

async fn an_older_serial_is_refused_unless_it_is_forced_and_that_is_audited(bench: Bench) {
    let office = Office::new(bench).await;
    office.install(claims(5, 5)).await.unwrap();
    assert_eq!(failed(office.install(claims(4, 4)).await).0, "license_older");
    assert!(office.install(claims(5, 5)).await.unwrap().unchanged);
    let token = office.sign(claims(4, 4));
    let forced = office.actions.install_license(&office.acme, &format!("{token}\n"), true).await.unwrap();
    assert!(!forced.unchanged);
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!(overview.products[0].limit, Quantity::Limited(4));
    let audited = office.audited().await;
    assert!(audited.contains(&"license.installed L-4 serial 4, forced".to_owned()), "{audited:?}");
    assert_eq!(audited.len(), 3);
}

async fn a_license_that_waits_leaves_the_running_one_alone_until_it_begins(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let mut renewal = claims(2, 7);
    renewal.not_before = whole_seconds(now().plus_days(30));
    let outcome = office.install(renewal).await.unwrap();
    assert!(matches!(outcome.standing, Standing::NotYet { .. }));
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!((overview.products[0].limit, overview.waiting.len()), (Quantity::Limited(3), 1));
    assert_eq!(overview.days_left, Some(300));
    office.extend("101").await.unwrap();

    office.clock.set(now().plus_days(30));
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!((overview.products[0].limit, overview.waiting.len()), (Quantity::Limited(7), 0));
    assert_eq!(overview.governing.unwrap().serial(), 2);
}

async fn licenses_that_can_never_count_again_are_removed(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let mut waiting = claims(2, 4);
    waiting.not_before = whole_seconds(now().plus_days(30));
    office.install(waiting).await.unwrap();
    let serials = async || {
        let mut read = office.bench.store.read().await.unwrap();
        let tenant = read.tenant_by_slug(&office.acme).await.unwrap().unwrap().id;
        read.licenses(&tenant).await.unwrap().into_iter().map(|row| row.serial).collect::<Vec<_>>()
    };
    assert_eq!(serials().await, [1, 2]);
    let mut sooner = claims(3, 5);
    sooner.not_before = whole_seconds(now().plus_days(20));
    office.install(sooner).await.unwrap();
    assert_eq!(serials().await, [1, 3]);
    office.install(claims(4, 6)).await.unwrap();
    assert_eq!(serials().await, [4]);
}

async fn an_expired_license_does_not_end_a_running_one(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let mut old = claims(2, 9);
    (old.not_before, old.expires, old.grace_days) =
        (whole_seconds(now().plus_days(-60)), whole_seconds(now().plus_days(-30)), 0);
    assert_eq!(failed(office.install(old.clone()).await).0, "license_expired");
    office.extend("101").await.unwrap();
    office.actions.install_license(&office.acme, &office.sign(old), true).await.unwrap();
    assert_eq!(failed(office.extend("102").await).0, "license_expired");
}

async fn the_overview_shows_what_is_used_of_each_product(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    office.extend("101").await.unwrap();
    let mut without = claims(2, 3);
    without.products.remove(0);
    let kind = offhook::domain::ProductKind::Main;
    without.products.push(product("fax", "Fax", kind, &["fax-box".to_owned().into()]));
    office.install(without).await.unwrap();
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    let uses: Vec<_> = overview
        .products
        .iter()
        .map(|product| (product.id.as_str(), product.used, product.withheld, product.product.is_some()))
        .collect();
    let expected = [
        ("pro", 0, 0, true),
        ("attendant", 0, 0, true),
        ("voicemail", 0, 0, true),
        ("fax", 0, 0, true),
        ("essentials", 1, 1, false),
    ];
    assert_eq!(uses, expected);
    assert!(matches!(overview.standing, Some(Standing::Valid { .. })));
}
