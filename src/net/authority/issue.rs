//! Signing: a CA's key and name, and the leaves that it issues.

use aws_lc_rs::rand;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize, SanType,
    SerialNumber, date_time_ymd,
};

use super::{AuthorityError, HostName};

/// Common names end here (RFC 5280 appendix A.1, `ub-common-name`).
const COMMON_NAME_MAX: usize = 64;

/// The two kinds of key that a leaf can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeafKind {
    /// P-256, for phones that know it.
    Ecdsa,
    /// 2048 bits, for all others.
    Rsa,
}

impl LeafKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Ecdsa, Self::Rsa];

    /// `ecdsa` or `rsa`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ecdsa => "ecdsa",
            Self::Rsa => "rsa",
        }
    }

    pub(in crate::net) fn generate(self) -> Result<KeyPair, rcgen::Error> {
        match self {
            Self::Ecdsa => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            Self::Rsa => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
        }
    }

    fn key_usages(self) -> Vec<KeyUsagePurpose> {
        match self {
            Self::Ecdsa => vec![KeyUsagePurpose::DigitalSignature],
            // some TLS stacks insist on key encipherment in any RSA server certificate
            Self::Rsa => vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment],
        }
    }
}

impl std::fmt::Display for LeafKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A CA that can sign.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate_pem: String,
}

impl Authority {
    /// A new CA. Its name ends in a random number, so that a phone that trusts two of them can tell them apart.
    pub(super) fn generate() -> Result<Self, AuthorityError> {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let number = u32::from_be_bytes(random()?);
        let params = authority_params(&format!("Offhook CA {number:08x}"))?;
        let certificate_pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), certificate_pem })
    }

    /// The CA of this name and key, as read from its files.
    pub(super) fn of(
        common_name: &str,
        key: KeyPair,
        certificate_pem: String,
    ) -> Result<Self, AuthorityError> {
        Ok(Self { issuer: Issuer::new(authority_params(common_name)?, key), certificate_pem })
    }

    pub(super) fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    pub(super) fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    pub(super) fn key(&self) -> &KeyPair {
        self.issuer.key()
    }

    /// A leaf for this key and these names, as PEM.
    pub(super) fn issue(
        &self,
        key: &KeyPair,
        kind: LeafKind,
        names: &[HostName],
    ) -> Result<String, AuthorityError> {
        Ok(self.sign(key, kind, names)?.pem())
    }

    pub(super) fn sign(
        &self,
        key: &KeyPair,
        kind: LeafKind,
        names: &[HostName],
    ) -> Result<Certificate, AuthorityError> {
        let mut params = lifetime(CertificateParams::default())?;
        params.distinguished_name = common_name_of(names);
        params.subject_alt_names = names.iter().map(alternative_name).collect::<Result<_, _>>()?;
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = kind.key_usages();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        Ok(params.signed_by(key, &self.issuer)?)
    }
}

fn authority_params(common_name: &str) -> Result<CertificateParams, AuthorityError> {
    let mut params = lifetime(CertificateParams::default())?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(params)
}

fn lifetime(mut params: CertificateParams) -> Result<CertificateParams, AuthorityError> {
    params.not_before = date_time_ymd(2000, 1, 1);
    params.not_after = date_time_ymd(2037, 12, 31);
    // random, because clients refuse two certificates of one issuer and serial (RFC 5280 §4.1.2.2); the first bit
    // is cleared for a positive number, the second set for a full length
    let mut serial: [u8; 16] = random()?;
    serial[0] = serial[0] & 0x7f | 0x40;
    params.serial_number = Some(SerialNumber::from_slice(&serial));
    Ok(params)
}

/// Old phones look at the common name only; it takes the first name that fits.
fn common_name_of(names: &[HostName]) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    let fitting = names.iter().map(ToString::to_string).find(|name| name.len() <= COMMON_NAME_MAX);
    subject.push(DnType::CommonName, fitting.unwrap_or_else(|| "offhook".to_owned()));
    subject
}

fn alternative_name(name: &HostName) -> Result<SanType, AuthorityError> {
    Ok(match name {
        HostName::Dns(name) => SanType::DnsName(name.as_str().try_into()?),
        HostName::Address(address) => SanType::IpAddress(*address),
    })
}

fn random<const N: usize>() -> Result<[u8; N], AuthorityError> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| AuthorityError::Random)?;
    Ok(bytes)
}
