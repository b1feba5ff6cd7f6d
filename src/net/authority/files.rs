//! The authority's directory: pairs of files that appear whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::AuthorityError;
use crate::net::identity::CertificateFiles;

const FOR_THE_OWNER: u32 = 0o600;
const FOR_ALL: u32 = 0o644;

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
        write(&dir.join(self.key), key, FOR_THE_OWNER)?;
        self.replace_certificate(dir, certificate)
    }

    pub(super) fn replace_certificate(&self, dir: &Path, certificate: &str) -> Result<(), AuthorityError> {
        write(&dir.join(self.certificate), certificate, FOR_ALL)
    }
}

pub(super) fn create_dir(dir: &Path) -> Result<(), AuthorityError> {
    DirBuilder::new().recursive(true).mode(0o750).create(dir).map_err(failed("create", dir))
}

/// As [`create_dir`], and only its owner may look inside.
pub(in crate::net) fn create_private_dir(dir: &Path) -> Result<(), AuthorityError> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(failed("create", dir))
}

pub(super) fn read(path: &Path) -> Result<String, AuthorityError> {
    fs::read_to_string(path).map_err(failed("read", path))
}

/// Replaces the file in one step that survives a power cut.
pub(in crate::net) fn write(path: &Path, content: &str, mode: u32) -> Result<(), AuthorityError> {
    let replace = || -> io::Result<()> {
        let unfinished = path.with_added_extension("new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&unfinished)?;
        // one that an earlier attempt left behind has kept its own mode
        file.set_permissions(Permissions::from_mode(mode))?;
        file.write_all(content.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        path.parent().map_or(Ok(()), |dir| File::open(dir)?.sync_all())
    };
    replace().map_err(failed("write", path))
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> AuthorityError + 'a {
    move |source| AuthorityError::Files { action, path: path.to_path_buf(), source }
}
