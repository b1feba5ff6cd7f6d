//! The PIN with which the keypad of an extension's phone is unlocked.

use super::{Random, Secret, random::draw_digits};

/// 4 to 8 digits. A secret: masked in `Debug`, without `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin(Secret);

/// How many digits one that is made has.
const LENGTH: usize = 6;

impl Pin {
    /// Parses a PIN.
    pub fn parse(text: &str) -> Result<Self, WrongPin> {
        let length = text.chars().count();
        if !(4..=8).contains(&length) {
            return Err(WrongPin::Length(length));
        }
        if let Some(index) = text.chars().position(|character| !character.is_ascii_digit()) {
            return Err(WrongPin::Character { position: index + 1 });
        }
        Ok(Self(Secret::new(text)))
    }

    /// A new PIN of 6 digits.
    #[must_use]
    pub fn generate(random: &(impl Random + ?Sized)) -> Self {
        Self(Secret::new(draw_digits(random, LENGTH)))
    }

    /// The digits, for who must write them.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.0
    }
}

/// Why a PIN was refused; it shows nothing of the PIN but its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongPin {
    /// Too short or too long.
    #[error("a PIN has 4 to 8 digits; this has {0} characters")]
    Length(usize),
    /// A character that is no digit.
    #[error("a PIN holds only digits; the character at position {position} is none")]
    Character {
        /// Where it stands, counted from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_pin_is_four_to_eight_digits_and_shows_itself_to_nobody() {
        for text in ["0000", "12345678"] {
            assert_eq!(Pin::parse(text).unwrap().secret().expose(), text);
        }
        for (text, wrong) in [
            ("123", WrongPin::Length(3)),
            ("123456789", WrongPin::Length(9)),
            ("12a4", WrongPin::Character { position: 3 }),
            ("１２３４", WrongPin::Character { position: 1 }),
            ("12#4", WrongPin::Character { position: 3 }),
        ] {
            assert_eq!(Pin::parse(text), Err(wrong), "{text}");
        }
        assert_eq!(format!("{:?}", Pin::parse("4711").unwrap()), "Pin(Secret(…))");
    }

    #[test]
    fn a_pin_that_is_made_is_one() {
        let made = Pin::generate(&SystemRandom);
        assert_eq!(Pin::parse(made.secret().expose()).as_ref(), Ok(&made));
        assert_eq!(made.secret().expose().len(), LENGTH);
    }
}
