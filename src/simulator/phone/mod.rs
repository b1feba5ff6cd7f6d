//! How each vendor's phones take a document into their memory, and what they make of it.

mod address;
mod grandstream;
mod linphone;
mod snom;
mod yealink;

use std::borrow::Cow;

use rustls::pki_types::CertificateDer;

use super::fetch::Login;
use super::memory::Memory;
use super::model::Vendor;
use super::parse::Malformed;
use super::view::{Account, KeyView, KeypadLock};

/// What a phone did with the bytes it got.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It took the settings into its memory.
    Settings {
        /// How many settings the document names.
        settings: usize,
        /// How many of its parts were none.
        ignored: usize,
    },
    /// The document only names further files.
    Files {
        /// The files, in order.
        files: Vec<String>,
        /// The phone asks for nothing else at this boot.
        only: bool,
    },
}

/// One vendor's way of remembering.
pub(super) trait Semantics: Sync {
    /// What happens to the memory when the phone starts, before it asks for anything.
    fn starts(&self, _memory: &mut Memory) {}

    /// Takes a document into the memory, or discards it whole and leaves the memory as it was.
    fn takes(&self, memory: &mut Memory, file: &str, bytes: &[u8]) -> Result<Taken, Malformed>;

    /// See [`Memory::accounts`].
    fn accounts(&self, memory: &Memory) -> Vec<Account>;

    /// See [`Memory::keys`].
    fn keys(&self, memory: &Memory) -> Vec<KeyView>;

    /// See [`Memory::lock`].
    fn lock(&self, _memory: &Memory) -> Option<KeypadLock> {
        None
    }

    /// The URL to ask next, placeholders included.
    fn next_url<'a>(&self, memory: &'a Memory) -> Option<Cow<'a, str>>;

    /// The URLs of certificates that documents have told the phone to trust.
    fn certificate_urls(&self, _memory: &Memory) -> Vec<String> {
        Vec::new()
    }

    /// The certificate in a file that the phone was told to trust; none: in no form that it reads.
    fn certificate_in(&self, _bytes: &[u8]) -> Option<CertificateDer<'static>> {
        None
    }

    /// The certificates that documents themselves brought.
    fn certificates(&self, _memory: &Memory) -> Vec<CertificateDer<'static>> {
        Vec::new()
    }

    /// Whether the phone knows whom to ask for the time; until then it is 1970.
    fn knows_time(&self, memory: &Memory) -> bool;

    /// See [`Memory::login`].
    fn login(&self, memory: &Memory) -> Option<Login>;

    /// Whether a setting is a credential of an account or of a service that it uses, or a PIN.
    fn is_account_secret(&self, name: &str) -> bool;

    /// See [`Memory::user_sets`].
    fn user_sets(&self, memory: &mut Memory, name: &str, value: &str) -> bool;

    /// HTTP fields that the phone sends besides its User-Agent.
    fn request_fields(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }
}

/// The way of a vendor.
pub(super) fn semantics(vendor: Vendor) -> &'static dyn Semantics {
    match vendor {
        Vendor::Yealink => &yealink::Yealink,
        Vendor::Snom => &snom::Snom,
        Vendor::Linphone => &linphone::Linphone,
        Vendor::Grandstream => &grandstream::Grandstream,
    }
}
