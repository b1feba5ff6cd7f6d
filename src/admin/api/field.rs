//! Fields of requests: what each may hold, said once for the parser and for the API's description.

use serde::de::Unexpected;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::problem::{Mistake, Problem};
use crate::domain::{
    DidNumber, ExtensionNumber, Inventory, KeyKind, Mac, PeerNetwork, Pin, PlainText, ProductId, Rights,
    Secret, ServiceName, SipDomain, SipUser, TenantSlug, TokenId,
};

/// Characters that may stand in text, as the inside of a character class: everything that is visible.
macro_rules! visible {
    () => {
        concat!(
            "^\u{0}-\u{1f}\u{7f}-\u{9f}\u{61c}\u{200e}\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{fdd0}-\u{fdef}\u{feff}\u{fffe}\u{ffff}",
            "\u{1fffe}\u{1ffff}\u{2fffe}\u{2ffff}\u{3fffe}\u{3ffff}\u{4fffe}\u{4ffff}\u{5fffe}\u{5ffff}\u{6fffe}\u{6ffff}\u{7fffe}\u{7ffff}\u{8fffe}\u{8ffff}",
            "\u{9fffe}\u{9ffff}\u{afffe}\u{affff}\u{bfffe}\u{bffff}\u{cfffe}\u{cffff}\u{dfffe}\u{dffff}\u{efffe}\u{effff}\u{ffffe}\u{fffff}\u{10fffe}\u{10ffff}"
        )
    };
}
/// The same without white space, for the first and the last character.
macro_rules! solid {
    () => {
        concat!(visible!(), "\u{20}\u{a0}\u{1680}\u{2000}-\u{200a}\u{202f}\u{205f}\u{3000}")
    };
}

/// A text of at most 32 characters without white space at its ends.
pub(super) const NAME: &str = concat!("^[", solid!(), "]([", visible!(), "]{0,30}[", solid!(), "])?$");

/// A text of at most [`Inventory::LONGEST`] characters without white space at its ends.
const LONG_TEXT: &str = concat!("^[", solid!(), "]([", visible!(), "]{0,198}[", solid!(), "])?$");

/// Something that an inventory says of a device. It may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct InventoryText(pub(super) String);

/// A value that requests give as text.
pub(super) trait Field: Sized {
    /// What it is called in the API's description.
    const NAME: &'static str;
    /// What it must look like: a regular expression that matches exactly what [`Field::parse`] takes, as far as one can.
    const PATTERN: &'static str;
    /// Whether the pattern says everything: what matches it is taken.
    const EXACT: bool = true;
    /// What it is, and an example of one.
    const ABOUT: (&'static str, &'static str);

    /// Reads it.
    fn parse(text: &str) -> Result<Self, String>;
}

macro_rules! field {
    ($type:ty, $name:literal, $given:ident, $pattern:expr, $about:literal, $example:literal, $parse:expr $(, exact: $exact:literal)?) => {
        #[doc = concat!("`", $name, "` as it was given.")]
        pub(super) type $given = $crate::admin::api::field::Given<$type>;

        impl $crate::admin::api::field::Field for $type {
            const NAME: &'static str = $name;
            const PATTERN: &'static str = $pattern;
            const ABOUT: (&'static str, &'static str) = ($about, $example);

            $(const EXACT: bool = $exact;)?

            fn parse(text: &str) -> Result<Self, String> {
                $parse(text).map_err(|wrong| wrong.to_string())
            }
        }
    };
}
pub(super) use field;

field!(
    TenantSlug,
    "Slug",
    GivenSlug,
    "^[a-z][a-z0-9-]{1,31}$",
    "The tenant's short name.",
    "acme",
    Self::parse
);
field!(
    SipDomain,
    "SipDomain",
    GivenSipDomain,
    r"^[A-Za-z0-9.:\[\]-]{1,253}$",
    "The domain of SIP addresses.",
    "pbx.example.org",
    Self::parse, exact: false);
