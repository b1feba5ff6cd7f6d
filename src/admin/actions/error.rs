//! What a failed action means to whoever asked.

use super::{CsvMistake, SeatRefusal};
use crate::{
    domain::{
        Component, DidNumber, ExtensionNumber, Level, Mac, PlainText, ServiceKind, ServiceName, TenantSlug,
        attendant::ScheduleMistake,
    },
    storage::StorageError,
};

/// What kind of failure it is; a command line makes an exit code of it, a REST API a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// A rule says no.
    Refused,
    /// Whoever asks may not do it.
    Forbidden,
    /// Nobody knows who asks.
    Unauthenticated,
    /// Too much was tried.
    TooOften,
    /// It is not as it was when whoever asks saw it.
    Changed,
    /// What was named is not there.
    NotFound,
    /// What was asked for was there and is not kept any more.
    Gone,
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

    /// Why no seat could be taken, where that is the failure.
    fn refused_seat(&self) -> Option<&SeatRefusal> {
        None
    }

    /// After how many seconds to try again, where that is the failure.
    fn wait_seconds(&self) -> Option<u64> {
        None
    }

    /// Every mistake of a CSV file, where that is the failure.
    fn csv_mistakes(&self) -> &[CsvMistake] {
        &[]
    }

    /// Every mistake of a schedule, where that is the failure.
    fn mistakes(&self) -> &[ScheduleMistake] {
        &[]
    }
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
    /// No such auto-attendant or SIP trunk.
    #[error("the tenant has no {}", described(kind.as_ref(), name))]
    Service {
        /// What it was to be; any kind when none.
        kind: Option<ServiceKind>,
        /// What was asked for.
        name: ServiceName,
    },
    /// The service is of another kind.
    #[error("{name} is {}, not {}", is.one(), wanted.one())]
    OtherKind {
        /// What was asked for.
        name: ServiceName,
        /// What it is.
        is: ServiceKind,
        /// What it was to be.
        wanted: ServiceKind,
    },
    /// No such public number.
    #[error("the tenant has no DID number {0}")]
    Did(DidNumber),
    /// Whoever asks may not do it.
    #[error("this needs the right {component}:{}", level.as_str())]
    Forbidden {
        /// With which component.
        component: Component,
        /// How much of it.
        level: Level,
    },
    /// It is not as it was when the actor saw it.
    #[error("it was changed meanwhile: it has revision {revision}, not {seen}")]
    Changed {
        /// The revision that was seen.
        seen: i64,
        /// The revision that it has.
        revision: i64,
    },
    /// The same request was carried out before.
    #[error("this request was carried out before, and what it made is gone since")]
    Repeated,
    /// Another request was carried out under the same name.
    #[error("another request was sent with this Idempotency-Key; each request needs one of its own")]
    KeyOfOther,
    /// Whoever acts for all tenants must say which.
    #[error("this is for who belongs to one tenant; name the tenant in the path")]
    NoTenantOfItsOwn,
    /// Only operators may do it.
    #[error("only the operator may do this")]
    OperatorOnly,
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

fn described(kind: Option<&ServiceKind>, name: &ServiceName) -> String {
    match (kind, name) {
        (Some(ServiceKind::AutoAttendant), name) => format!("auto-attendant {name}"),
        (Some(ServiceKind::Extension), name) => format!("extension {name}"),
        (_, ServiceName::Trunk(name)) => format!("SIP trunk \"{name}\""),
        (_, name) => format!("service {name}"),
    }
}

impl ActionError for AccessError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Storage(StorageError::Conflict(_)) | Self::Repeated | Self::KeyOfOther => {
                FailureKind::Refused
            }
            Self::Storage(StorageError::Url(_)) | Self::NoTenantOfItsOwn => FailureKind::Input,
            Self::Forbidden { .. } | Self::OperatorOnly => FailureKind::Forbidden,
            Self::Changed { .. } => FailureKind::Changed,

            Self::Storage(StorageError::TenantGone)
            | Self::Tenant(_)
            | Self::Service { .. }
            | Self::OtherKind { .. }
            | Self::Did(_)
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
            Self::Service { .. } => "service_not_found",
            Self::OtherKind { .. } => "service_of_other_kind",
            Self::Did(_) => "did_not_found",
            Self::Forbidden { .. } => "forbidden",
            Self::Changed { .. } => "changed_meanwhile",
            Self::Repeated => "made_before",
            Self::KeyOfOther => "idempotency_key_reused",
            Self::OperatorOnly => "operator_only",
            Self::NoTenantOfItsOwn => "tenant_not_named",
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
