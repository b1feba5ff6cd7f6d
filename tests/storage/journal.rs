//! What the phone plane notes.

use std::net::IpAddr;

use offhook::{
    domain::{DeviceId, Mac, SystemRandom, Timestamp},
    storage::{DeviceNote, JournalBatch, Role, SeenPhone, SeenWalk, Taken},
};

use crate::bench::{Bench, now, on_both_engines};

on_both_engines![
    the_last_request_of_a_device_keeps_what_an_earlier_one_showed,
    the_last_document_is_kept_through_requests_that_got_none,
    a_batch_of_any_size_notes_every_device_with_its_own_request,
    an_unknown_phone_is_remembered_with_its_newest_request,
    a_thousand_unknown_phones_are_remembered_and_the_oldest_leave_first,
    a_walk_pushes_out_its_own_macs_and_no_other_address_s,
    a_walk_is_kept_as_it_stood_last,
];

fn from(host: u8) -> IpAddr {
    [192, 0, 2, host].into()
}

fn seen(at: i64, model: Option<&str>) -> SeenPhone {
    SeenPhone {
        at: now().plus_hours(at),
        address: "192.0.2.7".to_owned(),
        transport: "https".to_owned(),
        vendor: model.map(|_| "Yealink".to_owned()),
        model: model.map(str::to_owned),
        firmware: None,
        file: "001565aabbcc.cfg".to_owned(),
    }
}

async fn the_last_request_of_a_device_keeps_what_an_earlier_one_showed(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let phones = bench.open(Role::Phones, &bench.key).await.unwrap();
    let device = DeviceId::generate(&SystemRandom);
    let note = |at, model, outcome: &str| DeviceNote {
        device: device.clone(),
        tenant: acme.id.clone(),
        seen: seen(at, model),
        outcome: outcome.to_owned(),
        taken: None,
    };
    for note in [note(0, Some("SIP-T46U"), "served"), note(1, None, "unchanged")] {
        let batch = JournalBatch { devices: vec![note], unknown: vec![], walks: vec![] };
        phones.write_journal(&batch).await.unwrap();
    }
    let notes = bench.store.device_notes(&acme.id).await.unwrap();
    assert_eq!(notes, [note(1, Some("SIP-T46U"), "unchanged")]);
}

async fn the_last_document_is_kept_through_requests_that_got_none(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let device = DeviceId::generate(&SystemRandom);
    let first = Taken { at: now(), revision: 7, from: from(1) };
    let later = Taken { at: now().plus_hours(2), revision: 9, from: from(2) };
    for (at, taken, kept) in
        [(0, Some(first), first), (1, None, first), (2, Some(later), later), (3, None, later)]
    {
        let note = DeviceNote {
            device: device.clone(),
            tenant: acme.id.clone(),
            seen: seen(at, None),
            outcome: String::new(),
            taken,
        };
        let batch = JournalBatch { devices: vec![note], ..JournalBatch::default() };
        bench.store.write_journal(&batch).await.unwrap();
        assert_eq!(bench.store.device_notes(&acme.id).await.unwrap()[0].taken, Some(kept));
    }
}

async fn a_batch_of_any_size_notes_every_device_with_its_own_request(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let models = [None, Some("SIP-T46U")];
    let note = |number: u8| DeviceNote {
        device: DeviceId::generate(&SystemRandom),
        tenant: acme.id.clone(),
        seen: seen(i64::from(number), models[usize::from(number % 2)]),
        outcome: format!("outcome {number}"),
        taken: number.is_multiple_of(3).then(|| Taken {
            at: now().plus_hours(i64::from(number)),
            revision: i64::from(number),
            from: from(3),
        }),
    };
    let mut noted = Vec::new();
    // some statements and a rest, statements only, and a rest only
    for size in [130, 128, 3] {
        let devices: Vec<DeviceNote> = (0..size).map(note).collect();
        let batch = JournalBatch { devices: devices.clone(), unknown: vec![], walks: vec![] };
        bench.store.write_journal(&batch).await.unwrap();
        noted.extend(devices);
    }
    let sorted = |mut notes: Vec<DeviceNote>| {
        notes.sort_by(|a, b| a.device.as_str().cmp(b.device.as_str()));
        notes
    };
    assert_eq!(sorted(bench.store.device_notes(&acme.id).await.unwrap()), sorted(noted));
}

