//! Secrets at rest: sealed with keys derived from one master key that lives outside the database.

use aws_lc_rs::{constant_time, digest, hmac};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use super::StorageError;
use crate::domain::{DeviceHandle, Random, Scope, Secret};

/// The installation's master key: 32 random bytes. Everything else is derived from it by purpose.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new key.
    #[must_use]
    pub fn generate(random: &(impl Random + ?Sized)) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        random.fill(bytes.as_mut());
        Self(bytes)
    }

    /// The key written as 64 hex digits; none when the text is something else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The key as 64 hex digits, for its file.
    #[must_use]
    pub fn to_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(HEXLOWER.encode(self.0.as_slice()))
    }

    /// Names the key without showing it: 8 characters of a hash.
    #[must_use]
    pub fn id(&self) -> String {
        let mut hashed = Zeroizing::new(b"offhook master key id ".to_vec());
        hashed.extend_from_slice(self.0.as_slice());
        HEXLOWER.encode(&digest::digest(&digest::SHA256, &hashed).as_ref()[..4])
    }

    /// The key for one purpose (HMAC-SHA-256 of the purpose: one step of RFC 5869's expansion).
    fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, self.0.as_slice()), purpose.as_bytes());
        let mut key = Zeroizing::new([0; 32]);
        key.copy_from_slice(tag.as_ref());
        key
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKey({})", self.id())
    }
}

/// What a sealed text belongs to. A sealed text opens only in its own place: moved to another row, it does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) purpose: &'static str,
    pub(super) tenant: &'a str,
    pub(super) row: &'a str,
}

/// Seals and opens secrets, and makes the keyed hashes that stand for scopes and documents.
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    scope_lookup: hmac::Key,
    device_scope: hmac::Key,
    document: hmac::Key,
    token_lookup: hmac::Key,
    audit: hmac::Key,
    nonce: hmac::Key,
    key_id: String,
    random: std::sync::Arc<dyn Random>,
}

impl Sealer {
    /// Derives all keys from the master key; nonces come from `random`.
    #[must_use]
    pub fn new(master: &MasterKey, random: std::sync::Arc<dyn Random>) -> Self {
        let keyed = |purpose| hmac::Key::new(hmac::HMAC_SHA256, master.derive(purpose).as_slice());
        Self {
            cipher: XChaCha20Poly1305::new((&*master.derive("seal")).into()),
            scope_lookup: keyed("scope lookup"),
            device_scope: keyed("device scope"),
            document: keyed("document"),
            token_lookup: keyed("token lookup"),
            audit: keyed("audit"),
            nonce: keyed("nonce"),
            key_id: master.id(),
            random,
        }
    }

    /// Names the key in use.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// `key id "." base64url(nonce, ciphertext)`.
    pub(super) fn seal(&self, place: Place<'_>, secret: &Secret) -> String {
        let mut nonce = [0; 24];
        self.random.fill(&mut nonce);
        let payload = Payload { msg: secret.expose().as_bytes(), aad: &place.associated() };
        #[expect(clippy::expect_used, reason = "encryption fails only beyond 256 GiB")]
        let sealed =
            self.cipher.encrypt(&XNonce::from(nonce), payload).expect("a short text can be encrypted");
        format!("{}.{}", self.key_id, BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    pub(super) fn open(&self, place: Place<'_>, sealed: &str) -> Result<Secret, StorageError> {
        let unsealable = || StorageError::Unsealable { purpose: place.purpose };
        let (key_id, body) = sealed.split_once('.').ok_or_else(unsealable)?;
        if key_id != self.key_id {
            return Err(StorageError::WrongKey { expected: key_id.to_owned(), found: self.key_id.clone() });
        }
        let bytes = BASE64URL_NOPAD.decode(body.as_bytes()).map_err(|_| unsealable())?;
        let (nonce, body) = bytes.split_first_chunk::<24>().ok_or_else(unsealable)?;
        let payload = Payload { msg: body, aad: &place.associated() };
        let opened = self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| unsealable())?;
        String::from_utf8(opened).map(Secret::new).map_err(|_| unsealable())
    }

    /// What the store keeps instead of a scope to find its tenant by.
    #[must_use]
    pub fn scope_lookup(&self, scope: &Scope) -> String {
        HEXLOWER.encode(&hmac::sign(&self.scope_lookup, scope.expose().as_bytes()).as_ref()[..16])
    }

    /// The MAC over the parts of an audit entry, each with its length before it.
    pub(super) fn audit_mac(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.audit);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        HEXLOWER.encode(context.sign().as_ref())
    }

