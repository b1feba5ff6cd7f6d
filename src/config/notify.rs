//! `[notify]`: whether and how phones are asked to fetch again after a change.

use std::net::SocketAddr;
use std::ops::RangeInclusive;

use super::Key;
use super::sources::Sources;
use super::value::{count, shown, word};

static PHONES: Key = Key::text(
    "notify",
    "phones",
    "on|off",
    "whether phones are asked to fetch again after a change [default: on]",
);
static PER_SECOND: Key =
    Key::number("notify", "per_second", "phones that one node asks in a second, at most [default: 10]");
static PROXY: Key =
    Key::text("notify", "proxy", "ADDRESS", "SIP proxy that phones are asked through, or off [default: off]");
pub(super) static KEYS: &[&Key] = &[&PHONES, &PER_SECOND, &PROXY];

/// More would be a flood to any registrar.
const RATES: RangeInclusive<usize> = 1..=1000;

/// Whether and how phones are asked to fetch again after a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notify {
    /// Whether they are.
    pub phones: bool,
    /// How many one node asks in a second, at most.
    pub per_second: u32,
    /// The SIP proxy that finds them; none: each at the address that got its last document.
    pub proxy: Option<SocketAddr>,
}

impl Notify {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        let switch = [("on", true), ("off", false)];
        let phones = sources.one(&PHONES, |given| word(&given.text, &switch));
        let per_second = sources.one(&PER_SECOND, |given| count(&given.text, RATES));
        let proxy = sources.one(&PROXY, |given| proxy(&given.text)).flatten();
        Self {
            phones: phones.unwrap_or(true),
            per_second: per_second.and_then(|rate| rate.try_into().ok()).unwrap_or(10),
            proxy,
        }
    }
}

fn proxy(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    let proxy = text.parse().ok().filter(|proxy: &SocketAddr| {
        proxy.port() != 0 && !proxy.ip().is_unspecified() && !proxy.ip().is_multicast()
    });
    proxy.map(Some).ok_or_else(|| {
        format!("{} is no address with port, written like \"10.0.0.5:5060\", nor \"off\"", shown(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_one_host_and_its_port() {
        assert_eq!(proxy("off"), Ok(None));
        assert_eq!(proxy("10.0.0.5:5060").unwrap().unwrap().to_string(), "10.0.0.5:5060");
        assert_eq!(proxy("[2001:db8::5]:5060").unwrap().unwrap().to_string(), "[2001:db8::5]:5060");
        for text in ["10.0.0.5", "10.0.0.5:0", "0.0.0.0:5060", "224.0.1.75:5060", "pbx:5060", "on", ""] {
            assert!(proxy(text).is_err(), "{text}");
        }
    }
}
