//! Devices with their lines and keys.

use offhook::domain::{Device, Key, KeyKind, Mac};

use crate::{
    bench::{Bench, on_both_engines},
    made::{add_device, add_extension, change, device, farewell, line, successor, text},
};

on_both_engines![
    a_device_is_found_by_mac_and_handle,
    an_assigned_line_carries_its_extension_until_it_is_released,
    what_is_set_on_a_device_is_read_back_and_raises_its_revision,
    a_replaced_mac_keeps_everything_else,
    keys_are_programmed_in_place_and_cleared,
    a_removed_device_takes_its_lines_keys_and_settings_along,
];

const MAC: &str = "001565aabbcc";

async fn found(bench: &Bench, mac: &str) -> Option<Device> {
    let mac = Mac::parse(mac).unwrap();
    bench.store.read().await.unwrap().device_by_mac(mac).await.unwrap()
}

async fn a_device_is_found_by_mac_and_handle(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let new = device(MAC);
    let mut adding = change(&bench.store, &acme).await;
    adding.add_device(&new).await.unwrap();
    let revision = adding.commit().await.unwrap();
    add_device(&bench.store, &acme, "001565aabb00").await.unwrap();

    let by_mac = found(&bench, MAC).await.unwrap();
    assert_eq!((&by_mac.id, &by_mac.tenant, &by_mac.handle), (&new.id, &acme.id, &new.handle));
    assert_eq!((by_mac.name, by_mac.model, by_mac.profile), (new.name, new.model, None));
    assert_eq!(by_mac.web_password, new.web_password);
    assert_eq!((by_mac.blocked, by_mac.epoch, by_mac.revision), (false, 1, revision));
    let mut read = bench.store.read().await.unwrap();
    let macs: Vec<_> =
        read.devices(&acme.id).await.unwrap().iter().map(|device| device.mac.to_string()).collect();
    assert_eq!(macs, ["001565aabb00", MAC]);
    drop(read);
    assert!(found(&bench, "001565000001").await.is_none());
}

async fn an_assigned_line_carries_its_extension_until_it_is_released(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let extension = add_extension(&bench.store, &acme, "101").await.unwrap();
    let id = add_device(&bench.store, &acme, MAC).await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&id, line(3), &extension).await.unwrap();
    assignment.commit().await.unwrap();
    let lines = bench.store.read().await.unwrap().lines(&id).await.unwrap();
    assert_eq!((lines.len(), lines[0].line, &lines[0].registrant.service.id), (1, line(3), &extension));
    assert_eq!(lines[0].registrant.sip_password.expose(), "password of 101");
    assert_eq!(found(&bench, MAC).await.unwrap().epoch, 2);

    let mut release = change(&bench.store, &acme).await;
    assert!(release.release_line(&id, line(3)).await.unwrap());
    assert!(!release.release_line(&id, line(3)).await.unwrap());
    release.commit().await.unwrap();
    assert!(bench.store.read().await.unwrap().lines(&id).await.unwrap().is_empty());
}

async fn what_is_set_on_a_device_is_read_back_and_raises_its_revision(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let id = add_device(&bench.store, &acme, MAC).await.unwrap();
    let mut setting = change(&bench.store, &acme).await;
    setting.set_model(&id, None).await.unwrap();
    setting.block_device(&id, true).await.unwrap();
    let revision = setting.commit().await.unwrap();
    let device = found(&bench, MAC).await.unwrap();
    assert_eq!((device.model, device.blocked, device.revision), (None, true, revision));
    let mut back = change(&bench.store, &acme).await;
    back.set_model(&id, Some("Snom D785")).await.unwrap();
    back.block_device(&id, false).await.unwrap();
    back.commit().await.unwrap();
    let device = found(&bench, MAC).await.unwrap();
    assert_eq!((device.model.as_deref(), device.blocked), (Some("Snom D785"), false));
}

