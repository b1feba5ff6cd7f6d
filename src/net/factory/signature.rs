//! Which keys and signatures of clients' certificates can be checked, from today's back to those of phones of 2008.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    UnparsedPublicKey, VerificationAlgorithm,
};
use rustls::SignatureScheme;
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry as oid;
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::Weakness;

/// A longer RSA key costs more to check than a client may make us spend.
const LONGEST_RSA: usize = 4096;

/// What a client may sign its handshake with. Not SHA-1: its hash of a handshake can be made to fit another one.
pub(super) const SCHEMES: &[SignatureScheme] = &[
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
    SignatureScheme::ED25519,
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

/// Which TLS a handshake speaks: it decides what a scheme means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    Tls12,
    Tls13,
}

/// A key that signatures can be checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// 2048 bits or more.
    Rsa,
    /// 1024 to 2047 bits.
    ShortRsa,
    P256,
    P384,
    P521,
    Ed25519,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Pkcs1(Hash),
    Pss(Hash),
    Ecdsa(Hash),
    Ed25519,
}

/// What kind of key it is; none for one that cannot be used.
pub(super) fn kind(key: &SubjectPublicKeyInfo<'_>) -> Option<Kind> {
    let algorithm = &key.algorithm.algorithm;
    if *algorithm == oid::OID_SIG_ED25519 {
        return Some(Kind::Ed25519);
    }
    if *algorithm == oid::OID_PKCS1_RSAENCRYPTION {
        let Ok(PublicKey::RSA(rsa)) = key.parsed() else { return None };
        let start = rsa.modulus.iter().position(|byte| *byte != 0)?;
        let first = rsa.modulus[start].leading_zeros() as usize;
        let bits = (rsa.modulus.len() - start) * 8 - first;
        return match bits {
            1024..2048 => Some(Kind::ShortRsa),
            2048..=LONGEST_RSA => Some(Kind::Rsa),
            _ => None,
        };
    }
    if *algorithm != oid::OID_KEY_TYPE_EC_PUBLIC_KEY {
        return None;
    }
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let curves = [
        (oid::OID_EC_P256, Kind::P256),
        (oid::OID_NIST_EC_P384, Kind::P384),
        (oid::OID_NIST_EC_P521, Kind::P521),
    ];
    curves.into_iter().find_map(|(named, kind)| (named == curve).then_some(kind))
}

/// Whether a client that sends `certificate` has signed its handshake with the key in it.
pub(super) fn proves(
    certificate: &[u8],
    scheme: SignatureScheme,
    protocol: Protocol,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Ok((_, certificate)) = parse_x509_certificate(certificate) else { return false };
    let key = certificate.public_key();
    let Some(kind) = kind(key) else { return false };
    let (meant, curve) = match scheme {
        SignatureScheme::ECDSA_NISTP256_SHA256 => (Scheme::Ecdsa(Hash::Sha256), Some(Kind::P256)),
        SignatureScheme::ECDSA_NISTP384_SHA384 => (Scheme::Ecdsa(Hash::Sha384), Some(Kind::P384)),
        SignatureScheme::ECDSA_NISTP521_SHA512 => (Scheme::Ecdsa(Hash::Sha512), Some(Kind::P521)),
        SignatureScheme::ED25519 => (Scheme::Ed25519, None),
        SignatureScheme::RSA_PSS_SHA256 => (Scheme::Pss(Hash::Sha256), None),
        SignatureScheme::RSA_PSS_SHA384 => (Scheme::Pss(Hash::Sha384), None),
        SignatureScheme::RSA_PSS_SHA512 => (Scheme::Pss(Hash::Sha512), None),
        SignatureScheme::RSA_PKCS1_SHA256 => (Scheme::Pkcs1(Hash::Sha256), None),
        SignatureScheme::RSA_PKCS1_SHA384 => (Scheme::Pkcs1(Hash::Sha384), None),
        SignatureScheme::RSA_PKCS1_SHA512 => (Scheme::Pkcs1(Hash::Sha512), None),
        _ => return false,
    };
    // TLS 1.3 binds a scheme to its curve and knows no PKCS#1 here (RFC 8446 §4.2.3)
    let allowed = match protocol {
        Protocol::Tls12 => true,
        Protocol::Tls13 => !matches!(meant, Scheme::Pkcs1(_)) && curve.is_none_or(|curve| curve == kind),
    };
    allowed && checks(key, kind, meant, message, signature)
}

