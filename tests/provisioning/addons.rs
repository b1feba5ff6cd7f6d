//! What an add-on does to phones: it has its effect while the license keeps its seat, at the very moment of serving.

use offhook::{
    domain::{ProductId, ServiceId, SettingName, SettingValue},
    storage::{SettingOwner, StoredSetting, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::Site,
};

on_both_engines![
    a_line_has_voicemail_while_the_license_keeps_the_seat_of_its_add_on,
    an_add_on_has_its_effect_at_the_first_moment_of_a_renewal_and_not_before,
];

const MACS: [&str; 2] = ["001565000101", "001565000102"];

/// Switches voicemail on or off.
async fn voicemail(site: &Site, tenant: &Tenant, extension: &ServiceId, on: bool) {
    let product = ProductId::parse("voicemail").unwrap();
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    if on {
        change.add_addon(extension, &product, 1).await.unwrap();
    } else {
        assert!(change.remove_addon(extension, &product).await.unwrap());
    }
    change.commit().await.unwrap();
}

/// Two phones with an extension each, of which the second took its box first.
async fn two_phones(site: &Site, tenant: &Tenant) -> [ServiceId; 2] {
    let extensions = [site.extension(tenant, "101").await, site.extension(tenant, "102").await];
    for (mac, extension) in MACS.iter().zip(&extensions) {
        site.phone(tenant, mac, &[extension]).await;
    }
    for extension in extensions.iter().rev() {
        voicemail(site, tenant, extension, true).await;
    }
    let name = SettingName::parse("voicemail.number").unwrap();
    let value = SettingValue::parse(name, "*97").unwrap();
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    change.set_setting(&StoredSetting { owner: SettingOwner::Tenant, name, value }).await.unwrap();
    change.commit().await.unwrap();
    extensions
}

/// Which of the two phones have a message key that dials and listen for messages; both have their line.
async fn boxes(site: &Site, tenant: &Tenant) -> [bool; 2] {
    let mut boxes = [false; 2];
    for (mac, box_) in MACS.iter().zip(&mut boxes) {
        let text = site.document(tenant, mac).await.unwrap();
        assert!(text.contains("account.1.enable = 1"), "{mac}: the line stays");
        *box_ = text.contains("voice_mail.number.1 = *97\n");
        assert_eq!(*box_, text.contains("account.1.subscribe_mwi = 1\n"), "{mac}");
        assert_eq!(!*box_, text.contains("voice_mail.number.1 = %NULL%\n"), "{mac}");
    }
    boxes
}

async fn a_line_has_voicemail_while_the_license_keeps_the_seat_of_its_add_on(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 2).await;
    let extensions = two_phones(&site, &acme).await;
    assert_eq!(boxes(&site, &acme).await, [true, true]);
    for (serial, seats, expected) in [(2, 1, [false, true]), (3, 0, [false, false]), (4, 2, [true, true])] {
        site.license_with_boxes(&acme, serial, (2, seats), now(), now().plus_days(365)).await;
        assert_eq!(boxes(&site, &acme).await, expected, "{seats} boxes");
    }
    voicemail(&site, &acme, &extensions[1], false).await;
    assert_eq!(boxes(&site, &acme).await, [true, false]);
}

async fn an_add_on_has_its_effect_at_the_first_moment_of_a_renewal_and_not_before(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.unlicensed("acme").await;
    let renews = now().plus_days(30);
    site.license_with_boxes(&acme, 1, (2, 0), now(), renews).await;
    site.license_with_boxes(&acme, 2, (2, 1), renews, renews.plus_days(100)).await;
    two_phones(&site, &acme).await;
    assert_eq!(boxes(&site, &acme).await, [false, false]);
    site.clock.set(offhook::domain::Timestamp::from_millis(renews.millis() - 1));
    assert_eq!(boxes(&site, &acme).await, [false, false]);
    site.clock.set(renews);
    assert_eq!(
        boxes(&site, &acme).await,
        [false, true],
        "a document that is ready is not used past its time"
    );
}
