//! Values that a template can write but not look into: secrets, the pack's own tokens, and texts that a filter prepared.

use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Output, Value};

use super::emit::Emitter;
use super::marks::Mark;
use crate::domain::{KeyPosition, Layer};

/// What a secret looks like wherever it is not the document itself.
pub(super) const MASK: &str = "••••";

/// A value that is written whole. A secret's text is not in it: the engine only ever sees where it goes.
#[derive(Clone)]
pub(super) enum Opaque {
    /// The secret of this index, put in after rendering.
    Secret {
        index: u32,
        /// Characters that the value's inner grammar does not take.
        without: String,
        /// Whether it stands between double quotes.
        quoted: bool,
    },
    /// A text of the pack itself, written although the vendor gives it a meaning; ready to be written.
    Literal(String),
    /// Nothing: only the mark that says where the key of this position was programmed.
    Origin(KeyPosition, Layer),
    /// A text that fits an inner grammar, and the characters that had to be replaced for it.
    Prepared { text: String, replaced: Vec<char> },
}

impl Opaque {
    pub(super) const fn secret(index: u32) -> Self {
        Self::Secret { index, without: String::new(), quoted: false }
    }

    pub(super) fn literal(text: &str, emitter: &Emitter) -> Self {
        Self::Literal(emitter.emit_literal(text).into_owned())
    }

    /// Writes the value as one value of a file.
    pub(super) fn write(&self, out: &mut Output<'_>, emitter: &Emitter) -> std::fmt::Result {
        match self {
            Self::Secret { index, without, quoted } => {
                let quote = if *quoted { emitter.emit_literal("\"") } else { "".into() };
                out.write_str(&quote)?;
                without.chars().try_for_each(|character| write!(out, "{}", Mark::Without(character)))?;
                write!(out, "{}{quote}", Mark::Secret(*index))
            }
            Self::Literal(text) => out.write_str(text),
            Self::Origin(position, layer) => write!(out, "{}", Mark::Key(*position, *layer)),
            Self::Prepared { text, replaced } => write_text(out, emitter, text, replaced),
        }
    }
}

/// Writes a text from outside the pack as one value; `before` was replaced in it already.
pub(super) fn write_text(
    out: &mut Output<'_>,
    emitter: &Emitter,
    text: &str,
    before: &[char],
) -> std::fmt::Result {
    if before.is_empty() && emitter.is_plain(text) {
        return out.write_str(text);
    }
    let value = emitter.emit(text);
    for character in before.iter().chain(&value.replaced) {
        write!(out, "{}", Mark::Replaced(*character))?;
    }
    out.write_str(&value.text)
}

impl From<Opaque> for Value {
    fn from(opaque: Opaque) -> Self {
        Self::from_object(opaque)
    }
}

impl Object for Opaque {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::NonEnumerable
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !matches!(&**self, Self::Prepared { text, .. } if text.is_empty())
    }

    /// Where a template turns the value into text by other means than writing it, a secret is masked.
    fn render(self: &Arc<Self>, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match &**self {
            Self::Secret { .. } => MASK,
            Self::Literal(text) | Self::Prepared { text, .. } => text,
            Self::Origin(..) => "",
        })
    }
}

impl std::fmt::Debug for Opaque {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

/// The filter `without`: a value whose inner grammar gives the `unwanted` characters a meaning; each is replaced.
pub(super) fn without(value: &Value, unwanted: &str) -> Result<Value, Error> {
    let substitute = |text: &str, replaced: &[char]| {
        let mut replaced = replaced.to_vec();
        let text = text.chars().map(|character| {
            if !unwanted.contains(character) {
                return character;
            }
            replaced.push(character);
            if character == '_' { '-' } else { '_' }
        });
        let text = text.collect();
        Opaque::Prepared { text, replaced }
    };
    apply(value, substitute, |index, before, quoted| {
        Ok(Opaque::Secret { index, without: format!("{before}{unwanted}"), quoted })
    })
}

/// The filter `quoted`: a quoted string as of RFC 3261 §25.1, with its quotes. Phones do not agree on `\"`, so quotes
/// and backslashes are replaced instead of escaped.
pub(super) fn quoted(value: &Value) -> Result<Value, Error> {
    let quote = |text: &str, replaced: &[char]| {
        let mut replaced = replaced.to_vec();
        replaced.extend(text.chars().filter(|character| matches!(character, '"' | '\\')));
        Opaque::Prepared { text: format!("\"{}\"", text.replace('"', "'").replace('\\', "/")), replaced }
    };
    apply(value, quote, |index, before, _| {
        Ok(Opaque::Secret { index, without: format!("{before}\"\\"), quoted: true })
    })
}

/// The filter `uri_user`: the user part of a SIP address (RFC 3261 §25.1), with what it cannot hold as `%hh`.
pub(super) fn uri_user(value: &Value) -> Result<Value, Error> {
    const UNESCAPED: &[u8] = b"-_.!~*'()+";
    let hex = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
    let escape = |text: &str, replaced: &[char]| {
        let mut escaped = String::with_capacity(text.len());
        for byte in text.bytes() {
            if byte.is_ascii_alphanumeric() || UNESCAPED.contains(&byte) {
                escaped.push(char::from(byte));
            } else {
                escaped.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
        Opaque::Prepared { text: escaped, replaced: replaced.to_vec() }
    };
    apply(value, escape, |_, _, _| {
        Err(Error::new(ErrorKind::InvalidOperation, "a secret cannot be part of an address"))
    })
}

fn apply(
    value: &Value,
    text: impl FnOnce(&str, &[char]) -> Opaque,
    secret: impl FnOnce(u32, &str, bool) -> Result<Opaque, Error>,
) -> Result<Value, Error> {
    if let Some(opaque) = value.downcast_object_ref::<Opaque>() {
        return Ok(match opaque {
            Opaque::Secret { index, without, quoted } => secret(*index, without, *quoted)?.into(),
            Opaque::Literal(_) | Opaque::Origin(..) => value.clone(),
            Opaque::Prepared { text: prepared, replaced } => text(prepared, replaced).into(),
        });
    }
    match value.as_str() {
        Some(plain) => Ok(text(plain, &[]).into()),
        None if value.is_integer() => Ok(text(&value.to_string(), &[]).into()),
        None => Err(Error::new(ErrorKind::InvalidOperation, "only a text can be prepared for a grammar")),
    }
}
