//! Extensions, their seats and their sealed passwords.

use offhook::{
    domain::{Cutoff, Pin, Quantity, SeatPosition},
    storage::{SeatCount, StorageError},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{add_device, add_extension, change, extension, line, product},
};

on_both_engines![
    an_extension_is_read_back_whole,
    seats_are_counted_and_cut_off_in_the_order_in_which_they_were_taken,
    changing_the_product_moves_the_seat_to_the_end_of_the_other,
    a_blocked_extension_keeps_its_seat_and_touches_its_devices,
    a_removed_extension_frees_its_seat_and_its_lines,
    a_sealed_password_opens_only_in_its_own_row,
    a_pin_is_sealed_in_its_own_row_and_goes_with_its_extension,
];

async fn an_extension_is_read_back_whole(bench: Bench) {
    let acme = bench.tenant("acme").await;
    add_extension(&bench.store, &acme, "102").await.unwrap();
    let id = add_extension(&bench.store, &acme, "101").await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let numbers: Vec<_> =
        read.extensions(&acme.id).await.unwrap().iter().map(|found| found.number.to_string()).collect();
    assert_eq!(numbers, ["101", "102"]);
    let wanted = extension("101");
    let found = read.extension_by_number(&acme.id, &wanted.number).await.unwrap().unwrap();
    assert_eq!((found.id, found.name, found.product), (id, wanted.name, wanted.product));
    assert_eq!((found.sip_user, found.sip_password), (wanted.sip_user, wanted.sip_password));
    assert_eq!(found.seat, SeatPosition { revision: 3, row: 0 });
    assert_eq!((found.blocked, found.revision), (false, 3));
    assert!(read.extension_by_number(&acme.id, &extension("9").number).await.unwrap().is_none());
}

async fn seats_are_counted_and_cut_off_in_the_order_in_which_they_were_taken(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let essentials = product("essentials");
    for numbers in [["103", "101"], ["102", "100"]] {
        let mut change = change(&bench.store, &acme).await;
        for number in numbers {
            change.add_extension(&extension(number)).await.unwrap();
        }
        change.commit().await.unwrap();
    }
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.seats_of(&acme.id, &essentials).await.unwrap(), 4);
    assert_eq!(read.seats_of(&acme.id, &product("other")).await.unwrap(), 0);
    assert_eq!(read.seats(&acme.id).await.unwrap(), [SeatCount { product: essentials.clone(), used: 4 }]);
    let seat = |revision, row| Cutoff::Through(SeatPosition { revision, row });
    for (quantity, cutoff) in [
        (Quantity::Limited(0), Cutoff::None),
        (Quantity::Limited(1), seat(2, 0)),
        (Quantity::Limited(2), seat(2, 1)),
        (Quantity::Limited(3), seat(3, 0)),
        (Quantity::Limited(4), Cutoff::All),
        (Quantity::Unlimited, Cutoff::All),
    ] {
        assert_eq!(read.cutoff(&acme.id, &essentials, quantity).await.unwrap(), cutoff, "{quantity}");
    }
    let positions: Vec<_> = read
        .extensions(&acme.id)
        .await
        .unwrap()
        .iter()
        .map(|found| (found.number.to_string(), found.seat))
        .collect();
    let at = |revision, row| SeatPosition { revision, row };
    let expected = [("100", at(3, 1)), ("101", at(2, 1)), ("102", at(3, 0)), ("103", at(2, 0))];
    assert_eq!(positions, expected.map(|(number, seat)| (number.to_owned(), seat)));
}

async fn changing_the_product_moves_the_seat_to_the_end_of_the_other(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let moved = add_extension(&bench.store, &acme, "101").await.unwrap();
    add_extension(&bench.store, &acme, "102").await.unwrap();
    let mut plan = change(&bench.store, &acme).await;
    plan.change_product(&moved, &product("premium")).await.unwrap();
    let revision = plan.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let used: Vec<_> = read.seats(&acme.id).await.unwrap().into_iter().map(|count| count.used).collect();
    assert_eq!(used, [1, 1]);
    let found = read.extension_by_number(&acme.id, &extension("101").number).await.unwrap().unwrap();
    assert_eq!((found.product, found.seat.revision), (product("premium"), revision));
}

async fn a_blocked_extension_keeps_its_seat_and_touches_its_devices(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let id = add_extension(&bench.store, &acme, "101").await.unwrap();
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    add_device(&bench.store, &acme, "001565aabbdd").await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&device, line(1), &id).await.unwrap();
    let before = assignment.commit().await.unwrap();

    let mut blocking = change(&bench.store, &acme).await;
    blocking.block_service(&id, true, true).await.unwrap();
    blocking.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert!(read.extension_by_number(&acme.id, &extension("101").number).await.unwrap().unwrap().blocked);
    assert_eq!(read.seats_of(&acme.id, &product("essentials")).await.unwrap(), 1);
    let touched = read.devices_changed_after(&acme.id, before).await.unwrap();
    assert_eq!(touched.iter().map(ToString::to_string).collect::<Vec<_>>(), ["001565aabbcc"]);
}

