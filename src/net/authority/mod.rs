//! Our own certificate authority, for operators who bring no certificate.
//!
//! One RSA-2048 CA signs two leaves, one with an ECDSA P-256 key and one with an RSA-2048 key. RSA, because every phone
//! verifies an RSA signature and many verify nothing else (an ECDSA CA would make the RSA leaf useless to them); one CA,
//! because many phones have room for a single certificate of the customer's; 2048 bits, because some stop there.
//!
//! Certificates run from 2000 to the end of 2037: a phone wakes up in 1970 or 2000 before it knows the time, and some
//! count seconds in 32 bits.

pub(super) mod files;
mod inspect;
mod issue;
mod name;

use std::path::{Path, PathBuf};

use rcgen::KeyPair;

use super::identity::CertificateFiles;
use files::{Pair, Presence};
use issue::Authority;
pub use issue::LeafKind;
pub use name::{DnsName, HostName};

/// The certificate that phones must trust.
const CA: Pair = Pair { certificate: "ca.crt", key: "ca.key" };
const LEAVES: [(LeafKind, Pair); 2] = [
    (LeafKind::Ecdsa, Pair { certificate: "server-ecdsa.crt", key: "server-ecdsa.key" }),
    (LeafKind::Rsa, Pair { certificate: "server-rsa.crt", key: "server-rsa.key" }),
];

/// What [`ensure`] found or made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The CA certificate, PEM: what an administrator installs on phones.
    pub ca: PathBuf,
    /// The leaves to serve, for [`super::identity::Identity`].
    pub leaves: Vec<CertificateFiles>,
}

/// Where the leaves of an authority are that is kept in `dir`, once they are made.
#[must_use]
pub fn leaves(dir: &Path) -> Vec<(LeafKind, CertificateFiles)> {
    LEAVES.iter().map(|(kind, pair)| (*kind, pair.paths(dir))).collect()
}

/// Makes sure that `dir` holds a CA and two leaves that are valid for all `names`.
///
/// What exists is kept. A leaf that lacks a name is issued again for the same key; a leaf of which both files are gone is
/// issued anew. A CA is only ever made in a directory that holds none of our files: phones trust the old one, so half a CA
/// is an error, and so is anything that does not fit together. Files appear whole or not at all, keys with mode 0600.
pub fn ensure(dir: &Path, names: &[HostName]) -> Result<Issued, AuthorityError> {
    if names.is_empty() {
        return Err(AuthorityError::NoName);
    }
    files::create_dir(dir)?;
    let leaf_there = |(_, pair): &(LeafKind, Pair)| pair.presence(dir) != Presence::Absent;
    let authority = match CA.presence(dir) {
        Presence::Whole => inspect::authority(dir, &CA)?,
        Presence::Absent if !LEAVES.iter().any(leaf_there) => {
            let authority = Authority::generate()?;
            CA.write(dir, authority.certificate_pem(), &authority.key_pem())?;
            tracing::info!("made the certificate authority {}", dir.join(CA.certificate).display());
            authority
        }
        Presence::Absent => return Err(AuthorityError::Missing { path: dir.join(CA.certificate) }),
        Presence::Half(missing) => return Err(AuthorityError::Missing { path: dir.join(missing) }),
    };
    // everything is looked at before anything is written
    let plans: Vec<Plan> =
        LEAVES.iter().map(|(_, pair)| plan(dir, &authority, pair, names)).collect::<Result<_, _>>()?;
    for (plan, (kind, pair)) in plans.iter().zip(&LEAVES) {
        carry_out(plan, dir, &authority, *kind, pair, names)?;
    }
    Ok(Issued { ca: dir.join(CA.certificate), leaves: LEAVES.map(|(_, pair)| pair.paths(dir)).into() })
}

/// What a leaf needs.
enum Plan {
    Keep,
    New,
    Again { key: KeyPair, lacking: HostName },
}

fn plan(dir: &Path, authority: &Authority, pair: &Pair, names: &[HostName]) -> Result<Plan, AuthorityError> {
    match pair.presence(dir) {
        Presence::Half(missing) => Err(AuthorityError::Missing { path: dir.join(missing) }),
        Presence::Absent => Ok(Plan::New),
        Presence::Whole => {
            let leaf = inspect::leaf(dir, pair, authority)?;
            let lacking = names.iter().find(|name| !leaf.names.contains(name));
            Ok(lacking.map_or(Plan::Keep, |name| Plan::Again { key: leaf.key, lacking: name.clone() }))
        }
    }
}

fn carry_out(
    plan: &Plan,
    dir: &Path,
    authority: &Authority,
    kind: LeafKind,
    pair: &Pair,
    names: &[HostName],
) -> Result<(), AuthorityError> {
    let shown = dir.join(pair.certificate);
    match plan {
        Plan::Keep => {}
        Plan::New => {
            let key = kind.generate()?;
            pair.write(dir, &authority.issue(&key, kind, names)?, &key.serialize_pem())?;
            tracing::info!("issued the certificate {}", shown.display());
        }
        Plan::Again { key, lacking } => {
            pair.replace_certificate(dir, &authority.issue(key, kind, names)?)?;
            tracing::info!("issued the certificate {} again: it lacked the name {lacking}", shown.display());
        }
    }
    Ok(())
}

/// Why there is no certificate of ours. Never holds a byte of a key.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A certificate for nothing helps nobody.
    #[error("a certificate needs at least one name or address")]
    NoName,
    /// A name that cannot stand in a certificate.
    #[error("the host name `{name}` {rule}")]
    Name {
        /// The offender, escaped.
        name: String,
        /// What it breaks.
        rule: &'static str,
    },
    /// Its partner is there; making a new one would overwrite or orphan what phones trust.
    #[error("{} is missing beside other files of the certificate authority", path.display())]
    Missing {
        /// The file that should be there.
        path: PathBuf,
    },
    /// A file that is not what its name says.
    #[error("{} {why}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The file system refused.
    #[error("cannot {action} {}", path.display())]
    Files {
        /// What was tried: `read`, `write`, `create`.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Making a key or signing failed.
    #[error("cannot issue a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    /// The system gave no random bytes.
    #[error("the system gives no random numbers")]
    Random,
}
