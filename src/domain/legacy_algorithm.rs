//! What a factory certificate may lean on although it is too weak for today.

/// What a certificate may lean on only where a pack says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
pub enum LegacyAlgorithm {
    /// RSA keys of 1024 to 2047 bits.
    #[serde(rename = "rsa-1024")]
    Rsa1024,
    /// Signatures over SHA-1.
    #[serde(rename = "sha-1")]
    Sha1,
    /// No X.509 version 3.
    #[serde(rename = "x509-v1")]
    X509V1,
}

impl LegacyAlgorithm {
    /// As people write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rsa1024 => "RSA-1024",
            Self::Sha1 => "SHA-1",
            Self::X509V1 => "X.509v1",
        }
    }
}
