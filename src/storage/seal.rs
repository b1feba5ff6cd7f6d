//! Secrets at rest: sealed with keys that the database keeps, which are sealed themselves with a master key that it does not.

use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::{constant_time, hmac};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};

use super::{
    KeySource, MasterKey, MasterKeys, StorageError,
    purpose_key::{Purpose, PurposeKey},
};
use crate::domain::{DeviceHandle, Random, Scope, Secret};

/// What a sealed text belongs to. A sealed text opens only in its own place: moved to another row, it does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) purpose: &'static str,
    pub(super) tenant: &'a str,
    pub(super) row: &'a str,
}

/// Seals and opens secrets, and makes the keyed hashes that stand for scopes and documents.
pub struct Sealer {
    keys: ArcSwap<Keys>,
    masters: Arc<ArcSwap<MasterKeys>>,
    source: Option<KeySource>,
    random: Arc<dyn Random>,
}

/// The keys in use, opened.
struct Keys {
    /// The id of the master key that they are sealed with in the database.
    master: String,
    /// The newest, with which is sealed, last.
    seals: Vec<(String, XChaCha20Poly1305)>,
    scope_lookup: hmac::Key,
    device_scope: hmac::Key,
    device_scope_id: String,
    document: hmac::Key,
    token_lookup: hmac::Key,
    audit: hmac::Key,
    nonce: hmac::Key,
}

impl Keys {
    /// Of each purpose the newest is used; of what seals all, and those of `known` besides.
    fn new(master: String, keys: &[PurposeKey], known: Option<&Self>) -> Option<Self> {
        let newest = |purpose| keys.iter().filter(|key| key.purpose == purpose).max_by_key(|key| key.seq);
        let keyed =
            |purpose| newest(purpose).map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.bytes.as_slice()));
        let mut seals: Vec<&PurposeKey> = keys.iter().filter(|key| key.purpose == Purpose::Seal).collect();
        seals.sort_by_key(|key| key.seq);
        let stored = |id: &str| seals.iter().any(|key| key.id == id);
        let others = known.into_iter().flat_map(|known| &known.seals).filter(|(id, _)| !stored(id)).cloned();
        let stored = seals.iter().map(|key| (key.id.clone(), XChaCha20Poly1305::new((&*key.bytes).into())));
        Some(Self {
            master,
            device_scope_id: newest(Purpose::DeviceScope)?.id.clone(),
            scope_lookup: keyed(Purpose::ScopeLookup)?,
            device_scope: keyed(Purpose::DeviceScope)?,
            document: keyed(Purpose::Document)?,
            token_lookup: keyed(Purpose::TokenLookup)?,
            audit: keyed(Purpose::Audit)?,
            nonce: keyed(Purpose::Nonce)?,
            seals: { (!seals.is_empty()).then(|| others.chain(stored).collect()) }?,
        })
    }
}

impl Sealer {
    /// Knows one master key; nonces come from `random`. A store that is opened with it loads its keys.
    #[must_use]
    pub fn new(master: &MasterKey, random: Arc<dyn Random>) -> Self {
        Self::with(master.clone().into(), None, random)
    }

    /// Knows several master keys, and where to read them again once one is asked for that is not among them.
    #[must_use]
    pub fn reading(source: KeySource, masters: MasterKeys, random: Arc<dyn Random>) -> Self {
        Self::with(masters, Some(source), random)
    }

    fn with(masters: MasterKeys, source: Option<KeySource>, random: Arc<dyn Random>) -> Self {
        let first = masters.first();
        #[expect(clippy::expect_used, reason = "one of each purpose is derived")]
        let keys = Keys::new(first.id(), &PurposeKey::derived(first), None).expect("every purpose has a key");
        Self {
            keys: ArcSwap::from_pointee(keys),
            masters: Arc::new(ArcSwap::from_pointee(masters)),
            source,
            random,
        }
    }

    /// One for another store, which loads keys of its own.
    pub(super) fn for_another_store(&self) -> Self {
        Self::with((**self.masters.load()).clone(), self.source.clone(), Arc::clone(&self.random))
    }

    /// One for a session, which goes by the keys of its own snapshot whatever others load meanwhile.
    pub(super) fn for_session(&self) -> Self {
        Self {
            keys: ArcSwap::new(self.keys.load_full()),
            masters: Arc::clone(&self.masters),
            source: self.source.clone(),
            random: Arc::clone(&self.random),
        }
    }

    /// Goes by the keys that a session found.
    pub(super) fn follow(&self, session: &Self) {
        self.keys.store(session.keys.load_full());
    }

