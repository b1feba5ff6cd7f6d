//! What a failed action means to whoever asked.

use crate::{
    domain::{ExtensionNumber, Mac, PlainText, TenantSlug},
    storage::StorageError,
};

/// What kind of failure it is; a command line makes an exit code of it, a REST API a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A rule says no.
    Refused,
    /// What was named is not there.
    NotFound,
    /// What was given is no valid input.
    Input,
    /// The store, its key or its schema cannot be used now.
    Unavailable,
}

/// A failed action.
pub trait ActionError: std::error::Error + Send + Sync + 'static {
    /// What kind of failure it is.
    fn kind(&self) -> FailureKind;

    /// A word for programs that stays the same from release to release.
    fn code(&self) -> &'static str;
}

/// What was named is not there, or the store did not answer.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// No such tenant.
    #[error("there is no tenant \"{0}\"")]
    Tenant(TenantSlug),
    /// No such extension.
    #[error("the tenant has no extension {0}")]
    Extension(ExtensionNumber),
    /// No such device.
    #[error("there is no device {}", .0.colons())]
    Device(Mac),
    /// No such profile.
    #[error("the tenant has no profile \"{0}\"")]
    Profile(PlainText),
    /// The store did not answer.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl ActionError for AccessError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Storage(StorageError::Conflict(_)) => FailureKind::Refused,
            Self::Storage(StorageError::Url(_)) => FailureKind::Input,
            Self::Storage(StorageError::TenantGone)
            | Self::Tenant(_)
            | Self::Extension(_)
            | Self::Device(_)
            | Self::Profile(_) => FailureKind::NotFound,
            Self::Storage(_) => FailureKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Tenant(_) | Self::Storage(StorageError::TenantGone) => "tenant_not_found",
            Self::Extension(_) => "extension_not_found",
            Self::Device(_) => "device_not_found",
            Self::Profile(_) => "profile_not_found",
            Self::Storage(StorageError::Conflict(_)) => "conflict",
            Self::Storage(StorageError::WrongKey { .. } | StorageError::KeyMissing { .. }) => "wrong_key",
            Self::Storage(StorageError::Schema { .. }) => "wrong_schema",
            Self::Storage(_) => "store_unavailable",
        }
    }
}

/// Lets `?` take an error of the store into enums that hold an [`AccessError`].
macro_rules! may_fail_in_the_store {
    ($($error:ty),+ $(,)?) => {
        $(impl From<$crate::storage::StorageError> for $error {
            fn from(error: $crate::storage::StorageError) -> Self {
                Self::Access(error.into())
            }
        })+
    };
}
pub(super) use may_fail_in_the_store;
