//! Our own certificate authority, for operators who bring no certificate.
//!
//! One RSA-2048 CA signs two leaves, one with an ECDSA P-256 key and one with an RSA-2048 key. RSA, because every phone
//! verifies an RSA signature and many verify nothing else (an ECDSA CA would make the RSA leaf useless to them); one CA,
//! because many phones have room for a single certificate of the customer's; 2048 bits, because some stop there.
//!
//! Certificates run from 2000 to the end of 2037: a phone wakes up in 1970 or 2000 before it knows the time, and some
//! count seconds in 32 bits.

mod files;
mod inspect;
mod issue;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::identity::CertificateFiles;
use files::{Pair, Presence};
use issue::{Authority, LeafKind};

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
    for (kind, pair) in LEAVES {
        ensure_leaf(dir, &authority, kind, &pair, names)?;
    }
    Ok(Issued { ca: dir.join(CA.certificate), leaves: LEAVES.map(|(_, pair)| pair.paths(dir)).into() })
}

fn ensure_leaf(
    dir: &Path,
    authority: &Authority,
    kind: LeafKind,
    pair: &Pair,
    names: &[HostName],
) -> Result<(), AuthorityError> {
    let shown = dir.join(pair.certificate);
    match pair.presence(dir) {
        Presence::Half(missing) => Err(AuthorityError::Missing { path: dir.join(missing) }),
        Presence::Absent => {
            let key = kind.generate()?;
            pair.write(dir, &authority.issue(&key, kind, names)?, &key.serialize_pem())?;
            tracing::info!("issued the certificate {}", shown.display());
            Ok(())
        }
        Presence::Whole => {
            let leaf = inspect::leaf(dir, pair, authority)?;
            let Some(lacking) = names.iter().find(|name| !leaf.names.contains(name)) else { return Ok(()) };
            files::write(dir, pair.certificate, &authority.issue(&leaf.key, kind, names)?)?;
            tracing::info!("issued the certificate {} again: it lacked the name {lacking}", shown.display());
            Ok(())
        }
    }
}

/// A name by which phones reach this server, as a certificate can hold it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostName {
    /// A DNS name in lower-case ASCII.
    Dns(DnsName),
    /// An address. Some phones refuse a certificate whose only match is an address.
    Address(IpAddr),
}

/// A DNS name in lower-case ASCII, without a trailing dot; made by parsing a [`HostName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// The name as it stands in a certificate.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = AuthorityError;

    /// An IPv4 or IPv6 address without brackets, or a DNS name (RFC 1123 §2.1), at most 253 bytes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let invalid = |rule| AuthorityError::Name { name: text.escape_debug().to_string(), rule };
        if text.is_empty() || text.len() > 253 {
            return Err(invalid("must have 1 to 253 characters"));
        }
        for label in text.split('.') {
            if label.is_empty() || label.len() > 63 {
                return Err(invalid("must have 1 to 63 characters between two dots"));
            }
            if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(invalid("may hold letters, digits, hyphens and dots only"));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(invalid("may not have a hyphen beside a dot or at an end"));
            }
        }
        if text.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(invalid("must not end in a number unless it is an address"));
        }
        Ok(Self::Dns(DnsName(text.to_ascii_lowercase())))
    }
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name.as_str()),
            Self::Address(address) => address.fmt(f),
        }
    }
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
