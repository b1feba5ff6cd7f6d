//! `[keys]`: where the key lies that seals the secrets in the database.

use std::path::{Path, PathBuf};

use super::Key;
use super::sources::{Given, Sources};
use crate::domain::Secret;

static MASTER: Key = Key::text(
    "keys",
    "master",
    "PATH",
    "file of the master key, or of several, the first in use [default: keys/master.key in the data directory]",
);
pub(super) static KEYS: &[&Key] = &[&MASTER];

/// Keys outside of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// File of the key that seals secrets. Best kept where no backup of the database goes.
    pub master: PathBuf,
    /// The keys themselves, in place of the file.
    pub environment: Option<Secret>,
}

/// The variable that holds the key itself. There is neither a flag nor a place in the file for it: others could read both.
const ENVIRONMENT: &str = "OFFHOOK_MASTER_KEY";

impl Keys {
    pub(super) fn read(sources: &mut Sources<'_>, data: &Path) -> Self {
        let master = sources.one(&MASTER, Given::path);
        Self {
            master: master.unwrap_or_else(|| data.join("keys").join("master.key")),
            environment: sources.environment(ENVIRONMENT).map(Secret::new),
        }
    }
}
