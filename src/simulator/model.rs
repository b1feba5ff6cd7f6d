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
    #[error("phones of {0} cannot be simulated; those of Yealink, Snom and Linphone can")]
    Vendor(String),
    /// A file name needs what the model lacks.
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
            other => return Err(NotSimulated::Vendor(other.to_owned())),
        };
        if entry.code.is_none()
            && let Some(rule) = manifest.file.iter().find(|rule| rule.path.contains("{code}"))
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
        let simulated = self.manifest.simulated_user_agent.as_ref()?;
        let hardware = self.entry.hardware.as_deref().unwrap_or_default();
        let firmware = simulated.firmware.replace("{hardware}", hardware);
        let mac = match simulated.mac.as_str() {
            "upper" => mac.upper(),
            "colons" => mac.colons(),
            _ => mac.to_string(),
        };
        let text = simulated.text.replace("{model}", self.written());
        Some(text.replace("{firmware}", &firmware).replace("{mac}", &mac))
    }

    /// The files that a booting phone asks for, in order.
    pub(super) fn files(&self) -> &[FileRule] {
        &self.manifest.file
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
            Vendor::Linphone => url.to_owned(),
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
