//! What an add-on does to phones: it has its effect while the license keeps its seat, at the very moment of serving.

use offhook::{
    catalog::Catalog,
    domain::{
        DeviceId, Key, KeyKind, LineNumber, Pin, ProductId, ServiceId, SettingName, SettingValue,
        license::PublicKeys,
    },
    provisioning::preview,
    storage::{SettingOwner, StoredSetting, Tenant},
};

use crate::{
    bench::{Bench, now, on_both_engines},
    site::{Site, policy},
};

on_both_engines![
    a_line_has_voicemail_while_the_license_keeps_the_seat_of_its_add_on,
    an_add_on_has_its_effect_at_the_first_moment_of_a_renewal_and_not_before,
    a_keypad_is_locked_with_the_pin_of_the_first_line_while_the_license_protects_it,
    a_record_key_acts_while_its_line_has_recording,
    what_shows_nothing_on_a_phone_is_told_in_its_preview,
];

const MACS: [&str; 2] = ["001565000101", "001565000102"];

/// Switches an add-on on or off.
async fn addon(site: &Site, tenant: &Tenant, extension: &ServiceId, (product, on): (&str, bool)) {
    let product = ProductId::parse(product).unwrap();
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
        addon(site, tenant, extension, ("voicemail", true)).await;
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
        site.license_with_addons(&acme, serial, (2, seats), now(), now().plus_days(365)).await;
        assert_eq!(boxes(&site, &acme).await, expected, "{seats} boxes");
    }
    addon(&site, &acme, &extensions[1], ("voicemail", false)).await;
    assert_eq!(boxes(&site, &acme).await, [true, false]);
}

async fn an_add_on_has_its_effect_at_the_first_moment_of_a_renewal_and_not_before(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.unlicensed("acme").await;
    let renews = now().plus_days(30);
    site.license_with_addons(&acme, 1, (2, 0), now(), renews).await;
    site.license_with_addons(&acme, 2, (2, 1), renews, renews.plus_days(100)).await;
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

/// Gives an extension a PIN, or takes it away.
async fn pin(site: &Site, tenant: &Tenant, extension: &ServiceId, digits: Option<&str>) {
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    match digits {
        Some(digits) => change.set_pin(extension, &Pin::parse(digits).unwrap()).await.unwrap(),
        None => assert!(change.clear_pin(extension).await.unwrap()),
    }
    change.commit().await.unwrap();
}

/// What unlocks the keypad of the first phone, where it is locked.
async fn lock(site: &Site, tenant: &Tenant) -> Option<String> {
    let text = site.document(tenant, MACS[0]).await.unwrap();
    let value = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        lines.next().unwrap_or_else(|| panic!("{name} is always written")).to_owned()
    };
    let (enable, pin) =
        (value("phone_setting.phone_lock.enable"), value("phone_setting.phone_lock.unlock_pin"));
    assert_eq!(value("phone_setting.emergency.number"), "112,911,110,999");
    assert_eq!(enable == "1", pin != "%NULL%", "{enable} {pin}");
    (enable == "1").then_some(pin)
}

async fn a_keypad_is_locked_with_the_pin_of_the_first_line_while_the_license_protects_it(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 2).await;
    let [first, second] = [site.extension(&acme, "101").await, site.extension(&acme, "102").await];
    site.phone(&acme, MACS[0], &[&first, &second]).await;
    let with = |digits: &str| Some(digits.to_owned());

    pin(&site, &acme, &first, Some("4711")).await;
    assert_eq!(lock(&site, &acme).await, None, "a PIN alone locks nothing");
    pin(&site, &acme, &second, Some("9999")).await;
    addon(&site, &acme, &second, ("pin", true)).await;
    assert_eq!(lock(&site, &acme).await, None, "the second line has no say");
    addon(&site, &acme, &first, ("pin", true)).await;
    assert_eq!(lock(&site, &acme).await, with("4711"));
    pin(&site, &acme, &first, Some("08150815")).await;
    assert_eq!(lock(&site, &acme).await, with("08150815"), "the next document has the new PIN");

    // the second took its seat first
    site.license_with_addons(&acme, 2, (2, 1), now(), now().plus_days(365)).await;
    assert_eq!(lock(&site, &acme).await, None);
    site.license_with_addons(&acme, 3, (2, 2), now(), now().plus_days(365)).await;
    assert_eq!(lock(&site, &acme).await, with("08150815"));

    let mut block = site.bench.store.change(&acme.id, now()).await.unwrap();
    block.block_service(&first, true, true).await.unwrap();
    block.commit().await.unwrap();
    assert_eq!(lock(&site, &acme).await, None, "a line that is withheld locks nothing");
    let mut block = site.bench.store.change(&acme.id, now()).await.unwrap();
    block.block_service(&first, false, true).await.unwrap();
    block.commit().await.unwrap();
    assert_eq!(lock(&site, &acme).await, with("08150815"));

    pin(&site, &acme, &first, None).await;
    assert_eq!(lock(&site, &acme).await, None, "without a PIN nobody could unlock it");
}

