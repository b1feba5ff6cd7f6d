//! `[catalog]`: vendor packs beside those in the program.

use std::path::PathBuf;

use super::Key;
use super::sources::{Given, Sources};

pub(super) static DIRECTORY: Key = Key::text(
    "catalog",
    "directory",
    "DIRECTORY",
    "directory of vendor packs, which replace those of the same name in the program",
);
pub(super) static KEYS: &[&Key] = &[&DIRECTORY];

/// Where vendor packs come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// Directory of vendor packs. Without it, the packs in the program count alone.
    pub directory: Option<PathBuf>,
}

impl Catalog {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        Self { directory: sources.one(&DIRECTORY, Given::path) }
    }
}
