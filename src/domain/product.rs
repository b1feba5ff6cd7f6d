//! What a license sells: products, how many of each, at what price, and what a product grants.

use std::collections::BTreeMap;

use super::ServiceKind;

/// A product's id inside a license: 1 to 64 of `a-z`, `0-9`, `-`, `_` and `.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct ProductId(String);

/// The text is no product's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no product id: 1 to 64 of a-z, 0-9, \"-\", \"_\" and \".\"")]
pub struct WrongProductId(String);

impl ProductId {
    /// Parses a product's id.
    pub fn parse(text: &str) -> Result<Self, WrongProductId> {
        let allowed = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.')
        };
        if (1..=64).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongProductId(text.chars().take(80).collect()))
        }
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ProductId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ProductId {
    type Err = WrongProductId;

    fn from_str(text: &str) -> Result<Self, WrongProductId> {
        Self::parse(text)
    }
}

impl<'de> serde::Deserialize<'de> for ProductId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Whether a product makes a service exist or comes on top of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductKind {
    /// A main product: every service has exactly one.
    Main,
    /// An add-on product.
    Addon,
}

/// How many seats of a product there are: `"unlimited"` or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// So many.
    Limited(u32),
    /// No limit.
    Unlimited,
}

impl Quantity {
    /// Whether `wanted` more seats fit beside `used`.
    #[must_use]
    pub const fn has_room_for(self, wanted: u32, used: u64) -> bool {
        match self {
            Self::Unlimited => true,
            Self::Limited(limit) => used.saturating_add(wanted as u64) <= limit as u64,
        }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Limited(limit) => write!(f, "{limit}"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

impl serde::Serialize for Quantity {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Limited(limit) => serializer.serialize_u32(*limit),
            Self::Unlimited => serializer.serialize_str("unlimited"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Quantity {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Written {
            Limited(u32),
            Word(String),
        }
        match Written::deserialize(deserializer) {
            Ok(Written::Limited(limit)) => Ok(Self::Limited(limit)),
            Ok(Written::Word(word)) if word == "unlimited" => Ok(Self::Unlimited),
            _ => Err(serde::de::Error::custom(format!(
                "a quantity is a whole number from 0 to {} or \"unlimited\"",
                u32::MAX
            ))),
        }
    }
}

/// What a price is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PricePer {
    /// Each seat: "$5/month each".
    Seat,
    /// All seats of the product together: "up to 10 for $30/month".
    Bundle,
}

/// A price as it is shown. The server never calculates with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// The amount as written in the license, for example `"30"` or `"4.50"`.
    pub amount: String,
    /// The currency's ISO 4217 code, for example `USD`.
    pub currency: String,
    /// How often: `month`, `year` or `once`.
    pub period: String,
    /// For each seat, or for all of them.
    pub per: PricePer,
}

/// What a product grants to the service that has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Grants {
    /// A voicemail box.
    pub voicemail: bool,
    /// Keypad lock and PIN.
    pub pin_protection: bool,
    /// Recording of calls.
    pub call_recording: bool,
    /// Channels of a SIP trunk; 1 when not given.
    pub channels: Option<u32>,
    /// On how many device lines an extension may be carried; 1 when not given.
    pub lines: Option<u32>,
}

impl Grants {
    /// What a service has of two products together: channels add up, and the larger number of lines counts.
    #[must_use]
    pub fn and(self, other: &Self) -> Self {
        let channels = [self.channels, other.channels].into_iter().flatten().reduce(u32::saturating_add);
        Self {
            voicemail: self.voicemail || other.voicemail,
            pin_protection: self.pin_protection || other.pin_protection,
            call_recording: self.call_recording || other.call_recording,
            channels,
            lines: self.lines.max(other.lines),
        }
    }

    /// The same for `seats` seats of an add-on: so many times its channels.
    #[must_use]
    pub fn times(&self, seats: u32) -> Self {
        Self { channels: self.channels.map(|channels| channels.saturating_mul(seats)), ..self.clone() }
    }

    /// How many calls a SIP trunk carries at once.
    #[must_use]
    pub fn channels(&self) -> u32 {
        self.channels.unwrap_or(1).max(1)
    }

    /// On how many device lines the extension may be carried.
    #[must_use]
    pub fn lines(&self) -> u32 {
        self.lines.unwrap_or(1).max(1)
    }
}

/// One product of a license.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Its id inside the license.
    pub id: ProductId,
    /// Its name per language tag (`en`, `de`, `pt-BR`).
    pub names: BTreeMap<String, String>,
    /// Main or add-on.
    pub kind: ProductKind,
    /// The services that it fits.
    pub services: Vec<ServiceKind>,
    /// How many seats there are.
    pub quantity: Quantity,
    /// What it costs, where the license says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// What it grants.
    #[serde(default)]
    pub grants: Grants,
}

impl Product {
    /// The product's name in `language`, else in English, else its id.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        self.names.get(language).or_else(|| self.names.get("en")).map_or(self.id.as_str(), String::as_str)
    }

    /// Whether this is a product of `kind` that fits `service`.
    #[must_use]
    pub fn fits(&self, kind: ProductKind, service: &ServiceKind) -> bool {
        self.kind == kind && self.services.contains(service)
    }
}
