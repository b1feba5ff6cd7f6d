//! The authority's directory: pairs of files that appear whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::AuthorityError;
use crate::net::identity::CertificateFiles;

/// The names of a certificate and its key inside the directory.
pub(super) struct Pair {
    pub(super) certificate: &'static str,
    pub(super) key: &'static str,
}

/// How much of a pair exists.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Absent,
    /// Names the missing half.
    Half(&'static str),
    Whole,
}

impl Pair {
    pub(super) fn presence(&self, dir: &Path) -> Presence {
        // a dangling link is something, too: never write through it
        let exists = |name: &str| dir.join(name).symlink_metadata().is_ok();
        match (exists(self.certificate), exists(self.key)) {
            (false, false) => Presence::Absent,
            (true, true) => Presence::Whole,
            (true, false) => Presence::Half(self.key),
            (false, true) => Presence::Half(self.certificate),
        }
    }

    pub(super) fn paths(&self, dir: &Path) -> CertificateFiles {
        CertificateFiles { chain: dir.join(self.certificate), key: dir.join(self.key) }
    }

    /// The key first: a certificate that can be seen has its key.
    pub(super) fn write(&self, dir: &Path, certificate: &str, key: &str) -> Result<(), AuthorityError> {
        write(dir, self.key, key)?;
        write(dir, self.certificate, certificate)
    }
}

pub(super) fn create_dir(dir: &Path) -> Result<(), AuthorityError> {
    DirBuilder::new().recursive(true).mode(0o750).create(dir).map_err(failed("create", dir))
}

pub(super) fn read(path: &Path) -> Result<String, AuthorityError> {
    fs::read_to_string(path).map_err(failed("read", path))
}

/// Replaces the file in one step that survives a power cut. Keys (`*.key`) are for the owner only.
pub(super) fn write(dir: &Path, name: &str, content: &str) -> Result<(), AuthorityError> {
    let path = dir.join(name);
    let mode = if name.ends_with(".key") { 0o600 } else { 0o644 };
    let replace = || -> io::Result<()> {
        let unfinished = dir.join(format!(".{name}.new"));
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&unfinished)?;
        // one that an earlier attempt left behind keeps its own mode
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        File::open(dir)?.sync_all()
    };
    replace().map_err(failed("write", &path))
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> AuthorityError + 'a {
    move |source| AuthorityError::Files { action, path: path.to_path_buf(), source }
}