    /// Names the master key that the keys in use are sealed with.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.keys.load().master.clone()
    }

    /// Names the key that device scopes are derived with.
    #[must_use]
    pub fn device_scope_id(&self) -> String {
        self.keys.load().device_scope_id.clone()
    }

    /// Where the master key is, if it can be read again.
    #[must_use]
    pub const fn source(&self) -> Option<&KeySource> {
        self.source.as_ref()
    }

    /// The master keys as they were read last.
    #[must_use]
    pub fn masters(&self) -> Arc<MasterKeys> {
        self.masters.load_full()
    }

    /// Reads the master keys again.
    pub fn read_again(&self) -> Result<(), StorageError> {
        let source = self.source.as_ref();
        if let Some(keys) = source.map(KeySource::read).transpose()?.flatten() {
            self.masters.store(Arc::new(keys));
        }
        Ok(())
    }

    /// The master key of this id, looked for where it is if it is not known yet.
    pub fn master(&self, id: &str) -> Result<MasterKey, StorageError> {
        if self.masters().named(id).is_none() {
            self.read_again()?;
        }
        let masters = self.masters();
        let wrong = || StorageError::WrongKey { expected: id.to_owned(), found: masters.ids() };
        masters.named(id).cloned().ok_or_else(wrong)
    }

    pub(super) fn random(&self) -> &dyn Random {
        &*self.random
    }

    /// Names the key that is sealed with.
    pub(super) fn seal_id(&self) -> String {
        self.keys.load().seals.last().map(|(id, _)| id.clone()).unwrap_or_default()
    }

    /// Whether the key of this id is the one that is sealed with.
    pub(super) fn seals_with(&self, id: &str) -> bool {
        self.keys.load().seals.last().is_some_and(|(current, _)| current == id)
    }

    /// Goes by these keys from now on; what others have sealed meanwhile can still be opened. False where one is missing.
    pub(super) fn take(&self, master: &str, keys: &[PurposeKey]) -> bool {
        let known = self.keys.load();
        let taken = Keys::new(master.to_owned(), keys, Some(&known));
        taken.map(|keys| self.keys.store(Arc::new(keys))).is_some()
    }

    /// `key id "." base64url(nonce, ciphertext)`.
    pub(super) fn seal(&self, place: Place<'_>, secret: &Secret) -> String {
        let keys = self.keys.load();
        #[expect(clippy::expect_used, reason = "keys are only taken with one that seals")]
        let (id, cipher) = keys.seals.last().expect("there is a key that seals");
        seal_with(cipher, id, &*self.random, place, secret)
    }

    pub(super) fn open(&self, place: Place<'_>, sealed: &str) -> Result<Secret, StorageError> {
        let keys = self.keys.load();
        let id = sealed.split_once('.').map(|(id, _)| id);
        let known = keys.seals.iter().find(|(known, _)| Some(known.as_str()) == id);
        match (id, known) {
            (Some(id), Some((_, cipher))) => open_with(cipher, id, place, sealed),
            (Some(id), None) => Err(StorageError::UnknownSeal { key: id.to_owned() }),
            (None, _) => Err(StorageError::Unsealable { purpose: place.purpose }),
        }
    }

    /// What the store keeps instead of a scope to find its tenant by.
    #[must_use]
    pub fn scope_lookup(&self, scope: &Scope) -> String {
        let tag = hmac::sign(&self.keys.load().scope_lookup, scope.expose().as_bytes());
        HEXLOWER.encode(&tag.as_ref()[..16])
    }

    /// The MAC over the parts of an audit entry, each with its length before it.
    pub(super) fn audit_mac(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.keys.load().audit);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        HEXLOWER.encode(context.sign().as_ref())
    }

    /// The part of a nonce that nobody else can make, over what it is for.
    #[must_use]
    pub fn nonce_tag(&self, parts: &[&str]) -> String {
        let mut context = hmac::Context::with_key(&self.keys.load().nonce);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        HEXLOWER.encode(&context.sign().as_ref()[..16])
    }

    /// What the store keeps instead of an API token, a session or a set-up link to find it by.
    #[must_use]
    pub fn token_lookup(&self, token: &Secret) -> String {
        HEXLOWER.encode(hmac::sign(&self.keys.load().token_lookup, token.expose().as_bytes()).as_ref())
    }

    /// The 18 characters that make a device's handle and epoch its device scope.
    #[must_use]
    pub fn device_scope_tag(&self, handle: &DeviceHandle, epoch: i64) -> String {
        let signed =
            hmac::sign(&self.keys.load().device_scope, format!("{}.{epoch}", handle.as_str()).as_bytes());
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
        format!(
            "\"{}\"",
            BASE64URL_NOPAD.encode(&hmac::sign(&self.keys.load().document, document).as_ref()[..12])
        )
    }
}

/// `key id "." base64url(nonce, ciphertext)`.
pub(super) fn seal_with(
    cipher: &XChaCha20Poly1305,
    id: &str,
    random: &dyn Random,
    place: Place<'_>,
    secret: &Secret,
) -> String {
    let mut nonce = [0; 24];
    random.fill(&mut nonce);
    let payload = Payload { msg: secret.expose().as_bytes(), aad: &place.associated() };
    #[expect(clippy::expect_used, reason = "encryption fails only beyond 256 GiB")]
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).expect("a short text can be encrypted");
    format!("{id}.{}", BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
}

/// Opens what [`seal_with`] made.
pub(super) fn open_with(
    cipher: &XChaCha20Poly1305,
    id: &str,
    place: Place<'_>,
    sealed: &str,
) -> Result<Secret, StorageError> {
    let unsealable = || StorageError::Unsealable { purpose: place.purpose };
    let (_, body) = sealed.split_once('.').filter(|(key, _)| *key == id).ok_or_else(unsealable)?;
    let bytes = BASE64URL_NOPAD.decode(body.as_bytes()).map_err(|_| unsealable())?;
    let (nonce, body) = bytes.split_first_chunk::<24>().ok_or_else(unsealable)?;
    let payload = Payload { msg: body, aad: &place.associated() };
    let opened = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| unsealable())?;
    String::from_utf8(opened).map(Secret::new).map_err(|_| unsealable())
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealer({})", self.key_id())
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
        Sealer::new(&MasterKey::generate(&SystemRandom), Arc::new(SystemRandom))
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
        assert!(matches!(sealer().open(PLACE, &sealed), Err(StorageError::UnknownSeal { .. })));
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