async fn a_replaced_mac_keeps_everything_else(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let extension = add_extension(&bench.store, &acme, "101").await.unwrap();
    let id = add_device(&bench.store, &acme, MAC).await.unwrap();
    let mut assignment = change(&bench.store, &acme).await;
    assignment.assign_line(&id, line(1), &extension).await.unwrap();
    assignment.commit().await.unwrap();
    let before = found(&bench, MAC).await.unwrap();
    let mut replacement = change(&bench.store, &acme).await;
    let new = successor("001565000001");
    replacement.replace_mac(&before, &new, &farewell()).await.unwrap();
    replacement.commit().await.unwrap();
    assert!(found(&bench, MAC).await.is_none());
    let after = found(&bench, "001565000001").await.unwrap();
    assert_eq!((&after.id, &after.handle, after.epoch), (&id, &new.handle, before.epoch + 1));
    assert_eq!(after.web_password, new.web_password);
    assert_eq!(bench.store.read().await.unwrap().lines(&id).await.unwrap().len(), 1);
}

async fn keys_are_programmed_in_place_and_cleared(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let id = add_device(&bench.store, &acme, MAC).await.unwrap();
    let key = |position, kind, value: Option<&str>, label: Option<&str>| {
        Key::new(position, kind, line(1), value.map(str::to_owned), label.map(text)).unwrap()
    };
    let dial = key(2, KeyKind::SpeedDial, Some("+41446681800"), Some("Bank"));
    let first = key(1, KeyKind::Line, None, None);
    let busy = key(2, KeyKind::Blf, Some("102"), None);
    for key in [&dial, &first, &busy] {
        let mut programming = change(&bench.store, &acme).await;
        programming.set_key(&id, key).await.unwrap();
        programming.commit().await.unwrap();
    }
    assert_eq!(bench.store.read().await.unwrap().keys(&id).await.unwrap(), [first.clone(), busy]);
    let mut clearing = change(&bench.store, &acme).await;
    assert!(clearing.unset_key(&id, 2).await.unwrap());
    assert!(!clearing.unset_key(&id, 9).await.unwrap());
    let revision = clearing.commit().await.unwrap();
    assert_eq!(bench.store.read().await.unwrap().keys(&id).await.unwrap(), [first]);
    assert_eq!(found(&bench, MAC).await.unwrap().revision, revision);
}

async fn a_removed_device_takes_its_lines_keys_and_settings_along(bench: Bench) {
    use offhook::{
        domain::{SettingName, SettingValue},
        storage::{SettingOwner, StoredSetting},
    };
    let acme = bench.tenant("acme").await;
    let extension = add_extension(&bench.store, &acme, "101").await.unwrap();
    let id = add_device(&bench.store, &acme, MAC).await.unwrap();
    let name = SettingName::parse("sip.port").unwrap();
    let value = SettingValue::parse(name, "5080").unwrap();
    let mut filling = change(&bench.store, &acme).await;
    filling.assign_line(&id, line(1), &extension).await.unwrap();
    filling.set_key(&id, &Key::new(1, KeyKind::Line, line(1), None, None).unwrap()).await.unwrap();
    let owner = SettingOwner::Device(id.clone());
    filling.set_setting(&StoredSetting { owner, name, value }).await.unwrap();
    filling.commit().await.unwrap();

    let device = found(&bench, MAC).await.unwrap();
    let mut removal = change(&bench.store, &acme).await;
    removal.remove_device(&device, &farewell()).await.unwrap();
    removal.commit().await.unwrap();
    assert!(found(&bench, MAC).await.is_none());
    let mut read = bench.store.read().await.unwrap();
    assert!(read.lines(&id).await.unwrap().is_empty() && read.keys(&id).await.unwrap().is_empty());
    assert!(read.device_settings(&acme.id, &id).await.unwrap().is_empty());
    assert_eq!(read.lines_of_extension(&extension).await.unwrap(), 0);
}
