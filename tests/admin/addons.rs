//! Add-ons: their seats, what fits, all or nothing.

use std::sync::Arc;

use offhook::{
    admin::actions::PlanChange,
    domain::{
        Admission, Grants, Ineffective, Pin, Product, ProductKind, Quantity, ServiceKind, Withheld,
        license::Claims,
    },
    storage::Role,
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, claims, failed, product},
};

on_both_engines![
    an_add_on_takes_a_seat_and_frees_it_and_past_its_limit_is_refused,
    fifty_at_once_get_exactly_two_boxes,
    what_does_not_fit_is_refused_with_what_does,
    a_plan_is_changed_whole_or_not_at_all,
    a_smaller_license_takes_the_add_ons_taken_last_and_leaves_the_lines,
    removing_an_extension_frees_the_seats_of_its_add_ons,
    an_add_on_that_shows_nothing_on_the_phones_of_its_extension_is_told,
];

/// Three Essentials and so many boxes.
fn boxes(serial: u64, boxes: u32) -> Claims {
    let mut claims = claims(serial, 3);
    for product in &mut claims.products {
        if product.id.as_str() == "voicemail" {
            product.quantity = Quantity::Limited(boxes);
        }
    }
    let greeting = product("greeting", "Greeting", ProductKind::Addon, &[ServiceKind::AutoAttendant]);
    claims.products.push(greeting);
    claims
}

/// The same with an add-on that grants PIN protection and call recording.
fn protected(serial: u64) -> Claims {
    let mut claims = boxes(serial, 2);
    let grants = Grants { pin_protection: true, call_recording: true, ..Grants::default() };
    let protection = product("protection", "Protection", ProductKind::Addon, &[ServiceKind::Extension]);
    claims.products.push(Product { grants, ..protection });
    claims
}

async fn office(bench: Bench) -> Office {
    let office = Office::new(bench).await;
    office.install(boxes(1, 2)).await.unwrap();
    for number in ["101", "102", "103"] {
        office.extend(number).await.unwrap();
    }
    office
}

/// Used boxes, and those withheld.
async fn used(office: &Office) -> (u64, u64) {
    let products = office.actions.license_overview(&office.acme).await.unwrap().products;
    let voicemail = products.iter().find(|product| product.id.as_str() == "voicemail").unwrap();
    (voicemail.used, voicemail.withheld)
}

/// The add-ons of each extension, those marked that are withheld.
async fn addons(office: &Office) -> Vec<String> {
    let extensions = office.actions.extensions(&office.acme).await.unwrap();
    let shown = |details: &offhook::admin::actions::ExtensionDetails| {
        let addon = |addon: &offhook::admin::actions::AddOnDetails| match addon.admission.unwrap() {
            Admission::Admitted => addon.product.to_string(),
            Admission::Withheld(why) => {
                assert_eq!(why, Withheld::SeatsExceeded);
                format!("({})", addon.product)
            }
        };
        assert_eq!(details.admission, Some(Admission::Admitted));
        details.addons.iter().map(addon).collect::<Vec<_>>().join(" ")
    };
    extensions.iter().map(shown).collect()
}

async fn an_add_on_takes_a_seat_and_frees_it_and_past_its_limit_is_refused(bench: Bench) {
    let office = office(bench).await;
    for number in ["101", "102"] {
        assert!(office.plan(number, None, &["voicemail"], &[]).await.unwrap().0);
    }
    assert!(!office.plan("101", None, &["voicemail"], &[]).await.unwrap().0, "it has it already");
    let full = ("no_seat_left", "Voicemail box: 2 of 2 seats used".to_owned());
    assert_eq!(failed(office.plan("103", None, &["voicemail"], &[]).await), full);
    assert_eq!(
        (used(&office).await, addons(&office).await),
        ((2, 0), ["voicemail", "voicemail", ""].map(String::from).into())
    );
    office.plan("101", None, &[], &["voicemail"]).await.unwrap();
    office.plan("103", None, &["voicemail"], &[]).await.unwrap();
    assert_eq!(addons(&office).await, ["", "voicemail", "voicemail"]);
    let refused = failed(office.plan("101", None, &[], &["voicemail"]).await);
    assert_eq!(refused, ("addon_not_found", "101 has no add-on \"voicemail\"; it has none".to_owned()));
    assert!(office.audited().await.contains(&"extension.plan-changed 103 with voicemail".to_owned()));
}

async fn fifty_at_once_get_exactly_two_boxes(bench: Bench) {
    let office = Office::new(bench).await;
    let mut license = boxes(1, 2);
    license.products[0].quantity = Quantity::Unlimited;
    office.install(license).await.unwrap();
    for number in 100..150 {
        office.extend(&number.to_string()).await.unwrap();
    }
    let elsewhere = office.bench.open(Role::Admin, &office.bench.key).await.unwrap();
    let desks =
        [Arc::new(office.actions_on(elsewhere)), Arc::new(office.actions_on(office.bench.store.clone()))];
    let tasks: Vec<_> = (100..150)
        .map(|number: usize| {
            let (desk, acme) = (Arc::clone(&desks[number % 2]), office.acme.clone());
            let plan = PlanChange { add: vec!["voicemail".parse().unwrap()], ..PlanChange::default() };
            let number = number.to_string().parse().unwrap();
            tokio::spawn(
                async move { desk.change_plan(&acme, &ServiceKind::Extension, &number, &plan).await },
            )
        })
        .collect();
    let mut added = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(_) => added += 1,
            refused => assert_eq!(failed(refused).0, "no_seat_left"),
        }
    }
    assert_eq!((added, used(&office).await), (2, (2, 0)));
}