    /// The part of a nonce that nobody else can make, over what it is for.
    #[must_use]
    pub fn nonce_tag(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.nonce);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        HEXLOWER.encode(&context.sign().as_ref()[..16])
    }

    /// What the store keeps instead of an API token, a session or a set-up link to find it by.
    #[must_use]
    pub fn token_lookup(&self, token: &Secret) -> String {
        HEXLOWER.encode(hmac::sign(&self.token_lookup, token.expose().as_bytes()).as_ref())
    }

    /// The 18 characters that make a device's handle and epoch its device scope.
    #[must_use]
    pub fn device_scope_tag(&self, handle: &DeviceHandle, epoch: i64) -> String {
        let signed = hmac::sign(&self.device_scope, format!("{}.{epoch}", handle.as_str()).as_bytes());
        let mut tag = data_encoding::BASE32_NOPAD.encode(signed.as_ref()).to_ascii_lowercase();
        tag.truncate(18);
        tag
    }

    /// The device's scope of an epoch.
    #[must_use]
    pub fn device_scope(&self, handle: &DeviceHandle, epoch: i64) -> Scope {
        Scope::Device { handle: handle.clone(), tag: self.device_scope_tag(handle, epoch) }
    }

    /// Whether `tag` makes the device's scope of an epoch; how long that takes tells nothing of how much of it fits.
    #[must_use]
    pub fn is_device_scope_tag(&self, tag: &str, handle: &DeviceHandle, epoch: i64) -> bool {
        let right = self.device_scope_tag(handle, epoch);
        constant_time::verify_slices_are_equal(tag.as_bytes(), right.as_bytes()).is_ok()
    }

    /// A document's entity tag: keyed, so that it tells nothing about the secrets in it.
    #[must_use]
    pub fn entity_tag(&self, document: &[u8]) -> String {
        format!("\"{}\"", BASE64URL_NOPAD.encode(&hmac::sign(&self.document, document).as_ref()[..12]))
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({})", self.key_id)
    }
}

impl Place<'_> {
    /// Length-prefixed, so that no two places share their bytes.
    fn associated(&self) -> Vec<u8> {
        [self.purpose, self.tenant, self.row]
            .iter()
            .flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.bytes()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    fn sealer() -> Sealer {
        Sealer::new(&MasterKey::generate(&SystemRandom), std::sync::Arc::new(SystemRandom))
    }

    const PLACE: Place<'static> = Place { purpose: "SIP password", tenant: "t", row: "r" };

    #[test]
    fn a_sealed_text_opens_only_in_its_place_and_unaltered() {
        let keys = sealer();
        let secret = Secret::new("hunter2");
        let sealed = keys.seal(PLACE, &secret);
        assert_eq!(keys.open(PLACE, &sealed).unwrap(), secret);
        assert_ne!(keys.seal(PLACE, &secret), sealed, "each seal has a nonce of its own");
        assert!(keys.open(Place { row: "s", ..PLACE }, &sealed).is_err());
        let mut altered = sealed.clone().into_bytes();
        let last = altered.len() - 5;
        altered[last] = if altered[last] == b'A' { b'B' } else { b'A' };
        assert!(keys.open(PLACE, std::str::from_utf8(&altered).unwrap()).is_err());
    }

    #[test]
    fn another_key_is_named_not_guessed() {
        let sealed = sealer().seal(PLACE, &Secret::new("hunter2"));
        assert!(matches!(sealer().open(PLACE, &sealed), Err(StorageError::WrongKey { .. })));
    }

    #[test]
    fn a_device_scope_parses_as_one() {
        let sealer = sealer();
        let handle = DeviceHandle::generate(&SystemRandom);
        let tag = sealer.device_scope_tag(&handle, 3);
        assert_ne!(tag, sealer.device_scope_tag(&handle, 4));
        assert!(Scope::parse(&format!("d{}{tag}", handle.as_str())).is_ok());
    }
}
