//! What a change does to what a node remembers: exactly the touched documents are made anew.

use std::sync::atomic::Ordering;

use offhook::{
    domain::{LineNumber, Mac, SystemRandom},
    provisioning::{Refusal, Transport},
    storage::{SettingOwner, StoredSetting},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{OUTSIDE, Site},
};

const MAC: &str = "001565aabbcc";
const NEIGHBOUR: &str = "001565aabbcd";

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

async fn a_removed_device_and_a_replaced_mac_are_forgotten(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 3).await;
    let (first, second) = (site.extension(&acme, "101").await, site.extension(&acme, "102").await);
    let replaced = site.phone(&acme, MAC, &[&first]).await;
    let removed = site.phone(&acme, NEIGHBOUR, &[&second]).await;
    site.document(&acme, MAC).await.unwrap();
    site.document(&acme, NEIGHBOUR).await.unwrap();
    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.replace_mac(&replaced, Mac::parse("001565cccccc").unwrap()).await.unwrap();
    change.remove_device(&removed).await.unwrap();
    change.commit().await.unwrap();
    assert_eq!(site.document(&acme, MAC).await.unwrap_err(), Refusal::UnknownDevice);
    assert_eq!(site.document(&acme, NEIGHBOUR).await.unwrap_err(), Refusal::UnknownDevice);
    assert!(site.document(&acme, "001565cccccc").await.unwrap().contains("password-of-acme-101"));
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
    let own = site.own_path(MAC, "").await.unwrap();
    assert!(text.contains(&own), "the phone is told its own, which no rotation ends");
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
    a_removed_device_and_a_replaced_mac_are_forgotten,
    a_removed_extension_frees_a_seat_for_the_next,
    an_old_scope_goes_on_until_its_time,
    a_line_that_moves_leaves_nothing_behind,
);
