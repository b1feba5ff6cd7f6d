//! What a certificate file says of itself: for which key, for whom, from whom, from when to when.

use std::path::{Path, PathBuf};

use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey;

use super::authority::LeafKind;

/// The first certificate of a PEM file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The kind of its key.
    pub kind: LeafKind,
    /// The DNS names and addresses that it is for.
    pub names: Vec<String>,
    /// Who signed it.
    pub issuer: String,
    /// Its first second, since 1970.
    pub from: i64,
    /// The first second at which it holds no more.
    pub until: i64,
    /// A number that differs from certificate to certificate, as if drawn.
    pub mark: u16,
}

/// Why a file tells nothing.
#[derive(Debug, thiserror::Error)]
pub enum LeafError {
    /// It cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It holds no certificate that a phone could take.
    #[error("{} holds no PEM certificate with an ECDSA or RSA key", path.display())]
    None {
        /// The file.
        path: PathBuf,
    },
}

impl Leaf {
    /// Reads a file.
    pub fn read(path: &Path) -> Result<Self, LeafError> {
        let text = std::fs::read(path).map_err(|source| LeafError::Read { path: path.to_owned(), source })?;
        Self::of_pem(&text).ok_or_else(|| LeafError::None { path: path.to_owned() })
    }

    /// Reads the first certificate of a PEM text.
    #[must_use]
    pub fn of_pem(text: &[u8]) -> Option<Self> {
        let der = CertificateDer::from_pem_slice(text).ok()?;
        let (_, certificate) = parse_x509_certificate(&der).ok()?;
        let kind = match certificate.public_key().parsed().ok()? {
            PublicKey::EC(_) => LeafKind::Ecdsa,
            PublicKey::RSA(_) => LeafKind::Rsa,
            _ => return None,
        };
        // as good as drawn: it ends in the signature of a random serial number, or of the key
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &der);
        Some(Self {
            kind,
            names: names(&certificate),
            issuer: certificate.issuer().to_string(),
            from: certificate.validity().not_before.timestamp(),
            // valid through its last second (RFC 5280 §4.1.2.5)
            until: certificate.validity().not_after.timestamp().saturating_add(1),
            mark: digest.as_ref().first_chunk().copied().map_or(0, u16::from_be_bytes),
        })
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(name.to_ascii_lowercase()),
        GeneralName::IPAddress(bytes) => {
            let v4 = <[u8; 4]>::try_from(*bytes).map(std::net::IpAddr::from);
            let v6 = <[u8; 16]>::try_from(*bytes).map(std::net::IpAddr::from);
            v4.or(v6).ok().map(|address| address.to_string())
        }
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}
