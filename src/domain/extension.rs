//! An extension: a phone line of a user, with its number, name and SIP credentials.

use super::{AddOn, Pin, PlainText, ProductId, SeatPosition, Secret, ServiceId};

/// A phone line of a user.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Its id.
    pub id: ServiceId,
    /// The number that people dial.
    pub number: ExtensionNumber,
    /// Whose it is.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// When its seat was taken.
    pub seat: SeatPosition,
    /// What it has besides, by product.
    pub addons: Box<[AddOn]>,
    /// A blocked extension keeps its seat and its lines are withheld.
    pub blocked: bool,
    /// The user part of its SIP address, also the name it authenticates with.
    pub sip_user: SipUser,
    /// Its SIP password.
    pub sip_password: Secret,
    /// What unlocks the keypad of its phone, while a product of it protects the keypad.
    pub pin: Option<Pin>,
    /// The tenant's revision of its last change.
    pub revision: i64,
}

impl Extension {
    /// Its main product, then its add-ons.
    pub fn products(&self) -> impl Iterator<Item = &ProductId> {
        std::iter::once(&self.product).chain(self.addons.iter().map(|addon| &addon.product))
    }
}

/// The number of an extension: 1 to 5 digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct ExtensionNumber(String);

/// The text is no extension number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no extension number: 1 to 5 digits")]
pub struct WrongExtensionNumber(String);

impl ExtensionNumber {
    /// Parses an extension number.
    pub fn parse(text: &str) -> Result<Self, WrongExtensionNumber> {
        if (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongExtensionNumber(text.chars().take(40).collect()))
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ExtensionNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for ExtensionNumber {
    type Err = WrongExtensionNumber;

    fn from_str(text: &str) -> Result<Self, WrongExtensionNumber> {
        Self::parse(text)
    }
}

/// The user part of a SIP address: 1 to 64 characters that every phone and registrar takes without escaping.
///
/// The unreserved characters of RFC 3261 §25.1 that no vendor's file gives a meaning of its own, and `+`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct SipUser(String);

/// The text is no SIP user that every phone can carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongSipUser {
    /// Empty or too long.
    #[error("a SIP user has 1 to 64 characters; this has {0}")]
    Length(usize),
    /// A character that would need escaping.
    #[error(
        "a SIP user holds only letters, digits, \"-\", \"_\", \".\" and \"+\"; \"{text}\" holds '{character}'"
    )]
    Character {
        /// The text.
        text: String,
        /// The first character that is not allowed.
        character: char,
    },
}

impl SipUser {
    /// Parses a SIP user.
    pub fn parse(text: &str) -> Result<Self, WrongSipUser> {
        let length = text.chars().count();
        if !(1..=64).contains(&length) {
            return Err(WrongSipUser::Length(length));
        }
        let allowed = |character: &char| character.is_ascii_alphanumeric() || "-_.+".contains(*character);
        match text.chars().find(|character| !allowed(character)) {
            Some(character) => Err(WrongSipUser::Character { text: text.to_owned(), character }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The user's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&ExtensionNumber> for SipUser {
    /// An extension's number is a SIP user too.
    fn from(number: &ExtensionNumber) -> Self {
        Self(number.0.clone())
    }
}

impl std::fmt::Display for SipUser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for SipUser {
    type Err = WrongSipUser;

    fn from_str(text: &str) -> Result<Self, WrongSipUser> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_users_say_what_is_wrong() {
        assert!(ExtensionNumber::parse("00101").is_ok());
        for text in ["", "123456", "10a", "１０", "+1"] {
            assert!(ExtensionNumber::parse(text).is_err(), "{text}");
        }
        assert!(SipUser::parse("acme-101.a_b+1").is_ok());
        assert_eq!(SipUser::parse(""), Err(WrongSipUser::Length(0)));
        assert_eq!(
            SipUser::parse("10;1"),
            Err(WrongSipUser::Character { text: "10;1".into(), character: ';' })
        );
    }
}
