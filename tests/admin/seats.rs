//! Seats: who gets one, in every state of the license and under any concurrency.

use std::sync::Arc;

use offhook::{
    domain::{Admission, ServiceKind, Withheld},
    storage::Role,
};

use crate::{
    bench::{Bench, now, on_both_engines},
    office::{Office, claims, extension, failed, whole_seconds},
};

on_both_engines![
    the_fourth_of_three_seats_is_refused_until_one_is_freed,
    fifty_at_once_get_exactly_three_seats,
    without_a_license_nothing_is_added,
    before_its_begin_in_grace_and_after_it_a_license_gives_no_new_seat,
    a_product_that_does_not_fit_is_refused_with_those_that_do,
    changing_the_product_moves_the_seat_or_changes_nothing,
    a_blocked_extension_keeps_its_seat,
    a_smaller_license_withholds_the_seats_taken_last,
];

async fn the_fourth_of_three_seats_is_refused_until_one_is_freed(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    for number in ["101", "102", "103"] {
        office.extend(number).await.unwrap();
    }
    let full = ("no_seat_left", "Essentials: 3 of 3 seats used".to_owned());
    assert_eq!(failed(office.extend("104").await), full);
    assert_eq!(office.actions.extensions(&office.acme).await.unwrap().len(), 3);
    office
        .actions
        .remove_service(&office.acme, &ServiceKind::Extension, &"102".parse().unwrap())
        .await
        .unwrap();
    office.extend("104").await.unwrap();
    assert_eq!(failed(office.extend("102").await), full);
}

async fn fifty_at_once_get_exactly_three_seats(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let elsewhere = office.bench.open(Role::Admin, &office.bench.key).await.unwrap();
    let desks =
        [Arc::new(office.actions_on(elsewhere)), Arc::new(office.actions_on(office.bench.store.clone()))];
    let tasks: Vec<_> = (0..50)
        .map(|number| {
            let (desk, acme) = (Arc::clone(&desks[number % 2]), office.acme.clone());
            let new = extension(&(100 + number).to_string(), "essentials");
            tokio::spawn(async move { desk.add_extension(&acme, new).await })
        })
        .collect();
    let mut added = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => added += 1,
            refused => assert_eq!(failed(refused).0, "no_seat_left"),
        }
    }
    assert_eq!(added, 3);
    let overview = office.actions.license_overview(&office.acme).await.unwrap();
    assert_eq!((overview.products[0].used, overview.products[0].withheld), (3, 0));
}

async fn without_a_license_nothing_is_added(bench: Bench) {
    let office = Office::new(bench).await;
    let (code, text) = failed(office.extend("101").await);
    assert_eq!(code, "no_license");
    assert!(text.contains("no license is installed"), "{text}");
    assert!(office.actions.extensions(&office.acme).await.unwrap().is_empty());
}

async fn before_its_begin_in_grace_and_after_it_a_license_gives_no_new_seat(bench: Bench) {
    let office = Office::new(bench).await;
    let mut claims = claims(1, 3);
    (claims.not_before, claims.expires) =
        (whole_seconds(now().plus_days(1)), whole_seconds(now().plus_days(11)));
    office.install(claims).await.unwrap();
    let (code, text) = failed(office.extend("101").await);
    assert_eq!(code, "license_not_yet_valid");
    assert!(text.contains(&now().plus_days(1).to_string()), "{text}");

    office.clock.set(now().plus_days(2));
    office.extend("101").await.unwrap();
    for (days, code, mark) in
        [(12, "license_in_grace", now().plus_days(25)), (25, "license_expired", now().plus_days(25))]
    {
        office.clock.set(now().plus_days(days));
        let refused = failed(office.extend("102").await);
        assert_eq!(refused.0, code);
        assert!(refused.1.contains(&mark.to_string()), "{}", refused.1);
    }
    let admission = async || office.actions.extensions(&office.acme).await.unwrap()[0].admission;
    assert_eq!(admission().await, Some(Admission::Withheld(Withheld::Expired)));
    office.clock.set(now().plus_days(24));
    assert_eq!(admission().await, Some(Admission::Admitted));
    office
        .actions
        .remove_service(&office.acme, &ServiceKind::Extension, &"101".parse().unwrap())
        .await
        .unwrap();
}

