//! Lines and keys: what a device of a model can carry, and how often an extension may be carried.

use offhook::{
    admin::actions::{KeyToSet, SipPassword},
    domain::{KeyKind, LineNumber},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, extension, failed, slug},
};

const MAC: &str = "001565aabbcc";
const OTHER: &str = "001565aabbdd";

on_both_engines![
    a_line_carries_one_extension_and_only_lines_that_the_model_has,
    one_seat_feeds_as_many_lines_as_its_product_grants,
    lines_assigned_at_once_stay_within_what_the_product_grants,
    an_extension_of_another_tenant_cannot_be_carried,
    a_released_line_is_free,
    keys_fit_the_model,
];

async fn a_line_carries_one_extension_and_only_lines_that_the_model_has(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.extend("102").await.unwrap();
    office.add_device(MAC, Some("yealink sip-t31p")).await;
    let refused = failed(office.assign(MAC, 3, "101").await);
    assert_eq!(
        refused,
        ("line_beyond_model", "line 3 is not there: Yealink SIP-T31P has 2 lines".to_owned())
    );
    office.assign(MAC, 2, "101").await.unwrap();
    let (code, text) = failed(office.assign(MAC, 2, "102").await);
    assert_eq!(code, "line_taken");
    assert_eq!(text, "line 2 of 00:15:65:aa:bb:cc already carries 101; release it first");
    assert_eq!(failed(office.assign(MAC, 1, "103").await).0, "extension_not_found");
    assert_eq!(failed(office.assign(OTHER, 1, "102").await).0, "device_not_found");
}

async fn one_seat_feeds_as_many_lines_as_its_product_grants(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    office.add_device(OTHER, None).await;
    office.assign(MAC, 4, "101").await.unwrap();
    let (code, text) = failed(office.assign(OTHER, 1, "101").await);
    assert_eq!(code, "extension_already_carried");
    assert!(text.contains("carried by 00:15:65:aa:bb:cc line 4; its product allows 1 device line"), "{text}");

    office.actions.add_extension(&office.acme, extension("201", "pro")).await.unwrap();
    office.assign(MAC, 1, "201").await.unwrap();
    office.assign(OTHER, 1, "201").await.unwrap();
    assert_eq!(failed(office.assign(OTHER, 2, "201").await).0, "extension_already_carried");
}

async fn lines_assigned_at_once_stay_within_what_the_product_grants(bench: Bench) {
    let office = std::sync::Arc::new(Office::licensed(bench, 9).await);
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    let tasks: Vec<_> = (1..=10)
        .map(|line| {
            let office = office.clone();
            tokio::spawn(async move { office.assign(MAC, line, "101").await.is_ok() })
        })
        .collect();
    let mut assigned = 0;
    for task in tasks {
        assigned += u32::from(task.await.unwrap());
    }
    assert_eq!(assigned, 1);
}

async fn an_extension_of_another_tenant_cannot_be_carried(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_tenant("other").await;
    let device = crate::office::device(MAC, None);
    office.actions.add_device(&slug("other"), device).await.unwrap();
    assert_eq!(failed(office.assign(MAC, 1, "101").await).0, "extension_not_found");
}

async fn a_released_line_is_free(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    office.assign(MAC, 1, "101").await.unwrap();
    let (mac, line) = (MAC.parse().unwrap(), LineNumber::new(1).unwrap());
    let released = office.actions.release_line(mac, line, SipPassword::Renewed).await.unwrap();
    assert_eq!(released.carried, ["101".parse().unwrap()]);
    assert_eq!(failed(office.actions.release_line(mac, line, SipPassword::Renewed).await).0, "line_free");
    office.assign(MAC, 2, "101").await.unwrap();
}

async fn keys_fit_the_model(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.add_device(MAC, Some("Yealink SIP-T31P")).await;
    let mac = MAC.parse().unwrap();
    let key = |position, line| KeyToSet {
        position,
        kind: KeyKind::Blf,
        line: LineNumber::new(line).unwrap(),
        value: Some("102".to_owned()),
        label: None,
    };
    office.actions.set_key(mac, key(2, 1)).await.unwrap();
    for (wrong, code) in
        [(key(3, 1), "key_beyond_model"), (key(0, 1), "key_beyond_model"), (key(1, 3), "line_beyond_model")]
    {
        assert_eq!(failed(office.actions.set_key(mac, wrong).await).0, code);
    }
    let empty = KeyToSet { value: None, ..key(1, 1) };
    assert_eq!(failed(office.actions.set_key(mac, empty).await).0, "key_wrong");
    assert_eq!(office.actions.keys(mac).await.unwrap().len(), 1);
    office.actions.unset_key(mac, 2).await.unwrap();
    assert_eq!(failed(office.actions.unset_key(mac, 2).await).0, "key_not_set");
}
