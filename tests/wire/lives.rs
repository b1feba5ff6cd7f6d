//! The life of a licensed line as a phone that remembers sees it.

use std::{sync::Arc, time::Duration};

use offhook::{
    admin::actions::{PlanChange, SettingTarget},
    domain::{Mac, ServiceKind},
    simulator::{Boot, Memory, Network, PhoneModel, ProvisioningUrl, Trust, boot},
};

use crate::running::Running;

const MODEL: &str = "Yealink SIP-T46U";
const MACS: [&str; 3] = ["805ec0000101", "805ec0000102", "805ec0000103"];

/// A simulated phone out of its box.
pub(crate) fn factory_phone(model: &str, mac: &str) -> Memory {
    let catalog = offhook::catalog::Catalog::embedded().unwrap();
    let model = catalog.model(model).unwrap();
    let manifest = catalog.manifest_of(model).clone();
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).unwrap().clone();
    Memory::factory(PhoneModel::new(Arc::new(manifest), entry).unwrap(), Mac::parse(mac).unwrap())
}

/// Boots `phone` from `url`.
pub(crate) async fn boots(server: &Running, phone: &mut Memory, url: &str) -> Boot {
    let network = Network::new(Some(&Trust::CaFile(server.ca()))).unwrap();
    boot(phone, &ProvisioningUrl::parse(url).unwrap(), &network, Duration::from_secs(20)).await
}

/// Whether each phone has an account that registers, after all booted once more.
async fn registered(server: &Running, phones: &mut [Memory], url: &str) -> Vec<bool> {
    server.hears().await;
    let mut registered = Vec::new();
    for phone in phones {
        let booted = boots(server, phone, url).await;
        assert!(booted.first_fault().is_none(), "{:?}", booted.files);
        registered.push(phone.accounts().iter().any(offhook::simulator::Account::registers));
    }
    registered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_smaller_license_empties_phones_that_had_a_line_and_a_larger_fills_them_again() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    for (mac, number) in MACS.iter().zip(["101", "102", "103"]) {
        server.phone(&acme, number, MODEL, mac).await;
    }
    let url = server.url(&acme).await;
    let mut phones: Vec<Memory> = MACS.iter().map(|mac| factory_phone(MODEL, mac)).collect();
    assert_eq!(registered(&server, &mut phones, &url).await, [true, true, true]);
    server.license(&acme, 2, 1).await;
    assert_eq!(registered(&server, &mut phones, &url).await, [true, false, false]);
    for phone in &phones[1..] {
        assert_eq!(phone.remaining_secrets(), Vec::<String>::new());
        assert!(phone.accounts().iter().all(offhook::simulator::Account::is_blank));
        assert!(!phone.keys().iter().any(offhook::simulator::KeyView::acts), "{:?}", phone.keys());
    }
    let chosen = ["103".parse().unwrap()];
    server.actions.keep_seats(&acme, &"line".parse().unwrap(), &chosen).await.unwrap();
    assert_eq!(registered(&server, &mut phones, &url).await, [false, false, true], "whom the admin chose");
    server.license(&acme, 3, 3).await;
    assert_eq!(registered(&server, &mut phones, &url).await, [true, true, true]);
    server.stop().await;
}

/// What the message key of each phone calls, after all booted once more; all have their account.
async fn boxes(server: &Running, phones: &mut [Memory], url: &str) -> Vec<String> {
    assert_eq!(registered(server, phones, url).await, [true; 3]);
    let called = |phone: &Memory| {
        let accounts = phone.accounts();
        accounts.iter().find(|account| account.registers()).unwrap().voicemail.clone()
    };
    phones.iter().map(called).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_of_each_vendor_has_voicemail_as_long_as_its_add_on_is_licensed() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    let models =
        [("101", MODEL, MACS[0]), ("102", "Snom D785", "000413000102"), ("103", "Linphone", "020000000103")];
    let voicemail = PlanChange { add: vec!["voicemail".parse().unwrap()], ..PlanChange::default() };
    let mut phones = Vec::new();
    for (number, model, mac) in models {
        server.phone(&acme, number, model, mac).await;
        server
            .actions
            .change_plan(&acme, &ServiceKind::Extension, &number.parse().unwrap(), &voicemail)
            .await
            .unwrap();
        phones.push(factory_phone(model, mac));
    }
    let tenant = SettingTarget::Tenant(acme.clone());
    server.actions.set_setting(&tenant, "voicemail.number", "*97").await.unwrap();
    let url = server.url(&acme).await;
    let all = ["*97", "*97", "sip:*97@pbx.example.org"];
    assert_eq!(boxes(&server, &mut phones, &url).await, all);
    server.license_with_boxes(&acme, 2, (3, 1)).await;
    assert_eq!(boxes(&server, &mut phones, &url).await, ["*97", "", ""]);
    server.license_with_boxes(&acme, 3, (3, 3)).await;
    assert_eq!(boxes(&server, &mut phones, &url).await, all);
    let none = PlanChange { remove: vec!["voicemail".parse().unwrap()], ..PlanChange::default() };
    for (number, ..) in models {
        server
            .actions
            .change_plan(&acme, &ServiceKind::Extension, &number.parse().unwrap(), &none)
            .await
            .unwrap();
    }
    assert_eq!(boxes(&server, &mut phones, &url).await, ["", "", ""]);
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_public_key_no_phone_changes() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "101", MODEL, MACS[0]).await;
    let url = server.url(&acme).await;
    let mut phones = vec![factory_phone(MODEL, MACS[0])];
    assert_eq!(registered(&server, &mut phones, &url).await, [true]);
    std::fs::remove_file(server.path("license-keys/issuer.pem")).unwrap();
    server.reload().await.unwrap();
    let booted = boots(&server, &mut phones[0], &url).await;
    assert!(!booted.got_something(), "{:?}", booted.files);
    assert!(
        phones[0].accounts().iter().any(offhook::simulator::Account::registers),
        "the phone keeps what it has"
    );
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_license_that_expires_while_serving_takes_its_lines_at_the_end_of_grace() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 1).await;
    server.phone(&acme, "101", MODEL, MACS[0]).await;
    let url = server.url(&acme).await;
    let mut phones = vec![factory_phone(MODEL, MACS[0])];
    let grace_ends = crate::running::NOW.plus_days(375);
    for (time, carried) in [
        (crate::running::NOW, true),
        (offhook::domain::Timestamp::from_millis(grace_ends.millis() - 1), true),
        (grace_ends, false),
    ] {
        server.clock.set(time);
        assert_eq!(registered(&server, &mut phones, &url).await, [carried], "at {time}");
    }
    server.stop().await;
}