field!(
    ExtensionNumber,
    "Number",
    GivenNumber,
    "^[0-9]{1,5}$",
    "A number inside the company: 1 to 5 digits.",
    "101",
    Self::parse
);
field!(
    ProductId,
    "Product",
    GivenProduct,
    r"^[a-z0-9._-]{1,64}$",
    "A product's id in the license.",
    "cloud-pbx-line",
    Self::parse
);
field!(
    SipUser,
    "SipUser",
    GivenSipUser,
    r"^[A-Za-z0-9_.+-]{1,64}$",
    "The user part of a SIP address.",
    "101",
    Self::parse
);
field!(
    Secret,
    "SipPassword",
    GivenSipPassword,
    r"^[!-~]([ -~]{0,62}[!-~])?$",
    "A SIP password: 1 to 64 printable ASCII characters.",
    "correct-horse-battery",
    Self::parse_sip_password
);
field!(Pin, "Pin", GivenPin, "^[0-9]{4,8}$", "A PIN: 4 to 8 digits.", "471100", Self::parse);
field!(
    DidNumber,
    "Did",
    GivenDid,
    r"^\+[1-9][0-9]{6,14}$",
    "A public number in the form of E.164.",
    "+4930123456",
    strict_did
);
field!(
    Mac,
    "Mac",
    GivenMac,
    "^(?!0{12})[0-9a-f][02468ace][0-9a-f]{10}$",
    "A MAC: 12 lower-case hex digits.",
    "805ec0000101",
    strict_mac
);
field!(
    PeerNetwork,
    "Network",
    GivenNetwork,
    r"^[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?$",
    "An address or a network of at most 256 addresses (IPv6: a /64).",
    "192.0.2.0/29",
    Self::parse, exact: false);
field!(
    ServiceName,
    "Service",
    GivenService,
    NAME,
    "The number of an extension or auto-attendant, or the name of a SIP trunk.",
    "101",
    strict_service
);

field!(
    InventoryText,
    "InventoryText",
    GivenInventoryText,
    LONG_TEXT,
    "A text of at most 200 characters.",
    "IT Frankfurt",
    strict_inventory_text
);

impl Field for TokenId {
    const NAME: &'static str = "TokenId";
    const PATTERN: &'static str = "^[0-9a-hjkmnp-tv-z]{16}$";
    const ABOUT: (&'static str, &'static str) = ("A token's id.", "0123456789abcdef");

    fn parse(text: &str) -> Result<Self, String> {
        let well_formed = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if well_formed { Ok(Self::stored(text)) } else { Err("is no token's id".to_owned()) }
    }
}
field!(PlainText, "Name", GivenName, NAME, "A name of at most 32 characters.", "Carrier", strict_name);
field!(
    Rights,
    "Rights",
    GivenRights,
    "^(tenants|licenses|extensions|attendants|trunks|dids|devices|settings|credentials|users|audit):(view|change)( (tenants|licenses|extensions|attendants|trunks|dids|devices|settings|credentials|users|audit):(view|change)){0,10}$",
    "Rights, separated by spaces.",
    "devices:change extensions:view",
    str::parse::<Self>
);
field!(
    KeyKind,
    "KeyKind",
    GivenKeyKind,
    "^(line|blf|speed-dial|record)$",
    "What a key does.",
    "blf",
    str::parse::<Self>
);

fn strict_name(text: &str) -> Result<PlainText, String> {
    let name = PlainText::parse("the name", text).map_err(|wrong| wrong.to_string())?;
    if name.as_str() == text { Ok(name) } else { Err("the name begins or ends with white space".to_owned()) }
}

fn strict_inventory_text(text: &str) -> Result<InventoryText, String> {
    let taken = Inventory::parse_text(text).map_err(|wrong| wrong.to_string())?;
    if taken == text {
        Ok(InventoryText(taken))
    } else {
        Err("the text begins or ends with white space".to_owned())
    }
}

fn strict_service(text: &str) -> Result<ServiceName, String> {
    strict_name(text)?;
    text.parse().map_err(|wrong: crate::domain::WrongText| wrong.to_string())
}

fn strict_did(text: &str) -> Result<DidNumber, String> {
    let number = DidNumber::parse(text).map_err(|wrong| wrong.to_string())?;
    if number.as_str() == text { Ok(number) } else { Err(format!("write it without spaces: {number}")) }
}

fn strict_mac(text: &str) -> Result<Mac, String> {
    let mac = Mac::parse(text).map_err(|wrong| wrong.to_string())?;
    if mac.to_string() == text {
        Ok(mac)
    } else {
        Err(format!("write it with 12 lower-case hex digits: {mac}"))
    }
}