async fn what_does_not_fit_is_refused_with_what_does(bench: Bench) {
    let office = office(bench).await;
    for (product, code, why) in [
        ("fax", "product_unknown", "not in the license"),
        ("pro", "product_is_main", "exactly one"),
        ("greeting", "product_for_other_service", "for auto-attendant"),
    ] {
        let refused = failed(office.plan("101", None, &[product], &[]).await);
        assert_eq!(refused.0, code);
        assert!(refused.1.contains(why) && refused.1.ends_with("there is voicemail"), "{}", refused.1);
    }
    let both = failed(office.plan("101", None, &["voicemail"], &["voicemail"]).await);
    assert_eq!(both.0, "addon_added_and_removed");
    assert_eq!(failed(office.plan("109", None, &["voicemail"], &[]).await).0, "extension_not_found");
    assert_eq!(used(&office).await, (0, 0));
}

async fn a_plan_is_changed_whole_or_not_at_all(bench: Bench) {
    let office = office(bench).await;
    let refused = failed(office.plan("101", Some("pro"), &["voicemail", "fax"], &[]).await);
    assert_eq!(refused.0, "product_unknown");
    let shown = office.actions.extension(&office.acme, &"101".parse().unwrap(), false).await.unwrap();
    assert_eq!((shown.extension.product.as_str(), shown.addons.len()), ("essentials", 0));
    let (changed, shown) = office.plan("101", Some("pro"), &["voicemail"], &[]).await.unwrap();
    assert!(changed);
    assert_eq!((shown.extension.product.as_str(), shown.addons.len()), ("pro", 1));
    let noted = "extension.plan-changed 101 from essentials to pro, with voicemail".to_owned();
    assert!(office.audited().await.contains(&noted));
}

async fn a_smaller_license_takes_the_add_ons_taken_last_and_leaves_the_lines(bench: Bench) {
    let office = office(bench).await;
    for number in ["103", "101"] {
        office.plan(number, None, &["voicemail"], &[]).await.unwrap();
    }
    office.install(boxes(2, 1)).await.unwrap();
    assert_eq!(addons(&office).await, ["(voicemail)", "", "voicemail"]);
    assert_eq!(used(&office).await, (2, 1));
    assert_eq!(failed(office.plan("102", None, &["voicemail"], &[]).await).0, "no_seat_left");
    office.install(boxes(3, 0)).await.unwrap();
    assert_eq!(addons(&office).await, ["(voicemail)", "", "(voicemail)"]);
    office.install(boxes(4, 2)).await.unwrap();
    assert_eq!(addons(&office).await, ["voicemail", "", "voicemail"]);
}

async fn removing_an_extension_frees_the_seats_of_its_add_ons(bench: Bench) {
    let office = office(bench).await;
    office.plan("101", None, &["voicemail"], &[]).await.unwrap();
    office
        .actions
        .remove_service(&office.acme, &ServiceKind::Extension, &"101".parse().unwrap())
        .await
        .unwrap();
    assert_eq!(used(&office).await, (0, 0));
    office.extend("101").await.unwrap();
    assert_eq!(addons(&office).await, ["", "", ""]);
}

async fn an_add_on_that_shows_nothing_on_the_phones_of_its_extension_is_told(bench: Bench) {
    let office = office(bench).await;
    office.install(protected(2)).await.unwrap();
    let told = |found: &[Ineffective]| found.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (desk, soft) = ("001565aabbcc", "020000000101");
    office.add_device(desk, Some("Yealink SIP-T46U")).await;
    office.add_device(soft, Some("Linphone")).await;
    office.assign(desk, 1, "102").await.unwrap();
    office.assign(desk, 2, "101").await.unwrap();
    office.assign(soft, 3, "103").await.unwrap();

    let (_, shown) = office.plan("101", None, &["protection"], &[]).await.unwrap();
    let second =
        "PIN protection has no effect on 00:15:65:aa:bb:cc line 2: line 1 decides, which comes first";
    assert_eq!(told(&shown.ineffective), ["PIN protection has no effect: the extension has no PIN", second]);
    let pin = Pin::parse("4711").unwrap();
    office.actions.set_pin(&office.acme, &"101".parse().unwrap(), &pin).await.unwrap();
    let (_, shown) = office.plan("101", None, &[], &[]).await.unwrap();
    assert_eq!(told(&shown.ineffective), [second]);

    let (_, shown) = office.plan("103", None, &["protection"], &[]).await.unwrap();
    let softphone = [
        "PIN protection has no effect on 02:00:00:00:01:01 line 3: the keypad of Linphone cannot be locked",
        "call recording has no effect on 02:00:00:00:01:01 line 3: Linphone can have no record key",
    ];
    assert_eq!(told(&shown.ineffective[1..]), softphone);
    let device = office.actions.device(soft.parse().unwrap()).await.unwrap();
    assert_eq!(told(&device.lines[0].ineffective), softphone, "a PIN would change nothing there");
    let device = office.actions.device(desk.parse().unwrap()).await.unwrap();
    assert_eq!(device.lines.iter().map(|line| line.ineffective.len()).collect::<Vec<_>>(), [0, 1]);

    // what the license withholds is no effect that anybody misses
    office.install(boxes(3, 2)).await.unwrap();
    let shown = office.actions.extension(&office.acme, &"103".parse().unwrap(), false).await.unwrap();
    assert_eq!(shown.ineffective, []);
}
