//! Snom: settings, keys, time zones.

use std::collections::BTreeMap;

use offhook::catalog::{NextUrl, Rendered};
use offhook::domain::{KeyKind, Layer};
use proptest::prelude::*;

use crate::phone::Phone;
use crate::{carried, password, person, render, reported};

/// Settings as `name` or `name[idx]`; of keys `fkey[idx]`, and its attributes behind a dot.
fn read(rendered: &Rendered) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(&rendered.bytes).unwrap();
    let document = roxmltree::Document::parse(text).unwrap();
    let mut found = BTreeMap::new();
    let blocks = document.root_element().children().filter(roxmltree::Node::is_element);
    for element in blocks.flat_map(|block| block.children()).filter(roxmltree::Node::is_element) {
        let idx = element.attribute("idx").map(|idx| format!("[{idx}]")).unwrap_or_default();
        let name = format!("{}{idx}", element.tag_name().name());
        assert!(element.children().all(|child| child.is_text()), "{name}");
        assert!(matches!(element.attribute("perm"), Some("R" | "RW")), "{name}");
        for attribute in element.attributes().filter(|attribute| attribute.name() != "idx") {
            found.insert(format!("{name}.{}", attribute.name()), attribute.value().to_owned());
        }
        let again = found.insert(name.clone(), element.text().unwrap_or_default().to_owned());
        assert_eq!(again, None, "{name} is written twice");
    }
    found
}

fn with_settings(settings: &[(&str, &str)]) -> BTreeMap<String, String> {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, *value, Layer::Tenant)).collect();
    read(&render(&Phone::blank().with_line(1, "Bob", "x").with_settings(&settings), "snom d140"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_document_has_exactly_the_intended_values(
        name in person(),
        label in person(),
        password in password(),
        host in "[a-z]{1,8}(\\.[a-z][a-z0-9]{1,8}){0,3}",
        number in "\\+?[0-9*#]{1,20}",
    ) {
        let phone = Phone::blank()
            .with_line(1, name.as_str(), &password)
            .with_key(2, KeyKind::Blf, Some(&number), Some(label.as_str()))
            .with_settings(&[("sip.registrar", &host, Layer::Tenant)]);
        let rendered = render(&phone, "snom d140");
        let found = read(&rendered);
        let blank = read(&render(&Phone::blank(), "snom d140"));
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), blank.keys().collect::<Vec<_>>());

        let shown = label.as_str().replace('<', "_");
        prop_assert_eq!(&found["user_realname[1]"], name.as_str());
        prop_assert_eq!(&found["user_pass[1]"], &carried(&password));
        prop_assert_eq!(&found["user_host[1]"], "pbx.example.org");
        prop_assert_eq!(&found["user_outbound[1]"], &format!("{host};transport=udp"));
        prop_assert_eq!(&found["fkey[1].label"], &shown);
        prop_assert_eq!(&found["fkey[1].short_label"], &shown);
        prop_assert_eq!(&found["fkey[1]"], &format!("blf {number}"));
        let ours = ["user_active", "user_idle_text", "user_idle_number", "user_name", "user_pname", "user_realname",
            "user_pass", "user_host", "user_outbound", "fkey[1]", "fkey[0].context"];
        for (key, value) in &found {
            let expected = key.ends_with("[1]") || ours.iter().any(|ours| key.starts_with(ours));
            prop_assert!(expected || *value == blank[key], "{} = {}", key, value);
        }
        prop_assert!(!reported(&rendered, "phone-settings/user_realname[idx=1]"));
        prop_assert_eq!(reported(&rendered, "phone-settings/user_pass[idx=1]"), found["user_pass[1]"] != password);
        prop_assert_eq!(reported(&rendered, "functionKeys/fkey[idx=1]/label"), shown != label.as_str());
    }
}