async fn an_unknown_phone_is_remembered_with_its_newest_request(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let mac = Mac::parse("001565aabbcc").unwrap();
    for (at, tenant) in [(0, None), (1, Some(acme.id.clone()))] {
        let batch = JournalBatch {
            devices: vec![],
            unknown: vec![(mac, tenant, seen(at, Some("SIP-T46U")), 2)],
            walks: vec![],
        };
        bench.store.write_journal(&batch).await.unwrap();
    }
    let unknown = bench.store.unknown_phones().await.unwrap();
    assert_eq!(unknown, [(mac, Some(acme.id), seen(1, Some("SIP-T46U")))]);
}

async fn a_thousand_unknown_phones_are_remembered_and_the_oldest_leave_first(bench: Bench) {
    let phone = |number: u32| {
        let mac = Mac::parse(&format!("0015650{number:05x}")).unwrap();
        (mac, None, seen(i64::from(number), None), 1)
    };
    for batch in 0..3 {
        let unknown = (batch * 400..(batch + 1) * 400).map(phone).collect();
        bench.store.write_journal(&JournalBatch { devices: vec![], unknown, walks: vec![] }).await.unwrap();
    }
    let kept = bench.store.unknown_phones().await.unwrap();
    assert_eq!(kept.len(), 1000);
    assert_eq!((kept[0].0, kept[999].0), (phone(1199).0, phone(200).0));
}

async fn a_walk_pushes_out_its_own_macs_and_no_other_address_s(bench: Bench) {
    let from = |address: &str, number: u32| {
        let mac = Mac::parse(&format!("0015650{number:05x}")).unwrap();
        (mac, None, SeenPhone { address: address.into(), ..seen(i64::from(number), None) }, 1)
    };
    let office = (0..300).map(|number| from("192.0.2.10", number)).collect();
    bench.store.write_journal(&JournalBatch { unknown: office, ..JournalBatch::default() }).await.unwrap();
    for batch in 1..4 {
        let walk = (batch * 1000..(batch + 1) * 1000).map(|number| from("192.0.2.7", number)).collect();
        bench.store.write_journal(&JournalBatch { unknown: walk, ..JournalBatch::default() }).await.unwrap();
    }
    let kept = bench.store.unknown_phones().await.unwrap();
    let of = |address: &str| kept.iter().filter(|(.., seen)| seen.address == address).count();
    assert_eq!((of("192.0.2.10"), of("192.0.2.7")), (300, 700));
}

async fn a_walk_is_kept_as_it_stood_last(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let walk = |source: &str, began: i64, macs: i64| SeenWalk {
        source: source.into(),
        tenant: Some(acme.id.clone()),
        door: "tftp".into(),
        began_at: Timestamp::from_seconds(began),
        seen_at: Timestamp::from_seconds(began + macs),
        macs,
        requests: macs,
    };
    for walks in [
        vec![walk("192.0.2.7", 1, 256), walk("192.0.2.8", 2, 300)],
        vec![walk("192.0.2.7", 1, 512), SeenWalk { tenant: None, ..walk("192.0.2.9", 3, 256) }],
    ] {
        bench.store.write_journal(&JournalBatch { walks, ..JournalBatch::default() }).await.unwrap();
    }
    let expected = [
        SeenWalk { tenant: None, ..walk("192.0.2.9", 3, 256) },
        walk("192.0.2.8", 2, 300),
        walk("192.0.2.7", 1, 512),
    ];
    assert_eq!(bench.store.walks().await.unwrap(), expected);
    let many = (10..300).map(|began| walk("192.0.2.7", began, 256)).collect();
    bench.store.write_journal(&JournalBatch { walks: many, ..JournalBatch::default() }).await.unwrap();
    assert_eq!(bench.store.walks().await.unwrap().len(), 200);
}
