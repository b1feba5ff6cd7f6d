//! `[tls]`: the certificates that phones meet, when the operator brings them.

use std::path::{Path, PathBuf};

use super::sources::{Given, Sources};
use super::value::word;
use super::{Key, Origin};

static ECDSA_CERTIFICATE: Key =
    Key::text("tls", "ecdsa_certificate", "PATH", "PEM file of an ECDSA certificate with its chain");
static ECDSA_KEY: Key = Key::text("tls", "ecdsa_key", "PATH", "PEM file of its private key");
static RSA_CERTIFICATE: Key = Key::text(
    "tls",
    "rsa_certificate",
    "PATH",
    "PEM file of an RSA certificate with its chain, for phones that know no ECDSA",
);
static RSA_KEY: Key = Key::text("tls", "rsa_key", "PATH", "PEM file of its private key");
static RESUMPTION: Key = Key::text(
    "tls",
    "resumption",
    "SWITCH",
    "on or off: phones that were here before may skip the key exchange [default: on]",
);
static CA_CERTIFICATE: Key = Key::text(
    "tls",
    "ca_certificate",
    "PATH",
    "PEM file of the authority that signed them, told to phones that do not trust it from the factory",
);
pub(super) static KEYS: &[&Key] =
    &[&ECDSA_CERTIFICATE, &ECDSA_KEY, &RSA_CERTIFICATE, &RSA_KEY, &CA_CERTIFICATE, &RESUMPTION];

/// The certificates that phones meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// For phones that know ECDSA.
    pub ecdsa: Option<CertificateFiles>,
    /// For all others.
    pub rsa: Option<CertificateFiles>,
    /// Whom phones are told to trust, when the operator brings the certificates.
    pub ca_certificate: Option<PathBuf>,
    /// Directory of our own authority, which signs when the operator brings no certificate.
    pub authority: PathBuf,
    /// Whether phones that were here before may skip the key exchange.
    pub resumption: bool,
}

/// A certificate and its key, both PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate, followed by its chain.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Tls {
    pub(super) fn read(sources: &mut Sources<'_>, data: &Path) -> Self {
        let ecdsa = pair(sources, &ECDSA_CERTIFICATE, &ECDSA_KEY);
        let rsa = pair(sources, &RSA_CERTIFICATE, &RSA_KEY);
        let ca_certificate = sources.one(&CA_CERTIFICATE, Given::path);
        if ca_certificate.is_some() && ecdsa.is_none() && rsa.is_none() {
            let problem =
                "is of no use without a certificate of yours: phones are told to trust our own authority";
            sources.wrong(Origin::Nowhere, CA_CERTIFICATE.path(), problem.to_owned());
        }
        Self {
            ecdsa,
            rsa,
            ca_certificate,
            authority: data.join("tls"),
            resumption: sources
                .one(&RESUMPTION, |given| word(&given.text, &[("on", true), ("off", false)]))
                .unwrap_or(true),
        }
    }
}

fn pair(sources: &mut Sources<'_>, certificate: &Key, key: &Key) -> Option<CertificateFiles> {
    let given = (sources.one(certificate, Given::path), sources.one(key, Given::path));
    let (lonely, lacking) = match given {
        (Some(certificate), Some(key)) => return Some(CertificateFiles { certificate, key }),
        (None, None) => return None,
        (Some(_), None) => (certificate, key),
        (None, Some(_)) => (key, certificate),
    };
    let problem = format!("is missing: {} is of no use without it", lonely.path());
    sources.wrong(Origin::Nowhere, lacking.path(), problem);
    None
}
