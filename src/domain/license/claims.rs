//! What a license says: the claims as they are written, and the license they make once they are checked.

use std::collections::BTreeMap;

use super::super::clock::Timestamp;
use super::super::product::{Product, ProductId};
use super::super::tenant::TenantSlug;
use super::check::{self, ClaimMistakes};
use super::error::LicenseError;

/// The claims of a license, not yet checked. This is the payload of the signed document, under the registered
/// names of RFC 7519 §4.1 where there is one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The tenant's short name.
    #[serde(rename = "sub")]
    pub tenant: String,
    /// The license's id, chosen by the issuer.
    #[serde(rename = "jti")]
    pub id: String,
    /// Counts the licenses of a tenant: a higher one replaces a lower one, never the reverse.
    pub serial: u64,
    /// Who issued it.
    #[serde(rename = "iss")]
    pub issuer: String,
    /// The installation it is for; any when absent.
    #[serde(rename = "aud", default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// From when it is valid, in whole seconds.
    #[serde(rename = "nbf", with = "seconds")]
    pub not_before: Timestamp,
    /// From when it is no longer valid, in whole seconds.
    #[serde(rename = "exp", with = "seconds")]
    pub expires: Timestamp,
    /// How many days of 24 hours phones go on working after it expired.
    pub grace_days: u32,
    /// The terms in words, per language tag (`en`, `de`, `pt-BR`).
    #[serde(default)]
    pub terms: BTreeMap<String, String>,
    /// What it sells.
    pub products: Vec<Product>,
}

/// A license whose claims were checked. It says nothing about who signed it: that is [`super::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    tenant: TenantSlug,
    claims: Claims,
}

impl License {
    /// Checks the claims; every mistake is reported, not only the first.
    pub fn new(claims: Claims) -> Result<Self, ClaimMistakes> {
        let tenant = check::claims(&claims)?;
        Ok(Self { tenant, claims })
    }

    /// The tenant it is for.
    #[must_use]
    pub const fn tenant(&self) -> &TenantSlug {
        &self.tenant
    }

    /// Its id, chosen by the issuer.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.claims.id
    }

    /// Its place in the order of the tenant's licenses; at most 2^53 - 1.
    #[must_use]
    pub const fn serial(&self) -> u64 {
        self.claims.serial
    }

    /// Who issued it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.claims.issuer
    }

    /// The installation it is for; any when absent.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.claims.audience.as_deref()
    }

    /// The first moment at which it is valid.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.claims.not_before
    }

    /// The first moment at which it is no longer valid.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.claims.expires
    }

    /// Days of grace after it expired.
    #[must_use]
    pub const fn grace_days(&self) -> u32 {
        self.claims.grace_days
    }

    /// The first moment at which grace is over.
    #[must_use]
    pub const fn grace_ends(&self) -> Timestamp {
        self.claims.expires.plus_days(self.claims.grace_days as i64)
    }

    /// The terms in words, per language tag.
    #[must_use]
    pub const fn terms(&self) -> &BTreeMap<String, String> {
        &self.claims.terms
    }

    /// Its products, in the issuer's order; ids are unique.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.claims.products
    }

    /// The product with this id.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> Option<&Product> {
        self.claims.products.iter().find(|product| product.id == *id)
    }

    /// The claims it was made from.
    #[must_use]
    pub const fn claims(&self) -> &Claims {
        &self.claims
    }

    /// Whether it may be installed here: for `tenant`, on the installation with the id `installation`, beside
    /// licenses of which `newest_serial` is the highest. The same serial again is no mistake: installing a license
    /// twice changes nothing.
    pub fn check_for(
        &self,
        tenant: &TenantSlug,
        installation: Option<&str>,
        newest_serial: Option<u64>,
    ) -> Result<(), LicenseError> {
        if self.tenant != *tenant {
            return Err(LicenseError::WrongTenant { expected: tenant.clone(), found: self.tenant.clone() });
        }
        if let Some(found) = self.audience()
            && installation != Some(found)
        {
            let expected = installation.map(str::to_owned);
            return Err(LicenseError::WrongAudience { expected, found: found.to_owned() });
        }
        match newest_serial {
            Some(installed) if self.serial() < installed => {
                Err(LicenseError::OlderSerial { installed, found: self.serial() })
            }
            _ => Ok(()),
        }
    }
}

/// Times in the payload are seconds since the epoch (RFC 7519 §2, without fractions).
mod seconds {
    use super::super::super::clock::Timestamp;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
    pub(super) fn serialize<S: serde::Serializer>(
        time: &Timestamp,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(time.seconds())
    }

    pub(super) fn deserialize<'de, D: serde::Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Timestamp, D::Error> {
        <i64 as serde::Deserialize>::deserialize(deserializer).map(Timestamp::from_seconds)
    }
}
