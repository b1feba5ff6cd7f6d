//! The master key's file: 64 hex digits, readable by its owner only.

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use super::{MasterKey, StorageError, adopt};
use crate::domain::Random;

/// Reads the master key at `path`. When there is none yet, makes one, unless a database already exists: its secrets
/// were sealed with another key, and a new one would only hide that.
pub fn load_or_create_master_key(
    path: &Path,
    database_exists: bool,
    random: &dyn Random,
) -> Result<MasterKey, StorageError> {
    let failed = |source| StorageError::File { path: path.display().to_string(), source };
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    if database_exists {
        return Err(StorageError::KeyMissing { path: path.display().to_string() });
    }
    let key = MasterKey::generate(random);
    match create(path, &key) {
        Ok(()) => adopt(path).map(|()| key),
        // another process was faster: its key is the installation's
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            read(path)?.ok_or_else(|| failed(error))
        }
        Err(error) => Err(failed(error)),
    }
}

/// The key at `path`; none when there is no such file.
fn read(path: &Path) -> Result<Option<MasterKey>, StorageError> {
    match fs::read_to_string(path) {
        Ok(text) => MasterKey::from_hex(&text)
            .map(Some)
            .ok_or_else(|| StorageError::KeyUnreadable { path: path.display().to_string() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(StorageError::File { path: path.display().to_string(), source }),
    }
}

/// Writes beside the final name and links into place, so that of two processes one wins and nobody reads half a key.
fn create(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(key.to_hex().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    linked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = load_or_create_master_key(&path, false, &SystemRandom).unwrap();
        assert_eq!(load_or_create_master_key(&path, true, &SystemRandom).unwrap().id(), made.id());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_key_beside_a_database_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let refused = load_or_create_master_key(&path, true, &SystemRandom);
        assert!(matches!(refused, Err(StorageError::KeyMissing { .. })));
        fs::write(&path, "garbage").unwrap();
        let refused = load_or_create_master_key(&path, true, &SystemRandom);
        assert!(matches!(refused, Err(StorageError::KeyUnreadable { .. })));
    }
}
