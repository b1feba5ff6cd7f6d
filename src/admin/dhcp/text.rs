//! What a server's syntax can carry: anything else is refused by name, never altered.

use std::{fmt::Write as _, net::Ipv4Addr};

use super::{Handed, Plan, Value};
use crate::admin::actions::{ActionError, FailureKind};

/// The longest value of an option: its length is one byte, and phones put no parts together (RFC 3396).
const LONGEST: usize = 255;

/// A text that a DHCP server's syntax cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsayable {
    /// A character in it.
    #[error("{what} holds {character:?}, which directives of {server} cannot carry")]
    Character {
        /// For which server.
        server: &'static str,
        /// Which text it is.
        what: String,
        /// The character.
        character: char,
    },
    /// Its length.
    #[error("{what} has {length} bytes; an option of DHCP carries 1 to {LONGEST}")]
    Length {
        /// Which text it is.
        what: String,
        /// Its length.
        length: usize,
    },
}

impl ActionError for Unsayable {
    fn kind(&self) -> FailureKind {
        FailureKind::Input
    }

    fn code(&self) -> &'static str {
        "dhcp_cannot_carry"
    }
}

/// How a server writes texts: who it is, and what cannot stand between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Syntax {
    pub(super) server: &'static str,
    pub(super) comment: &'static str,
    pub(super) refused: &'static str,
}

impl Syntax {
    /// The text, if it can stand between the server's quotes: visible ASCII and spaces.
    pub(super) fn quotable<'a>(&self, what: &str, text: &'a str) -> Result<&'a str, Unsayable> {
        let wrong = |one: &char| !(one.is_ascii_graphic() || *one == ' ') || self.refused.contains(*one);
        if let Some(character) = text.chars().find(wrong) {
            return Err(Unsayable::Character { server: self.server, what: what.to_owned(), character });
        }
        check_length(what, text.len())?;
        Ok(text)
    }

    /// The text of an option, if it can stand between the server's quotes.
    pub(super) fn value<'a>(&self, option: &Handed, text: &'a str) -> Result<&'a str, Unsayable> {
        self.quotable(&format!("the value of option {}", option.code), text)
    }

    /// The beginning of a vendor class, if it can stand between the server's quotes.
    pub(super) fn class<'a>(&self, vendor: &str, text: &'a str) -> Result<&'a str, Unsayable> {
        self.quotable(&format!("the vendor class of {vendor}"), text)
    }

    /// The plan's notes as comments, and a line of this server's own.
    pub(super) fn head(&self, plan: &Plan, own: &[&str]) -> String {
        let mut head = String::new();
        for note in plan.notes.iter().map(String::as_str).chain(own.iter().copied()) {
            self.remark(&mut head, "", note);
        }
        head
    }

    /// A line of comment.
    pub(super) fn remark(&self, to: &mut String, indent: &str, text: &str) {
        let visible = |one: char| if one == ' ' || one.is_ascii_graphic() { one } else { '?' };
        let text: String = text.chars().map(visible).collect();
        let _ = writeln!(to, "{indent}{} {text}", self.comment);
    }
}

/// The bytes of a value in hexadecimal, `between` each two.
pub(super) fn hexadecimal(option: &Handed, between: &str, before: &str) -> Result<String, Unsayable> {
    let bytes = match &option.value {
        Value::Text(text) => text.as_bytes().to_vec(),
        Value::Addresses(addresses) => addresses.iter().flat_map(Ipv4Addr::octets).collect(),
        Value::Bytes(bytes) => bytes.clone(),
    };
    check_length(&format!("the value of option {}", option.code), bytes.len())?;
    let digits = bytes.iter().map(|byte| format!("{before}{byte:02x}"));
    Ok(digits.collect::<Vec<_>>().join(between))
}

fn check_length(what: &str, length: usize) -> Result<(), Unsayable> {
    if (1..=LONGEST).contains(&length) {
        return Ok(());
    }
    Err(Unsayable::Length { what: what.to_owned(), length })
}

/// The addresses, `between` each two.
pub(super) fn addresses(addresses: &[Ipv4Addr], between: &str) -> String {
    addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}