async fn a_product_that_does_not_fit_is_refused_with_those_that_do(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    for (product, code, why) in [
        ("premium", "product_unknown", "not in the license"),
        ("voicemail", "product_is_addon", "add-on"),
        ("attendant", "product_for_other_service", "for auto-attendant"),
    ] {
        let added = office.actions.add_extension(&office.acme, extension("101", product)).await;
        let refused = failed(added);
        assert_eq!(refused.0, code);
        assert!(refused.1.contains(why) && refused.1.contains("essentials, pro"), "{}", refused.1);
    }
    office.extend("101").await.unwrap();
    let refused = office.plan("101", Some("attendant"), &[], &[]).await;
    assert_eq!(failed(refused).0, "product_for_other_service");
}

async fn changing_the_product_moves_the_seat_or_changes_nothing(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    let acme = &office.acme;
    for number in ["101", "102", "103"] {
        office.extend(number).await.unwrap();
    }
    let used = async || {
        let products = office.actions.license_overview(acme).await.unwrap().products;
        (products[0].used, products[1].used)
    };
    for number in ["101", "102"] {
        assert!(office.plan(number, Some("pro"), &[], &[]).await.unwrap().0);
    }
    assert_eq!(used().await, (1, 2));
    let refused = failed(office.plan("103", Some("pro"), &[], &[]).await);
    assert_eq!(refused, ("no_seat_left", "Pro: 2 of 2 seats used".to_owned()));
    assert!(!office.plan("103", Some("essentials"), &[], &[]).await.unwrap().0);
    assert_eq!(used().await, (1, 2));

    for (mac, line) in [("001565aabb01", 1), ("001565aabb02", 1)] {
        office.add_device(mac, None).await;
        office.assign(mac, line, "101").await.unwrap();
    }
    let refused = office.plan("101", Some("essentials"), &[], &[]).await;
    assert_eq!(failed(refused).0, "too_many_lines");
    assert_eq!(used().await, (1, 2));
}

async fn a_blocked_extension_keeps_its_seat(bench: Bench) {
    let office = Office::licensed(bench, 1).await;
    office.extend("101").await.unwrap();
    let number: offhook::domain::ExtensionNumber = "101".parse().unwrap();
    assert!(
        office
            .actions
            .block_service(&office.acme, &ServiceKind::Extension, &number.clone().into(), true)
            .await
            .unwrap()
    );
    assert!(
        !office
            .actions
            .block_service(&office.acme, &ServiceKind::Extension, &number.clone().into(), true)
            .await
            .unwrap()
    );
    assert_eq!(failed(office.extend("102").await).0, "no_seat_left");
    let shown = office.actions.extension(&office.acme, &number, false).await.unwrap();
    assert_eq!(shown.admission, Some(Admission::Withheld(Withheld::Blocked)));
    assert!(
        office
            .actions
            .block_service(&office.acme, &ServiceKind::Extension, &number.clone().into(), false)
            .await
            .unwrap()
    );
    let shown = office.actions.extension(&office.acme, &number, false).await.unwrap();
    assert_eq!(shown.admission, Some(Admission::Admitted));
}

async fn a_smaller_license_withholds_the_seats_taken_last(bench: Bench) {
    let office = Office::licensed(bench, 3).await;
    for number in ["103", "101", "102"] {
        office.extend(number).await.unwrap();
    }
    office.install(claims(2, 2)).await.unwrap();
    let admissions: Vec<_> = office
        .actions
        .extensions(&office.acme)
        .await
        .unwrap()
        .into_iter()
        .map(|shown| (shown.extension.number.to_string(), shown.admission.unwrap()))
        .collect();
    let over = Admission::Withheld(Withheld::SeatsExceeded);
    let expected = [("101", Admission::Admitted), ("102", over), ("103", Admission::Admitted)];
    assert_eq!(admissions, expected.map(|(number, admission)| (number.to_owned(), admission)));
    let essentials = &office.actions.license_overview(&office.acme).await.unwrap().products[0];
    assert_eq!((essentials.used, essentials.withheld), (3, 1));
    assert_eq!(failed(office.extend("104").await).1, "Essentials: 3 of 2 seats used");
}
