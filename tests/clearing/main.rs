//! With something, then without it: what phones remember of a former document, by what their vendors say of clearing.

#![expect(clippy::unwrap_used, reason = "a test whose ground is missing must fail")]

#[path = "../catalog/phone.rs"]
mod phone;

use std::sync::{Arc, LazyLock};

use offhook::catalog::{Catalog, Model};
use offhook::domain::{Effect, KeyKind, Layer, Mac};
use offhook::simulator::{KeyAction, Memory, PhoneModel};
use phone::Phone;

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}")));

/// Every line and every key in use.
fn assigned(model: &Model, people: [&str; 2]) -> Phone {
    let mut phone = Phone::blank().with_pin("47110815").with_settings(&[
        ("sip.transport", "tls", Layer::Tenant),
        ("sip.srtp", "required", Layer::Tenant),
        ("sip.failover", "backup.former.org", Layer::Tenant),
        ("sip.outbound_proxy", "proxy.former.org", Layer::Tenant),
        ("sip.registrar", "registrar.former.org", Layer::Tenant),
        ("voicemail.number", "*9797", Layer::Tenant),
        ("network.vlan", "77", Layer::Tenant),
    ]);
    for number in 1..=model.lines {
        let name = people[usize::from(number % 2)];
        phone = phone.with_line(number, name, &format!("secret of {name}"));
    }
    for position in 1..=model.keys() {
        phone = match position % 4 {
            0 => phone.with_key(position, KeyKind::Line, None, None),
            3 => phone.with_key(position, KeyKind::Record, None, Some(people[1])),
            1 => phone.with_key(position, KeyKind::Blf, Some("7001"), Some(people[0])),
            _ => phone.with_key(position, KeyKind::SpeedDial, Some("7002"), Some(people[1])),
        };
    }
    phone
}

/// A phone of the model as it leaves the factory.
fn factory(model: &Model) -> Memory {
    let manifest = CATALOG.manifest_of(model);
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).unwrap().clone();
    let simulated = PhoneModel::new(Arc::new(manifest.clone()), entry).unwrap();
    Memory::factory(simulated, Mac::parse("001565aabbcc").unwrap())
}

/// Boots the phone with the document made from `facts`.
fn boots(memory: &mut Memory, model: &Model, facts: &Phone) {
    let (file, rule) = CATALOG.files_of(model).find(|(_, rule)| rule.secret).unwrap();
    let rendered = CATALOG.render_phone(file, model, &facts.facts()).unwrap();
    memory.starts();
    memory.takes(&rule.path, &rendered.bytes).unwrap();
}

fn registering(memory: &Memory) -> Vec<u16> {
    let accounts = memory.accounts();
    accounts.iter().filter(|account| account.registers()).map(|account| account.line).collect()
}

fn acting(memory: &Memory) -> usize {
    memory.keys().iter().filter(|key| key.acts()).count()
}

#[test]
fn a_phone_with_everything_in_use_uses_it() {
    for model in CATALOG.models() {
        let mut memory = factory(model);
        boots(&mut memory, model, &assigned(model, ["Formerly", "Former"]));
        let name = model.full_name();
        assert_eq!(registering(&memory), (1..=model.lines).collect::<Vec<_>>(), "{name}");
        assert_eq!(acting(&memory), usize::from(model.keys()), "{name}");
        assert!(!memory.remaining_secrets().is_empty(), "{name}");
        let lock = memory.lock().map(|lock| (lock.pin.expose().to_owned(), lock.after));
        let can_lock = !model.cannot.contains(&Effect::PinProtection);
        assert_eq!(lock, can_lock.then(|| ("47110815".to_owned(), Some(300))), "{name}");
        let url = memory.next_url().unwrap();
        assert!(url.expose().starts_with("https://phones.example.org/p/"), "{name}");
    }
}

