//! Settings in their layers, and profiles.

use offhook::{
    admin::actions::SettingTarget,
    domain::{Layer, Mac},
};

use crate::{
    bench::{Bench, on_both_engines},
    office::{Office, failed, text},
};

on_both_engines![
    the_nearest_layer_holds_for_a_device,
    what_cannot_be_set_says_why,
    a_followed_profile_cannot_be_removed,
];

fn mac() -> Mac {
    "001565aabbcc".parse().unwrap()
}

async fn the_nearest_layer_holds_for_a_device(bench: Bench) {
    let office = Office::new(bench).await;
    let (actions, acme) = (&office.actions, office.acme.clone());
    office.add_device("001565aabbcc", Some("Yealink SIP-T46U")).await;
    actions.add_profile(&acme, &text("Reception")).await.unwrap();
    actions.set_profile(mac(), Some(&text("Reception"))).await.unwrap();
    let device = SettingTarget::Device(mac());
    let targets = [
        (SettingTarget::Tenant(acme.clone()), Layer::Tenant),
        (SettingTarget::Model(acme.clone(), "yealink sip-t46u".to_owned()), Layer::Model),
        (SettingTarget::Profile(acme.clone(), text("Reception")), Layer::Profile),
        (device.clone(), Layer::Device),
    ];
    let elsewhere = SettingTarget::Model(acme, "Yealink SIP-T31P".to_owned());
    actions.set_setting(&elsewhere, "sip.port", "5999").await.unwrap();
    let held = async || {
        let settings = actions.settings_of(&device).await.unwrap();
        settings.find("sip.port").map(|setting| (setting.value.to_string(), setting.layer))
    };
    assert_eq!(held().await, None);
    for (port, (target, layer)) in (5061..).zip(&targets) {
        actions.set_setting(target, "sip.port", &port.to_string()).await.unwrap();
        assert_eq!(held().await, Some((port.to_string(), *layer)));
        assert_eq!(actions.settings_on(target).await.unwrap().len(), 1);
        let own = actions.settings_of(target).await.unwrap();
        assert_eq!(own.find("sip.port").unwrap().layer, *layer);
    }
    actions.unset_setting(&device, "sip.port").await.unwrap();
    assert_eq!(held().await.unwrap().1, Layer::Profile);
    actions.set_profile(mac(), None).await.unwrap();
    assert_eq!(held().await.unwrap().1, Layer::Model);
}

async fn what_cannot_be_set_says_why(bench: Bench) {
    let office = Office::new(bench).await;
    let (actions, tenant) = (&office.actions, SettingTarget::Tenant(office.acme.clone()));
    let (code, text) = failed(actions.set_setting(&tenant, "sip.registar", "pbx").await);
    assert_eq!(code, "setting_unknown");
    assert!(text.contains("did you mean sip.registrar"), "{text}");
    assert_eq!(failed(actions.set_setting(&tenant, "sip.port", "x").await).0, "setting_value_wrong");
    assert_eq!(failed(actions.unset_setting(&tenant, "sip.port").await).0, "setting_not_set");
    let model = SettingTarget::Model(office.acme.clone(), "T46".to_owned());
    assert_eq!(failed(actions.set_setting(&model, "sip.port", "5060").await).0, "model_unknown");
    let device = SettingTarget::Device(mac());
    assert_eq!(failed(actions.set_setting(&device, "sip.port", "5060").await).0, "device_not_found");
}

async fn a_followed_profile_cannot_be_removed(bench: Bench) {
    let office = Office::new(bench).await;
    let (actions, acme, name) = (&office.actions, &office.acme, text("Reception"));
    actions.add_profile(acme, &name).await.unwrap();
    assert_eq!(failed(actions.add_profile(acme, &name).await).0, "profile_exists");
    office.add_device("001565aabbcc", None).await;
    actions.set_profile(mac(), Some(&name)).await.unwrap();
    assert_eq!(failed(actions.remove_profile(acme, &name).await).0, "profile_in_use");
    assert_eq!(actions.profiles(acme).await.unwrap()[0].devices, 1);
    assert_eq!(failed(actions.set_profile(mac(), Some(&text("None"))).await).0, "profile_not_found");
    actions.set_profile(mac(), None).await.unwrap();
    actions.remove_profile(acme, &name).await.unwrap();
    assert!(actions.profiles(acme).await.unwrap().is_empty());
}
