//! What every service has, whatever its kind: a number or a name, a main product and its seat, add-ons.

use super::{AddOn, ExtensionNumber, PlainText, ProductId, SeatPosition, ServiceId, WrongText};

/// What a seat is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceKind {
    /// A phone line of a user.
    Extension,
    /// Answers DID numbers by business hours.
    AutoAttendant,
    /// A SIP trunk.
    Trunk,
    /// A service that this release does not have; its products are shown, never an error.
    Other(String),
}

impl ServiceKind {
    /// The word used in licenses and in the store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Extension => "extension",
            Self::AutoAttendant => "auto-attendant",
            Self::Trunk => "trunk",
            Self::Other(name) => name,
        }
    }

    /// The kind in words, with its article: "an extension".
    #[must_use]
    pub fn one(&self) -> String {
        match self {
            Self::Extension => "an extension".to_owned(),
            Self::AutoAttendant => "an auto-attendant".to_owned(),
            Self::Trunk => "a SIP trunk".to_owned(),
            Self::Other(name) => format!("a service \"{name}\""),
        }
    }

    /// Several of the kind in words: "extensions".
    #[must_use]
    pub fn many(&self) -> String {
        match self {
            Self::Extension => "extensions".to_owned(),
            Self::AutoAttendant => "auto-attendants".to_owned(),
            Self::Trunk => "SIP trunks".to_owned(),
            Self::Other(name) => format!("\"{name}\" (a service that this release does not have)"),
        }
    }
}

impl From<String> for ServiceKind {
    fn from(name: String) -> Self {
        match name.as_str() {
            "extension" => Self::Extension,
            "auto-attendant" => Self::AutoAttendant,
            "trunk" => Self::Trunk,
            _ => Self::Other(name),
        }
    }
}

impl serde::Serialize for ServiceKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for ServiceKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// What an extension, an auto-attendant and a SIP trunk have in common.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// What it is.
    pub kind: ServiceKind,
    /// The number that people dial; a SIP trunk has none.
    pub number: Option<ExtensionNumber>,
    /// Whose or what it is; a SIP trunk is known by it.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// When its seat was taken.
    pub seat: SeatPosition,
    /// What it has besides, by product.
    pub addons: Box<[AddOn]>,
    /// A blocked service keeps its seat and does nothing.
    pub blocked: bool,
    /// The tenant's revision of its last change.
    pub revision: i64,
}

impl Service {
    /// What people call it.
    #[must_use]
    pub fn called(&self) -> ServiceName {
        self.number.clone().map_or_else(|| ServiceName::Trunk(self.name.clone()), ServiceName::Number)
    }

    /// Its add-on of this product.
    #[must_use]
    pub fn addon(&self, product: &ProductId) -> Option<&AddOn> {
        self.addons.iter().find(|addon| addon.product == *product)
    }
}

/// How a service is named among those of its tenant: extensions and auto-attendants by number, SIP trunks by name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceName {
    /// The number of an extension or an auto-attendant.
    Number(ExtensionNumber),
    /// The name of a SIP trunk.
    Trunk(PlainText),
}

impl ServiceName {
    /// The number, or what a name is the name of: `101`, `SIP trunk "Carrier"`.
    #[must_use]
    pub fn in_words(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Trunk(_) => self.of_account(),
        }
    }

    /// What registers and is called so: `extension 101`, `SIP trunk "Carrier"`.
    #[must_use]
    pub fn of_account(&self) -> String {
        match self {
            Self::Number(number) => format!("extension {number}"),
            Self::Trunk(name) => format!("SIP trunk \"{name}\""),
        }
    }
}

impl From<ExtensionNumber> for ServiceName {
    fn from(number: ExtensionNumber) -> Self {
        Self::Number(number)
    }
}

impl std::fmt::Display for ServiceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Trunk(name) => name.fmt(f),
        }
    }
}

impl std::str::FromStr for ServiceName {
    type Err = WrongText;

    /// 1 to 5 digits are a number, anything else is the name of a trunk.
    fn from_str(text: &str) -> Result<Self, WrongText> {
        match ExtensionNumber::parse(text) {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => PlainText::parse("the name", text).map(Self::Trunk),
        }
    }
}

impl serde::Serialize for ServiceName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
