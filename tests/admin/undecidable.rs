//! When nobody can know what the license says: adding is refused, removing and blocking work.

use offhook::{
    admin::actions::Undecidable,
    domain::{
        RELEASED, ServiceKind, SystemRandom,
        license::{PublicKeys, SigningKey},
    },
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, claims, failed},
};

on_both_engines![
    without_the_verifying_key_nothing_is_added_and_nothing_is_lost,
    an_altered_license_is_no_reason_to_withhold,
    a_doubtful_clock_stops_adding_until_it_is_trusted,
];

async fn may_remove_and_block_but_not_add(office: &Office) {
    let refused = failed(office.extend("109").await);
    assert_eq!(refused.0, "license_undecidable", "{}", refused.1);
    let number = "101".parse().unwrap();
    assert_eq!(failed(office.plan("101", Some("pro"), &[], &[]).await).0, "license_undecidable");
    assert_eq!(failed(office.plan("102", None, &["voicemail"], &[]).await).0, "license_undecidable");
    office.plan("101", None, &[], &["voicemail"]).await.unwrap();
    let shown = office.actions.extension(&office.acme, &number, false).await.unwrap();
    assert_eq!(shown.admission, None);
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert!(overview.undecidable.is_some() && overview.products.iter().all(|product| product.withheld == 0));
    office
        .actions
        .block_service(&office.acme, &ServiceKind::Extension, &number.clone().into(), true)
        .await
        .unwrap();
    office
        .actions
        .block_service(&office.acme, &ServiceKind::Extension, &number.clone().into(), false)
        .await
        .unwrap();
    office
        .actions
        .remove_service(&office.acme, &ServiceKind::Extension, &"102".parse().unwrap())
        .await
        .unwrap();
}

async fn office_with_two_extensions(bench: Bench) -> Office {
    let office = Office::licensed(bench, 3).await;
    office.extend("101").await.unwrap();
    office.extend("102").await.unwrap();
    office.plan("101", None, &["voicemail"], &[]).await.unwrap();
    office
}

async fn without_the_verifying_key_nothing_is_added_and_nothing_is_lost(bench: Bench) {
    let mut office = office_with_two_extensions(bench).await;
    let other = SigningKey::generate(&SystemRandom).public_pem();
    let keys = std::mem::replace(&mut office.actions.license_keys, PublicKeys::from_pem(&other).unwrap());
    may_remove_and_block_but_not_add(&office).await;
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert!(matches!(overview.undecidable, Some(Undecidable::KeyGone { .. })));
    office.actions.license_keys = keys;
    office.extend("109").await.unwrap();
}

async fn an_altered_license_is_no_reason_to_withhold(bench: Bench) {
    let office = office_with_two_extensions(bench).await;
    let forged = SigningKey::generate(&SystemRandom);
    let license = offhook::domain::license::License::new(claims(1, 500)).unwrap();
    let token = offhook::domain::license::sign(&license, &forged).unwrap();
    office.bench.sql(&format!("UPDATE licenses SET jws = '{token}'")).await.unwrap();
    may_remove_and_block_but_not_add(&office).await;
}

async fn a_doubtful_clock_stops_adding_until_it_is_trusted(bench: Bench) {
    let office = office_with_two_extensions(bench).await;
    office.clock.set(RELEASED.plus_days(-1));
    may_remove_and_block_but_not_add(&office).await;
    assert_eq!(failed(office.actions.trust_clock().await).0, "clock_wrong");

    let mut long = claims(2, 3);
    long.expires = long.expires.plus_days(1000);
    office.clock.set(now());
    office.install(long).await.unwrap();
    office.clock.set(now().plus_days(401));
    assert_eq!(failed(office.extend("103").await).0, "license_undecidable");
    office.actions.trust_clock().await.unwrap();
    office.extend("103").await.unwrap();
    let audited = office.audited().await;
    assert!(audited.iter().any(|entry| entry.starts_with("clock.trusted")), "{audited:?}");
}
