//! Linphone: accounts, credentials, codecs.

use std::collections::BTreeMap;

use offhook::catalog::Rendered;
use offhook::domain::{Layer, SipDomain};
use proptest::prelude::*;

use crate::phone::Phone;
use crate::{carried, password, person, render, reported};

/// Entries as `section/name`; each is the first child node of its element, as the client takes it.
fn read(rendered: &Rendered) -> BTreeMap<String, String> {
    let text = std::str::from_utf8(&rendered.bytes).unwrap();
    let document = roxmltree::Document::parse(text).unwrap();
    let mut found = BTreeMap::new();
    for section in document.root_element().children().filter(roxmltree::Node::is_element) {
        for entry in section.children().filter(roxmltree::Node::is_element) {
            let name = format!("{}/{}", section.attribute("name").unwrap(), entry.attribute("name").unwrap());
            assert_eq!(entry.attribute("overwrite"), Some("true"), "{name}");
            assert!(entry.children().count() <= 1, "{name}");
            let value = entry.first_child().and_then(|child| child.text()).unwrap_or_default();
            assert!(!value.contains('\n'), "{name}");
            assert_eq!(found.insert(name.clone(), value.to_owned()), None, "{name} is written twice");
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_document_has_exactly_the_intended_values(
        name in person(),
        password in password(),
        host in "[a-z]{1,8}(\\.[a-z][a-z0-9]{1,8}){0,3}",
    ) {
        let mut phone = Phone::blank()
            .with_line(1, name.as_str(), &password)
            .with_settings(&[("sip.registrar", &host, Layer::Tenant)]);
        phone.domain = SipDomain::parse("other.example.org").unwrap();
        let rendered = render(&phone, "linphone");
        let found = read(&rendered);
        let blank = read(&render(&Phone::blank(), "linphone"));
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), blank.keys().collect::<Vec<_>>());

        let shown = name.as_str().replace('"', "'").replace('\\', "/");
        prop_assert_eq!(&found["proxy_0/reg_identity"], &format!("\"{shown}\" <sip:acme-101@other.example.org>"));
        prop_assert_eq!(&found["proxy_0/reg_proxy"], &format!("<sip:{host};transport=udp>"));
        prop_assert_eq!(&found["auth_info_0/passwd"], &carried(&password));
        for (key, value) in &found {
            let ours = ["proxy_0/", "auth_info_0/", "sip/default_proxy"].iter().any(|ours| key.starts_with(ours));
            prop_assert!(ours || *value == blank[key], "{} = {}", key, value);
        }
        let identity = "section[name=proxy_0]/entry[name=reg_identity]";
        prop_assert_eq!(reported(&rendered, identity), shown != name.as_str());
        let passwd = "section[name=auth_info_0]/entry[name=passwd]";
        prop_assert_eq!(reported(&rendered, passwd), found["auth_info_0/passwd"] != password);
    }
}

#[test]
fn accounts_stand_without_a_gap_because_the_client_stops_reading_at_one() {
    let phone = Phone::blank().with_line(2, "Bob", "b").with_line(4, "Dave", "d");
    let found = read(&render(&phone, "linphone"));
    let users: Vec<_> = (0..4).map(|index| found[&format!("auth_info_{index}/username")].as_str()).collect();
    assert_eq!(users, ["acme-102", "acme-104", "", ""]);
    let registrars = (0..4).filter(|index| !found[&format!("proxy_{index}/reg_proxy")].is_empty());
    assert_eq!(registrars.collect::<Vec<_>>(), [0, 1]);
    assert_eq!(found["sip/default_proxy"], "0");
    assert_eq!(read(&render(&Phone::blank(), "linphone"))["sip/default_proxy"], "");
}

#[test]
fn the_next_fetch_is_of_this_file() {
    let mut phone = Phone::blank();
    let told = read(&render(&phone, "linphone"));
    let url = format!("{}linphone-001565aabbcc.xml", phone.url.as_ref().unwrap().whole.expose());
    assert_eq!(told["misc/config-uri"], url);
    phone.url = None;
    assert_eq!(read(&render(&phone, "linphone")).get("misc/config-uri"), None);
}

#[test]
fn every_codec_has_its_place_and_only_the_chosen_are_on() {
    let phone = Phone::blank().with_settings(&[("audio.codecs", "opus,pcma", Layer::Tenant)]);
    let found = read(&render(&phone, "linphone"));
    let codec = |index: usize| {
        let of = |key: &str| found[&format!("audio_codec_{index}/{key}")].clone();
        format!("{}/{}/{} {}", of("mime"), of("rate"), of("channels"), of("enabled"))
    };
    assert_eq!(codec(0), "opus/48000/2 1");
    assert_eq!(codec(1), "PCMA/8000/1 1");
    assert!((2..5).all(|index| codec(index).ends_with(" 0")));
    assert_eq!(codec(5), "// ", "the list ends here, whatever the client wrote behind it");
    assert_eq!(found.get("audio_codec_6/mime"), None);
    assert_eq!(found["misc/add_missing_audio_codecs"], "0", "the client switches on what is not in the list");
}

#[test]
fn a_port_stands_only_where_a_setting_gives_it_because_the_client_asks_for_no_srv_record_then() {
    let way = |settings: &[(&str, &str)]| {
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, *value, Layer::Tenant)).collect();
        let found =
            read(&render(&Phone::blank().with_line(1, "Bob", "x").with_settings(&settings), "linphone"));
        (found["proxy_0/reg_proxy"].clone(), found["proxy_0/reg_route"].clone())
    };
    let pair = |proxy: &str, route: &str| (proxy.to_owned(), route.to_owned());
    assert_eq!(
        way(&[("sip.port", "5099"), ("sip.outbound_proxy", "edge.example.org:5070")]),
        pair("<sip:pbx.example.org:5099;transport=udp>", "<sip:edge.example.org:5070;transport=udp;lr>")
    );
    assert_eq!(
        way(&[("sip.transport", "tls"), ("sip.outbound_proxy", "edge.example.org")]),
        pair("<sip:pbx.example.org;transport=tls>", "<sip:edge.example.org;transport=tls;lr>")
    );
}
