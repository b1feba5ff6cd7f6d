//! `offhook license …`.
//!
//! Away from the server: making a key, issuing a license, reading one. None of it needs a
//! configuration, a database or a network; the first two belong on a machine that has none. On the server: `installed`.

mod fields;
mod inspect;
mod installed;
mod issue;
mod keygen;
mod terms;
mod wording;

pub use fields::{TermsMistake, TermsMistakes};
pub use inspect::{Inspect, Inspection};
pub use installed::LicenseCommand;
pub use issue::{Issue, IssuedLicense};
pub use keygen::{Keygen, NewKey};
pub use terms::read as read_terms;
pub use wording::{price as price_in_words, used_for as used_for_in_words};

use super::{Report, WrongInput};
use crate::domain::{Clock, Random};

/// The license commands that work offline.
#[derive(Debug, clap::Subcommand)]
pub enum OfflineLicenseCommand {
    /// Make the key pair with which licenses are signed and verified
    Keygen(Keygen),
    /// Sign a license from a terms file; prints nothing but the license
    Issue(Issue),
    /// Show what a license says
    Inspect(Inspect),
}

impl OfflineLicenseCommand {
    /// Runs the command. The error holds a [`WrongInput`] where the input is at fault.
    pub fn run(&self, clock: &dyn Clock, random: &dyn Random) -> anyhow::Result<Box<dyn Report>> {
        Ok(match self {
            Self::Keygen(keygen) => Box::new(keygen.run(random)?),
            Self::Issue(issue) => Box::new(issue.run()?),
            Self::Inspect(inspect) => Box::new(inspect.run(clock)?),
        })
    }
}

/// The text of a file that a command was given; `-` is standard input. Longer texts than `limit` bytes are refused
/// before they are read into memory.
pub(super) fn read_text(path: &std::path::Path, limit: u64) -> Result<String, WrongInput> {
    use std::io::Read as _;
    let wrong = |why: &dyn std::fmt::Display| WrongInput::new(format_args!("{}: {why}", path.display()));
    let mut text = Vec::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(limit + 1).read_to_end(&mut text)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut text))
    };
    read.map_err(|error| wrong(&error))?;
    if text.len() as u64 > limit {
        return Err(wrong(&format_args!("more than {limit} bytes")));
    }
    String::from_utf8(text).map_err(|_| wrong(&"not UTF-8 text"))
}