/// Programs the fifth key of the first phone to record calls of a line.
async fn record_key(site: &Site, tenant: &Tenant, device: &DeviceId, line: u16) {
    let line = LineNumber::new(line).unwrap();
    let mut change = site.bench.store.change(&tenant.id, now()).await.unwrap();
    change.set_key(device, &Key::new(5, KeyKind::Record, line, None, None).unwrap()).await.unwrap();
    change.commit().await.unwrap();
}

async fn a_record_key_acts_while_its_line_has_recording(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 2).await;
    let [first, second] = [site.extension(&acme, "101").await, site.extension(&acme, "102").await];
    let device = site.phone(&acme, MACS[0], &[&first, &second]).await;
    record_key(&site, &acme, &device, 2).await;
    let records = async || {
        let text = site.document(&acme, MACS[0]).await.unwrap();
        let acts = text.contains("linekey.5.type = 25\nlinekey.5.line = 2\n");
        assert_eq!(!acts, text.contains("linekey.5.type = 0\nlinekey.5.line = %NULL%\n"));
        acts
    };
    assert!(!records().await);
    addon(&site, &acme, &first, ("recording", true)).await;
    assert!(!records().await, "another line has it");
    addon(&site, &acme, &second, ("recording", true)).await;
    assert!(records().await);
    site.license_with_addons(&acme, 2, (2, 1), now(), now().plus_days(365)).await;
    assert!(!records().await, "the second line took its seat last");
    site.license_with_addons(&acme, 3, (2, 2), now(), now().plus_days(365)).await;
    assert!(records().await);
}

async fn what_shows_nothing_on_a_phone_is_told_in_its_preview(bench: Bench) {
    let site = Site::new(bench);
    let acme = site.tenant("acme", 2).await;
    let [first, second] = [site.extension(&acme, "101").await, site.extension(&acme, "102").await];
    let device = site.phone(&acme, MACS[0], &[&first, &second]).await;
    record_key(&site, &acme, &device, 1).await;
    let catalog = Catalog::embedded().unwrap();
    let keys = PublicKeys::from_pem(&site.signing.public_pem()).unwrap();
    let shown = async || {
        let mac = MACS[0].parse().unwrap();
        let (store, policy) = (&site.bench.store, policy(keys.clone()));
        let preview = preview(store, &catalog, &policy, mac, None, now()).await.unwrap();
        let told: Vec<_> = preview.ineffective.iter().map(ToString::to_string).collect();
        let lines: Vec<&str> = preview.lines.iter().map(|line| line.text.as_str()).collect();
        let document = lines.join("\n");
        (told.join("; "), preview.without_recording, document)
    };
    assert_eq!(shown().await.1, [5]);
    for addons in [&first, &second] {
        addon(&site, &acme, addons, ("pin", true)).await;
        addon(&site, &acme, addons, ("recording", true)).await;
    }
    let (told, without_recording, _) = shown().await;
    assert_eq!(
        told,
        "PIN protection has no effect on 00:15:65:00:01:01 line 1: the extension has no PIN; \
         PIN protection has no effect on 00:15:65:00:01:01 line 2: line 1 decides, which comes first"
    );
    assert_eq!(without_recording, [0; 0]);
    pin(&site, &acme, &first, Some("47110815")).await;
    let (told, _, document) = shown().await;
    assert!(told.starts_with("PIN protection has no effect on 00:15:65:00:01:01 line 2"), "{told}");
    assert!(document.contains("phone_setting.phone_lock.unlock_pin = ••••"), "{document}");
    assert!(!document.contains("4711"), "{document}");

    let mut change = site.bench.store.change(&acme.id, now()).await.unwrap();
    change.set_model(&device, Some("Linphone")).await.unwrap();
    change.commit().await.unwrap();
    let (told, _, _) = shown().await;
    for part in [
        "line 1: the keypad of Linphone cannot be locked",
        "line 1: Linphone can have no record key",
        "line 2: the keypad of Linphone cannot be locked",
        "line 2: Linphone can have no record key",
    ] {
        assert!(told.contains(part), "{part} is not in {told}");
    }
}
