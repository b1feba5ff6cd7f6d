//! Marks inside a rendered text: where a secret goes, what was replaced, which line made it.
//!
//! A mark is made of noncharacters (U+FDD0 to U+FDEF), which text that people enter may not hold, which emitters
//! replace, and which templates may not contain. A document that is served carries none.

use crate::domain::{KeyPosition, Layer};

/// Every mark starts with this character, so that a text without marks is recognized by one search.
const START: char = '\u{FDD0}';
/// The noncharacter for the nibble 0; the others follow.
const NIBBLE: u32 = 0xFDE0;
const NIBBLES: u32 = 6;
/// The length of a mark in bytes: start, kind and number, three bytes each.
const LENGTH: usize = 3 * (2 + NIBBLES as usize);

/// What a mark says; its number means something else for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// The secret of this index goes here.
    Secret(u32),
    /// This character must not stand in the next secret.
    Without(char),
    /// This character could not be written in the value that follows.
    Replaced(char),
    /// The line of a template that made what follows.
    Line(u32),
    /// The value of this expression starts here.
    Open(u32),
    /// It ends here.
    Close,
    /// The value is of the key at this position, which was programmed on this layer.
    Key(KeyPosition, Layer),
}

/// Whether a character is used in marks.
pub(super) fn is_mark(character: char) -> bool {
    ('\u{FDD0}'..='\u{FDEF}').contains(&character)
}

impl Mark {
    fn parts(self) -> (u32, u32) {
        match self {
            Self::Secret(index) => (0, index),
            Self::Without(character) => (1, character as u32),
            Self::Replaced(character) => (2, character as u32),
            Self::Line(line) => (3, line),
            Self::Open(value) => (4, value),
            Self::Close => (5, 0),
            Self::Key(position, layer) => (6, u32::from(position) << 1 | u32::from(layer == Layer::Device)),
        }
    }

    fn of(kind: u32, number: u32) -> Option<Self> {
        Some(match kind {
            0 => Self::Secret(number),
            1 => Self::Without(char::from_u32(number)?),
            2 => Self::Replaced(char::from_u32(number)?),
            3 => Self::Line(number),
            4 => Self::Open(number),
            5 => Self::Close,
            6 => {
                let layer = if number & 1 == 1 { Layer::Device } else { Layer::Profile };
                Self::Key((number >> 1).try_into().ok()?, layer)
            }
            _ => return None,
        })
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::fmt::Write as _;
        let nibble = |value: u32| char::from_u32(NIBBLE + (value & 15)).unwrap_or(START);
        let (kind, number) = self.parts();
        f.write_char(START)?;
        f.write_char(nibble(kind))?;
        (0..NIBBLES).rev().try_for_each(|place| f.write_char(nibble(number >> (4 * place))))
    }
}

/// One piece of a marked text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text without marks.
    Text(&'a str),
    /// A mark.
    Mark(Mark),
}

/// A mark was cut apart: a template changed a text that holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BrokenMark;

/// The pieces of a marked text.
pub(super) fn pieces(mut text: &str) -> impl Iterator<Item = Result<Piece<'_>, BrokenMark>> {
    std::iter::from_fn(move || match text.find(START) {
        _ if text.is_empty() => None,
        Some(0) => {
            let Some((mark, rest)) = text.split_at_checked(LENGTH) else {
                text = "";
                return Some(Err(BrokenMark));
            };
            text = rest;
            Some(read(mark).map(Piece::Mark).ok_or(BrokenMark))
        }
        found => {
            let (plain, rest) = text.split_at(found.unwrap_or(text.len()));
            text = rest;
            Some(Ok(Piece::Text(plain)))
        }
    })
}

fn read(mark: &str) -> Option<Mark> {
    let mut nibbles = mark
        .chars()
        .skip(1)
        .map(|character| u32::from(character).checked_sub(NIBBLE).filter(|nibble| *nibble < 16));
    let kind = nibbles.next()??;
    let number = nibbles.try_fold(0, |number, nibble| Some(number << 4 | nibble?))?;
    Mark::of(kind, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_back_and_broken_ones_are_noticed() {
        let marks = [
            Mark::Secret(300),
            Mark::Without('"'),
            Mark::Replaced('\u{1F600}'),
            Mark::Line(70_000),
            Mark::Close,
            Mark::Key(329, Layer::Profile),
            Mark::Key(u16::MAX, Layer::Device),
        ];
        let text = marks.iter().fold(String::new(), |text, mark| text + "a" + &mark.to_string());
        let read: Vec<_> = pieces(&text).map(Result::unwrap).collect();
        let expected: Vec<_> = marks.iter().flat_map(|mark| [Piece::Text("a"), Piece::Mark(*mark)]).collect();
        assert_eq!(read, expected);
        assert_eq!(Mark::Close.to_string().len(), LENGTH);
        let reversed: String = text.chars().rev().collect();
        assert!(pieces(&reversed).any(|piece| piece.is_err()));
        assert!(pieces(&text[..10]).any(|piece| piece.is_err()));
        let mended = Mark::Secret(0).to_string().replacen('\u{FDE0}', "€", 2);
        assert!(pieces(&mended).any(|piece| piece.is_err()));
        let last = Mark::Secret(0).to_string().strip_suffix('\u{FDE0}').unwrap().to_owned() + "€";
        assert!(pieces(&last).any(|piece| piece.is_err()));
    }
}
