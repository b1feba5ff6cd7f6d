//! Where the factory certificates of a vendor's phones name the phone, and how weak they may be.

use regex::Regex;

use super::Catalog;
use crate::domain::{LegacyAlgorithm, Mac};

/// What a pack says of the factory certificates of its phones.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactoryRule {
    /// A pattern with the named group `mac` over one attribute of the subject, written `NAME=value`: `CN=000413aabbcc`.
    #[serde(deserialize_with = "pattern")]
    pub mac: Regex,
    /// What its certificates may lean on although it is too weak for today: the vendor sold phones that have nothing else.
    #[serde(default)]
    pub legacy: Vec<LegacyAlgorithm>,
}

impl FactoryRule {
    /// The MAC that a certificate with this subject is for. None where it names no phone, or more than one.
    #[must_use]
    pub fn mac_in(&self, subject: &[String]) -> Option<Mac> {
        let named = |attribute: &String| {
            let found = self.mac.captures(attribute)?.name("mac")?;
            Mac::parse(found.as_str()).ok()
        };
        let mut macs: Vec<Mac> = subject.iter().filter_map(named).collect();
        macs.sort();
        macs.dedup();
        match macs.as_slice() {
            [mac] => Some(*mac),
            _ => None,
        }
    }
}

impl Catalog {
    /// What the pack in `folder` says of factory certificates, with its vendor's name.
    #[must_use]
    pub fn factory_rule(&self, folder: &str) -> Option<(&str, &FactoryRule)> {
        let pack = self.packs.iter().find(|pack| pack.folder == folder)?;
        Some((&pack.manifest.name, pack.manifest.factory_certificate.as_ref()?))
    }
}

fn pattern<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Regex, D::Error> {
    let text: String = serde::Deserialize::deserialize(deserializer)?;
    let pattern = Regex::new(&text).map_err(|error| {
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        serde::de::Error::custom(format!("{reason} in the pattern {text}"))
    })?;
    let groups: Vec<&str> = pattern.capture_names().flatten().collect();
    if groups == ["mac"] {
        Ok(pattern)
    } else {
        Err(serde::de::Error::custom(format!("the pattern {text} needs one named group, (?<mac>…)")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(pattern: &str) -> Result<FactoryRule, toml::de::Error> {
        toml::from_str(&format!("mac = '{pattern}'\nlegacy = [\"sha-1\"]"))
    }

    #[test]
    fn a_subject_names_one_phone_or_none() {
        let rule = rule("^CN=(?<mac>[0-9A-F]{12})$").unwrap();
        let mac = |subject: &[&str]| {
            let subject: Vec<String> = subject.iter().map(|text| (*text).to_owned()).collect();
            rule.mac_in(&subject).map(|mac| mac.to_string())
        };
        assert_eq!(mac(&["O=Snom", "CN=000413AABBCC"]).as_deref(), Some("000413aabbcc"));
        assert_eq!(mac(&["CN=000413AABBCC", "CN=000413AABBCC"]).as_deref(), Some("000413aabbcc"));
        assert_eq!(mac(&["CN=000413AABBCC", "CN=000413AABBCD"]), None, "two phones");
        assert_eq!(mac(&["O=CN=000413AABBCC", "O=x\nCN=000413AABBCC"]), None, "within another attribute");
        assert_eq!(mac(&["CN=FFFFFFFFFFFF"]), None, "no phone's address");
        assert_eq!(mac(&[]), None);
    }

    #[test]
    fn a_rule_without_its_group_or_with_an_unknown_algorithm_is_refused() {
        for pattern in ["^CN=(.*)$", "^CN=(?<mac>[0-9A-F]{12}", "^(?<name>CN)=(?<mac>.*)$"] {
            assert!(rule(pattern).is_err(), "{pattern}");
        }
        assert!(toml::from_str::<FactoryRule>("mac = '(?<mac>.*)'\nlegacy = [\"md5\"]").is_err());
    }
}
