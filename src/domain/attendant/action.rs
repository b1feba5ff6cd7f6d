//! What an auto-attendant does with a call: announce options, or pass it on.

use std::collections::BTreeMap;

use crate::domain::{DidNumber, ExtensionNumber, PlainText};

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Plays a greeting that announces options, and waits for a key.
    Menu {
        /// What is said.
        greeting: PlainText,
        /// Where each key leads.
        options: BTreeMap<DialKey, Target>,
        /// Where a caller goes who presses none.
        otherwise: Target,
    },
    /// Passes the call on.
    Transfer {
        /// What is said before.
        greeting: Option<PlainText>,
        /// Where to.
        to: Target,
    },
}

impl Action {
    /// Where every caller goes who gets here; none where a key decides.
    #[must_use]
    pub const fn always(&self) -> Option<&Target> {
        match self {
            Self::Transfer { to, .. } => Some(to),
            Self::Menu { .. } => None,
        }
    }

    /// Everywhere a caller may go from here.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        let (options, last) = match self {
            Self::Menu { options, otherwise, .. } => (Some(options), otherwise),
            Self::Transfer { to, .. } => (None, to),
        };
        options.into_iter().flat_map(BTreeMap::values).chain(std::iter::once(last))
    }
}

/// A key that a caller can press: `0` to `9`, `*` or `#`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DialKey(char);

impl DialKey {
    /// Parses a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut characters = text.chars();
        let key = characters.next().filter(|key| key.is_ascii_digit() || matches!(key, '*' | '#'))?;
        characters.next().is_none().then_some(Self(key))
    }

    /// The key.
    #[must_use]
    pub const fn as_char(self) -> char {
        self.0
    }
}

impl std::fmt::Display for DialKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// An extension rings.
    Extension(ExtensionNumber),
    /// Another auto-attendant answers.
    Attendant(ExtensionNumber),
    /// The voicemail box of an extension answers.
    Voicemail(ExtensionNumber),
    /// A public number is called.
    Number(DidNumber),
    /// The call ends.
    HangUp,
}

/// The text names no place for a call to go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no target; one is written \"extension 101\", \"attendant 200\", \"voicemail 101\", \"number +4930123456\" or \"hang-up\""
)]
pub struct WrongTarget(String);

impl std::str::FromStr for Target {
    type Err = WrongTarget;

    fn from_str(text: &str) -> Result<Self, WrongTarget> {
        let wrong = || WrongTarget(text.chars().take(60).collect());
        let (kind, rest) = text.trim().split_once(' ').unwrap_or_else(|| (text.trim(), ""));
        let number = || ExtensionNumber::parse(rest.trim()).map_err(|_| wrong());
        match kind {
            "extension" => number().map(Self::Extension),
            "attendant" => number().map(Self::Attendant),
            "voicemail" => number().map(Self::Voicemail),
            "number" => DidNumber::parse(rest).map(Self::Number).map_err(|_| wrong()),
            "hang-up" if rest.is_empty() => Ok(Self::HangUp),
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Extension(number) => write!(f, "extension {number}"),
            Self::Attendant(number) => write!(f, "attendant {number}"),
            Self::Voicemail(number) => write!(f, "voicemail {number}"),
            Self::Number(number) => write!(f, "number {number}"),
            Self::HangUp => f.write_str("hang-up"),
        }
    }
}

impl std::fmt::Display for Action {
    /// In words: "plays a menu: 1 → extension 101, otherwise hang-up", "transfers to voicemail 101".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Menu { greeting, options, otherwise } => {
                write!(f, "says \"{greeting}\" and waits for a key: ")?;
                for (key, target) in options {
                    write!(f, "{key} → {target}, ")?;
                }
                write!(f, "otherwise {otherwise}")
            }
            Self::Transfer { greeting, to } => {
                if let Some(greeting) = greeting {
                    write!(f, "says \"{greeting}\", then ")?;
                }
                match to {
                    Target::HangUp => f.write_str("hangs up"),
                    to => write!(f, "transfers to {to}"),
                }
            }
        }
    }
}
