//! What the certificate of a phone says of it. It can only take away: without one nothing is lost, and the right one
//! opens nothing.

use std::fmt;

use super::{provisioner::Resolved, refusal::Refusal};
use crate::{
    catalog::Catalog,
    domain::{LegacyAlgorithm, Mac},
};

/// The certificate that a phone showed, as far as it can be judged without knowing vendors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneCertificate {
    /// What it is worth.
    pub standing: CertificateStanding,
    /// The attributes of its subject, each `NAME=value`.
    pub subject: Vec<String>,
}

/// What a phone's certificate is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateStanding {
    /// The phone holds its key, and it leads to an authority of the vendor whose pack has this name.
    Chained {
        /// The pack's folder.
        vendor: String,
        /// What it leans on that is too weak for today.
        weak: Vec<LegacyAlgorithm>,
    },
    /// It leads to no authority that is known.
    Foreign,
    /// Nothing shows that the phone holds its key.
    Unproven,
    /// It is none.
    Broken(&'static str),
}

/// A certificate judged by the pack of its vendor. Its text is what the journal says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judged {
    /// It is this phone's.
    Proven { vendor: String, mac: Mac },
    /// It is this phone's by algorithms that are too weak for today; it counts where the pack says so.
    Legacy { vendor: String, mac: Mac, weak: Vec<LegacyAlgorithm>, counts: bool },
    /// The vendor's, but it names no phone.
    Nameless { vendor: String },
    /// It leads to no authority that is known.
    Foreign,
    /// Nothing shows that the phone holds its key.
    Unproven,
    /// It is none.
    Broken(&'static str),
}

impl Judged {
    /// Judges a certificate by the packs.
    pub(super) fn of(certificate: &PhoneCertificate, catalog: &Catalog) -> Self {
        let (folder, weak) = match &certificate.standing {
            CertificateStanding::Chained { vendor, weak } => (vendor, weak),
            CertificateStanding::Foreign => return Self::Foreign,
            CertificateStanding::Unproven => return Self::Unproven,
            CertificateStanding::Broken(why) => return Self::Broken(why),
        };
        // the pack may have gone with a reload, after its authorities were read
        let Some((vendor, rule)) = catalog.factory_rule(folder) else { return Self::Foreign };
        let vendor = vendor.to_owned();
        let Some(mac) = rule.mac_in(&certificate.subject) else { return Self::Nameless { vendor } };
        if weak.is_empty() {
            return Self::Proven { vendor, mac };
        }
        let counts = weak.iter().all(|weak| rule.legacy.contains(weak));
        Self::Legacy { vendor, mac, weak: weak.clone(), counts }
    }

    /// The phone that it proves.
    const fn proves(&self) -> Option<Mac> {
        match self {
            Self::Proven { mac, .. } | Self::Legacy { mac, counts: true, .. } => Some(*mac),
            _ => None,
        }
    }
}

/// The device, unless the certificate proves that another phone asks. For files with secrets, before anything is
/// released or counted.
pub(super) fn agreeing(
    certificate: Option<&Judged>,
    resolved: Result<Resolved, Refusal>,
) -> Result<Resolved, Refusal> {
    let resolved = resolved?;
    match certificate.and_then(Judged::proves) {
        Some(mac) if mac != resolved.device.device.mac => Err(Refusal::Certificate),
        _ => Ok(resolved),
    }
}

impl fmt::Display for Judged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Proven { vendor, mac } => write!(f, "proven ({vendor} {mac})"),
            Self::Legacy { vendor, mac, weak, counts } => {
                let weak: Vec<_> = weak.iter().map(|weak| weak.as_str()).collect();
                let not = if *counts { "" } else { ", not counted" };
                write!(f, "legacy{not}: {} ({vendor} {mac})", weak.join(", "))
            }
            Self::Nameless { vendor } => write!(f, "names no phone ({vendor})"),
            Self::Foreign => f.write_str("foreign"),
            Self::Unproven => f.write_str("unproven"),
            Self::Broken(why) => write!(f, "broken: {why}"),
        }
    }
}
