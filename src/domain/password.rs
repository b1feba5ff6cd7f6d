//! Passwords: new ones that every vendor's file carries unchanged, and the rule for those that people bring along.

use super::{
    Secret,
    random::{Random, draw, draw_digits},
};

/// Letters and digits that no file syntax gives a meaning and nobody misreads: without `l`, `o`, `0` and `1`.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 24;

impl Secret {
    /// A new password: 24 lower-case letters and digits, 120 random bits.
    #[must_use]
    pub fn generate_password(random: &(impl Random + ?Sized)) -> Self {
        Self::new(draw(random, ALPHABET, LENGTH))
    }

    /// A new password that somebody may have to type at a phone: 24 digits, each one press of a key, 79 random bits.
    #[must_use]
    pub fn generate_typed_password(random: &(impl Random + ?Sized)) -> Self {
        Self::new(draw_digits(random, LENGTH))
    }

    /// A new bearer secret: 48 lower-case letters and digits, 240 random bits.
    #[must_use]
    pub fn generate_token(random: &(impl Random + ?Sized)) -> Self {
        Self::new(draw(random, ALPHABET, 2 * LENGTH))
    }

    /// A SIP password that was made elsewhere: 1 to 64 printable ASCII characters without a space at either end.
    pub fn parse_sip_password(text: &str) -> Result<Self, WrongSipPassword> {
        let length = text.chars().count();
        if !(1..=64).contains(&length) {
            return Err(WrongSipPassword::Length(length));
        }
        if let Some(index) = text.chars().position(|character| !matches!(character, ' '..='~')) {
            return Err(WrongSipPassword::Character { position: index + 1 });
        }
        if text.trim() != text {
            return Err(WrongSipPassword::OuterSpace);
        }
        Ok(Self::new(text))
    }
}

/// Why a SIP password was refused; it shows nothing of the password but its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongSipPassword {
    /// Empty or too long.
    #[error("a SIP password has 1 to 64 characters; this has {0}")]
    Length(usize),
    /// A character that not every phone can carry.
    #[error("a SIP password holds only printable ASCII characters; the one at position {position} is none")]
    Character {
        /// Where it stands, counted from 1.
        position: usize,
    },
    /// Phones cut such a space off.
    #[error("a SIP password neither begins nor ends with a space")]
    OuterSpace,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_new_password_is_long_plain_and_never_the_same() {
        let (one, other) =
            (Secret::generate_password(&SystemRandom), Secret::generate_password(&SystemRandom));
        assert!(one != other && one.expose().len() == 24);
        assert!(one.expose().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
        assert!(Secret::parse_sip_password(one.expose()).is_ok());
    }

    #[test]
    fn a_password_to_be_typed_is_digits_alone() {
        let (one, other) =
            (Secret::generate_typed_password(&SystemRandom), Secret::generate_typed_password(&SystemRandom));
        assert!(one != other && one.expose().len() == 24);
        assert!(one.expose().bytes().all(|byte| byte.is_ascii_digit()));
    }

    #[test]
    fn a_password_from_elsewhere_is_one_line_of_printable_ascii() {
        assert!(Secret::parse_sip_password("p4$$ w;rd\"&<%").is_ok());
        for (text, wrong) in [
            ("", WrongSipPassword::Length(0)),
            ("pass\nword", WrongSipPassword::Character { position: 5 }),
            ("pässword", WrongSipPassword::Character { position: 2 }),
            ("password ", WrongSipPassword::OuterSpace),
        ] {
            assert_eq!(Secret::parse_sip_password(text), Err(wrong));
        }
        assert_eq!(Secret::parse_sip_password(&"x".repeat(65)), Err(WrongSipPassword::Length(65)));
    }
}
