//! Giving a role of the database what whoever serves phones needs, and nothing else.

use super::{AccessError, ActionError, Actions, FailureKind};
use crate::{
    domain::Component,
    storage::{DatabaseRole, GrantError, StorageError},
};

/// Why a role was not granted anything.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseRoleError {
    /// The role or the engine is at fault.
    #[error(transparent)]
    Grant(GrantError),
    /// The store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl From<GrantError> for DatabaseRoleError {
    fn from(error: GrantError) -> Self {
        match error {
            GrantError::Storage(error) => Self::Access(error.into()),
            other => Self::Grant(other),
        }
    }
}

impl From<StorageError> for DatabaseRoleError {
    fn from(error: StorageError) -> Self {
        Self::Access(error.into())
    }
}

impl ActionError for DatabaseRoleError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Grant(GrantError::NoSuchRole { .. }) => FailureKind::NotFound,
            Self::Grant(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Grant(GrantError::NoRoles) => "engine_without_roles",
            Self::Grant(GrantError::NoSuchRole { .. }) => "no_such_role",
            Self::Grant(GrantError::Almighty(_)) => "role_almighty",
            Self::Grant(GrantError::StillMay { .. }) => "role_may_more",
            Self::Grant(GrantError::Storage(_)) => "store_unavailable",
            Self::Access(access) => access.code(),
        }
    }
}

impl Actions {
    /// Gives a role of the database what whoever serves phones needs, and takes from it everything else.
    pub async fn grant_to_phones(&self, role: &DatabaseRole) -> Result<(), DatabaseRoleError> {
        self.may_as_operator(Component::Tenants)?;
        self.store.grant_to_phones(role).await?;
        let entry = self.entry(None, "database.granted", role.to_string());
        Ok(self.store.audit(&entry).await?)
    }

    /// The statements that would do it.
    pub async fn phones_grants(&self, role: &DatabaseRole) -> Result<Vec<String>, DatabaseRoleError> {
        self.may_as_operator(Component::Tenants)?;
        Ok(self.store.phones_grants(role).await?)
    }
}
