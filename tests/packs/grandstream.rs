//! Grandstream: accounts of both ports, addresses, time zones.

use std::collections::BTreeMap;

use offhook::catalog::Rendered;
use offhook::domain::Layer;
use proptest::prelude::*;

use crate::phone::Phone;
use crate::{carried, password, person, render, reported};

/// Values by parameter.
fn read(rendered: &Rendered) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(&rendered.bytes).unwrap();
    let document = roxmltree::Document::parse(text).unwrap();
    let config = document.root_element().children().find(|node| node.has_tag_name("config")).unwrap();
    assert_eq!(config.attribute("version"), Some("1"), "numbers are settings in no other version");
    let mut found = BTreeMap::new();
    for element in config.children().filter(roxmltree::Node::is_element) {
        let name = element.tag_name().name().to_owned();
        assert!(element.children().all(|child| child.is_text()), "{name}");
        let value = element.text().unwrap_or_default().to_owned();
        assert_eq!(found.insert(name.clone(), value), None, "{name} is written twice");
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_document_has_exactly_the_intended_values(name in person(), password in password()) {
        let phone = Phone::blank().with_line(2, name.as_str(), &password);
        let rendered = render(&phone, "HT802");
        let (found, blank) = (read(&rendered), read(&render(&Phone::blank(), "HT802")));
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), blank.keys().collect::<Vec<_>>());
        prop_assert_eq!(&found["P703"], &carried(name.as_str()));
        prop_assert_eq!(&found["P734"], &carried(&password));
        prop_assert_eq!((found["P735"].as_str(), found["P736"].as_str()), ("acme-102", "acme-102"));
        prop_assert_eq!((found["P401"].as_str(), found["P271"].as_str()), ("1", "0"));
        prop_assert_eq!((found["P34"].as_str(), found["P35"].as_str(), found["P3"].as_str()), ("", "", ""));
        prop_assert_eq!(reported(&rendered, "config/P734"), found["P734"] != password);
    }
}

#[test]
fn the_account_belongs_to_the_domain_and_goes_through_the_registrar_and_the_proxy() {
    let addresses = |settings: &[(&str, &str)]| {
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, *value, Layer::Tenant)).collect();
        let found = read(&render(&Phone::blank().with_line(1, "Ann", "a").with_settings(&settings), "HT801"));
        [found["P47"].clone(), found["P48"].clone(), found["P967"].clone()]
    };
    assert_eq!(addresses(&[]), ["pbx.example.org", "", ""]);
    assert_eq!(addresses(&[("sip.port", "5070")]), ["pbx.example.org:5070", "", ""]);
    assert_eq!(addresses(&[("sip.transport", "tls")]), ["pbx.example.org:5061", "", ""]);
    assert_eq!(
        addresses(&[("sip.registrar", "reg.example.org")]),
        ["pbx.example.org", "reg.example.org", ""]
    );
    assert_eq!(
        addresses(&[("sip.registrar", "2001:db8::1"), ("sip.transport", "tls")]),
        ["pbx.example.org", "[2001:db8::1]:5061", ""]
    );
    assert_eq!(
        addresses(&[
            ("sip.registrar", "reg.example.org"),
            ("sip.outbound_proxy", "edge.example.org:5080"),
            ("sip.failover", "two.example.org"),
        ]),
        ["pbx.example.org", "edge.example.org:5080", "two.example.org"]
    );
}

#[test]
fn zones_are_rules_as_the_vendors_own_list_writes_them() {
    for (zone, rule) in [
        ("Europe/Berlin", "STD-1DST-2,M3.5.0/02:00:00,M10.5.0/03:00:00"),
        ("America/New_York", "STD+5DST+4,M3.2.0/02:00:00,M11.1.0/02:00:00"),
        ("Asia/Kathmandu", "STD-5:45"),
        ("Australia/Adelaide", "STD-9:30DST-10:30,M10.1.0/02:00:00,M4.1.0/03:00:00"),
        ("Etc/UTC", "STD-0"),
    ] {
        let phone = Phone::blank().with_settings(&[("time.zone", zone, Layer::Tenant)]);
        assert_eq!(read(&render(&phone, "HT801"))["P246"], rule, "{zone}");
    }
}

#[test]
fn the_second_generation_gets_no_parameter_that_only_the_first_has() {
    let (first, second) =
        (read(&render(&Phone::blank(), "HT802")), read(&render(&Phone::blank(), "HT802V2")));
    for name in ["P194", "P46", "P814", "P5038", "P1650"] {
        assert!(first.contains_key(name) && !second.contains_key(name), "{name}");
    }
    for name in ["P22296", "P8617", "P8618"] {
        assert!(!first.contains_key(name) && second.contains_key(name), "{name}");
    }
    assert!(read(&render(&Phone::blank(), "HT801")).keys().all(|name| name != "P401" && name != "P735"));
}

#[test]
fn every_codec_choice_names_a_codec_that_the_device_has() {
    let codecs = |model: &str, words: &str| {
        let phone =
            Phone::blank().with_line(1, "Ann", "a").with_settings(&[("audio.codecs", words, Layer::Tenant)]);
        let found = read(&render(&phone, model));
        ["P57", "P58", "P59", "P60", "P61", "P62"].map(|name| found[name].clone())
    };
    assert_eq!(codecs("HT801", "g722,pcma,pcmu"), ["8", "0", "0", "0", "0", "0"]);
    assert_eq!(codecs("HT801V2", "g722,pcma,pcmu"), ["9", "8", "0", "0", "0", "0"]);
    assert_eq!(codecs("HT801", "g722"), ["8", "0", "0", "0", "0", "0"], "every gateway knows G.711");
}
