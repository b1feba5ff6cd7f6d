//! Whatever people type, a Yealink document says what was meant, as a phone would read it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use offhook::catalog::{Catalog, Rendered};
use offhook::domain::{KeyKind, Layer, PlainText, SipDomain};
use proptest::prelude::*;

use super::phone::Phone;

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}")));

fn render(phone: &Phone, model: &str) -> Rendered {
    let model = CATALOG.model(model).unwrap();
    let file = CATALOG.files_of(model).last().unwrap().0;
    CATALOG.render_phone(file, model, &phone.facts()).unwrap()
}

/// A phone's reading of the file: `key = value`, white space around both dropped, the last of a key counts.
fn read(rendered: &Rendered) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(&rendered.bytes).unwrap();
    assert!(text.starts_with("#!version:1.0.0.1\n"));
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            (key.trim().to_owned(), value.trim().to_owned())
        })
        .collect()
}

fn person() -> impl Strategy<Value = PlainText> {
    let awkward = prop_oneof![
        Just("%NULL%".to_owned()),
        Just("a = b # c".to_owned()),
        Just("%empty%%NULL%".to_owned()),
        ".{1,32}",
        "[ -~]{1,32}",
    ];
    awkward.prop_filter_map("a name", |text| PlainText::parse("name", &text).ok())
}

/// The text as the file can carry it.
fn carried(text: &str) -> String {
    let mut carried = text.to_owned();
    for token in ["%null%", "%empty%"] {
        while let Some(at) = carried.to_ascii_lowercase().find(token) {
            carried.replace_range(at..=at, "_");
        }
    }
    carried
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_document_has_exactly_the_intended_values(
        name in person(),
        label in person(),
        password in prop_oneof!["[!-~]{1,40}", "\\PC{1,40}", Just("%NULL%".to_owned()), Just("a\nb = c".to_owned())],
        host in "[a-z]{1,8}(\\.[a-z0-9]{1,8}){0,3}",
        number in "\\+?[0-9*#]{1,20}",
    ) {
        let mut phone = Phone::blank()
            .with_line(1, name.as_str(), &password)
            .with_key(2, KeyKind::Blf, Some(&number), Some(label.as_str()))
            .with_settings(&[("sip.registrar", &host, Layer::Tenant)]);
        phone.domain = SipDomain::parse("other.example.org").unwrap();
        let rendered = render(&phone, "SIP-T31P");
        let found = read(&rendered);
        let blank = read(&render(&Phone::blank(), "SIP-T31P"));
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), blank.keys().collect::<Vec<_>>());

        prop_assert_eq!(&found["account.1.display_name"], &carried(name.as_str()));
        prop_assert_eq!(&found["linekey.2.label"], &carried(label.as_str()));
        prop_assert_eq!(&found["linekey.2.value"], &number);
        prop_assert_eq!(&found["account.1.sip_server.1.address"], &host);
        prop_assert_eq!(&found["account.1.label"], "101");
        for (key, value) in &found {
            if key.starts_with("account.2.") || key.starts_with("voice_mail") {
                prop_assert_eq!(value, &blank[key], "{}", key);
            }
        }
        // What is not as it was typed was reported, with the parameter that it concerns.
        let typed = [
            ("account.1.display_name", name.as_str()),
            ("linekey.2.label", label.as_str()),
            ("account.1.password", password.as_str()),
        ];
        for (key, typed) in typed {
            let reported = rendered.replaced.iter().any(|replacement| replacement.what == key);
            prop_assert_eq!(found[key] != typed, reported, "{} = {}", key, found[key]);
        }
    }
}

#[test]
fn an_unassigned_phone_keeps_nothing_of_an_assigned_one() {
    let assigned = Phone::blank()
        .with_line(1, "Bob", "hunter2")
        .with_line(2, "Eve", "hunter3")
        .with_key(3, KeyKind::Blf, Some("103"), Some("Eve"))
        .with_settings(&[
            ("sip.failover", "backup.example.org", Layer::Tenant),
            ("sip.outbound_proxy", "proxy.example.org", Layer::Tenant),
            ("voicemail.number", "*97", Layer::Tenant),
        ]);
    for model in CATALOG.models().iter().filter(|model| model.vendor == "Yealink") {
        let mut memory = read(&render(&assigned, &model.name));
        memory.extend(read(&render(&Phone::blank(), &model.name)));
        for (key, value) in &memory {
            let left = ["hunter", "Bob", "Eve", "acme", "backup.", "proxy.example", "pbx.", "*97", "103"];
            assert!(!left.iter().any(|left| value.contains(left)), "{}: {key} = {value}", model.name);
            let key_type = key.rsplit('.').next() == Some("type");
            assert!(!key_type || value == "0", "{}: {key} = {value}", model.name);
            let account = key.starts_with("account.") && key.ends_with(".enable") && !key.contains("codec");
            assert!(!account || value == "0", "{}: {key} = {value}", model.name);
        }
    }
}

#[test]
fn a_free_key_at_the_place_of_a_line_carries_the_line() {
    let phone = Phone::blank().with_line(2, "Eve", "x");
    let found = read(&render(&phone, "SIP-T46U"));
    let key = |number: u16| {
        (found[&format!("linekey.{number}.type")].as_str(), found[&format!("linekey.{number}.line")].as_str())
    };
    assert_eq!((key(1), key(2), key(3)), (("0", "%NULL%"), ("15", "2"), ("0", "%NULL%")));
}

#[test]
fn a_key_of_a_line_that_is_not_admitted_is_cleared() {
    let phone =
        Phone::blank().with_line(2, "Eve", "x").with_key(5, KeyKind::SpeedDial, Some("112"), Some("Help"));
    let found = read(&render(&phone, "SIP-T46U"));
    assert_eq!(found["linekey.5.type"], "0");
    let admitted = phone.with_line(1, "Bob", "y");
    assert_eq!(read(&render(&admitted, "SIP-T46U"))["linekey.5.type"], "13");
}

#[test]
fn half_hours_and_quarter_hours_are_written_out() {
    for (zone, offset, start) in [
        ("Asia/Kathmandu", "+5:45", "%NULL%"),
        ("America/St_Johns", "-3:30", "3/2/7/2"),
        ("Australia/Lord_Howe", "+10:30", "10/1/7/2"),
        ("Etc/UTC", "0", "%NULL%"),
    ] {
        let found =
            read(&render(&Phone::blank().with_settings(&[("time.zone", zone, Layer::Tenant)]), "T46U"));
        assert_eq!(
            (found["local_time.time_zone"].as_str(), found["local_time.start_time"].as_str()),
            (offset, start)
        );
    }
}
