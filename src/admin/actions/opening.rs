//! Opening an installation's store with its master key, and reading the operator's public keys.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{AccessError, ActionError, FailureKind};
use crate::{
    domain::{
        Random,
        license::{KeyError, PublicKeys},
    },
    storage::{DatabaseUrl, KeySource, Role, Sealer, StorageError, Store, adopt, load_or_create_master_keys},
};

/// Where an installation keeps what admins own.
#[derive(Clone, Debug)]
pub struct Location {
    /// The database.
    pub database: DatabaseUrl,
    /// Where the master key is; a file is made, with its folder, together with a new database.
    pub master_key: KeySource,
}

/// Why an installation cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A file or folder cannot be read or made.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file in the folder of public keys holds something else.
    #[error("{}: {source}", path.display())]
    LicenseKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// The store cannot be opened.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StorageError> for OpenError {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

impl ActionError for OpenError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::LicenseKey { .. } => FailureKind::Input,
            Self::File { .. } => FailureKind::Unavailable,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::File { .. } => "file_unusable",
            Self::LicenseKey { .. } => "license_key_unreadable",
            Self::Access(access) => access.code(),
        }
    }
}

impl Location {
    /// Opens the store, migrated. In a new installation this makes the folders, the master key and the database.
    pub async fn open(&self, random: Arc<dyn Random>) -> Result<Store, OpenError> {
        if let DatabaseUrl::Sqlite(path) = &self.database {
            make_folder_of(path)?;
        }
        if let Some(file) = self.master_key.file() {
            make_folder_of(file)?;
        }
        let exists = Store::exists(&self.database).await?;
        let keys = load_or_create_master_keys(&self.master_key, exists, &*random)?;
        let sealer = Sealer::reading(self.master_key.clone(), keys, random);
        Ok(Store::open(&self.database, Role::Admin, Arc::new(sealer)).await?)
    }
}

/// Makes the folder that a file is to lie in, for its owner only; each new folder belongs to whoever owns the one above.
fn make_folder_of(file: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    if folder.is_dir() {
        return Ok(());
    }
    make_folder_of(folder)?;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => Ok(adopt(folder)?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(OpenError::File { path: folder.to_owned(), source }),
    }
}

/// The public keys in PEM files and in all `*.pem` files of folders. A path where there is nothing holds no key.
pub fn read_license_keys(paths: &[PathBuf]) -> Result<PublicKeys, OpenError> {
    let mut keys = PublicKeys::default();
    for path in paths {
        for file in pem_files(path).map_err(|source| OpenError::File { path: path.clone(), source })? {
            let text =
                fs::read_to_string(&file).map_err(|source| OpenError::File { path: file.clone(), source })?;
            let read = PublicKeys::from_pem(&text);
            keys = keys.and(read.map_err(|source| OpenError::LicenseKey { path: file, source })?);
        }
    }
    Ok(keys)
}

fn pem_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    match fs::read_dir(path) {
        Ok(entries) => {
            let mut files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
            files.retain(|file| file.extension().is_some_and(|extension| extension == "pem"));
            files.sort();
            Ok(files)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(vec![]),
        Err(error) => Err(error),
    }
}
