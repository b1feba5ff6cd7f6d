//! What a path and a User-Agent show of a phone, in front of all packs of the program.

use std::sync::LazyLock;

use offhook::catalog::{Catalog, Recognition};
use offhook::domain::Mac;

pub(crate) const WORDS: &[&[u8]] = &[
    b"001565aabbcc",
    b"000413AABBCC",
    b".cfg",
    b".xml",
    b".htm",
    b"-{mac}",
    b"cfg",
    b"y000000000108",
    b"settings",
    b"Yealink SIP-T46U 108.86.0.20 ",
    b"Mozilla/4.0 (compatible; snomD785-SIP 10.1.54.13 ",
    b"Grandstream Model HW ",
    b"SW 1.0.11.39 DevId c074ad112233",
];

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::embedded().expect("the packs of the program load"));

/// The first line is the path, the second the User-Agent.
pub(crate) fn run(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (path, agent) = match text.split_once('\n') {
        Some((path, agent)) => (path, Some(agent)),
        None => (&*text, None),
    };
    mac(path);
    let recognition = CATALOG.recognize(path, agent);
    if let Recognition::Recognized(sighting) = recognition {
        // a MAC is shown only where it stands
        let stands = |text: &str, mac: Mac| {
            let digits: String = text.chars().filter(char::is_ascii_hexdigit).collect();
            digits.to_ascii_lowercase().contains(&mac.to_string())
        };
        assert!(sighting.mac_in_path.is_none_or(|mac| stands(path, mac)));
        assert!(sighting.mac_in_user_agent.is_none_or(|mac| agent.is_some_and(|agent| stands(agent, mac))));
        assert!(path.len() <= 512 && !path.contains('\0'));
    }
}

/// A MAC is read again from each way in which it is written.
fn mac(text: &str) {
    match Mac::parse(text) {
        Ok(mac) => {
            for written in [mac.to_string(), mac.upper(), mac.colons()] {
                assert_eq!(Mac::parse(&written), Ok(mac));
            }
            assert!(mac.bytes()[0] & 1 == 0);
        }
        Err(wrong) => assert!(wrong.to_string().chars().count() < 300),
    }
}
