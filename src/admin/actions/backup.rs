//! Backups: made while the server runs, restored where the same master key is.

use std::path::{Path, PathBuf};

use super::{AccessError, ActionError, Actions, FailureKind, Location};
use crate::{
    domain::Component,
    storage::{BackupError, BackupSummary, StorageError, key_of_backup},
};

/// Why a backup was not made or not restored; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupFailure {
    /// The key that opens the backup's secrets is missing.
    #[error("there is no master key at {}; put the key {key_id}, with which the backup was made, there first", path.display())]
    KeyFirst {
        /// Where the key should be.
        path: PathBuf,
        /// The id of the backup's key.
        key_id: String,
    },
    /// The backup or the store is at fault.
    #[error(transparent)]
    Backup(BackupError),
    /// The store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<BackupError> for BackupFailure {
    fn from(error: BackupError) -> Self {
        match error {
            BackupError::Storage(error) => Self::Access(error.into()),
            other => Self::Backup(other),
        }
    }
}

impl From<StorageError> for BackupFailure {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

impl ActionError for BackupFailure {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Backup(BackupError::NoBackup { .. } | BackupError::Damaged(_)) => FailureKind::Input,
            Self::Backup(_) | Self::KeyFirst { .. } => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::KeyFirst { .. } => "master_key_missing",
            Self::Backup(BackupError::Exists(_)) => "file_exists",
            Self::Backup(BackupError::NoBackup { .. }) => "no_backup",
            Self::Backup(BackupError::Damaged(_) | BackupError::WrittenWrong(_)) => "backup_damaged",
            Self::Backup(BackupError::Schema { .. }) => "wrong_schema",
            Self::Backup(BackupError::OtherKey { .. }) => "wrong_key",
            Self::Backup(BackupError::NotEmpty { .. }) => "store_not_empty",
            Self::Backup(BackupError::Storage(_)) => "store_unavailable",
            Self::Access(access) => access.code(),
        }
    }
}

impl Location {
    /// Refuses to open a place for restoring where a new master key would be made: it could not open the backup.
    pub async fn has_key_for(&self, backup: &Path) -> Result<(), BackupFailure> {
        let key_id = key_of_backup(backup).await?;
        match self.master_key.file() {
            Some(path) if !path.exists() => Err(BackupFailure::KeyFirst { path: path.to_owned(), key_id }),
            _ => Ok(()),
        }
    }
}

impl Actions {
    /// Writes everything that admins own to a new file; with `overwrite` in place of one.
    pub async fn back_up(&self, file: &Path, overwrite: bool) -> Result<BackupSummary, BackupFailure> {
        self.may_as_operator(Component::Tenants)?;
        let summary = self.store.back_up(file, overwrite).await?;
        let entry = self.entry(None, "backup.made", file.display().to_string());
        self.store.audit(&entry).await?;
        Ok(summary)
    }

    /// Puts a backup in place of everything that admins own; a store that is not empty is only emptied with `replace`.
    pub async fn restore(&self, file: &Path, replace: bool) -> Result<BackupSummary, BackupFailure> {
        self.may_as_operator(Component::Tenants)?;
        let summary = self.store.restore(file, replace).await?;
        let entry = self.entry(None, "backup.restored", file.display().to_string());
        self.store.audit(&entry).await?;
        Ok(summary)
    }
}
