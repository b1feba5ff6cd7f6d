//! Devices: a MAC belongs to one tenant, and a device in use is not lost by a slip.

use offhook::{
    admin::actions::{KeyToSet, SipPassword},
    domain::{KeyKind, LineNumber},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, device, failed, slug},
};

const MAC: &str = "001565aabbcc";
const OTHER: &str = "001565aabbdd";

on_both_engines![
    a_device_gets_a_name_and_a_web_password_of_its_own,
    a_taken_mac_is_explained_to_its_tenant_only,
    an_unknown_model_is_answered_with_the_nearest,
    a_device_in_use_is_removed_only_with_its_lines,
    a_replaced_phone_keeps_its_lines_and_a_taken_mac_is_refused,
    a_model_without_the_lines_or_keys_in_use_is_refused,
    a_device_is_blocked_and_unblocked,
];

async fn a_device_gets_a_name_and_a_web_password_of_its_own(bench: Bench) {
    let office = Office::new(bench).await;
    let known = device(MAC, Some("Yealink SIP-T46U"));
    let known = office.actions.add_device(&office.acme, known).await.unwrap();
    let auto = office.actions.add_device(&office.acme, device(OTHER, None)).await.unwrap();
    assert_eq!(known.device.name.as_str(), "Yealink 00:15:65:AA:BB:CC");
    assert_eq!(auto.device.name.as_str(), "Phone 00:15:65:AA:BB:DD");
    assert_eq!((known.model_lines, auto.model_lines), (Some(16), None));
    assert_ne!(known.device.web_password, auto.device.web_password);
    assert!(known.device.web_password.expose().len() >= 20);
    assert_eq!(office.actions.devices(&office.acme).await.unwrap().len(), 2);
}

async fn a_taken_mac_is_explained_to_its_tenant_only(bench: Bench) {
    let office = Office::new(bench).await;
    office.add_tenant("other").await;
    office.add_device(MAC, None).await;
    let (code, text) = failed(office.actions.add_device(&office.acme, device(MAC, None)).await);
    assert_eq!(code, "device_exists");
    assert!(text.contains("\"Phone 00:15:65:AA:BB:CC\""), "{text}");
    let (code, text) = failed(office.actions.add_device(&slug("other"), device(MAC, None)).await);
    assert_eq!(code, "mac_unavailable");
    assert!(!text.contains("acme") && !text.contains("Acme") && !text.contains("Phone"), "{text}");
}

async fn an_unknown_model_is_answered_with_the_nearest(bench: Bench) {
    let office = Office::new(bench).await;
    let (code, text) = failed(office.actions.add_device(&office.acme, device(MAC, Some("T46"))).await);
    assert_eq!(code, "model_unknown");
    assert!(text.contains("the nearest is Yealink SIP-T46U"), "{text}");
    assert!(office.actions.devices(&office.acme).await.unwrap().is_empty());
}

async fn a_device_in_use_is_removed_only_with_its_lines(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    office.assign(MAC, 2, "101").await.unwrap();
    let mac = MAC.parse().unwrap();
    let (code, text) = failed(office.actions.remove_device(mac, None).await);
    assert_eq!(code, "device_in_use");
    assert!(text.contains("line 2 carries 101; release it first"), "{text}");
    office.actions.remove_device(mac, Some(SipPassword::Renewed)).await.unwrap();
    assert_eq!(failed(office.actions.device(mac).await).0, "device_not_found");
    office.add_device(OTHER, None).await;
    office.assign(OTHER, 1, "101").await.unwrap();
}

async fn a_replaced_phone_keeps_its_lines_and_a_taken_mac_is_refused(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, None).await;
    office.add_device(OTHER, None).await;
    office.assign(MAC, 2, "101").await.unwrap();
    let (mac, other, new) = (MAC.parse().unwrap(), OTHER.parse().unwrap(), "0015650000ee".parse().unwrap());
    assert_eq!(
        failed(office.actions.replace_device(mac, other, SipPassword::Renewed).await).0,
        "device_exists"
    );
    assert_eq!(failed(office.actions.replace_device(mac, mac, SipPassword::Renewed).await).0, "same_mac");
    let before = office.actions.device(mac).await.unwrap().device;
    office.actions.replace_device(mac, new, SipPassword::Renewed).await.unwrap();
    let after = office.actions.device(new).await.unwrap();
    assert_eq!((after.lines.len(), &after.device.id), (1, &before.id));
    assert!(after.device.epoch > before.epoch);
    assert_eq!(failed(office.actions.device(mac).await).0, "device_not_found");
}

async fn a_model_without_the_lines_or_keys_in_use_is_refused(bench: Bench) {
    let office = Office::licensed(bench, 9).await;
    office.extend("101").await.unwrap();
    office.add_device(MAC, Some("Yealink SIP-T46U")).await;
    office.assign(MAC, 5, "101").await.unwrap();
    let (mac, small) = (MAC.parse().unwrap(), Some("Yealink SIP-T31P"));
    let (code, text) = failed(office.actions.set_model(mac, small).await);
    assert_eq!((code, text.contains("line 5 carries 101")), ("line_in_use", true), "{text}");
    office.actions.release_line(mac, LineNumber::new(5).unwrap(), SipPassword::Kept).await.unwrap();
    let key = KeyToSet {
        position: 20,
        kind: KeyKind::SpeedDial,
        line: LineNumber::new(1).unwrap(),
        value: Some("+41446681800".to_owned()),
        label: None,
    };
    office.actions.set_key(mac, key).await.unwrap();
    assert_eq!(failed(office.actions.set_model(mac, small).await).0, "key_in_use");
    office.actions.unset_key(mac, 20).await.unwrap();
    office.actions.set_model(mac, small).await.unwrap();
    assert_eq!(office.actions.device(mac).await.unwrap().model_lines, Some(2));
    office.actions.set_model(mac, None).await.unwrap();
    assert_eq!(office.actions.device(mac).await.unwrap().device.model, None);
}

async fn a_device_is_blocked_and_unblocked(bench: Bench) {
    let office = Office::new(bench).await;
    office.add_device(MAC, None).await;
    let mac = MAC.parse().unwrap();
    for (blocked, changed) in [(true, true), (true, false), (false, true)] {
        assert_eq!(office.actions.block_device(mac, blocked).await.unwrap(), changed);
        assert_eq!(office.actions.device(mac).await.unwrap().device.blocked, blocked);
    }
}
