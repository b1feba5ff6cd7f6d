//! Replacing the master key, and the key that seals secrets, while everything goes on.

use std::path::PathBuf;

use super::{AccessError, ActionError, Actions, FailureKind};
use crate::{
    domain::Component,
    storage::{KeySource, MasterKey, MasterKeys, StorageError},
};

/// Why no key was replaced.
#[derive(Debug, thiserror::Error)]
pub enum RotateKeyError {
    /// It is not ours to make a new one.
    #[error(
        "the new master key must be there first: {why}. Put a new one (openssl rand -hex 32) into {place} on a line before the old one, \
         on every node, restart them, and do this again"
    )]
    NotPrepared {
        /// Why it must.
        why: &'static str,
        /// Where it belongs.
        place: String,
    },
    /// The store, or the file of the key.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<StorageError> for RotateKeyError {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

impl ActionError for RotateKeyError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NotPrepared { .. } => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotPrepared { .. } => "key_not_prepared",
            Self::Access(access) => access.code(),
        }
    }
}

/// What became of the master key.
#[derive(Clone, Debug)]
pub struct MasterRotation {
    /// The key in use from now on.
    pub key: String,
    /// The one before; none where only the end of an interrupted rotation was done.
    pub before: Option<String>,
    /// Files in which keys that are not used any more are kept.
    pub kept: Vec<PathBuf>,
    /// Keys that the operator has to take away from where the keys are.
    pub left: Vec<String>,
    /// The key that seals secrets from now on, if that was replaced as well.
    pub seal: Option<String>,
}

impl Actions {
    /// Seals the database's keys with another master key: the first in its file if that is not in use yet, else a new one,
    /// which is written there. With `secrets` a new key seals from now on, and the secrets can be sealed again with it.
    /// Ended at any point it is finished by the next call.
    pub async fn rotate_master_key(&self, secrets: bool) -> Result<MasterRotation, RotateKeyError> {
        self.may_as_operator(Component::Tenants)?;
        let source = self.key_source()?;
        // whoever replaces it at the same time would write over our new key
        let _held = source.hold()?;
        let (mut masters, used) = self.master_keys().await?;
        if masters.first().id() == used && masters.others().is_empty() {
            masters = self.add_master_key(source, &masters)?;
        }
        let key = masters.first().id();
        let before = (key != used).then_some(used);
        let mut seal = None;
        if before.is_some() || secrets {
            let by = before.as_ref().map_or_else(String::new, |used| format!("master key {used} by {key}"));
            let all = if secrets { "; secrets get a new key" } else { "" };
            let entry = self.entry(None, "key.rotated", format!("{by}{all}"));
            seal = self.store.seal_keys_with(masters.first(), secrets, &entry).await?;
        }
        let (kept, left) = retire(source, &masters)?;
        Ok(MasterRotation { key, before, kept, left, seal })
    }

    /// Does what an interrupted rotation of the master key left to do, and begins none; nothing where nothing is left.
    pub async fn finish_master_rotation(&self) -> Result<Option<MasterRotation>, RotateKeyError> {
        self.may_as_operator(Component::Tenants)?;
        let source = self.key_source()?;
        let _held = source.hold()?;
        let (masters, used) = self.master_keys().await?;
        if masters.first().id() != used || masters.others().is_empty() {
            return Ok(None);
        }
        let (kept, left) = retire(source, &masters)?;
        Ok(Some(MasterRotation { key: used, before: None, kept, left, seal: None }))
    }

    fn key_source(&self) -> Result<&KeySource, RotateKeyError> {
        let source = self.store.sealer().source();
        source.ok_or_else(|| not_prepared("it is not read from a file", "the key file".to_owned()))
    }

    /// The master keys as they are now, and the id of the one in use.
    async fn master_keys(&self) -> Result<(MasterKeys, String), StorageError> {
        let sealer = self.store.sealer();
        sealer.read_again()?;
        Ok((sealer.masters().as_ref().clone(), self.store.master_key_in_use().await?))
    }

    fn add_master_key(&self, source: &KeySource, masters: &MasterKeys) -> Result<MasterKeys, RotateKeyError> {
        let place = source.to_string();
        if source.file().is_none() {
            return Err(not_prepared("the environment is not this program's to change", place));
        }
        if self.store.is_shared() {
            return Err(not_prepared(
                "other nodes may use this database, each with a key file of its own",
                place,
            ));
        }
        let led = masters.led_by(&MasterKey::generate(&*self.random));
        source.replace(&led)?;
        self.store.sealer().read_again()?;
        Ok(led)
    }

    /// Seals every secret again that is sealed with an older key; how many. `batch` are sealed at a time; `done` is told
    /// how many are done of how many.
    pub async fn seal_again(&self, batch: u32, done: impl Fn(u64, u64)) -> Result<u64, RotateKeyError> {
        self.may_as_operator(Component::Tenants)?;
        let older = self.store.sealed_with_older_keys().await?;
        Ok(self.store.seal_again(batch, |sealed| done(sealed, older)).await?)
    }

    /// Whether secrets are left that an interrupted rotation has not sealed again.
    pub async fn are_secrets_left(&self) -> Result<bool, RotateKeyError> {
        self.may_as_operator(Component::Tenants)?;
        Ok(self.store.sealed_with_older_keys().await? > 0)
    }
}

const fn not_prepared(why: &'static str, place: String) -> RotateKeyError {
    RotateKeyError::NotPrepared { why, place }
}

/// Takes all keys but the first from where they are and keeps each in a file of its own; those files, and what cannot be
/// taken away.
fn retire(source: &KeySource, masters: &MasterKeys) -> Result<(Vec<PathBuf>, Vec<String>), StorageError> {
    let ids = || masters.others().iter().map(MasterKey::id).collect();
    if source.file().is_none() {
        return Ok((Vec::new(), ids()));
    }
    let mut kept = Vec::new();
    for key in masters.others() {
        match source.keep(key) {
            Ok(file) => kept.extend(file),
            // where the service manager hands the key in, its copy cannot be changed
            Err(StorageError::File { source, .. }) if is_forbidden(&source) => return Ok((kept, ids())),
            Err(error) => return Err(error),
        }
    }
    source.replace(&masters.first().clone().into())?;
    Ok((kept, Vec::new()))
}

fn is_forbidden(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    matches!(error.kind(), PermissionDenied | ReadOnlyFilesystem)
}
