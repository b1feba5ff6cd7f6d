//! Which certificate a client meets: ECDSA where it can, RSA for the rest, exchanged without dropping anybody.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;
use rustls::SignatureAlgorithm;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::expiry::Expiry;

/// Where one certificate lies: a PEM chain that starts with the leaf, and its unencrypted PEM key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The leaf, then what leads to the root; the root itself is better left out.
    pub chain: PathBuf,
    /// PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// The certificates that are served now: at most one ECDSA and one RSA, at least one of them.
///
/// Server names (SNI) play no part: phones of all tenants meet one name, and old ones send none.
pub struct Identity {
    serving: ArcSwap<Pair>,
    ecdsa_chosen: AtomicU64,
    rsa_chosen: AtomicU64,
}

impl Identity {
    /// Loads one or two certificates; the kind is told by the key.
    pub fn load(files: &[CertificateFiles]) -> Result<Self, IdentityError> {
        Ok(Self {
            serving: ArcSwap::from_pointee(Pair::load(files)?),
            ecdsa_chosen: AtomicU64::new(0),
            rsa_chosen: AtomicU64::new(0),
        })
    }

    /// Serves these certificates from the next handshake on. Established connections live on, and after an
    /// error so does what was served before.
    pub fn reload(&self, files: &[CertificateFiles]) -> Result<(), IdentityError> {
        self.serving.store(Arc::new(Pair::load(files)?));
        Ok(())
    }

    /// Until when the certificates that are served now hold.
    #[must_use]
    pub fn expiries(&self) -> Vec<Expiry> {
        let serving = self.serving.load();
        let of = |kind, certificate: &Option<Arc<CertifiedKey>>| {
            certificate.as_ref().and_then(|certificate| Expiry::of_chain(kind, &certificate.cert))
        };
        [of("ecdsa", &serving.ecdsa), of("rsa", &serving.rsa)].into_iter().flatten().collect()
    }

    /// How often the ECDSA certificate was chosen. Handshakes that fail later are counted too.
    #[must_use]
    pub fn ecdsa_chosen(&self) -> u64 {
        self.ecdsa_chosen.load(Ordering::Relaxed)
    }

    /// How often the RSA certificate was chosen. Handshakes that fail later are counted too.
    #[must_use]
    pub fn rsa_chosen(&self) -> u64 {
        self.rsa_chosen.load(Ordering::Relaxed)
    }
}

impl ResolvesServerCert for Identity {
    /// ECDSA if the client can verify it, because it costs a quarter of the CPU.
    ///
    /// rustls has already taken away the schemes that no offered TLS 1.2 suite can use (RFC 8422 §2), so a client that
    /// lists ECDSA schemes but RSA suites only is seen as the RSA client that it is.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let serving = self.serving.load();
        let offered = hello.signature_schemes();
        let fits = |certificate: &&Arc<CertifiedKey>| certificate.key.choose_scheme(offered).is_some();
        if let Some(ecdsa) = serving.ecdsa.as_ref().filter(fits) {
            self.ecdsa_chosen.fetch_add(1, Ordering::Relaxed);
            return Some(Arc::clone(ecdsa));
        }
        if let Some(rsa) = serving.rsa.as_ref().filter(fits) {
            self.rsa_chosen.fetch_add(1, Ordering::Relaxed);
            return Some(Arc::clone(rsa));
        }
        // neither will do: with a certificate in hand rustls finds no suite or scheme in common and refuses as
        // RFC 8446 §4.1.1 has it (handshake_failure); without one it would say access_denied, as if a wall stood here
        serving.ecdsa.as_ref().or(serving.rsa.as_ref()).map(Arc::clone)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let serving = self.serving.load();
        f.debug_struct("Identity")
            .field("ecdsa", &serving.ecdsa.is_some())
            .field("rsa", &serving.rsa.is_some())
            .finish_non_exhaustive()
    }
}

/// Why certificates cannot be served. Never holds a byte of a key.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// An empty list.
    #[error("no certificate is configured")]
    None,
    /// A file that cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file without the PEM block that it should hold.
    #[error("{} holds no PEM {what}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// `certificate` or `private key`.
        what: &'static str,
    },
    /// A key that is not the certificate's, or one that cannot be used.
    #[error("{} and {} do not make a usable certificate: {source}", chain.display(), key.display())]
    Unusable {
        /// The chain.
        chain: PathBuf,
        /// The key.
        key: PathBuf,
        /// What rustls said.
        source: rustls::Error,
    },
    /// Neither ECDSA nor RSA: no phone is known to take it.
    #[error("{} is neither an ECDSA nor an RSA key", path.display())]
    Kind {
        /// The key.
        path: PathBuf,
    },
    /// Two certificates where only one can ever be chosen.
    #[error("{} is a second {kind} certificate, only one can be served", path.display())]
    Twice {
        /// The chain.
        path: PathBuf,
        /// `ECDSA` or `RSA`.
        kind: &'static str,
    },
}

#[derive(Default)]
struct Pair {
    ecdsa: Option<Arc<CertifiedKey>>,
    rsa: Option<Arc<CertifiedKey>>,
}

impl Pair {
    fn load(files: &[CertificateFiles]) -> Result<Self, IdentityError> {
        if files.is_empty() {
            return Err(IdentityError::None);
        }
        let mut pair = Self::default();
        for files in files {
            let certificate = load_one(files)?;
            let (place, kind) = match certificate.key.algorithm() {
                SignatureAlgorithm::ECDSA => (&mut pair.ecdsa, "ECDSA"),
                SignatureAlgorithm::RSA => (&mut pair.rsa, "RSA"),
                _ => return Err(IdentityError::Kind { path: files.key.clone() }),
            };
            if place.replace(Arc::new(certificate)).is_some() {
                return Err(IdentityError::Twice { path: files.chain.clone(), kind });
            }
        }
        Ok(pair)
    }
}

fn load_one(files: &CertificateFiles) -> Result<CertifiedKey, IdentityError> {
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&read(&files.chain)?)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|chain: &Vec<_>| !chain.is_empty())
        .ok_or_else(|| IdentityError::Pem { path: files.chain.clone(), what: "certificate" })?;
    let key = PrivateKeyDer::from_pem_slice(&read(&files.key)?)
        .map_err(|_| IdentityError::Pem { path: files.key.clone(), what: "private key" })?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider()).map_err(|source| {
        IdentityError::Unusable { chain: files.chain.clone(), key: files.key.clone(), source }
    })
}

fn read(path: &Path) -> Result<Vec<u8>, IdentityError> {
    fs::read(path).map_err(|source| IdentityError::Read { path: path.to_path_buf(), source })
}
