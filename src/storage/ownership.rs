//! Files that a command run as root makes belong to whoever owns their folder, so that the server can use them.

use std::{os::unix::fs::MetadataExt, path::Path};

use super::StorageError;

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
