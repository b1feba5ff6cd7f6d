//! Why nothing was said about a file, and in which step.

use std::path::PathBuf;

use super::LARGEST_DOCUMENT;
use super::tftp::TftpError;
use crate::simulator::url::InvalidUrl;

/// How far fetching had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Asking DNS for the server.
    Resolve,
    /// Reaching the server.
    Connect,
    /// Agreeing on TLS.
    Tls,
    /// Asking for a file and reading it.
    Request,
}

/// Why nothing was said about a file. Messages name server and step, never a path.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// A URL that cannot be fetched from.
    #[error("the server names a URL that phones cannot fetch")]
    Url(#[from] InvalidUrl),
    /// Nothing says whom to trust.
    #[error("{0} needs a CA file, or the explicit wish not to check certificates")]
    NoTrust(String),
    /// The CA file cannot be used.
    #[error("the CA file {path} cannot be used: {why}", path = path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The phone's own certificate or its key cannot be used.
    #[error("the certificate {path} cannot be used: {why}", path = path.display())]
    Certificate {
        /// The certificate or the key.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// DNS has no address.
    #[error("{host} has no address")]
    Resolve {
        /// The host.
        host: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody answers.
    #[error("{place} cannot be reached")]
    Connect {
        /// The server.
        place: String,
        /// Why, from the last address that was tried.
        source: std::io::Error,
    },
    /// The TLS handshake failed.
    #[error("the TLS handshake with {place} failed")]
    Tls {
        /// The server.
        place: String,
        /// Why, as rustls says it.
        source: std::io::Error,
    },
    /// The exchange over HTTP broke.
    #[error("the HTTP exchange with {place} broke")]
    Http {
        /// The server.
        place: String,
        /// Why.
        source: hyper::Error,
    },
    /// The exchange over TFTP broke.
    #[error("the TFTP transfer from {place} broke")]
    Tftp {
        /// The server.
        place: String,
        /// Why.
        source: TftpError,
    },
    /// A document that no phone has room for.
    #[error("{place} sent more than {LARGEST_DOCUMENT} bytes")]
    TooLarge {
        /// The server.
        place: String,
    },
    /// The phone's time was up.
    #[error("{place} took too long: the time was up in the step \"{step}\"", step = step.as_str())]
    Deadline {
        /// The server.
        place: String,
        /// What the phone waited for.
        step: Step,
    },
}

impl Step {
    /// The word used in messages and statistics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Request => "request",
        }
    }
}

impl FetchError {
    /// The step in which it happened.
    #[must_use]
    pub const fn step(&self) -> Step {
        match self {
            Self::Url(_) | Self::Http { .. } | Self::Tftp { .. } | Self::TooLarge { .. } => Step::Request,
            Self::NoTrust(_) | Self::CaFile { .. } | Self::Certificate { .. } | Self::Tls { .. } => Step::Tls,
            Self::Resolve { .. } => Step::Resolve,
            Self::Connect { .. } => Step::Connect,
            Self::Deadline { step, .. } => *step,
        }
    }
}