/// A field as it was given: understood, or why not. Mistakes are collected, so that all are told at once.
#[derive(Debug)]
pub(super) struct Given<T>(Result<T, String>);

impl<'de, T: Field> serde::Deserialize<'de> for Given<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text).map(|text| Self(T::parse(&text)))
    }
}

/// Reads a text. What stands there instead of one is not repeated: it may be a PIN that somebody wrote as a number.
struct Text;

impl serde::de::Visitor<'_> for Text {
    type Value = String;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E: serde::de::Error>(self, _: u64) -> Result<String, E> {
        Err(E::invalid_type(Unexpected::Other("number"), &self))
    }

    fn visit_i64<E: serde::de::Error>(self, _: i64) -> Result<String, E> {
        Err(E::invalid_type(Unexpected::Other("number"), &self))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<String, E> {
        Err(E::invalid_type(Unexpected::Other("number"), &self))
    }
}

impl<T: Field> PartialSchema for Given<T> {
    fn schema() -> RefOr<Schema> {
        let (about, example) = T::ABOUT;
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(T::PATTERN))
            .description(Some(about))
            .examples([serde_json::Value::from(example)])
            .build();
        RefOr::T(object.into())
    }
}

impl<T: Field> ToSchema for Given<T> {
    fn name() -> std::borrow::Cow<'static, str> {
        T::NAME.into()
    }
}

/// Takes the fields of a body, and remembers what is wrong with them.
#[derive(Default)]
pub(super) struct Fields {
    mistakes: Vec<Mistake>,
    broken: Vec<Mistake>,
}

impl Fields {
    /// The field at `pointer` (RFC 6901), if it is right.
    pub(super) fn take<T: Field>(&mut self, pointer: &str, given: Given<T>) -> Option<T> {
        given
            .0
            .map_err(|rule| if T::EXACT { self.wrong(pointer, rule) } else { self.breaks(pointer, rule) })
            .ok()
    }

    /// The field at `pointer`, where one is given.
    pub(super) fn maybe<T: Field>(&mut self, pointer: &str, given: Option<Given<T>>) -> Option<T> {
        given.and_then(|given| self.take(pointer, given))
    }

    /// Every element of the list at `pointer` that is right.
    pub(super) fn list<T: Field>(&mut self, pointer: &str, given: Vec<Given<T>>) -> Vec<T> {
        let taken = given.into_iter().enumerate();
        taken.filter_map(|(index, given)| self.take(&format!("{pointer}/{index}"), given)).collect()
    }

    /// Something is not of the shape that is described.
    pub(super) fn wrong(&mut self, pointer: &str, rule: impl Into<String>) {
        self.mistakes.push(Mistake { place: "body", pointer: pointer.to_owned(), rule: rule.into() });
    }

    /// Something breaks a rule that its shape does not tell.
    pub(super) fn breaks(&mut self, pointer: &str, rule: impl Into<String>) {
        self.broken.push(Mistake { place: "body", pointer: pointer.to_owned(), rule: rule.into() });
    }

    /// What was taken, or a problem that tells every mistake.
    pub(super) fn finish<T>(self, taken: Option<T>) -> Result<T, Problem> {
        match taken {
            Some(taken) if self.mistakes.is_empty() && self.broken.is_empty() => Ok(taken),
            _ if self.mistakes.is_empty() => Err(Problem::rules(self.broken)),
            _ => Err(Problem::mistakes([self.mistakes, self.broken].concat())),
        }
    }
}

/// Reads a whole number that may be written with a fraction of nothing: to JSON Schema `2.0` is an integer.
pub(super) fn whole<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = <serde_json::Number as serde::Deserialize>::deserialize(deserializer)?;
    let integer = number.as_u64().or_else(|| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked to be whole and small"
        )]
        number
            .as_f64()
            .filter(|float| float.fract() == 0.0 && (0.0..1e9).contains(float))
            .map(|float| float as u64)
    });
    let integer = integer.and_then(|integer| u32::try_from(integer).ok());
    integer.ok_or_else(|| serde::de::Error::custom(format!("{number} is no whole number from 0 on")))
}

/// The same where none need be given.
pub(super) fn whole_or_none<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u32>, D::Error> {
    #[derive(serde::Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole")] u32);
    let given = <Option<Whole> as serde::Deserialize>::deserialize(deserializer)?;
    Ok(given.map(|given| given.0))
}
