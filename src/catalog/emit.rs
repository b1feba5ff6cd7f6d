//! The outer syntax of a file: how any text is written as one value of it, and nothing but that value.

use std::borrow::Cow;

use super::Syntax;
use super::marks::is_mark;

/// Stands for a character that a file cannot carry.
const SUBSTITUTE: char = '_';

/// How the values of one pack's files are written.
#[derive(Clone, Debug)]
pub(super) struct Emitter {
    syntax: Syntax,
    reserved: Vec<String>,
    /// The bytes that need no second look: printable ASCII that no escape and no reserved text starts with.
    plain: [bool; 256],
}

/// A text as it is written, and the characters of it that could not be.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Emitted<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) replaced: Vec<char>,
}

impl Emitter {
    pub(super) fn new(syntax: Syntax, reserved: &[String]) -> Self {
        let starts = |byte: u8| {
            let mut tokens = reserved.iter().filter_map(|token| token.bytes().next());
            tokens.any(|first| first.eq_ignore_ascii_case(&byte))
        };
        let mut plain = [false; 256];
        for byte in b'!'..=b'~' {
            plain[usize::from(byte)] = !b"&<>\"'".contains(&byte) && !starts(byte);
        }
        Self { syntax, reserved: reserved.to_vec(), plain }
    }

    /// Whether a text is written as it is; most are, and this is the fastest way to know.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        text.bytes().all(|byte| self.plain[usize::from(byte)])
    }

    /// A text from outside the pack: what the syntax cannot carry, and what the vendor gives a meaning of its own,
    /// is replaced.
    pub(super) fn emit<'a>(&self, text: &'a str) -> Emitted<'a> {
        let mut replaced = Vec::new();
        let carried = Self::carried(text, &mut replaced);
        let broken = match self.reserved.iter().find(|token| find_folded(&carried, token).is_some()) {
            Some(_) => Cow::Owned(self.break_reserved(carried.into_owned(), &mut replaced)),
            None => carried,
        };
        Emitted { text: self.escape(broken), replaced }
    }

    /// A text of the pack itself, which may be one that the vendor gives a meaning.
    pub(super) fn emit_literal<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.escape(Self::carried(text, &mut Vec::new()))
    }

    fn carried<'a>(text: &'a str, replaced: &mut Vec<char>) -> Cow<'a, str> {
        // A phone drops white space around a value; better that it is known than found out.
        let trimmed = text.trim();
        if trimmed.len() < text.len() {
            replaced.push(' ');
        }
        if trimmed.chars().all(can_be_carried) {
            return Cow::Borrowed(trimmed);
        }
        let substitute = |character| {
            if can_be_carried(character) {
                return character;
            }
            replaced.push(character);
            SUBSTITUTE
        };
        Cow::Owned(trimmed.chars().map(substitute).collect())
    }

    fn break_reserved(&self, mut text: String, replaced: &mut Vec<char>) -> String {
        for token in &self.reserved {
            while let Some((at, first)) = find_folded(&text, token) {
                text.replace_range(at..at + first.len_utf8(), &SUBSTITUTE.to_string());
                replaced.push(first);
            }
        }
        text
    }

    fn escape<'a>(&self, text: Cow<'a, str>) -> Cow<'a, str> {
        match self.syntax {
            Syntax::Xml if text.contains(['&', '<', '>', '"', '\'']) => Cow::Owned(escape_xml(&text)),
            Syntax::Xml | Syntax::Lines => text,
        }
    }
}

/// Whether every syntax carries the character: no control or line separator, no noncharacter (XML 1.0 §2.2).
fn can_be_carried(character: char) -> bool {
    !(character.is_control()
        || is_mark(character)
        || matches!(character, '\u{2028}' | '\u{2029}')
        || u32::from(character) & 0xFFFE == 0xFFFE)
}

/// Where `token` stands in `text`, upper and lower case (ASCII) alike, and its first character there.
fn find_folded(text: &str, token: &str) -> Option<(usize, char)> {
    let (text_bytes, token_bytes) = (text.as_bytes(), token.as_bytes());
    let at = text_bytes
        .windows(token_bytes.len().max(1))
        .position(|window| window.eq_ignore_ascii_case(token_bytes))?;
    Some((at, text.get(at..)?.chars().next()?))
}

fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emitted(syntax: Syntax, text: &str) -> (String, String) {
        let emitter = Emitter::new(syntax, &["%NULL%".to_owned()]);
        let value = emitter.emit(text);
        (value.text.into_owned(), value.replaced.iter().collect())
    }

    #[test]
    fn a_line_stays_one_line_and_xml_stays_one_text() {
        let lines = |text| emitted(Syntax::Lines, text);
        assert_eq!(lines("Zoë <\"x\"> = & #1"), ("Zoë <\"x\"> = & #1".into(), String::new()));
        assert_eq!(lines("a\r\nb = c\u{85}d"), ("a__b = c_d".into(), "\r\n\u{85}".into()));
        assert_eq!(lines(" a\t"), ("a".into(), " ".into()));
        let xml = |text| emitted(Syntax::Xml, text);
        assert_eq!(xml("<a b='\"'>&"), ("&lt;a b=&#39;&quot;&#39;&gt;&amp;".into(), String::new()));
        assert_eq!(xml(" a b "), ("a b".into(), " ".into()));
        assert_eq!(xml("\u{0}\u{FFFE}\u{FDD0}"), ("___".into(), "\u{0}\u{FFFE}\u{FDD0}".into()));
    }

    #[test]
    fn what_means_delete_to_the_phone_is_broken_when_a_person_typed_it() {
        let lines = |text| emitted(Syntax::Lines, text);
        assert_eq!(lines("%NULL%"), ("_NULL%".into(), "%".into()));
        assert_eq!(lines("ü%null%%Null%"), ("ü_null%_Null%".into(), "%%".into()));
        assert_eq!(lines("100%"), ("100%".into(), String::new()));
        assert_eq!(Emitter::new(Syntax::Lines, &["%NULL%".to_owned()]).emit_literal("%NULL%"), "%NULL%");
    }
}