#[test]
fn daylight_saving_is_written_out_for_every_kind_of_zone() {
    for (zone, code, offset, rule) in [
        ("Europe/Zurich", "GER+1", "+3600", "3600 03.05.07 02:00:00 10.05.07 03:00:00"),
        ("America/New_York", "USA-5", "-18000", "3600 03.02.07 02:00:00 11.01.07 02:00:00"),
        ("America/St_Johns", "", "-12600", "3600 03.02.07 02:00:00 11.01.07 02:00:00"),
        ("Australia/Lord_Howe", "", "+37800", "1800 10.01.07 02:00:00 04.01.07 02:00:00"),
        ("Asia/Kathmandu", "", "+20700", ""),
        ("Etc/UTC", "", "+0", ""),
    ] {
        let found = with_settings(&[("time.zone", zone)]);
        assert_eq!((found["utc_offset"].as_str(), found["dst"].as_str()), (offset, rule), "{zone}");
        assert_eq!(
            found["timezone"], code,
            "the code of a zone wins over the rule, so it is this zone's or none"
        );
    }
}

#[test]
fn the_way_to_the_registrar_is_a_host_and_transport_and_a_port_only_where_a_setting_gives_it() {
    let way = |settings: &[(&str, &str)]| {
        let found = with_settings(settings);
        assert_eq!(
            found["user_host[1]"], "pbx.example.org",
            "the address is the tenant's, whoever registers it"
        );
        found["user_outbound[1]"].clone()
    };
    let tls = ("sip.transport", "tls");
    assert_eq!(way(&[tls]), "pbx.example.org;transport=tls");
    assert_eq!(way(&[("sip.registrar", "2001:db8::1")]), "[2001:db8::1];transport=udp");
    assert_eq!(way(&[tls, ("sip.port", "5099")]), "pbx.example.org:5099;transport=tls");
    let proxied = [tls, ("sip.port", "5099"), ("sip.outbound_proxy", "edge.example.org")];
    assert_eq!(way(&proxied), "edge.example.org;transport=tls");
    assert_eq!(
        way(&[("sip.outbound_proxy", "edge.example.org:5070")]),
        "edge.example.org:5070;transport=udp"
    );
}

#[test]
fn only_codecs_that_the_phone_has_are_listed() {
    let list = |codecs: &str| with_settings(&[("audio.codecs", codecs)])["codec_priority_list[1]"].clone();
    assert_eq!(list("opus,pcma,g722"), "pcma,g722,telephone-event");
    assert_eq!(list("opus"), "pcmu,pcma,telephone-event", "a phone without a codec could not speak");
}

#[test]
fn a_phone_that_keeps_its_url_keeps_looking_for_one() {
    let mut phone = Phone::blank();
    let told = read(&render(&phone, "snom d785"));
    assert_eq!((told["provisioning_order"].as_str(), told["pnp_config"].as_str()), ("tr69:stop", "off"));
    phone.url = Some(NextUrl::new("https://phones.example.org/p/tabcdefghijklmnopqrstuvwxyz/".to_owned()));
    let shared = read(&render(&phone, "snom d785"));
    assert_eq!(
        shared["provisioning_order"], "dhcp:stop",
        "a URL that is not its own may come from DHCP again"
    );
    phone.url = None;
    let kept = read(&render(&phone, "snom d785"));
    assert_eq!(kept.get("setting_server"), None);
    assert_eq!(kept["pnp_config"], "on");
}

#[test]
fn a_keypad_lock_can_be_opened_by_who_knows_the_pin_and_by_nobody_s_document() {
    let locked = read(&render(&Phone::blank().with_pin("0815").with_line(1, "Bob", "x"), "snom d785"));
    let free = read(&render(&Phone::blank().with_line(1, "Bob", "x"), "snom d785"));
    assert_eq!(locked.keys().collect::<Vec<_>>(), free.keys().collect::<Vec<_>>());
    let lock = |found: &BTreeMap<String, String>| {
        ["keyboard_lock", "keyboard_lock_pw", "keyboard_lock_timeout"].map(|name| found[name].clone())
    };
    assert_eq!(lock(&locked), ["on", "0815", "300"], "a zero in front is part of it");
    assert_eq!(lock(&free), ["off", "", ""]);
    assert_eq!(locked["keyboard_lock.perm"], "RW", "write-protected, nobody could unlock it");
    assert_eq!(locked["keyboard_lock_pw.perm"], "R");
    assert_eq!(locked["keyboard_lock_emergency"], free["keyboard_lock_emergency"]);
}
