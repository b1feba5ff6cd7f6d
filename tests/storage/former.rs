//! Phones that are no devices any more: kept for 90 days, whoever may have their MACs meanwhile.

use offhook::{
    domain::{Device, Mac, Timestamp},
    storage::{FormerDevice, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    made::{add_device, change, farewell, line, successor},
};

on_both_engines![
    a_removed_phone_is_kept_with_its_scope_and_its_web_password,
    a_replaced_phone_is_kept_and_shares_nothing_with_its_successor,
    a_mac_that_is_a_devices_again_is_no_former_one_whoever_has_it,
    what_was_kept_long_enough_is_forgotten_unless_the_clock_is_doubted,
    a_backup_holds_former_devices_and_freed_lines,
];

const MAC: &str = "001565aabbcc";

fn mac(text: &str) -> Mac {
    Mac::parse(text).unwrap()
}

async fn device(bench: &Bench, text: &str) -> Option<Device> {
    bench.store.read().await.unwrap().device_by_mac(mac(text)).await.unwrap()
}

async fn former(bench: &Bench, text: &str) -> Option<FormerDevice> {
    bench.store.read().await.unwrap().former_device_by_mac(mac(text)).await.unwrap()
}

async fn remove(bench: &Bench, tenant: &Tenant, text: &str) -> i64 {
    let device = device(bench, text).await.unwrap();
    let mut removal = change(&bench.store, tenant).await;
    removal.remove_device(&device, &farewell()).await.unwrap();
    removal.commit().await.unwrap()
}

async fn a_removed_phone_is_kept_with_its_scope_and_its_web_password(bench: Bench) {
    let acme = bench.tenant("acme").await;
    add_device(&bench.store, &acme, MAC).await.unwrap();
    let was = device(&bench, MAC).await.unwrap();
    let facts = bench.store.read().await.unwrap().tenant(&acme.id).await.unwrap().unwrap().facts_revision;
    let revision = remove(&bench, &acme, MAC).await;
    let kept = former(&bench, MAC).await.unwrap();
    assert_eq!((&kept.was, &kept.replaced_by, kept.removed_at), (&was.id, &None, now()));
    assert_ne!(kept.device.id, was.id);
    assert_eq!((&kept.device.handle, kept.device.epoch), (&was.handle, was.epoch));
    assert_eq!((kept.device.web_password, kept.device.revision), (was.web_password, revision));
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.devices_changed_after(&acme.id, revision - 1).await.unwrap(), [mac(MAC)]);
    // whoever else has a document of this tenant keeps it
    assert_eq!(read.tenant(&acme.id).await.unwrap().unwrap().facts_revision, facts);
}

async fn a_replaced_phone_is_kept_and_shares_nothing_with_its_successor(bench: Bench) {
    let acme = bench.tenant("acme").await;
    add_device(&bench.store, &acme, MAC).await.unwrap();
    let was = device(&bench, MAC).await.unwrap();
    let new = successor("001565000001");
    let mut replacement = change(&bench.store, &acme).await;
    replacement.replace_mac(&was, &new, &farewell()).await.unwrap();
    let revision = replacement.commit().await.unwrap();
    let (kept, is) = (former(&bench, MAC).await.unwrap(), device(&bench, "001565000001").await.unwrap());
    assert_eq!((&kept.was, kept.replaced_by), (&is.id, Some(new.mac)));
    assert_ne!(kept.device.id, is.id);
    assert_ne!((&kept.device.handle, &kept.device.web_password), (&is.handle, &is.web_password));
    let mut changed =
        bench.store.read().await.unwrap().devices_changed_after(&acme.id, revision - 1).await.unwrap();
    changed.sort();
    assert_eq!(changed, [new.mac, mac(MAC)]);
}

async fn a_mac_that_is_a_devices_again_is_no_former_one_whoever_has_it(bench: Bench) {
    let (acme, other) = (bench.tenant("acme").await, bench.tenant("other").await);
    for tenant in [&acme, &other, &acme] {
        add_device(&bench.store, tenant, MAC).await.unwrap();
        assert!(former(&bench, MAC).await.is_none());
        remove(&bench, tenant, MAC).await;
        assert_eq!(former(&bench, MAC).await.unwrap().device.tenant, tenant.id);
    }
    // as the successor of another phone
    add_device(&bench.store, &other, "001565000001").await.unwrap();
    let was = device(&bench, "001565000001").await.unwrap();
    let mut replacement = change(&bench.store, &other).await;
    replacement.replace_mac(&was, &successor(MAC), &farewell()).await.unwrap();
    replacement.commit().await.unwrap();
    assert!(former(&bench, MAC).await.is_none());
    // a change that is not kept ends nothing
    remove(&bench, &other, MAC).await;
    let mut adding = change(&bench.store, &acme).await;
    adding.add_device(&crate::made::device(MAC)).await.unwrap();
    drop(adding);
    assert!(former(&bench, MAC).await.is_some());
}

async fn what_was_kept_long_enough_is_forgotten_unless_the_clock_is_doubted(bench: Bench) {
    let acme = bench.tenant("acme").await;
    let id = add_device(&bench.store, &acme, "001565000001").await.unwrap();
    add_device(&bench.store, &acme, MAC).await.unwrap();
    remove(&bench, &acme, MAC).await;
    let mut release = change(&bench.store, &acme).await;
    release.remember_release((mac("001565000001"), line(2)), &"101".parse().unwrap(), now()).await.unwrap();
    release.commit().await.unwrap();
    let until = former(&bench, MAC).await.unwrap().until();
    assert_eq!(until, now().plus_days(90));
    let just_before = Timestamp::from_millis(until.millis() - 1);
    // the newest time stored is that of the tests: 600 days later nobody believes the clock
    for (at, kept) in [(now().plus_days(600), true), (just_before, true), (until, false)] {
        bench.store.remember_time(at).await.unwrap();
        assert_eq!(former(&bench, MAC).await.is_some(), kept, "{at}");
        let lines = bench.store.read().await.unwrap().released_lines(&acme.id).await.unwrap();
        assert_eq!(lines.iter().any(|freed| freed.device == id), kept, "{at}");
    }
    remove(&bench, &acme, "001565000001").await;
    let mut read = bench.store.read().await.unwrap();
    assert_eq!(read.former_devices(&acme.id, now()).await.unwrap().len(), 1);
    assert!(read.former_devices(&acme.id, until).await.unwrap().is_empty(), "whether it is pruned or not");
}

async fn a_backup_holds_former_devices_and_freed_lines(bench: Bench) {
    let acme = bench.tenant("acme").await;
    add_device(&bench.store, &acme, "001565000001").await.unwrap();
    add_device(&bench.store, &acme, MAC).await.unwrap();
    remove(&bench, &acme, MAC).await;
    let mut release = change(&bench.store, &acme).await;
    release.remember_release((mac("001565000001"), line(2)), &"101".parse().unwrap(), now()).await.unwrap();
    release.commit().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    bench.store.back_up(&file, false).await.unwrap();
    add_device(&bench.store, &acme, MAC).await.unwrap();
    bench.store.restore(&file, true).await.unwrap();
    let kept = former(&bench, MAC).await.unwrap();
    assert_eq!(kept.device.web_password.expose(), format!("web password of {MAC}"));
    assert_eq!(bench.store.read().await.unwrap().released_lines(&acme.id).await.unwrap().len(), 1);
}
