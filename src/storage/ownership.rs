//! Files that a command run as root makes belong to whoever owns their folder, so that the server can use them.

use std::{
    fs::OpenOptions,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use super::StorageError;

/// Makes an empty file at `path` that only the owner of its folder can read and write, unless there is one.
pub(super) fn create_private(path: &Path) -> Result<(), StorageError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => adopt(path),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(StorageError::File { path: path.display().to_string(), source }),
    }
}

/// Gives `path` to the owner of its folder. Does nothing unless the process runs as root.
pub fn adopt(path: &Path) -> Result<(), StorageError> {
    if !rustix::process::geteuid().is_root() {
        return Ok(());
    }
    let failed = |source| StorageError::File { path: path.display().to_string(), source };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = std::fs::metadata(folder).map_err(failed)?;
    let own = std::fs::metadata(path).map_err(failed)?;
    if (own.uid(), own.gid()) != (folder.uid(), folder.gid()) {
        std::os::unix::fs::chown(path, Some(folder.uid()), Some(folder.gid())).map_err(failed)?;
    }
    Ok(())
}
