//! The life of a licensed line as a phone that remembers sees it.

use std::{sync::Arc, time::Duration};

use offhook::{
    domain::Mac,
    simulator::{Boot, Memory, Network, PhoneModel, ProvisioningUrl, Trust, boot},
};

use crate::running::Running;

const MODEL: &str = "Yealink SIP-T46U";
const MACS: [&str; 3] = ["805ec0000101", "805ec0000102", "805ec0000103"];

/// A simulated phone out of its box.
fn factory_phone(model: &str, mac: &str) -> Memory {
    let catalog = offhook::catalog::Catalog::embedded().unwrap();
    let model = catalog.model(model).unwrap();
    let manifest = catalog.manifest_of(model).clone();
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).unwrap().clone();
    Memory::factory(PhoneModel::new(Arc::new(manifest), entry).unwrap(), Mac::parse(mac).unwrap())
}

/// Boots `phone` from `url`.
async fn boots(server: &Running, phone: &mut Memory, url: &str) -> Boot {
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
    server.license(&acme, 3, 3).await;
    assert_eq!(registered(&server, &mut phones, &url).await, [true, true, true]);
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
