//! The installation's master key, which is kept outside of the database and opens the keys in it; and others beside it
//! while it is being replaced.

use aws_lc_rs::{digest, hmac};
use data_encoding::{HEXLOWER, HEXLOWER_PERMISSIVE};
use zeroize::Zeroizing;

use crate::domain::Random;

/// A master key: 32 random bytes.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; 32]>);

/// Master keys, of which the first is the one to use. There are several while one is being replaced.
#[derive(Clone)]
pub struct MasterKeys(Vec<MasterKey>);

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
    pub(super) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
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

impl From<MasterKey> for MasterKeys {
    fn from(key: MasterKey) -> Self {
        Self(vec![key])
    }
}

impl MasterKeys {
    /// The keys in a text, one after the other with white space between; none when there is none or anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Vec<MasterKey> = text.split_whitespace().map(MasterKey::from_hex).collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The key to use.
    #[must_use]
    pub fn first(&self) -> &MasterKey {
        #[expect(clippy::indexing_slicing, reason = "there is always one")]
        &self.0[0]
    }

    /// The key of this id.
    #[must_use]
    pub fn named(&self, id: &str) -> Option<&MasterKey> {
        self.0.iter().find(|key| key.id() == id)
    }

    /// Those that are not to be used any more.
    #[must_use]
    pub fn others(&self) -> &[MasterKey] {
        &self.0[1..]
    }

    /// The ids, the one to use first.
    #[must_use]
    pub fn ids(&self) -> String {
        self.0.iter().map(MasterKey::id).collect::<Vec<_>>().join(", ")
    }

    /// The same with another to use.
    #[must_use]
    pub fn led_by(&self, key: &MasterKey) -> Self {
        let others = self.0.iter().filter(|other| other.id() != key.id()).cloned();
        Self(std::iter::once(key.clone()).chain(others).collect())
    }

    /// The keys for their file, one a line.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(65 * self.0.len()));
        for key in &self.0 {
            text.push_str(&key.to_hex());
            text.push('\n');
        }
        text
    }
}

impl std::fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MasterKeys({})", self.ids())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn several_keys_are_read_as_they_are_written() {
        let (new, old) = (MasterKey::generate(&SystemRandom), MasterKey::generate(&SystemRandom));
        let both = MasterKeys::from(old.clone()).led_by(&new);
        let read = MasterKeys::parse(&both.to_text()).unwrap();
        assert_eq!(read.first().id(), new.id());
        assert_eq!(read.ids(), format!("{}, {}", new.id(), old.id()));
        assert_eq!(read.led_by(&new).ids(), both.ids(), "the same once more adds nothing");
        assert!(read.named(&old.id()).is_some());
        for wrong in ["", "\n", "abc", &format!("{} x", *new.to_hex())] {
            assert!(MasterKeys::parse(wrong).is_none(), "{wrong}");
        }
    }
}
