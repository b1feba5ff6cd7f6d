//! Where the master key is: a file that only its owner reads, with 64 hex digits a line, or the environment.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{MasterKey, MasterKeys, StorageError, adopt};
use crate::domain::{Random, Secret};

/// Where the master key is.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// In a file, which may be a credential that the service manager hands in.
    File(PathBuf),
    /// In the environment: the keys themselves.
    Environment(Secret),
}

impl KeySource {
    /// Reads the master keys; none when there is no such file.
    pub fn read(&self) -> Result<Option<MasterKeys>, StorageError> {
        let text = match self {
            Self::File(path) => match fs::read_to_string(path) {
                Ok(text) => zeroize::Zeroizing::new(text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
                Err(source) => return Err(StorageError::File { path: path.display().to_string(), source }),
            },
            Self::Environment(text) => zeroize::Zeroizing::new(text.expose().to_owned()),
        };
        let keys = MasterKeys::parse(&text);
        keys.map(Some).ok_or_else(|| StorageError::KeyUnreadable { path: self.to_string() })
    }

    /// The file; none where there is none.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Environment(_) => None,
        }
    }

    /// Lets no other process on this machine replace what the file holds, until what this returns is dropped.
    pub fn hold(&self) -> Result<Option<fs::File>, StorageError> {
        let Self::File(path) = self else { return Ok(None) };
        let failed = |source| StorageError::File { path: path.display().to_string(), source };
        let folder = fs::File::open(folder_of(path)).map_err(failed)?;
        folder.lock().map_err(failed)?;
        Ok(Some(folder))
    }

    /// Puts `keys` in place of what the file holds, in one step.
    pub fn replace(&self, keys: &MasterKeys) -> Result<(), StorageError> {
        let Self::File(path) = self else { return Ok(()) };
        let failed = |source| StorageError::File { path: path.display().to_string(), source };
        // always the same name: what an interrupted replacement left is overwritten by the next
        let beside = write_beside(path, "new", &keys.to_text()).map_err(failed)?;
        let named = adopt(&beside).and_then(|()| fs::rename(&beside, path).map_err(failed));
        if named.is_err() {
            // it may be gone already
            let _ = fs::remove_file(&beside);
        }
        named.and_then(|()| sync_folder_of(path).map_err(failed))
    }

    /// Keeps a key that is not used any more in a file of its own, named by the key's id; the file.
    pub fn keep(&self, key: &MasterKey) -> Result<Option<PathBuf>, StorageError> {
        let Self::File(path) = self else { return Ok(None) };
        let mut kept = path.clone().into_os_string();
        kept.push(format!(".{}", key.id()));
        let kept = PathBuf::from(kept);
        if Self::File(kept.clone()).read()?.is_some_and(|there| there.first().id() == key.id()) {
            return Ok(Some(kept));
        }
        Self::File(kept.clone()).replace(&key.clone().into())?;
        Ok(Some(kept))
    }
}

impl std::fmt::Display for KeySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Environment(_) => f.write_str("the environment"),
        }
    }
}

/// Reads the master keys. When there is none yet, makes one, unless a database already exists: its secrets were sealed
/// with another key, and a new one would only hide that.
pub fn load_or_create_master_keys(
    source: &KeySource,
    database_exists: bool,
    random: &dyn Random,
) -> Result<MasterKeys, StorageError> {
    if let Some(keys) = source.read()? {
        return Ok(keys);
    }
    let KeySource::File(path) = source else {
        return Err(StorageError::KeyMissing { path: source.to_string() });
    };
    if database_exists {
        return Err(StorageError::KeyMissing { path: path.display().to_string() });
    }
    let failed = |source| StorageError::File { path: path.display().to_string(), source };
    let key = MasterKey::generate(random);
    match create(path, &key.clone().into()) {
        Ok(()) => adopt(path).map(|()| key.into()),
        // another process was faster: its key is the installation's
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            source.read()?.ok_or_else(|| failed(error))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Links what was written beside the final name into place, so that of two processes one wins and nobody reads half a key.
fn create(path: &Path, keys: &MasterKeys) -> std::io::Result<()> {
    let beside = write_beside(path, &format!("new-{}", std::process::id()), &keys.to_text())?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    linked?;
    sync_folder_of(path)
}

fn write_beside(path: &Path, extension: &str, text: &str) -> std::io::Result<PathBuf> {
    let beside = path.with_extension(extension);
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(beside)
}

fn sync_folder_of(path: &Path) -> std::io::Result<()> {
    fs::File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::File(folder.path().join("master.key"));
        let made = load_or_create_master_keys(&source, false, &SystemRandom).unwrap();
        assert_eq!(load_or_create_master_keys(&source, true, &SystemRandom).unwrap().ids(), made.ids());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_key_beside_a_database_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let source = KeySource::File(path.clone());
        let refused = load_or_create_master_keys(&source, true, &SystemRandom);
        assert!(matches!(refused, Err(StorageError::KeyMissing { .. })));
        fs::write(&path, "garbage").unwrap();
        let refused = load_or_create_master_keys(&source, true, &SystemRandom);
        assert!(matches!(refused, Err(StorageError::KeyUnreadable { .. })));
    }

    #[test]
    fn a_key_that_is_replaced_is_kept_beside() {
        let folder = tempfile::tempdir().unwrap();
        let source = KeySource::File(folder.path().join("master.key"));
        let old = load_or_create_master_keys(&source, false, &SystemRandom).unwrap();
        let both = old.led_by(&MasterKey::generate(&SystemRandom));
        source.replace(&both).unwrap();
        assert_eq!(source.read().unwrap().unwrap().ids(), both.ids());
        let kept = source.keep(old.first()).unwrap().unwrap();
        assert_eq!(kept, folder.path().join(format!("master.key.{}", old.ids())));
        assert_eq!(KeySource::File(kept).read().unwrap().unwrap().ids(), old.ids());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
