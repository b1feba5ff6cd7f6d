//! Factory certificates: what a phone's maker gave it, asked for, never demanded, and graded after the handshake.
//!
//! A handshake is never cut for what a client's certificate says or lacks. What is found out is told to whoever answers
//! the requests of the connection, as a [`Certificate`].
//!
//! | file | its job |
//! |---|---|
//! | `authorities` | whose certificates are known: bundles in the program and in the operator's directory |
//! | `possession` | asking for a certificate, and whether the client holds its key |
//! | `chain` | where a certificate leads, and by which algorithms: a pure function |
//! | `signature` | which keys and signatures can be checked |

mod authorities;
mod chain;
pub(super) mod possession;
mod signature;

use std::collections::BTreeSet;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::pki_types::CertificateDer;

pub use authorities::{Authorities, BundleError, BundleErrors};
pub use chain::grade;
use possession::Possession;

/// What a client's certificate is worth, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// What it is worth.
    pub standing: Standing,
    /// Its subject, one `NAME=value` for each attribute, as in `CN=000413aabbcc`. Never to be believed unless it is
    /// [`Standing::Chained`].
    pub subject: Vec<String>,
}

/// What a client's certificate is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The client holds its key, and it leads to an authority of a vendor.
    Chained {
        /// The folder of the authority's bundle.
        vendor: Arc<str>,
        /// What it leans on that is too weak for today; empty is best.
        weaknesses: BTreeSet<Weakness>,
    },
    /// It leads to no authority that is known here.
    Foreign,
    /// Nothing shows that the client holds its key: anybody can send a copy of somebody's certificate.
    Unproven,
    /// It is none, or breaks a rule that every certificate keeps.
    Broken(&'static str),
}

/// What a certificate may lean on that is too weak for today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// An RSA key of less than 2048 bits, in it or on its way to the authority.
    Rsa1024,
    /// A signature over a SHA-1 hash, in it or on its way to the authority.
    Sha1,
    /// No X.509 version 3, so that it cannot say what it may be used for.
    X509V1,
}

/// The authorities in use, exchanged while connections go on. They are what decides whether clients are asked.
#[derive(Debug)]
pub struct Factory {
    authorities: ArcSwap<Authorities>,
}

impl Factory {
    /// With these authorities.
    #[must_use]
    pub fn new(authorities: Authorities) -> Self {
        Self { authorities: ArcSwap::from_pointee(authorities) }
    }

    /// Takes other authorities from the next connection on.
    pub fn replace(&self, authorities: Authorities) {
        self.authorities.store(Arc::new(authorities));
    }

    /// Whether clients are asked: for nothing while no answer could be believed.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.authorities.load().is_empty()
    }

    /// What the certificates of a finished handshake are worth; none were shown without any.
    ///
    /// Judged by the authorities of now, also where a session is resumed: one that was taken away counts no more.
    pub(super) fn graded(
        &self,
        shown: Option<&[CertificateDer<'_>]>,
        possession: Possession,
    ) -> Option<Certificate> {
        let shown: Vec<&[u8]> = shown?.iter().map(AsRef::as_ref).collect();
        Some(grade(&shown, possession == Possession::Proven, &self.authorities.load()))
    }
}
