//! What a change does to what a node remembers: exactly the touched documents are made anew.

use std::sync::atomic::Ordering;

use offhook::{
    domain::{Device, DeviceHandle, DeviceId, LineNumber, Mac, Secret, SystemRandom},
    provisioning::{Refusal, Transport},
    storage::{Farewell, SettingOwner, StoredSetting, Successor},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{OUTSIDE, Site},
};

const MAC: &str = "001565aabbcc";
const NEIGHBOUR: &str = "001565aabbcd";

async fn device(site: &Site, mac: &str) -> Device {
    let mac = Mac::parse(mac).unwrap();
    site.bench.store.read().await.unwrap().device_by_mac(mac).await.unwrap().unwrap()
}

fn farewell() -> Farewell {
    Farewell { id: DeviceId::generate(&SystemRandom), at: now() }
}

fn rendered(site: &Site) -> u64 {
    site.provisioner.outcomes().rendered.load(Ordering::Relaxed)
}

async fn a_second_boot_gets_the_same_bytes_without_rendering(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    let path = site.path(&acme, &format!("{MAC}.cfg")).await;
    let first = site.ask(Transport::Https, OUTSIDE, &path).await.unwrap();
    let made = rendered(&site);
    let second = site.ask(Transport::Https, OUTSIDE, &path).await.unwrap();
    assert_eq!((first.bytes, first.etag), (second.bytes, second.etag));
    assert_eq!(rendered(&site), made);
}

async fn a_change_to_one_device_leaves_its_neighbour_ready(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let (first, second) = (site.extension(&acme, "101").await, site.extension(&acme, "102").await);
    let device = site.phone(&acme, MAC, &[&first]).await;
    site.phone(&acme, NEIGHBOUR, &[&second]).await;
    site.document(&acme, MAC).await.unwrap();
    site.document(&acme, NEIGHBOUR).await.unwrap();
    let made = rendered(&site);
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    let name = offhook::domain::SettingName::parse("time.format").unwrap();
    let value = offhook::domain::SettingValue::parse(name, "12h").unwrap();
    let setting = StoredSetting { owner: SettingOwner::Device(device.clone()), name, value };
    change.set_setting(&setting).await.unwrap();
    change.commit().await.unwrap();
    assert!(site.document(&acme, MAC).await.unwrap().contains("local_time.time_format = 0"));
    assert!(site.document(&acme, NEIGHBOUR).await.unwrap().contains("local_time.time_format = 1"));
    assert_eq!(rendered(&site), made + 1);
}

async fn a_tenants_setting_reaches_every_phone(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    assert!(site.document(&acme, MAC).await.unwrap().contains("local_time.time_format = 1"));
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    let name = offhook::domain::SettingName::parse("time.format").unwrap();
    let value = offhook::domain::SettingValue::parse(name, "12h").unwrap();
    change.set_setting(&StoredSetting { owner: SettingOwner::Tenant, name, value }).await.unwrap();
    change.commit().await.unwrap();
    assert!(site.document(&acme, MAC).await.unwrap().contains("local_time.time_format = 0"));
}

async fn a_removed_device_and_a_replaced_mac_get_blank_documents(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let (first, second) = (site.extension(&acme, "101").await, site.extension(&acme, "102").await);
    site.phone(&acme, MAC, &[&first]).await;
    site.phone(&acme, NEIGHBOUR, &[&second]).await;
    site.document(&acme, MAC).await.unwrap();
    site.document(&acme, NEIGHBOUR).await.unwrap();
    let third = site.extension(&acme, "103").await;
    site.phone(&acme, "001565dddddd", &[&third]).await;
    site.document(&acme, "001565dddddd").await.unwrap();
    let [replaced, removed] = [device(&site, MAC).await, device(&site, NEIGHBOUR).await];
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    let successor = Successor {
        mac: Mac::parse("001565cccccc").unwrap(),
        handle: DeviceHandle::generate(&SystemRandom),
        web_password: Secret::new("another web password"),
    };
    change.replace_mac(&replaced, &successor, &farewell()).await.unwrap();
    change.remove_device(&removed, &farewell()).await.unwrap();
    change.commit().await.unwrap();
    for mac in [MAC, NEIGHBOUR] {
        let document = site.document(&acme, mac).await.unwrap();
        assert!(document.contains("account.1.enable = 0") && !document.contains("password-of-acme"));
        assert!(document.contains("web-password-of-this-phone"), "{document}");
    }
    let document = site.document(&acme, "001565cccccc").await.unwrap();
    assert!(document.contains("password-of-acme-101") && document.contains("another web password"));
    assert!(!document.contains("web-password-of-this-phone"));
    let made = rendered(&site);
    site.document(&acme, "001565dddddd").await.unwrap();
    assert_eq!(rendered(&site), made, "other phones keep what is ready");
    site.clock.set(now().plus_days(90));
    for mac in [MAC, NEIGHBOUR] {
        assert_eq!(site.document(&acme, mac).await.unwrap_err(), Refusal::UnknownDevice);
    }
}