#[test]
fn an_unassigned_phone_has_no_account_no_secret_and_no_key_that_acts() {
    for model in CATALOG.models() {
        let mut memory = factory(model);
        boots(&mut memory, model, &assigned(model, ["Formerly", "Former"]));
        boots(&mut memory, model, &Phone::blank());
        let name = model.full_name();
        assert_eq!(registering(&memory), [0; 0], "{name}");
        assert!(memory.accounts().iter().all(offhook::simulator::Account::is_blank), "{name}");
        assert_eq!(memory.remaining_secrets(), [""; 0], "{name}");
        assert_eq!(acting(&memory), 0, "{name}");
        assert_eq!(memory.lock(), None, "{name}");
        for former in ["secret of", "Former", "former.org", "acme-", "*9797", "7001", "7002", "47110815"] {
            assert_eq!(memory.holding(former), [""; 0], "{name}: {former}");
        }
    }
}

#[test]
fn a_phone_that_goes_to_another_person_keeps_nothing_of_the_former() {
    for model in CATALOG.models() {
        let mut memory = factory(model);
        boots(&mut memory, model, &assigned(model, ["Formerly", "Former"]));
        boots(&mut memory, model, &Phone::blank().with_line(1, "Later", "secret of a later person"));
        let name = model.full_name();
        assert_eq!(registering(&memory), [1], "{name}");
        assert_eq!(memory.accounts()[0].display_name, "Later", "{name}");
        assert_eq!(memory.remaining_secrets().len(), 1, "{name}");
        assert_eq!(memory.lock(), None, "{name}");
        for former in ["Former", "former.org", "acme-102", "*9797", "7001", "7002", "47110815"] {
            assert_eq!(memory.holding(former), [""; 0], "{name}: {former}");
        }
    }
}

#[test]
fn a_free_position_between_two_accounts_hides_neither() {
    for model in CATALOG.models().iter().filter(|model| model.lines >= 3) {
        let mut memory = factory(model);
        let phone = Phone::blank().with_line(1, "First", "a").with_line(3, "Third", "c");
        boots(&mut memory, model, &phone);
        boots(&mut memory, model, &phone);
        let accounts = memory.accounts();
        let names = accounts.iter().filter(|account| account.registers());
        let names: Vec<_> = names.map(|account| account.display_name.as_str()).collect();
        assert_eq!(names, ["First", "Third"], "{}", model.full_name());
    }
}

#[test]
fn another_pin_takes_the_place_of_the_former_and_emergency_numbers_can_always_be_dialled() {
    let numbers = ("phone.emergency_numbers", "112,190,192", Layer::Tenant);
    for model in CATALOG.models().iter().filter(|model| !model.cannot.contains(&Effect::PinProtection)) {
        let (mut memory, name) = (factory(model), model.full_name());
        let person = || Phone::blank().with_line(1, "Later", "a").with_settings(&[numbers]);
        for pin in ["4711", "0815", "4711"] {
            boots(&mut memory, model, &person().with_pin(pin));
            let lock = memory.lock().unwrap_or_else(|| panic!("{name} is not locked"));
            assert_eq!(lock.pin.expose(), pin, "{name}");
            assert_eq!(lock.emergency, ["112", "190", "192"], "{name}");
        }
        boots(&mut memory, model, &person());
        assert_eq!(memory.lock(), None, "{name}");
    }
}

#[test]
fn a_record_key_is_cleared_when_the_recording_of_its_line_is_taken_away() {
    for model in CATALOG.models().iter().filter(|model| model.line_keys >= 3) {
        let (mut memory, name) = (factory(model), model.full_name());
        let mut phone =
            Phone::blank().with_line(1, "Ann", "a").with_key(3, KeyKind::Record, None, Some("Rec"));
        boots(&mut memory, model, &phone);
        assert_eq!(memory.keys()[2].kind, KeyAction::Record, "{name}");
        phone.lines[0].recording = false;
        boots(&mut memory, model, &phone);
        assert!(!memory.keys()[2].acts(), "{name}: {:?}", memory.keys()[2]);
        assert_eq!(memory.holding("Rec"), [""; 0], "{name}");
    }
}
