//! What a request demands besides: that something is as it was, or that it is carried out once.

use super::{AccessError, Actions};
use crate::storage::{Change, Repeat};

/// What a request demands besides. A command demands nothing.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// The revision that what is changed must have.
    pub revision: Option<i64>,
    /// What makes a request that is repeated known.
    pub creation: Option<Creation>,
}

/// The name that a sender gave to a request that makes something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Creation {
    /// Whose names these are.
    pub sender: String,
    /// The name.
    pub key: String,
    /// A hash of the request.
    pub fingerprint: String,
}

impl Actions {
    /// Refuses to change what is not as it was when the actor saw it.
    pub(super) fn unchanged(&self, revision: i64) -> Result<(), AccessError> {
        match self.conditions.revision {
            Some(seen) if seen != revision => Err(AccessError::Changed { seen, revision }),
            _ => Ok(()),
        }
    }

    /// Refuses to make again what the same request made before.
    pub(super) async fn once(&self, change: &mut Change) -> Result<(), AccessError> {
        let Some(creation) = &self.conditions.creation else { return Ok(()) };
        let (sender, key, fingerprint) = (&creation.sender, &creation.key, &creation.fingerprint);
        match change.remember_creation(sender, key, fingerprint, self.now()).await? {
            Repeat::New => Ok(()),
            Repeat::Same => Err(AccessError::Repeated),
            Repeat::Other => Err(AccessError::KeyOfOther),
        }
    }
}