/// A node that hears of nothing while a phone leaves one tenant and comes to another, which is new.
async fn a_mac_that_goes_to_a_tenant_nobody_heard_of_is_that_tenants(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    site.document(&acme, MAC).await.unwrap();
    let phone = device(&site, MAC).await;
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.remove_device(&phone, &farewell()).await.unwrap();
    change.commit().await.unwrap();
    let other = site.tenant("other", 3).await;
    let extension = site.extension(&other, "101").await;
    site.phone(&other, MAC, &[&extension]).await;
    assert_eq!(site.document(&acme, MAC).await.unwrap_err(), Refusal::OtherTenant);
    assert!(site.document(&other, MAC).await.unwrap().contains("password-of-other-101"));
}

async fn a_removed_extension_frees_a_seat_for_the_next(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 1).await;
    let (first, second) = (site.extension(&acme, "101").await, site.extension(&acme, "102").await);
    site.phone(&acme, MAC, &[&first]).await;
    site.phone(&acme, NEIGHBOUR, &[&second]).await;
    assert!(!site.document(&acme, NEIGHBOUR).await.unwrap().contains("password-of-acme"));
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.remove_service(&first, now()).await.unwrap();
    change.commit().await.unwrap();
    assert!(!site.document(&acme, MAC).await.unwrap().contains("password-of-acme"));
    assert!(site.document(&acme, NEIGHBOUR).await.unwrap().contains("password-of-acme-102"));
}

async fn an_old_scope_goes_on_until_its_time(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 1).await;
    let extension = site.extension(&acme, "101").await;
    site.phone(&acme, MAC, &[&extension]).await;
    let old = site.path(&acme, &format!("{MAC}.cfg")).await;
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    let id = offhook::domain::ScopeId::generate(&SystemRandom);
    let scope = offhook::domain::Scope::generate_for_tenant(&SystemRandom);
    change.rotate_scope(&id, &scope, now().plus_days(7), now()).await.unwrap();
    change.commit().await.unwrap();
    let document = site.ask(Transport::Https, OUTSIDE, &old).await.unwrap();
    let text = String::from_utf8(document.bytes.to_vec()).unwrap();
    assert!(text.contains(&scope.expose()), "the phone is told the new one");
    site.clock.set(now().plus_days(7));
    assert_eq!(site.ask(Transport::Https, OUTSIDE, &old).await.unwrap_err(), Refusal::UnknownScope);
    assert!(site.document(&acme, MAC).await.is_ok());
}

async fn a_line_that_moves_leaves_nothing_behind(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let extension = site.extension(&acme, "101").await;
    let old = site.phone(&acme, MAC, &[&extension]).await;
    let new = site.phone(&acme, NEIGHBOUR, &[]).await;
    assert!(site.document(&acme, MAC).await.unwrap().contains("password-of-acme-101"));
    let line = LineNumber::new(1).unwrap();
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.release_line(&old, line).await.unwrap();
    change.assign_line(&new, line, &extension).await.unwrap();
    change.commit().await.unwrap();
    assert!(!site.document(&acme, MAC).await.unwrap().contains("password-of-acme"));
    assert!(site.document(&acme, NEIGHBOUR).await.unwrap().contains("password-of-acme-101"));
}

on_both_engines!(
    a_second_boot_gets_the_same_bytes_without_rendering,
    a_change_to_one_device_leaves_its_neighbour_ready,
    a_tenants_setting_reaches_every_phone,
    a_removed_device_and_a_replaced_mac_get_blank_documents,
    a_mac_that_goes_to_a_tenant_nobody_heard_of_is_that_tenants,
    a_removed_extension_frees_a_seat_for_the_next,
    an_old_scope_goes_on_until_its_time,
    a_line_that_moves_leaves_nothing_behind,
);