async fn a_removed_extension_frees_its_seat_and_its_lines(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let id = add_extension(&bench.store, &acme, "101").await.unwrap();
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&device, line(2), &id).await.unwrap();
    let before = assignment.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.lines_of_extension(&id).await.unwrap(), 1);
    let mac = "001565aabbcc".parse().unwrap();
    assert_eq!(read.carriers(&acme.id).await.unwrap(), [(id.clone(), mac, line(2))]);
    drop(read);

    let mut removal = change(&bench.store, &acme).await;
    removal.remove_service(&id, now()).await.unwrap();
    removal.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert!(read.extensions(&acme.id).await.unwrap().is_empty());
    assert_eq!(read.seats_of(&acme.id, &product("essentials")).await.unwrap(), 0);
    assert_eq!(read.lines_of_extension(&id).await.unwrap(), 0);
    assert!(read.lines(&device).await.unwrap().is_empty());
    assert_eq!(read.devices_changed_after(&acme.id, before).await.unwrap().len(), 1);
}

async fn a_sealed_password_opens_only_in_its_own_row(bench: Bench) {
    let acme = bench.tenant("acme").await;
    add_extension(&bench.store, &acme, "101").await.unwrap();
    bench.store.change(&acme.id, now()).await.unwrap().commit().await.unwrap();
    add_extension(&bench.store, &acme, "102").await.unwrap();
    let copied = "UPDATE extensions SET sip_password = \
                  (SELECT sip_password FROM extensions WHERE sip_user = 'acme-101') WHERE sip_user = 'acme-102'";
    bench.sql(copied).await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert!(read.extension_by_number(&acme.id, &extension("101").number).await.is_ok());
    let moved = read.extension_by_number(&acme.id, &extension("102").number).await;
    assert!(matches!(moved, Err(StorageError::Unsealable { purpose: "SIP password" })));
    drop(read);

    bench.sql("UPDATE services SET product = 'No Product' WHERE number = '101'").await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let wrong = read.extension_by_number(&acme.id, &extension("101").number).await.unwrap_err();
    assert!(matches!(wrong, StorageError::Corrupt { column: "product", .. }), "{wrong}");
}

async fn a_pin_is_sealed_in_its_own_row_and_goes_with_its_extension(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let (first, second) = (
        add_extension(&bench.store, &acme, "101").await.unwrap(),
        add_extension(&bench.store, &acme, "102").await.unwrap(),
    );
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&device, line(1), &first).await.unwrap();
    let before = assignment.commit().await.unwrap();
    for digits in ["4711", "0815"] {
        let mut setting = change(&bench.store, &acme).await;
        setting.set_pin(&first, &Pin::parse(digits).unwrap()).await.unwrap();
        let revision = setting.commit().await.unwrap();
        let mut read = bench.store.read().await.unwrap();
        let found = read.extension_by_number(&acme.id, &extension("101").number).await.unwrap().unwrap();
        assert_eq!((found.pin, found.revision), (Some(Pin::parse(digits).unwrap()), revision));
    }
    let mut read = bench.store.read().await.unwrap();
    let pins = |found: &[offhook::domain::Extension]| -> Vec<Option<String>> {
        let pin = |pin: &Pin| pin.secret().expose().to_owned();
        found.iter().map(|extension| extension.pin.as_ref().map(pin)).collect()
    };
    assert_eq!(pins(&read.extensions(&acme.id).await.unwrap()), [Some("0815".to_owned()), None]);
    let lines = read.lines(&device).await.unwrap();
    assert_eq!(lines[0].registrant.pin, Some(Pin::parse("0815").unwrap()));
    assert_eq!(read.devices_changed_after(&acme.id, before).await.unwrap().len(), 1);
    drop(read);

    let mut clearing = change(&bench.store, &acme).await;
    assert!(!clearing.clear_pin(&second).await.unwrap());
    clearing.commit().await.unwrap();
    let copied = format!(
        "INSERT INTO extension_pins (service_id, tenant_id, pin) SELECT '{}', tenant_id, pin FROM extension_pins",
        second.as_str()
    );
    bench.sql(&copied).await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let moved = read.extension_by_number(&acme.id, &extension("102").number).await;
    assert!(matches!(moved, Err(StorageError::Unsealable { purpose: "PIN" })));
    drop(read);

    let mut clearing = change(&bench.store, &acme).await;
    assert!(clearing.clear_pin(&second).await.unwrap());
    clearing.remove_service(&first, now()).await.unwrap();
    clearing.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(pins(&read.extensions(&acme.id).await.unwrap()), [None]);
}
