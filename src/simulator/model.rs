//! Which phone is simulated: a model of a vendor pack, and how it names itself and its files.

use std::sync::Arc;

use crate::catalog::{FileRule, MacStyle, Manifest, ModelEntry};
use crate::domain::Mac;

/// The vendors whose way of remembering is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    /// Yealink desk phones, firmware V81 and later.
    Yealink,
    /// Snom desk phones, firmware 8 and later.
    Snom,
    /// Linphone and other clients built on liblinphone.
    Linphone,
    /// Grandstream HT801 and HT802.
    Grandstream,
}

/// A model that can be simulated.
#[derive(Clone, Debug)]
pub struct PhoneModel {
    vendor: Vendor,
    manifest: Arc<Manifest>,
    entry: Arc<ModelEntry>,
}

/// Why a model cannot be simulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSimulated {
    /// Nobody has described what this vendor's phones remember.
    #[error("phones of {0} cannot be simulated; those of Yealink, Snom, Linphone and Grandstream can")]
    Vendor(String),
    /// The name of a file that the phone must find needs what the model lacks.
    #[error("model {model} has no code, which its file \"{file}\" needs")]
    Code {
        /// The model.
        model: String,
        /// The file's path in the manifest.
        file: String,
    },
}

impl PhoneModel {
    /// A model of the pack, if its vendor's phones can be simulated.
    pub fn new(manifest: Arc<Manifest>, entry: ModelEntry) -> Result<Self, NotSimulated> {
        let vendor = match manifest.name.as_str() {
            "Yealink" => Vendor::Yealink,
            "Snom" => Vendor::Snom,
            "Linphone" => Vendor::Linphone,
            "Grandstream" => Vendor::Grandstream,
            other => return Err(NotSimulated::Vendor(other.to_owned())),
        };
        if entry.code.is_none()
            && let Some(rule) = manifest.file.iter().find(|rule| !rule.absent && rule.path.contains("{code}"))
        {
            return Err(NotSimulated::Code { model: entry.name, file: rule.path.clone() });
        }
        Ok(Self { vendor, manifest, entry: Arc::new(entry) })
    }

    /// The vendor.
    #[must_use]
    pub const fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Vendor and model as people write them.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.manifest.name, self.entry.name)
    }

    /// The model's facts.
    #[must_use]
    pub fn entry(&self) -> &ModelEntry {
        &self.entry
    }

    /// The model as the phone writes it.
    #[must_use]
    pub fn written(&self) -> &str {
        self.entry.written.first().unwrap_or(&self.entry.name)
    }

    /// The User-Agent of the phone with this MAC; none when the pack knows none.
    #[must_use]
    pub fn user_agent(&self, mac: Mac) -> Option<String> {
        let (simulated, firmware) = (self.manifest.simulated_user_agent.as_ref()?, self.firmware()?);
        let mac = match simulated.mac.as_str() {
            "upper" => mac.upper(),
            "colons" => mac.colons(),
            _ => mac.to_string(),
        };
        let text = simulated.text.replace("{model}", self.written());
        Some(text.replace("{firmware}", &firmware).replace("{mac}", &mac))
    }

    /// The firmware that the phone says it has.
    pub(super) fn firmware(&self) -> Option<String> {
        let simulated = self.manifest.simulated_user_agent.as_ref()?;
        Some(simulated.firmware.replace("{hardware}", self.entry.hardware.as_deref().unwrap_or_default()))
    }

    /// The files that a booting phone asks for, in order. A file that is expected to be missing is left out where
    /// nobody knows the model's code and so the file's name.
    pub(super) fn files(&self) -> impl Iterator<Item = &FileRule> {
        let named = |rule: &&FileRule| self.entry.code.is_some() || !rule.path.contains("{code}");
        self.manifest.file.iter().filter(named)
    }

    /// The name under which the phone with this MAC asks for a file.
    pub(super) fn path(&self, rule: &FileRule, mac: Mac) -> String {
        rule.path
            .replace("{mac}", &self.mac_in_paths(mac))
            .replace("{model}", self.written())
            .replace("{code}", self.entry.code.as_deref().unwrap_or_default())
    }

    /// A URL as an administrator enters it, with the vendor's own placeholders filled in.
    #[must_use]
    pub fn fill_in(&self, url: &str, mac: Mac) -> String {
        let mac = self.mac_in_paths(mac);
        match self.vendor {
            Vendor::Yealink => url.replace("$MAC", &mac).replace("$PN", self.product()),
            Vendor::Snom => url.replace("{mac}", &mac),
            Vendor::Linphone | Vendor::Grandstream => url.to_owned(),
        }
    }

    /// The model without the `SIP-` that Yealink puts before it in some places.
    pub(super) fn product(&self) -> &str {
        let written = self.written();
        written.strip_prefix("SIP-").unwrap_or(written)
    }

    fn mac_in_paths(&self, mac: Mac) -> String {
        match self.manifest.mac_style {
            MacStyle::Lower => mac.to_string(),
            MacStyle::Upper => mac.upper(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(file: &str) -> Result<PhoneModel, NotSimulated> {
        let text = format!(
            r#"
            name = "Yealink"
            mac_style = "lower"
            syntax = "lines"
            content_type = "text/plain"
            file = [{file}, {{ path = "{{mac}}.cfg" }}]
            model = [{{ name = "SIP-T41U", lines = 6 }}]
            "#
        );
        let manifest: Arc<Manifest> = Arc::new(toml::from_str(&text).unwrap());
        let entry = manifest.model[0].clone();
        PhoneModel::new(manifest, entry)
    }

    #[test]
    fn a_file_whose_name_nobody_knows_is_left_out_only_where_it_may_be_missing() {
        let files = |model: &PhoneModel| model.files().map(|rule| rule.path.clone()).collect::<Vec<_>>();
        let optional = model(r#"{ path = "y{code}.cfg", absent = true }"#).unwrap();
        assert_eq!(files(&optional), ["{mac}.cfg"]);
        let needed = model(r#"{ path = "y{code}.cfg" }"#).unwrap_err();
        assert!(matches!(&needed, NotSimulated::Code { model, .. } if model == "SIP-T41U"), "{needed}");
    }

    #[test]
    fn a_vendor_whose_memory_nobody_described_is_refused() {
        let manifest = "name = \"Acme\"\nmac_style = \"lower\"\nsyntax = \"xml\"\ncontent_type = \"a/b\"\nfile = []\nmodel = [{ name = \"1\", lines = 1 }]";
        let manifest: Arc<Manifest> = Arc::new(toml::from_str(manifest).unwrap());
        let entry = manifest.model[0].clone();
        assert_eq!(PhoneModel::new(manifest, entry).unwrap_err(), NotSimulated::Vendor("Acme".to_owned()));
    }
}
