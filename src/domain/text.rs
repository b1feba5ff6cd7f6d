//! The rule for text that people enter: nothing invisible, nothing that could end a line of a document.

/// One line of text that a person entered: trimmed, not empty, at most [`PlainText::LONGEST`] characters.
///
/// Control characters, bidirectional overrides, line and paragraph separators and noncharacters are refused: a phone
/// file is made of lines, a journal is read in terminals, and explained documents use noncharacters as marks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct PlainText(String);

/// Why a text was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongText {
    /// Nothing but white space.
    #[error("{field} must not be empty")]
    Empty {
        /// What was being entered.
        field: &'static str,
    },
    /// Longer than allowed.
    #[error("{field} has {length} characters; {longest} are allowed")]
    TooLong {
        /// What was being entered.
        field: &'static str,
        /// Its length in characters.
        length: usize,
        /// The longest allowed.
        longest: usize,
    },
    /// A character that cannot be part of a name.
    #[error(
        "{field} holds the invisible character U+{code:04X} at position {position}; control and direction-changing characters are not allowed"
    )]
    Character {
        /// What was being entered.
        field: &'static str,
        /// The character's code point.
        code: u32,
        /// Where it stands, counted in characters from 1.
        position: usize,
    },
}

impl PlainText {
    /// The longest name, in characters.
    pub const LONGEST: usize = 32;

    /// Parses a name of at most [`Self::LONGEST`] characters; `field` names it in the error.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, WrongText> {
        Self::parse_up_to(field, text, Self::LONGEST)
    }

    /// Parses a text of at most `longest` characters; `field` names it in the error.
    pub fn parse_up_to(field: &'static str, text: &str, longest: usize) -> Result<Self, WrongText> {
        if let Some((index, character)) =
            text.chars().enumerate().find(|(_, character)| !is_visible(*character))
        {
            return Err(WrongText::Character { field, code: character.into(), position: index + 1 });
        }
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(WrongText::Empty { field });
        }
        if length > longest {
            return Err(WrongText::TooLong { field, length, longest });
        }
        Ok(Self(text.to_owned()))
    }

    /// A text read back from the store.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character may stand in text that people enter.
pub(crate) fn is_visible(character: char) -> bool {
    let code = u32::from(character);
    let bidirectional = matches!(code, 0x061C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069);
    let separator = matches!(code, 0x2028 | 0x2029);
    let noncharacter = matches!(code, 0xFDD0..=0xFDEF) || code & 0xFFFE == 0xFFFE;
    !(character.is_control() || bidirectional || separator || noncharacter || code == 0xFEFF)
}

impl std::fmt::Display for PlainText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_pass_and_invisible_characters_do_not() {
        for name in ["Zoë O'Brien", "山田 太郎", "José \"Pepe\" <x>", "a=b; c#d", "😀"] {
            assert_eq!(PlainText::parse("name", name).unwrap().as_str(), name);
        }
        for name in
            ["Bob\naccount.1.password = x", "a\u{202E}b", "a\u{FDD0}b", "a\u{2028}b", "tab\tbed", "\u{FEFF}x"]
        {
            assert!(matches!(PlainText::parse("name", name), Err(WrongText::Character { .. })), "{name:?}");
        }
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        assert!(PlainText::parse("name", &"ö".repeat(32)).is_ok());
        assert_eq!(
            PlainText::parse("name", &"ö".repeat(33)),
            Err(WrongText::TooLong { field: "name", length: 33, longest: 32 })
        );
        assert_eq!(PlainText::parse("name", "  "), Err(WrongText::Empty { field: "name" }));
    }
}
