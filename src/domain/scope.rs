//! The unguessable part of a provisioning URL.

use super::random::{Random, draw};

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const TENANT_RANDOM: usize = 26;
const HANDLE: usize = 8;
const TAG: usize = 18;

/// The unguessable part of a provisioning URL: 27 characters of `a-z` and `2-7`.
///
/// `t` and 26 random characters name a tenant; `d`, a device's 8-character handle and 18 characters of a keyed MAC
/// name one device. Phones keep the URL in flash, so this grammar never changes. A scope is a credential:
/// `Debug` masks it and it has no `Display`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Names a tenant.
    Tenant(String),
    /// Names one device.
    Device {
        /// The device's handle.
        handle: DeviceHandle,
        /// The keyed MAC of handle and epoch.
        tag: String,
    },
}

/// The text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a scope: \"t\" or \"d\" and 26 characters of a-z and 2-7")]
pub struct InvalidScope;

impl Scope {
    /// The length of a scope in characters.
    pub const LENGTH: usize = 1 + TENANT_RANDOM;

    /// A new scope for a tenant: 130 random bits.
    #[must_use]
    pub fn generate_for_tenant(random: &(impl Random + ?Sized)) -> Self {
        Self::Tenant(format!("t{}", draw(random, ALPHABET, TENANT_RANDOM)))
    }

    /// Parses a scope.
    pub fn parse(text: &str) -> Result<Self, InvalidScope> {
        if text.len() != Self::LENGTH || !text.bytes().all(|byte| ALPHABET.contains(&byte)) {
            return Err(InvalidScope);
        }
        match text.as_bytes()[0] {
            b't' => Ok(Self::Tenant(text.to_owned())),
            b'd' => Ok(Self::Device {
                handle: DeviceHandle(text[1..=HANDLE].to_owned()),
                tag: text[1 + HANDLE..1 + HANDLE + TAG].to_owned(),
            }),
            _ => Err(InvalidScope),
        }
    }

    /// The scope's text, for the one place that must write it.
    #[must_use]
    pub fn expose(&self) -> String {
        match self {
            Self::Tenant(text) => text.clone(),
            Self::Device { handle, tag } => format!("d{}{tag}", handle.as_str()),
        }
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tenant(_) => "Scope(t…)",
            Self::Device { .. } => "Scope(d…)",
        })
    }
}

/// A device's random name inside its scopes: 8 characters of `a-z` and `2-7`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeviceHandle(String);

impl DeviceHandle {
    /// A new handle.
    #[must_use]
    pub fn generate(random: &(impl Random + ?Sized)) -> Self {
        Self(draw(random, ALPHABET, HANDLE))
    }

    /// A handle read back from the store.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The handle's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn a_scope_is_read_back_and_never_shown() {
        let scope = Scope::generate_for_tenant(&SystemRandom);
        let text = scope.expose();
        assert_eq!(text.len(), Scope::LENGTH);
        assert_eq!(Scope::parse(&text), Ok(scope.clone()));
        assert!(!format!("{scope:?}").contains(&text[1..]));
        let device = Scope::parse("dabcdefgh234567234567234567").unwrap();
        assert!(matches!(&device, Scope::Device { handle, .. } if handle.as_str() == "abcdefgh"));
        assert_eq!(device.expose(), "dabcdefgh234567234567234567");
        for wrong in [
            "",
            "t",
            "xabcdefghijklmnopqrstuvwxyz",
            "tABCDEFGHIJKLMNOPQRSTUVWXYZ",
            "tabcdefghijklmnopqrstuvwxy1",
        ] {
            assert!(Scope::parse(wrong).is_err(), "{wrong}");
        }
    }
}
