//! What the command line gave.

use std::fmt;
use std::path::PathBuf;

use super::Key;

/// The flags of one command, filled by the command line from [`super::keys`].
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Flags {
    pub(super) file: Option<PathBuf>,
    given: Vec<(&'static Key, String)>,
}

impl Flags {
    /// No flags but the file to read (`--config`), if any.
    #[must_use]
    pub fn new(file: Option<PathBuf>) -> Self {
        Self { file, given: Vec::new() }
    }

    /// Takes note of `--flag text`. A flag that repeats is noted each time.
    pub fn give(&mut self, key: &'static Key, text: impl Into<String>) {
        self.given.push((key, text.into()));
    }

    pub(super) fn of<'a>(&'a self, key: &'a Key) -> impl Iterator<Item = &'a str> {
        self.given.iter().filter(move |(given, _)| *given == key).map(|(_, text)| text.as_str())
    }
}

impl fmt::Debug for Flags {
    /// Names only: a database URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given: Vec<String> = self.given.iter().map(|(key, _)| format!("--{}", key.flag())).collect();
        f.debug_struct("Flags").field("file", &self.file).field("given", &given).finish()
    }
}
