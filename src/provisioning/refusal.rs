//! Why a request got no document. The reason is for the journal; the wire only tells the three classes apart.

use crate::domain::{Closed, ClockDoubt, license::LicenseError};

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
    /// The tenant's URL, from a network that none of its phones stands in.
    #[error("phones of this tenant do not enroll from this network")]
    OtherNetwork,
    /// The tenant's URL, and a file of another vendor than the device's model.
    #[error("the device's model is another vendor's")]
    OtherVendor,
    /// The scope may have these secrets no more, or not again.
    #[error("{}", closed(*.0))]
    Closed(Closed),
    /// A release that cannot be counted is not made.
    #[error("the release could not be counted")]
    NotRecorded,
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
    /// Try again later and keep what you have.
    TryLater,
}

impl Refusal {
    /// What the wire may tell of it.
    #[must_use]
    pub const fn class(&self) -> RefusalClass {
        match self {
            Self::Undecidable(_) | Self::Broken(_) => RefusalClass::TryLater,
            Self::UnknownFile
            | Self::Absent
            | Self::UnknownScope
            | Self::NoScope
            | Self::NotAllowed
            | Self::Disagreement
            | Self::UnknownDevice
            | Self::OtherTenant
            | Self::Blocked
            | Self::OtherNetwork
            | Self::OtherVendor
            | Self::Closed(_)
            | Self::NotRecorded
            | Self::NotConfidential(_) => RefusalClass::NotFound,
        }
    }

    /// A word for journal and metrics.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::UnknownFile => "unknown-file",
            Self::Absent => "absent",
            Self::UnknownScope => "unknown-scope",
            Self::NoScope => "no-scope",
            Self::NotAllowed => "not-allowed",
            Self::Disagreement => "disagreement",
            Self::UnknownDevice => "unknown-device",
            Self::OtherTenant => "other-tenant",
            Self::Blocked => "blocked",
            Self::NotConfidential(_) => "not-confidential",
            Self::OtherNetwork => "network",
            Self::OtherVendor => "vendor",
            Self::Closed(Closed::Window) => "window-closed",
            Self::Closed(Closed::Frozen) => "frozen",
            Self::Closed(Closed::ReleasesUsedUp) => "releases-used-up",
            Self::Closed(Closed::OldScope) => "old-scope",
            Self::NotRecorded => "not-recorded",
            Self::Undecidable(_) => "undecidable",
            Self::Broken(_) => "broken",
        }
    }
}

const fn closed(why: Closed) -> &'static str {
    match why {
        Closed::Window => "the device asks with the tenant's URL and its window is closed",
        Closed::Frozen => "the device's window is frozen until an administrator answers the alarm",
        Closed::ReleasesUsedUp => "the tenant's URL was used as often as one window allows",
        Closed::OldScope => "the device's scope is older than the one in use",
    }
}
