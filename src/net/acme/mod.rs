//! Certificates from an authority that speaks ACME (RFC 8555), which has us prove our name over plain HTTP (HTTP-01).
//!
//! | module | its question |
//! |---|---|
//! | `client` | how is a certificate ordered |
//! | `folder` | where are the account and the certificates kept |
//! | `challenges` | what do we answer who verifies our name |
//! | [`renewal`] | when is a certificate ordered again, and when is it late |

mod challenges;
mod client;
mod folder;
pub mod renewal;

use super::authority::AuthorityError;
pub use challenges::Challenges;
pub use client::{Client, Directory};
pub use folder::Folder;

/// Why there is no certificate. Never holds a byte of a key.
#[derive(Debug, thiserror::Error)]
pub enum AcmeError {
    /// The server cannot be reached or understood, or refuses.
    #[error("{step}: {why}")]
    Server {
        /// What was tried.
        step: &'static str,
        /// What the server or the network said.
        why: String,
    },
    /// The server found our name to be somebody else's.
    #[error("{name} was not proved to be ours: {why}")]
    Unproven {
        /// The name.
        name: String,
        /// What the server said.
        why: String,
    },
    /// The server offers no way to prove the name that we know.
    #[error("the ACME server does not prove {name} over plain HTTP (http-01)")]
    NoChallenge {
        /// The name.
        name: String,
    },
    /// It took too long.
    #[error("the ACME server did not finish an order within {seconds} s")]
    TooLong {
        /// How long was waited.
        seconds: u64,
    },
    /// What came is no certificate for our key and name.
    #[error("the ACME server sent a certificate that {why}")]
    Useless {
        /// What is wrong with it.
        why: &'static str,
    },
    /// A key could not be made, or nothing signed with it.
    #[error("cannot make a key and a request for it: {0}")]
    Key(#[from] rcgen::Error),
    /// The process ends.
    #[error("the server is stopping")]
    Stopping,
    /// What is kept cannot be read or written.
    #[error(transparent)]
    Kept(#[from] AuthorityError),
    /// The file of the account is none.
    #[error("{} is no ACME account", path.display())]
    Account {
        /// The file.
        path: std::path::PathBuf,
    },
}
