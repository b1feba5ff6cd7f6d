//! Paths and User-Agents, with one pack and with several.

use std::sync::LazyLock;

use offhook::catalog::{Catalog, Model, Nature, Recognition, UnknownModel};
use proptest::prelude::*;

use super::packs::{load, manifest};

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}")));

fn two_vendors(second_path: &str) -> Catalog {
    let alpha = manifest("Alpha", "0a0000", "{mac}.cfg", "");
    let beta = manifest("Beta", "0e0000", second_path, "");
    load(&[
        ("alpha/vendor.toml", &alpha),
        ("alpha/phone.j2", "a = 1\n"),
        ("beta/vendor.toml", &beta),
        ("beta/phone.j2", "b = 1\n"),
    ])
    .unwrap_or_else(|errors| panic!("{errors}"))
}

fn vendor(catalog: &Catalog, path: &str, user_agent: Option<&str>) -> Option<String> {
    match catalog.recognize(path, user_agent) {
        Recognition::Recognized(sighting) => Some(sighting.vendor.to_owned()),
        _ => None,
    }
}

#[test]
fn a_path_of_several_vendors_goes_to_the_user_agent_then_to_the_oui() {
    let catalog = two_vendors("{mac}.cfg");
    let agent = Some("Beta Beta-1 1.0 0a0000000001");
    assert_eq!(vendor(&catalog, "0a0000000001.cfg", agent).as_deref(), Some("Beta"));
    assert_eq!(vendor(&catalog, "0e0000000001.cfg", None).as_deref(), Some("Beta"));
    assert_eq!(vendor(&catalog, "0A0000000001.cfg", Some("curl/8")).as_deref(), Some("Alpha"));
    assert_eq!(vendor(&catalog, "0c0000000001.cfg", None), None);
}

#[test]
fn a_phone_of_one_vendor_that_asks_for_a_file_of_another_is_a_disagreement() {
    let catalog = two_vendors("cfg{mac}.txt");
    match catalog.recognize("0a0000000001.cfg", Some("Beta Beta-1 1.0 0e0000000001")) {
        Recognition::Disagreement { file_vendors, shown } => {
            assert_eq!((file_vendors.as_slice(), shown.vendor), (["Alpha"].as_slice(), Some("Beta")));
            assert_eq!(shown.model.map(|model| model.name.as_str()), Some("Beta-1"));
        }
        other => panic!("{other:?}"),
    }
    // A MAC that the vendor's list does not know is no disagreement.
    assert_eq!(vendor(&catalog, "0c0000000001.cfg", None).as_deref(), Some("Alpha"));
    assert_eq!(vendor(&catalog, "cfg0e0000000001.txt", None).as_deref(), Some("Beta"));
}

#[test]
fn what_an_unknown_file_still_shows_is_kept() {
    let Recognition::Unrecognized(shown) =
        CATALOG.recognize("favicon.ico", Some("Yealink SIP-T99Z 999.90.0.1 80:5e:c0:01:02:03"))
    else {
        panic!("a file of nobody was recognized")
    };
    assert_eq!((shown.vendor, shown.written_model.as_deref()), (Some("Yealink"), Some("T99Z")));
    assert_eq!(shown.mac.map(|mac| mac.to_string()).as_deref(), Some("805ec0010203"));
    assert!(shown.model.is_none());
}

#[test]
fn a_common_file_says_for_which_models_it_is() {
    let Recognition::Recognized(sighting) = CATALOG.recognize("y000000000095.cfg", None) else {
        panic!("the file was not recognized")
    };
    let names: Vec<&str> = sighting.file_models.iter().map(|model| model.name.as_str()).collect();
    assert_eq!(names, ["SIP-T53", "SIP-T53C", "SIP-T53W"]);
    assert!(sighting.model.is_none());
    assert_eq!(sighting.nature, Nature::Absent);
}

#[test]
fn models_are_found_as_people_write_them() {
    for name in ["Yealink SIP-T46U", "yealink t46u", "SIP T46U", "t46u", "YEALINK-SIP-T46U"] {
        assert_eq!(CATALOG.model(name).map(Model::full_name), Ok("Yealink SIP-T46U".to_owned()), "{name}");
    }
    assert_eq!(CATALOG.model("T58V").unwrap().name, "SIP-T58");
    let Err(UnknownModel::NoSuch { nearest, .. }) = CATALOG.model("yealink t46x") else {
        panic!("t46x exists")
    };
    assert!(nearest.iter().any(|name| name.starts_with("Yealink SIP-T46")), "{nearest:?}");
}

#[test]
fn a_catalog_is_shared_between_threads() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&*CATALOG);
}

proptest! {
    #[test]
    fn any_request_is_recognized_or_not(path in ".{0,80}", agent in ".{0,120}") {
        let _ = CATALOG.recognize(&path, Some(&agent));
    }

    #[test]
    fn anything_like_a_request_is_recognized_or_not(
        path in "[0-9a-fy/.é]{0,40}(\\.cfg|\\.boot|)",
        agent in "(Yealink|yealink|W52P)[ -](SIP-|SIP VP-)?[A-Z0-9_]{0,8} [0-9.]{0,14} [0-9a-f:]{0,18}",
    ) {
        if let Recognition::Recognized(sighting) = CATALOG.recognize(&path, Some(&agent)) {
            let mac = sighting.mac_in_path.map(|mac| mac.to_string());
            prop_assert!(mac.is_none_or(|mac| path.to_lowercase().contains(&mac)));
        }
    }
}
