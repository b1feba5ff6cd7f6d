//! Whom a phone trusts, and what it shows of itself.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::time_provider::{DefaultTimeProvider, TimeProvider};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_rustls::TlsConnector;

use super::FetchError;

/// Whom a phone trusts over TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// The authorities in this PEM file, and nobody else.
    CaFile(PathBuf),
    /// Anybody. Nothing protects what is fetched; reports say so.
    Anybody,
}

/// The certificate that the phone has from its maker, and its key: PEM files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactoryCertificate {
    /// The certificate, and what leads to its authority.
    pub certificate: PathBuf,
    /// Its unencrypted private key.
    pub key: PathBuf,
}

/// A connector without session resumption: each phone comes out of a power cut with nothing in memory.
pub(super) fn connector(
    trust: &Trust,
    shown: Option<&FactoryCertificate>,
) -> Result<TlsConnector, FetchError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let unusable = |why: String, path: &Path| FetchError::CaFile { path: path.to_owned(), why };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string(), Path::new("")))?;
    let builder = match trust {
        Trust::CaFile(path) => {
            let roots = roots(path).map_err(|why| unusable(why, path))?;
            builder.with_root_certificates(roots)
        }
        Trust::Anybody => builder.dangerous().with_custom_certificate_verifier(Arc::new(NoCheck(provider))),
    };
    let mut config = match shown {
        None => builder.with_no_client_auth(),
        Some(shown) => {
            let unusable = |path: &Path, why: String| FetchError::Certificate { path: path.to_owned(), why };
            let chain = CertificateDer::pem_file_iter(&shown.certificate)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .map_err(|error| unusable(&shown.certificate, error.to_string()))?;
            let key = PrivateKeyDer::from_pem_file(&shown.key)
                .map_err(|error| unusable(&shown.key, error.to_string()))?;
            let usable = builder.with_client_auth_cert(chain, key);
            usable.map_err(|error| unusable(&shown.certificate, error.to_string()))?
        }
    };
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// The connector of a phone that was told whom to trust; none: nobody. While it has no time it is 1970.
pub(super) fn told(authorities: Vec<CertificateDer<'static>>, knows_time: bool) -> Option<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities);
    if roots.is_empty() {
        return None;
    }
    let clock: Arc<dyn TimeProvider> =
        if knows_time { Arc::new(DefaultTimeProvider) } else { Arc::new(NoTime) };
    let mut config = ClientConfig::builder_with_details(Arc::new(aws_lc_rs::default_provider()), clock)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Some(TlsConnector::from(Arc::new(config)))
}

/// A clock that was never set.
#[derive(Debug)]
struct NoTime;

impl TimeProvider for NoTime {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::ZERO))
    }
}

fn roots(path: &Path) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())? {
        roots.add(certificate.map_err(|error| error.to_string())?).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() { Err("it holds no certificate".to_owned()) } else { Ok(roots) }
}

/// Takes any certificate, but still lets the server prove that it holds the key.
#[derive(Debug)]
struct NoCheck(Arc<CryptoProvider>);

impl ServerCertVerifier for NoCheck {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
