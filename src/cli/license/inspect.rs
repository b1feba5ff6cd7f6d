//! `offhook license inspect`: shows in words what a license says and whether it is signed by a known key.

use std::path::PathBuf;

use super::super::{Report, WrongInput};
use super::{read_text, wording};
use crate::domain::license::{KeyId, License, MAX_BYTES, PublicKeys, Standing, read_unverified, verify};
use crate::domain::{Clock, Product, Timestamp};

const MAX_KEY_BYTES: u64 = 64 << 10;

/// Shows what a license says.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// The license; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub license: PathBuf,
    /// Public key with which to check the signature; may be given more than once
    #[arg(long = "public-key", value_name = "PEM")]
    pub public_keys: Vec<PathBuf>,
}

impl Inspect {
    /// Reads the license. With a public key a wrong signature is an error; without one, the signature is not
    /// checked, and the report says so.
    pub fn run(&self, clock: &dyn Clock) -> anyhow::Result<Inspection> {
        let token = read_text(&self.license, MAX_BYTES as u64)?;
        let wrong =
            |why: &dyn std::fmt::Display| WrongInput::new(format_args!("{}: {why}", self.license.display()));
        let (kid, license) = read_unverified(&token).map_err(|error| wrong(&error))?;
        let mut keys = PublicKeys::default();
        for path in &self.public_keys {
            let more = PublicKeys::from_pem(&read_text(path, MAX_KEY_BYTES)?)
                .map_err(|error| WrongInput::new(format_args!("{}: {error}", path.display())))?;
            keys = keys.and(more);
        }
        if !self.public_keys.is_empty() {
            verify(&token, &keys).map_err(|error| wrong(&error))?;
        }
        Ok(Inspection { license, kid, checked: !self.public_keys.is_empty(), now: clock.now() })
    }
}

/// What a license says, as of one moment.
#[derive(Debug)]
pub struct Inspection {
    license: License,
    kid: KeyId,
    checked: bool,
    now: Timestamp,
}

impl Report for Inspection {
    fn text(&self) -> String {
        let license = &self.license;
        let signature = if self.checked {
            format!("right, made with key {}", self.kid)
        } else {
            format!("not checked: no public key given (the license names key {})", self.kid)
        };
        let mut text = vec![
            format!("license {}, serial {}, for tenant {}", license.id(), license.serial(), license.tenant()),
            format!("issuer        {}", license.issuer()),
            format!("installation  {}", license.audience().unwrap_or("any")),
            format!("signature     {signature}"),
            format!("valid         from {} until {}", license.not_before(), license.expires()),
            format!("grace         {} days, until {}", license.grace_days(), license.grace_ends()),
            format!("now           {}", standing(license.standing(self.now))),
        ];
        for product in license.products() {
            text.push(String::new());
            text.extend(product_lines(product));
        }
        for (language, terms) in license.terms() {
            text.push(format!("\nterms ({language})"));
            text.extend(terms.trim().lines().map(|line| format!("  {line}")));
        }
        text.join("\n")
    }

    fn json(&self) -> serde_json::Value {
        let license = &self.license;
        let times =
            [license.not_before(), license.expires(), license.grace_ends()].map(|time| time.to_string());
        let [not_before, expires, grace_ends] = times;
        let (standing, products) = (standing_word(license.standing(self.now)), license.products());
        serde_json::json!({
            "tenant": license.tenant(),
            "id": license.id(),
            "serial": license.serial(),
            "issuer": license.issuer(),
            "audience": license.audience(),
            "kid": self.kid,
            "signature": if self.checked { "right" } else { "not-checked" },
            "not_before": not_before,
            "expires": expires,
            "grace_days": license.grace_days(),
            "grace_ends": grace_ends,
            "standing": standing,
            "terms": license.terms(),
            "products": products,
        })
    }
}

fn product_lines(product: &Product) -> Vec<String> {
    let mut lines = vec![
        format!("{} ({})", product.name("en"), product.id),
        format!("  {}", wording::used_for(product)),
        format!("  {}", wording::price(product)),
    ];
    lines.extend(wording::granted(&product.grants).map(|granted| format!("  grants {granted}")));
    let other = product.names.iter().filter(|(language, _)| *language != "en");
    lines.extend(other.map(|(language, name)| format!("  {language}: {name}")));
    lines
}

pub(super) fn standing(standing: Standing) -> String {
    match standing {
        Standing::NotYet { from } => format!("not yet valid: begins {from}"),
        Standing::Valid { until } => format!("valid until {until}"),
        Standing::Grace { until } => {
            format!("expired, in grace until {until}: phones work, no seat can be taken")
        }
        Standing::Expired { since } => format!("expired, grace over since {since}: no phone works"),
    }
}

pub(super) const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::NotYet { .. } => "not-yet-valid",
        Standing::Valid { .. } => "valid",
        Standing::Grace { .. } => "grace",
        Standing::Expired { .. } => "expired",
    }
}
