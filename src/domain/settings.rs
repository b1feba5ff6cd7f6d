//! Settings: typed values that a phone can get, in layers, each remembering which layer it came from.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{key::is_dialable, tenant::is_dns_name};

/// Where a value comes from; a later layer wins over an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Layer {
    /// What Offhook sets when nobody says otherwise.
    Default,
    /// Set for all phones of a tenant.
    Tenant,
    /// Set for a tenant's phones of one model.
    Model,
    /// Set for the devices that follow a profile.
    Profile,
    /// Set for one device.
    Device,
}

impl Layer {
    /// The word used in commands and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Tenant => "tenant",
            Self::Model => "model",
            Self::Profile => "profile",
            Self::Device => "device",
        }
    }
}

/// What values a setting takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// `true` or `false`.
    Switch,
    /// A whole number within bounds, in a unit.
    Number {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
        /// What it counts; empty for a bare number.
        unit: &'static str,
    },
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// An ordered list of a few words, each once, at least one.
    Choices(&'static [&'static str]),
    /// A DNS name or IP address.
    Host,
    /// A DNS name or IPv4 address with an optional `:port`.
    HostPort,
    /// A time zone of the IANA database, such as `Europe/Zurich`.
    Zone,
    /// A number that can be dialled.
    Dialable,
}

/// One setting that exists.
#[derive(Debug)]
pub struct Definition {
    /// Its name, `group.word`.
    pub name: &'static str,
    /// What values it takes.
    pub kind: SettingKind,
    /// Its value when nobody sets it; none for a setting that may stay unset.
    pub default: Option<&'static str>,
    /// What it does, for help texts.
    pub about: &'static str,
}

const fn setting(
    name: &'static str,
    kind: SettingKind,
    default: Option<&'static str>,
    about: &'static str,
) -> Definition {
    Definition { name, kind, default, about }
}

/// The languages that phones can be set to.
const LANGUAGES: &[&str] = &["en", "de", "fr", "it", "es", "nl", "pt-BR"];
/// The countries whose call progress tones phones can be set to (ISO 3166).
const TONES: &[&str] = &["us", "gb", "de", "fr", "it", "es", "at", "ch", "nl", "br", "se", "dk", "no", "au"];
/// The codecs that phones can be set to.
const CODECS: &[&str] = &["g722", "pcma", "pcmu", "g729", "opus"];

/// Every setting there is, in the order in which it is shown.
pub const DEFINITIONS: &[Definition] = &[
    setting("sip.registrar", SettingKind::Host, None, "registrar; the tenant's SIP domain when unset"),
    setting(
        "sip.port",
        SettingKind::Number { min: 1, max: 65535, unit: "" },
        None,
        "registrar's port; 5060 when unset, 5061 with tls",
    ),
    setting("sip.transport", SettingKind::Choice(&["udp", "tcp", "tls"]), Some("udp"), "transport of SIP"),
    setting(
        "sip.expiry",
        SettingKind::Number { min: 60, max: 86400, unit: "seconds" },
        Some("600"),
        "how long a registration lasts",
    ),
    setting("sip.outbound_proxy", SettingKind::HostPort, None, "sends every SIP message through this host"),
    setting("sip.failover", SettingKind::HostPort, None, "registrar to use while the first does not answer"),
    setting(
        "sip.srtp",
        SettingKind::Choice(&["off", "optional", "required"]),
        Some("off"),
        "encryption of speech",
    ),
    setting("time.zone", SettingKind::Zone, Some("Etc/UTC"), "time zone with its daylight saving rule"),
    setting("time.ntp", SettingKind::Host, Some("pool.ntp.org"), "time server"),
    setting("time.format", SettingKind::Choice(&["24h", "12h"]), Some("24h"), "how the clock is shown"),
    setting("phone.language", SettingKind::Choice(LANGUAGES), Some("en"), "language of display and web page"),
    setting("phone.tones", SettingKind::Choice(TONES), Some("us"), "country of the call progress tones"),
    setting(
        "audio.codecs",
        SettingKind::Choices(CODECS),
        Some("g722,pcma,pcmu"),
        "codecs, the preferred first",
    ),
    setting("voicemail.number", SettingKind::Dialable, None, "number of the voicemail box"),
    setting(
        "network.vlan",
        SettingKind::Number { min: 1, max: 4094, unit: "" },
        None,
        "VLAN of the phone; untagged when unset",
    ),
    setting(
        "network.vlan_priority",
        SettingKind::Number { min: 0, max: 7, unit: "" },
        Some("5"),
        "802.1p priority in that VLAN",
    ),
    setting("network.lldp", SettingKind::Switch, Some("true"), "learns the VLAN by LLDP and CDP"),
    setting(
        "network.dscp_sip",
        SettingKind::Number { min: 0, max: 63, unit: "" },
        Some("26"),
        "DSCP of SIP packets",
    ),
    setting(
        "network.dscp_rtp",
        SettingKind::Number { min: 0, max: 63, unit: "" },
        Some("46"),
        "DSCP of speech packets",
    ),
    setting(
        "provisioning.url",
        SettingKind::Choice(&["tenant", "keep"]),
        Some("tenant"),
        "URL for the next boot: the tenant's, or what the phone has",
    ),
    setting(
        "provisioning.interval",
        SettingKind::Number { min: 5, max: 43200, unit: "minutes" },
        Some("1440"),
        "how often the phone asks again",
    ),
];

