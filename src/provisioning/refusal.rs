//! Why a request got no document. The reason is for the journal; the wire only tells the classes apart.

use super::password::{Challenge, NoPassword};
use crate::domain::{ClockDoubt, license::LicenseError};

/// Why a request got no document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No vendor's phone asks for such a file.
    #[error("no phone asks for such a file")]
    UnknownFile,
    /// A file that phones expect to be missing.
    #[error("phones expect this file to be missing")]
    Absent,
    /// The scope is none in use.
    #[error("the scope is not in use")]
    UnknownScope,
    /// Neither a scope nor a trusted network.
    #[error("the request has no scope and comes from no trusted network")]
    NoScope,
    /// A phone asks for its URL from a network whose phones are told none.
    #[error("the phone stands in no allowed network")]
    NotAllowed,
    /// The MACs that the request shows differ, or one of them belongs to another vendor.
    #[error("what the request shows is not one phone")]
    Disagreement,
    /// The phone's own certificate proves that it is another phone.
    #[error("the phone's certificate is another phone's")]
    Certificate,
    /// No device has this MAC.
    #[error("no device has this MAC")]
    UnknownDevice,
    /// The device is another tenant's than the scope or the network.
    #[error("the device belongs to another tenant")]
    OtherTenant,
    /// The device is blocked.
    #[error("the device is blocked")]
    Blocked,
    /// A file with secrets over a transport that may not carry them from there.
    #[error("secrets are not sent over {0} outside a trusted network")]
    NotConfidential(&'static str),
    /// The tenant demands a password and the request does not have it.
    #[error("{}", .0.as_str())]
    Password(NoPassword),
    /// Any refusal of a file with secrets in a scope whose tenant demands a password: all of them look the same.
    #[error("{why}")]
    Challenged {
        /// The reason.
        why: Box<Self>,
        /// What is asked for.
        challenge: Challenge,
    },
    /// Too many refusals wait for the source already, which walks over MACs.
    #[error("too many refusals wait for the source already")]
    Crowded,
    /// The server cannot know what the phone should have; the phone keeps what it has.
    #[error("undecidable: {0}")]
    Undecidable(Undecidable),
    /// The pack's template failed; the phone keeps what it has.
    #[error("the document could not be made: {0}")]
    Broken(String),
}

/// Why the server cannot know what a phone should have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    /// An installed license cannot be verified, such as when its public key is gone.
    #[error("an installed license cannot be verified: {0}")]
    License(LicenseError),
    /// The clock cannot be believed.
    #[error("{0}")]
    Clock(ClockDoubt),
    /// The database is away and the phone is not in memory.
    #[error("the database is away")]
    DatabaseAway,
    /// What is in memory is too old to go by.
    #[error("the database has been away for over 72 hours")]
    TooOld,
}

/// What the wire may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalClass {
    /// The same answer for whatever is not there and whoever may not have it.
    NotFound,
    /// The same, and whoever asks should go away.
    Crowded,
    /// The same demand for a password for whatever is not there, whoever may not have it and whoever does not say it.
    Unauthorized,
    /// Try again later and keep what you have.
    TryLater,
}

impl Refusal {
    /// What the wire may tell of it.
    #[must_use]
    pub const fn class(&self) -> RefusalClass {
        match self {
            Self::Undecidable(_) | Self::Broken(_) => RefusalClass::TryLater,
            Self::Crowded => RefusalClass::Crowded,
            Self::UnknownFile
            | Self::Absent
            | Self::UnknownScope
            | Self::NoScope
            | Self::NotAllowed
            | Self::Disagreement
            | Self::Certificate
            | Self::UnknownDevice
            | Self::OtherTenant
            | Self::Blocked
            | Self::NotConfidential(_)
            | Self::Password(_) => RefusalClass::NotFound,
            Self::Challenged { .. } => RefusalClass::Unauthorized,
        }
    }

    /// Whether the MAC was none of those that the request may ask for. A phone that is blocked, or asks through the
    /// wrong door, is not lost on its way.
    pub(super) fn may_be_a_step_of_a_walk(&self) -> bool {
        match self {
            Self::Challenged { why, .. } => why.may_be_a_step_of_a_walk(),
            Self::UnknownScope
            | Self::NoScope
            | Self::NotAllowed
            | Self::UnknownDevice
            | Self::OtherTenant => true,
            _ => false,
        }
    }

    /// A word for journal and metrics.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Challenged { why, .. } => why.word(),
            Self::Password(why) => why.word(),
            Self::UnknownFile => "unknown-file",
            Self::Absent => "absent",
            Self::UnknownScope => "unknown-scope",
            Self::NoScope => "no-scope",
            Self::NotAllowed => "not-allowed",
            Self::Disagreement => "disagreement",
            Self::Certificate => "certificate",
            Self::UnknownDevice => "unknown-device",
            Self::OtherTenant => "other-tenant",
            Self::Blocked => "blocked",
            Self::NotConfidential(_) => "not-confidential",
            Self::Crowded => "crowded",
            Self::Undecidable(_) => "undecidable",
            Self::Broken(_) => "broken",
        }
    }
}