/// Whether `issuer`'s key has signed `certificate`, and what that leans on that is weak. The issuer's key counts, the
/// certificate's own does not.
pub(super) fn signed_by(
    certificate: &X509Certificate<'_>,
    issuer: &SubjectPublicKeyInfo<'_>,
) -> Option<Vec<Weakness>> {
    let algorithm = &certificate.signature_algorithm;
    // outside and inside of what is signed must say the same (RFC 5280 §4.1.1.2)
    if algorithm.algorithm != certificate.tbs_certificate.signature.algorithm {
        return None;
    }
    let schemes = [
        (oid::OID_PKCS1_SHA1WITHRSA, Scheme::Pkcs1(Hash::Sha1)),
        (oid::OID_PKCS1_SHA256WITHRSA, Scheme::Pkcs1(Hash::Sha256)),
        (oid::OID_PKCS1_SHA384WITHRSA, Scheme::Pkcs1(Hash::Sha384)),
        (oid::OID_PKCS1_SHA512WITHRSA, Scheme::Pkcs1(Hash::Sha512)),
        (oid::OID_SIG_ECDSA_WITH_SHA256, Scheme::Ecdsa(Hash::Sha256)),
        (oid::OID_SIG_ECDSA_WITH_SHA384, Scheme::Ecdsa(Hash::Sha384)),
        (oid::OID_SIG_ECDSA_WITH_SHA512, Scheme::Ecdsa(Hash::Sha512)),
        (oid::OID_SIG_ED25519, Scheme::Ed25519),
    ];
    let scheme =
        schemes.into_iter().find_map(|(named, scheme)| (named == algorithm.algorithm).then_some(scheme))?;
    let kind = kind(issuer)?;
    let signed = certificate.tbs_certificate.as_ref();
    if !checks(issuer, kind, scheme, signed, &certificate.signature_value.data) {
        return None;
    }
    let mut weak = Vec::new();
    if scheme == Scheme::Pkcs1(Hash::Sha1) {
        weak.push(Weakness::Sha1);
    }
    if kind == Kind::ShortRsa {
        weak.push(Weakness::Rsa1024);
    }
    Some(weak)
}

fn checks(
    key: &SubjectPublicKeyInfo<'_>,
    kind: Kind,
    scheme: Scheme,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let Some(algorithm) = algorithm(kind, scheme) else { return false };
    UnparsedPublicKey::new(algorithm, &key.subject_public_key.data).verify(message, signature).is_ok()
}

/// Short RSA keys are checked with PKCS#1 alone: there is nothing that checks their PSS.
fn algorithm(kind: Kind, scheme: Scheme) -> Option<&'static dyn VerificationAlgorithm> {
    Some(match (kind, scheme) {
        (Kind::Rsa, Scheme::Pkcs1(Hash::Sha1)) => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (Kind::Rsa, Scheme::Pkcs1(Hash::Sha256)) => &RSA_PKCS1_2048_8192_SHA256,
        (Kind::Rsa, Scheme::Pkcs1(Hash::Sha384)) => &RSA_PKCS1_2048_8192_SHA384,
        (Kind::Rsa, Scheme::Pkcs1(Hash::Sha512)) => &RSA_PKCS1_2048_8192_SHA512,
        (Kind::Rsa, Scheme::Pss(Hash::Sha256)) => &RSA_PSS_2048_8192_SHA256,
        (Kind::Rsa, Scheme::Pss(Hash::Sha384)) => &RSA_PSS_2048_8192_SHA384,
        (Kind::Rsa, Scheme::Pss(Hash::Sha512)) => &RSA_PSS_2048_8192_SHA512,
        (Kind::ShortRsa, Scheme::Pkcs1(Hash::Sha1)) => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (Kind::ShortRsa, Scheme::Pkcs1(Hash::Sha256)) => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        (Kind::ShortRsa, Scheme::Pkcs1(Hash::Sha512)) => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        (Kind::P256, Scheme::Ecdsa(Hash::Sha256)) => &ECDSA_P256_SHA256_ASN1,
        (Kind::P256, Scheme::Ecdsa(Hash::Sha384)) => &ECDSA_P256_SHA384_ASN1,
        (Kind::P256, Scheme::Ecdsa(Hash::Sha512)) => &ECDSA_P256_SHA512_ASN1,
        (Kind::P384, Scheme::Ecdsa(Hash::Sha256)) => &ECDSA_P384_SHA256_ASN1,
        (Kind::P384, Scheme::Ecdsa(Hash::Sha384)) => &ECDSA_P384_SHA384_ASN1,
        (Kind::P384, Scheme::Ecdsa(Hash::Sha512)) => &ECDSA_P384_SHA512_ASN1,
        (Kind::P521, Scheme::Ecdsa(Hash::Sha256)) => &ECDSA_P521_SHA256_ASN1,
        (Kind::P521, Scheme::Ecdsa(Hash::Sha384)) => &ECDSA_P521_SHA384_ASN1,
        (Kind::P521, Scheme::Ecdsa(Hash::Sha512)) => &ECDSA_P521_SHA512_ASN1,
        (Kind::Ed25519, Scheme::Ed25519) => &ED25519,
        _ => return None,
    })
}