/// The name of a setting that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct SettingName(&'static str);

impl SettingName {
    /// Parses a setting's name.
    pub fn parse(text: &str) -> Result<Self, WrongSetting> {
        DEFINITIONS
            .iter()
            .find(|definition| definition.name == text)
            .map(|definition| Self(definition.name))
            .ok_or_else(|| WrongSetting::Name(text.chars().take(64).collect()))
    }

    /// The name's text.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// One typed value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(untagged)]
pub enum SettingValue {
    /// On or off.
    Switch(bool),
    /// A number in the unit of its definition.
    Number(i64),
    /// A word, host, zone or number to dial.
    Text(String),
    /// An ordered list of words.
    List(Vec<String>),
}

/// Why a setting was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongSetting {
    /// No such setting.
    #[error("there is no setting \"{0}\"")]
    Name(String),
    /// A value that the setting does not take.
    #[error("{name} = \"{value}\": {rule}")]
    Value {
        /// The setting's name.
        name: &'static str,
        /// The value that was given.
        value: String,
        /// What it takes.
        rule: String,
    },
}

impl SettingValue {
    /// Parses `text` as a value of the setting `name`.
    pub fn parse(name: SettingName, text: &str) -> Result<Self, WrongSetting> {
        let kind = definition(name).kind;
        let text = text.trim();
        kind.parse(text).ok_or_else(|| WrongSetting::Value {
            name: name.0,
            value: text.chars().take(80).collect(),
            rule: kind.rule(),
        })
    }
}

impl std::fmt::Display for SettingValue {
    /// The form that [`SettingValue::parse`] reads.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Switch(on) => write!(f, "{on}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::List(words) => f.write_str(&words.join(",")),
        }
    }
}

impl SettingKind {
    fn parse(self, text: &str) -> Option<SettingValue> {
        let value = || SettingValue::Text(text.to_owned());
        match self {
            Self::Switch => text.parse().ok().map(SettingValue::Switch),
            Self::Number { min, max, .. } => {
                text.parse().ok().filter(|number| (min..=max).contains(number)).map(SettingValue::Number)
            }
            Self::Choice(words) => words.contains(&text).then(value),
            Self::Choices(words) => {
                let chosen: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
                let known = chosen.iter().all(|word| words.contains(&word.as_str()));
                let once = chosen.iter().enumerate().all(|(index, word)| !chosen[..index].contains(word));
                (known && once).then_some(SettingValue::List(chosen))
            }
            Self::Host => is_host(text).then(value),
            Self::HostPort => is_host_port(text).then(value),
            Self::Zone => jiff::tz::TimeZone::get(text).is_ok().then(value),
            Self::Dialable => is_dialable(text).then(value),
        }
    }

