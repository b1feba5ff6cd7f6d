//! `vendor.toml` as it is written: the shape of one vendor pack. What it means is checked in `check`.

use std::collections::BTreeMap;

use super::{CheckSync, DhcpRule, FactoryRule};
use crate::domain::{Effect, Mac};

/// One vendor pack's manifest.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The vendor's name as people write it; it starts the name of each of its models.
    pub name: String,
    /// The first three bytes of its phones' MACs, 6 lower-case hex digits each.
    #[serde(default)]
    pub oui: Vec<String>,
    /// How its phones write their MAC in paths.
    pub mac_style: MacStyle,
    /// The outer syntax of its files.
    pub syntax: Syntax,
    /// The `Content-Type` of its files.
    pub content_type: String,
    /// How its User-Agent shows model, firmware and MAC; the first pattern that matches counts.
    #[serde(default)]
    pub user_agent: Vec<UserAgentRule>,
    /// The User-Agent that a simulated phone sends, with `{model}`, `{firmware}` and `{mac}`.
    pub simulated_user_agent: Option<SimulatedUserAgent>,
    /// How its phones are found by a DHCP server; none while they ask it for nothing.
    pub dhcp: Option<DhcpRule>,
    /// How its phones are asked to fetch their files again; none while that is not known.
    pub check_sync: Option<CheckSync>,
    /// Where its phones' factory certificates name the phone; none while that is not known.
    pub factory_certificate: Option<FactoryRule>,
    /// Its files in the order in which a phone asks for them.
    pub file: Vec<FileRule>,
    /// Parts of its documents that are made on their own, once for each line, key or model.
    #[serde(default)]
    pub part: Vec<PartRule>,
    /// Its models.
    pub model: Vec<ModelEntry>,
    /// How this vendor says "delete what you have", per class of value; templates see it as `clear`.
    #[serde(default)]
    pub clear: BTreeMap<String, String>,
    /// Texts that the vendor's files give a meaning of their own, such as `%NULL%`. One that a person typed is broken
    /// before it is written; only `clear` may write it.
    #[serde(default)]
    pub reserved: Vec<String>,
    /// Parameters that a document may write more than once because the vendor means it so.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Settings that this vendor's phones cannot take. An administrator who sets one is told, not left to wonder.
    #[serde(default)]
    pub not_carried: Vec<String>,
    /// What products grant and this vendor's phones cannot do. An administrator is told.
    #[serde(default)]
    pub cannot: Vec<Effect>,
    /// Look-ups from our words to the vendor's, per group (`language`, `tones`, `codec` …); templates see it as `words`.
    #[serde(default)]
    pub words: BTreeMap<String, BTreeMap<String, String>>,
}

/// How a vendor writes a MAC in paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacStyle {
    /// `001565aabbcc`
    Lower,
    /// `001565AABBCC`
    Upper,
}

/// The outer syntax of a vendor's files: what escaping a value needs, and what cannot be carried at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Syntax {
    /// One `key = value` per line, no quoting: a value is the rest of its line.
    Lines,
    /// XML 1.0.
    Xml,
}

/// A pattern over the User-Agent with the named groups `model`, `firmware` and `mac`, each optional.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserAgentRule {
    /// The regular expression.
    pub pattern: String,
}

/// What a simulated phone says it is.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedUserAgent {
    /// The text with `{model}`, `{firmware}` and `{mac}`.
    pub text: String,
    /// The firmware it claims; `{hardware}` is the model's `hardware`.
    pub firmware: String,
    /// How the MAC is written in it: `lower`, `upper` or `colons`.
    pub mac: String,
}

impl SimulatedUserAgent {
    /// What a phone of the model `written` says, with the `hardware` and the MAC given.
    #[must_use]
    pub fn text_of(&self, written: &str, hardware: Option<&str>, mac: Mac) -> String {
        let mac = match self.mac.as_str() {
            "upper" => mac.upper(),
            "colons" => mac.colons(),
            _ => mac.to_string(),
        };
        let firmware = self.firmware.replace("{hardware}", hardware.unwrap_or("0"));
        self.text.replace("{model}", written).replace("{firmware}", &firmware).replace("{mac}", &mac)
    }
}

/// One file that a phone asks for.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Its path below the provisioning URL, with `{mac}`, `{model}` (as the User-Agent writes it) and `{code}`.
    pub path: String,
    /// When a booting phone asks for it.
    #[serde(default)]
    pub when: When,
    /// The phone expects that it is missing.
    #[serde(default)]
    pub absent: bool,
    /// The template that makes it.
    pub template: Option<String>,
    /// Whether it is made for one device and carries its secrets. A file that is not secret is made from the pack and
    /// the server's name alone.
    #[serde(default)]
    pub secret: bool,
    /// Of a secret file: the template of what stands under the same path where secrets may not go. It tells a phone
    /// whom to trust and where to ask next, and knows nothing of any device.
    pub bootstrap: Option<String>,
}

/// A part of documents that a template places as `{{ parts.NAME }}`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartRule {
    /// Its name.
    pub name: String,
    /// The template that makes it.
    pub template: String,
    /// What it is made for.
    pub each: Each,
}

/// What one making of a part is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Each {
    /// Each account of the model; its template sees `line`.
    Line,
    /// Each key of the model; its template sees `key`.
    Key,
    /// The model as such.
    Model,
}

/// When a booting phone asks for a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// At every boot.
    #[default]
    Always,
    /// Only if the file before it was missing.
    PreviousMissing,
}

/// One model.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    /// The model's name without the vendor, as people write it.
    pub name: String,
    /// How the phone writes its model in User-Agent and paths; the name when not given.
    #[serde(default)]
    pub written: Vec<String>,
    /// Its accounts.
    pub lines: u16,
    /// Its programmable keys without expansion modules.
    #[serde(default)]
    pub line_keys: u16,
    /// How many expansion modules it takes.
    #[serde(default)]
    pub modules: u16,
    /// The keys of one expansion module.
    #[serde(default)]
    pub module_keys: u16,
    /// Its product code in file names.
    pub code: Option<String>,
    /// Whether it is a gateway, so that its lines may carry SIP trunks besides extensions.
    #[serde(default)]
    pub gateway: bool,
    /// The number that starts its firmware's version.
    pub hardware: Option<String>,
    /// What products grant and this model cannot do, besides what its vendor's phones cannot.
    #[serde(default)]
    pub cannot: Vec<Effect>,
    /// Facts that only this vendor's templates read.
    #[serde(default)]
    pub facts: BTreeMap<String, toml::Value>,
}
