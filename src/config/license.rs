//! `[license]`: whose licenses count here.

use std::path::{Path, PathBuf};

use super::Key;
use super::key::Kind;
use super::sources::{Given, Sources};
use super::value::shown;

pub(super) static PUBLIC_KEYS: Key = Key {
    section: "license",
    name: "public_keys",
    kind: Kind::List,
    value: "PATH",
    help: "public keys of whoever issues licenses: PEM files or directories of them [default: license-keys in the data directory]",
};
static AUDIENCE: Key =
    Key::text("license", "audience", "ID", "id of this installation, for licenses that name one");
pub(super) static KEYS: &[&Key] = &[&PUBLIC_KEYS, &AUDIENCE];

/// Whose licenses count, and for which installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// PEM files, or directories of them.
    pub public_keys: Vec<PathBuf>,
    /// The id of this installation. A license that names another one is refused.
    pub audience: Option<String>,
}

impl License {
    pub(super) fn read(sources: &mut Sources<'_>, data: &Path) -> Self {
        let public_keys = sources.many(&PUBLIC_KEYS, Given::path);
        let audience = sources.one(&AUDIENCE, |given| installation(&given.text));
        Self { public_keys: public_keys.unwrap_or_else(|| vec![data.join("license-keys")]), audience }
    }
}

fn installation(text: &str) -> Result<String, String> {
    let plain = |character: char| character.is_ascii_graphic();
    if (1..=64).contains(&text.len()) && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(format!("{} is no installation id: 1 to 64 visible ASCII characters without spaces", shown(text)))
    }
}