    /// What values it takes, in words.
    #[must_use]
    pub fn rule(self) -> String {
        match self {
            Self::Switch => "must be true or false".to_owned(),
            Self::Number { min, max, unit } => {
                format!("must be a whole number from {min} to {max} {unit}").trim_end().to_owned()
            }
            Self::Choice(words) => format!("must be one of {}", words.join(", ")),
            Self::Choices(words) => {
                format!("must be a comma-separated list, each at most once, of {}", words.join(", "))
            }
            Self::Host => "must be a DNS name or an IP address".to_owned(),
            Self::HostPort => "must be a DNS name or an IPv4 address, with or without :port".to_owned(),
            Self::Zone => "must be a time zone of the IANA database, such as Europe/Zurich".to_owned(),
            Self::Dialable => "must be 1 to 32 of 0-9, \"*\", \"#\" and a leading \"+\"".to_owned(),
        }
    }
}

fn is_host(text: &str) -> bool {
    text.parse::<std::net::IpAddr>().is_ok() || is_dns_name(text)
}

fn is_host_port(text: &str) -> bool {
    match text.split_once(':') {
        None => is_dns_name(text),
        Some((host, port)) => is_dns_name(host) && port.parse::<u16>().is_ok_and(|port| port > 0),
    }
}

/// The definition of a setting that exists.
#[must_use]
pub fn definition(name: SettingName) -> &'static Definition {
    // a `SettingName` is only ever made from a definition, so the first is never taken in its place
    DEFINITIONS.iter().find(|definition| definition.name == name.0).unwrap_or(&DEFINITIONS[0])
}

/// A value and the layer that it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Setting {
    /// The value.
    pub value: SettingValue,
    /// Where it was set.
    pub layer: Layer,
}

/// What holds where nobody has set anything.
static DEFAULTS: LazyLock<Settings> = LazyLock::new(|| {
    let default = |definition: &Definition| {
        let value = definition.kind.parse(definition.default?)?;
        Some((SettingName(definition.name), Setting { value, layer: Layer::Default }))
    };
    Settings(DEFINITIONS.iter().filter_map(default).collect())
});

/// All settings that hold for one device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<SettingName, Setting>);

impl Settings {
    /// Lays the values over the defaults: of two values for one setting the one of the later layer wins.
    #[must_use]
    pub fn merge(values: impl IntoIterator<Item = (SettingName, Setting)>) -> Self {
        let mut merged = DEFAULTS.clone();
        for (name, setting) in values {
            if merged.0.get(&name).is_none_or(|present| present.layer <= setting.layer) {
                merged.0.insert(name, setting);
            }
        }
        merged
    }

    /// The setting called `name`; none when it has no value.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Setting> {
        self.0.get(name)
    }

    /// All settings that have a value, by name.
    pub fn iter(&self) -> impl Iterator<Item = (SettingName, &Setting)> {
        self.0.iter().map(|(name, setting)| (*name, setting))
    }
}

impl std::borrow::Borrow<str> for SettingName {
    fn borrow(&self) -> &str {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_its_setting_takes() {
        for definition in DEFINITIONS {
            let name = SettingName::parse(definition.name).unwrap();
            if let Some(default) = definition.default {
                assert_eq!(SettingValue::parse(name, default).unwrap().to_string(), default, "{name:?}");
            }
        }
    }

    #[test]
    fn the_later_layer_wins_in_any_order() {
        let name = SettingName::parse("sip.transport").unwrap();
        let set =
            |layer, text: &str| (name, Setting { value: SettingValue::parse(name, text).unwrap(), layer });
        let (tenant, device) = (set(Layer::Tenant, "tcp"), set(Layer::Device, "tls"));
        for values in [vec![tenant.clone(), device.clone()], vec![device, tenant]] {
            let settings = Settings::merge(values);
            assert_eq!(settings.find("sip.transport").unwrap().layer, Layer::Device);
            assert_eq!(settings.find("time.format").unwrap().layer, Layer::Default);
        }
        assert_eq!(Settings::merge([]).find("network.vlan"), None);
    }

    #[test]
    fn a_wrong_value_says_what_is_allowed() {
        let refused = |name: &str, text: &str| {
            SettingValue::parse(SettingName::parse(name).unwrap(), text).unwrap_err().to_string()
        };
        assert_eq!(refused("sip.port", "0"), "sip.port = \"0\": must be a whole number from 1 to 65535");
        assert!(refused("audio.codecs", "g722,g722").contains("each at most once"));
        assert!(refused("time.zone", "Mars/Olympus").contains("IANA"));
        assert!(refused("sip.outbound_proxy", "proxy;lr").contains(":port"));
        assert!(SettingName::parse("sip.registar").is_err());
    }
}
