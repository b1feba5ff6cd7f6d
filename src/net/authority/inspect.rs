//! Reading what the authority's directory holds, and refusing what does not fit together.

use std::path::{Path, PathBuf};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rcgen::{KeyPair, PublicKeyData};
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;
use x509_parser::pem::{Pem, parse_x509_pem};

use super::files::{self, Pair};
use super::issue::{Authority, LeafKind};
use super::{AuthorityError, HostName};

/// A leaf as it stands on disk.
pub(super) struct Leaf {
    pub(super) key: KeyPair,
    pub(super) names: Vec<HostName>,
}

/// Reads the CA and checks that its key, its name and its certificate belong together.
pub(super) fn authority(dir: &Path, pair: &Pair) -> Result<Authority, AuthorityError> {
    let (pem, key) = read(dir, pair)?;
    let path = dir.join(pair.certificate);
    let certificate = parse(&pem.parsed, &path)?;
    same_key(&certificate, &key, &path)?;
    if !certificate.is_ca() {
        return Err(corrupt(path, "is no certificate of an authority"));
    }
    let name = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
    let authority = Authority::of(name.unwrap_or_default(), key, pem.text)?;
    // what we sign must name its issuer byte for byte: a name that was not made here might not come out the same
    let probe = authority.sign(authority.key(), LeafKind::Rsa, &[])?;
    let (_, probe) =
        parse_x509_certificate(probe.der()).map_err(|_| corrupt(path.clone(), "cannot be issued from"))?;
    if probe.issuer().as_raw() != certificate.subject().as_raw() {
        return Err(corrupt(path, "bears a name that was not given here"));
    }
    Ok(authority)
}

/// Reads a leaf and checks that its key is its own and that this CA signed it.
pub(super) fn leaf(dir: &Path, pair: &Pair, authority: &Authority) -> Result<Leaf, AuthorityError> {
    let (pem, key) = read(dir, pair)?;
    let path = dir.join(pair.certificate);
    let certificate = parse(&pem.parsed, &path)?;
    same_key(&certificate, &key, &path)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, authority.key().der_bytes())
        .verify(certificate.tbs_certificate.as_ref(), certificate.signature_value.as_ref())
        .map_err(|_| corrupt(path.clone(), "is not signed by the authority beside it"))?;
    Ok(Leaf { key, names: names(&certificate) })
}

struct PemFile {
    text: String,
    parsed: Pem,
}

fn read(dir: &Path, pair: &Pair) -> Result<(PemFile, KeyPair), AuthorityError> {
    let path = dir.join(pair.certificate);
    let text = files::read(&path)?;
    let (_, parsed) = parse_x509_pem(text.as_bytes()).map_err(|_| corrupt(path, "is no PEM certificate"))?;
    let path = dir.join(pair.key);
    let key = KeyPair::from_pem(&files::read(&path)?).map_err(|_| corrupt(path, "is no PEM private key"))?;
    Ok((PemFile { text, parsed }, key))
}

fn parse<'a>(pem: &'a Pem, path: &Path) -> Result<X509Certificate<'a>, AuthorityError> {
    pem.parse_x509().map_err(|_| corrupt(path.to_path_buf(), "is no PEM certificate"))
}

fn same_key(certificate: &X509Certificate<'_>, key: &KeyPair, path: &Path) -> Result<(), AuthorityError> {
    if certificate.public_key().raw == key.subject_public_key_info() {
        return Ok(());
    }
    Err(corrupt(path.to_path_buf(), "does not belong to the key beside it"))
}

fn names(certificate: &X509Certificate<'_>) -> Vec<HostName> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => name.parse().ok(),
        GeneralName::IPAddress(bytes) => address(bytes),
        _ => None,
    };
    extension.value.general_names.iter().filter_map(name).collect()
}

fn address(bytes: &[u8]) -> Option<HostName> {
    let v4 = <[u8; 4]>::try_from(bytes).map(Into::into);
    let v6 = <[u8; 16]>::try_from(bytes).map(Into::into);
    v4.or(v6).ok().map(HostName::Address)
}

fn corrupt(path: PathBuf, why: &'static str) -> AuthorityError {
    AuthorityError::Corrupt { path, why }
}
