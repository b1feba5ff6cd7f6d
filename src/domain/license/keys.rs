//! The two halves of the operator's key: the private one signs offline, servers hold public ones only.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use data_encoding::BASE64URL_NOPAD;
use zeroize::Zeroizing;

use super::super::random::Random;
use super::super::secret::Secret;
use super::pem::{self, PemError};

/// The DER of every Ed25519 public key up to its 32 bytes (RFC 8410 §4: the algorithm has no parameters).
const SPKI_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PUBLIC_LABEL: &str = "PUBLIC KEY";
const PRIVATE_LABEL: &str = "PRIVATE KEY";

/// Names a public key by its own bytes: the first 12 of their SHA-256, as 16 characters of base64url. Nobody can
/// give a key the name of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct KeyId(String);

impl KeyId {
    const LENGTH: usize = 16;

    fn of(public: &[u8]) -> Self {
        Self(BASE64URL_NOPAD.encode(&digest(&SHA256, public).as_ref()[..Self::LENGTH / 4 * 3]))
    }

    /// An id as a token names it; `None` when it cannot be the id of a key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let decodes = BASE64URL_NOPAD.decode(text.as_bytes()).is_ok();
        (text.len() == Self::LENGTH && decodes).then(|| Self(text.to_owned()))
    }

    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text gives no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The text is no PEM file.
    #[error("the key file {0}")]
    Pem(PemError),
    /// A block of another kind.
    #[error("the key file holds a block \"{found}\" where \"{expected}\" belongs")]
    Label {
        /// The label it has.
        found: String,
        /// The label it should have.
        expected: &'static str,
    },
    /// A private key where it must never be.
    #[error(
        "the key file holds a private key; a server gets the public key only, keep the private one offline"
    )]
    Private,
    /// A private key that is locked with a password.
    #[error("the private key is encrypted with a password; decrypt it first (openssl pkey)")]
    Encrypted,
    /// Two private keys in one file.
    #[error("the key file holds {found} keys; exactly one signs")]
    NotOne {
        /// How many it holds.
        found: usize,
    },
    /// A key of another algorithm, or a broken one.
    #[error("the key is no Ed25519 key")]
    NotEd25519,
}

/// The public keys with which licenses are verified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PublicKeys(BTreeMap<KeyId, [u8; 32]>);

impl PublicKeys {
    /// All keys of a PEM text: one or more blocks `PUBLIC KEY`.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let mut keys = BTreeMap::new();
        for block in pem::blocks(text).map_err(KeyError::Pem)? {
            match block.label.as_str() {
                PUBLIC_LABEL => {}
                label if label.ends_with(PRIVATE_LABEL) => return Err(KeyError::Private),
                _ => return Err(KeyError::Label { found: block.label, expected: PUBLIC_LABEL }),
            }
            let public = block.der.strip_prefix(&SPKI_PREFIX).and_then(|key| <[u8; 32]>::try_from(key).ok());
            let public = public.ok_or(KeyError::NotEd25519)?;
            keys.insert(KeyId::of(&public), public);
        }
        Ok(Self(keys))
    }

    /// These keys and `more`.
    #[must_use]
    pub fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The ids of the keys, in order.
    pub fn ids(&self) -> impl Iterator<Item = &KeyId> {
        self.0.keys()
    }

    /// Whether the key `kid` made `signature` over `message`; `None` when the key is not known.
    pub(super) fn verify(&self, kid: &KeyId, message: &[u8], signature: &[u8]) -> Option<bool> {
        let public = self.0.get(kid)?;
        Some(UnparsedPublicKey::new(&ED25519, public).verify(message, signature).is_ok())
    }
}

/// The private key that signs licenses. It is made and kept on a machine that serves nobody.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// A new key.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "any 32 bytes are an Ed25519 private key (RFC 8032 §5.1.5)"
    )]
    pub fn generate(random: &(impl Random + ?Sized)) -> Self {
        let mut seed = Zeroizing::new([0; 32]);
        random.fill(seed.as_mut());
        Self(Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).expect("32 bytes are a private key"))
    }

    /// The one key of a PEM text: a block `PRIVATE KEY` (PKCS#8, RFC 8410 §7), as OpenSSL writes it too.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let blocks = pem::blocks(text).map_err(KeyError::Pem)?;
        let [block] = blocks.as_slice() else { return Err(KeyError::NotOne { found: blocks.len() }) };
        match block.label.as_str() {
            PRIVATE_LABEL => {
                Ed25519KeyPair::from_pkcs8(&block.der).map(Self).map_err(|_| KeyError::NotEd25519)
            }
            "ENCRYPTED PRIVATE KEY" => Err(KeyError::Encrypted),
            label => Err(KeyError::Label { found: label.to_owned(), expected: PRIVATE_LABEL }),
        }
    }

    /// The private key as PEM, for the one file it is kept in.
    #[must_use]
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "a key that was made or parsed can be written"
    )]
    pub fn to_pem(&self) -> Secret {
        let der = self.0.to_pkcs8v1().expect("an Ed25519 key has a PKCS#8 form");
        Secret::new(pem::encode(PRIVATE_LABEL, der.as_ref()).as_str())
    }

    /// The public key as PEM, for servers.
    #[must_use]
    pub fn public_pem(&self) -> String {
        let spki: Vec<u8> = SPKI_PREFIX.iter().chain(self.0.public_key().as_ref()).copied().collect();
        pem::encode(PUBLIC_LABEL, &spki).to_string()
    }

    /// The id by which licenses name this key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of(self.0.public_key().as_ref())
    }

    /// The 64 bytes of the signature over `message`.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.id())
    }
}
