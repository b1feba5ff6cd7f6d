//! `[factory_certificates]`: whose factory certificates count, besides those of the bundles in the program.

use std::path::PathBuf;

use super::Key;
use super::sources::{Given, Sources};

static DIRECTORY: Key = Key::text(
    "factory_certificates",
    "directory",
    "DIRECTORY",
    "directory with a folder for each vendor, called as its pack, of certificates of its authorities (PEM or DER)",
);
pub(super) static KEYS: &[&Key] = &[&DIRECTORY];

/// Whose factory certificates count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactoryCertificates {
    /// A folder for each vendor. Without it, only the bundles in the program count.
    pub directory: Option<PathBuf>,
}

impl FactoryCertificates {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        Self { directory: sources.one(&DIRECTORY, Given::path) }
    }
}
