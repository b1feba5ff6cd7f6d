//! Settings: typed values that a phone can get, in layers, each remembering which layer it came from.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{definitions::DEFINITIONS, key::is_dialable, tenant::is_dns_name};

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
    /// An ordered list of numbers that can be dialled, each once, 1 to 10 of them.
    Dialables,
}

/// The most numbers of a list of them.
const MOST_NUMBERS: usize = 10;

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
            Self::Choices(words) => list(text, |word| words.contains(&word)).map(SettingValue::List),
            Self::Host => is_host(text).then(value),
            Self::HostPort => is_host_port(text).then(value),
            Self::Zone => jiff::tz::TimeZone::get(text).is_ok().then(value),
            Self::Dialable => is_dialable(text).then(value),
            Self::Dialables => list(text, is_dialable)
                .filter(|numbers| numbers.len() <= MOST_NUMBERS)
                .map(SettingValue::List),
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
            Self::Dialables => format!(
                "must be a comma-separated list, each at most once, of 1 to {MOST_NUMBERS} numbers that can be dialled"
            ),
        }
    }
}

/// The words between commas, if each is one that is taken and stands there once.
fn list(text: &str, is_taken: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let words: Vec<String> = text.split(',').map(|word| word.trim().to_owned()).collect();
    let once = words.iter().enumerate().all(|(index, word)| !words[..index].contains(word));
    (once && words.iter().all(|word| is_taken(word))).then_some(words)
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
        for numbers in ["", "112,", "112,112", "112;911", "1,2,3,4,5,6,7,8,9,10,11"] {
            assert!(refused("phone.emergency_numbers", numbers).contains("1 to 10 numbers"), "{numbers}");
        }
        assert!(SettingName::parse("sip.registar").is_err());
    }
}
