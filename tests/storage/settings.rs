//! Settings in their layers, and profiles.

use offhook::{
    domain::{Key, KeyKind, ProfileId, SettingName, SettingValue, SystemRandom},
    storage::{SettingOwner, StoredSetting},
};

use crate::{
    bench::{Bench, on_both_engines},
    made::{add_device, change, line, text},
};

on_both_engines![
    a_setting_is_kept_per_layer_and_owner,
    a_setting_touches_the_device_or_everybody,
    a_profile_counts_its_devices_and_goes_with_its_settings,
    keys_of_a_profile_touch_every_document_and_go_with_it,
];

fn setting(owner: SettingOwner, name: &str, value: &str) -> StoredSetting {
    let name = SettingName::parse(name).unwrap();
    StoredSetting { owner, name, value: SettingValue::parse(name, value).unwrap() }
}

async fn a_setting_is_kept_per_layer_and_owner(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let profile = ProfileId::generate(&SystemRandom);
    let model = SettingOwner::Model("Yealink SIP-T46U".to_owned());
    let shared = [
        setting(model.clone(), "time.format", "12h"),
        setting(SettingOwner::Profile(profile), "audio.codecs", "opus,g722"),
        setting(SettingOwner::Tenant, "network.vlan", "40"),
    ];
    let own = setting(SettingOwner::Device(device.clone()), "network.lldp", "false");
    let mut change_all = change(&bench.store, &acme).await;
    change_all.set_setting(&setting(SettingOwner::Tenant, "network.vlan", "30")).await.unwrap();
    for setting in shared.iter().chain([&own]) {
        change_all.set_setting(setting).await.unwrap();
    }
    change_all.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.shared_settings(&acme.id).await.unwrap(), shared);
    assert_eq!(read.device_settings(&acme.id, &device).await.unwrap(), [own]);
    drop(read);

    let mut unset = change(&bench.store, &acme).await;
    let name = SettingName::parse("time.format").unwrap();
    assert!(unset.unset_setting(&model, name).await.unwrap());
    assert!(!unset.unset_setting(&model, name).await.unwrap());
    unset.commit().await.unwrap();
    assert_eq!(bench.store.read().await.unwrap().shared_settings(&acme.id).await.unwrap(), shared[1..]);
}

async fn a_setting_touches_the_device_or_everybody(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let mut own = change(&bench.store, &acme).await;
    own.set_setting(&setting(SettingOwner::Device(device), "sip.port", "5080")).await.unwrap();
    let revision = own.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let found = read.tenant(&acme.id).await.unwrap().unwrap();
    assert!(found.revision == revision && found.facts_revision < revision);
    assert_eq!(read.devices_changed_after(&acme.id, revision - 1).await.unwrap().len(), 1);
    drop(read);
    let mut everybody = change(&bench.store, &acme).await;
    everybody.set_setting(&setting(SettingOwner::Tenant, "sip.port", "5080")).await.unwrap();
    let revision = everybody.commit().await.unwrap();
    let found = bench.store.read().await.unwrap().tenant(&acme.id).await.unwrap().unwrap();
    assert_eq!(found.facts_revision, revision);
}

async fn a_profile_counts_its_devices_and_goes_with_its_settings(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let device = add_device(&bench.store, &acme, "001565aabbcc").await.unwrap();
    let profile = ProfileId::generate(&SystemRandom);
    let mut adding = change(&bench.store, &acme).await;
    adding.add_profile(&profile, &text("Reception")).await.unwrap();
    adding.set_profile(&device, Some(&profile)).await.unwrap();
    let owner = SettingOwner::Profile(profile.clone());
    adding.set_setting(&setting(owner, "sip.port", "5080")).await.unwrap();
    adding.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    let profiles = read.profiles(&acme.id).await.unwrap();
    assert_eq!((profiles.len(), profiles[0].name.as_str(), profiles[0].devices), (1, "Reception", 1));
    assert_eq!(read.devices(&acme.id).await.unwrap()[0].profile.as_ref(), Some(&profile));
    drop(read);

    let mut removal = change(&bench.store, &acme).await;
    removal.set_profile(&device, None).await.unwrap();
    removal.remove_profile(&profile).await.unwrap();
    removal.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert!(read.profiles(&acme.id).await.unwrap().is_empty());
    assert!(read.shared_settings(&acme.id).await.unwrap().is_empty());
}

async fn keys_of_a_profile_touch_every_document_and_go_with_it(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let bravo = bench.tenant("bravo").await;
    let (profile, other) = (ProfileId::generate(&SystemRandom), ProfileId::generate(&SystemRandom));
    let key = |position, number: &str| {
        Key::new(position, KeyKind::Blf, line(1), Some(number.to_owned()), Some(text("Ann"))).unwrap()
    };
    let mut elsewhere = change(&bench.store, &bravo).await;
    elsewhere.add_profile(&other, &text("Reception")).await.unwrap();
    elsewhere.set_profile_key(&other, &key(1, "901")).await.unwrap();
    elsewhere.commit().await.unwrap();
    let mut adding = change(&bench.store, &acme).await;
    adding.add_profile(&profile, &text("Reception")).await.unwrap();
    adding.commit().await.unwrap();

    let mut programming = change(&bench.store, &acme).await;
    for key in [key(3, "103"), key(2, "102"), key(3, "104")] {
        programming.set_profile_key(&profile, &key).await.unwrap();
    }
    let revision = programming.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.keys_of_profile(&profile).await.unwrap(), [key(2, "102"), key(3, "104")]);
    let of_tenant = read.profile_keys(&acme.id).await.unwrap();
    assert_eq!(of_tenant, [(profile.clone(), vec![key(2, "102"), key(3, "104")])].into());
    assert_eq!(read.tenant(&acme.id).await.unwrap().unwrap().facts_revision, revision);
    drop(read);

    let mut clearing = change(&bench.store, &acme).await;
    assert!(clearing.unset_profile_key(&profile, 3).await.unwrap());
    assert!(!clearing.unset_profile_key(&profile, 9).await.unwrap());
    let revision = clearing.commit().await.unwrap();
    let cleared = bench.store.read().await.unwrap().tenant(&acme.id).await.unwrap().unwrap();
    assert_eq!(cleared.facts_revision, revision);
    let mut removal = change(&bench.store, &acme).await;
    assert_eq!(removal.keys_of_profile(&profile).await.unwrap(), [key(2, "102")]);
    removal.remove_profile(&profile).await.unwrap();
    removal.commit().await.unwrap();
    let mut read = bench.store.read().await.unwrap();
    assert!(read.keys_of_profile(&profile).await.unwrap().is_empty());
    assert_eq!(read.keys_of_profile(&other).await.unwrap(), [key(1, "901")]);
}
