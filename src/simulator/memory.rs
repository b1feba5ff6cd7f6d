//! What a phone remembers from boot to boot.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use rustls::{RootCertStore, pki_types::CertificateDer};

use super::fetch::Login;
use super::model::{PhoneModel, Vendor};
use super::parse::{MOST_SETTINGS, Malformed};
use super::phone::{Semantics, Taken, semantics};
use super::view::{Account, KeyView, KeypadLock};
use crate::domain::{Mac, Secret};

/// How the names begin under which fetched certificates are kept; no vendor's do.
const FETCHED: &str = "(fetched certificate) ";

/// The settings of one phone that differ from how it left the factory. What is not in here has its factory value.
///
/// Names are the vendor's own: `account.1.password`, `user_pass[1]`, `fkey[0].label`, `auth_info_0/passwd`.
#[derive(Clone)]
pub struct Memory {
    model: PhoneModel,
    mac: Mac,
    pub(super) settings: BTreeMap<String, Kept>,
}

/// One remembered setting.
#[derive(Clone)]
pub(super) struct Kept {
    /// Its value; any of them may be a password.
    pub(super) text: Secret,
    /// What the document said about who may change it (Snom); empty elsewhere.
    pub(super) perm: String,
    /// The phone counts it as changed by its user, so that a document may not replace it.
    pub(super) by_user: bool,
}

impl Memory {
    /// A phone as it leaves the factory.
    #[must_use]
    pub const fn factory(model: PhoneModel, mac: Mac) -> Self {
        Self { model, mac, settings: BTreeMap::new() }
    }

    /// The model.
    #[must_use]
    pub const fn model(&self) -> &PhoneModel {
        &self.model
    }

    /// The vendor.
    #[must_use]
    pub const fn vendor(&self) -> Vendor {
        self.model.vendor()
    }

    /// The phone's MAC.
    #[must_use]
    pub const fn mac(&self) -> Mac {
        self.mac
    }

    /// Starts the phone: what it keeps only until the next start is gone.
    pub fn starts(&mut self) {
        self.semantics().starts(self);
    }

    /// Takes the document of one file; how many settings it names. A malformed document changes nothing, and so does
    /// one that only names further files.
    pub fn takes(&mut self, file: &str, document: &[u8]) -> Result<usize, Malformed> {
        match self.semantics().takes(self, file, document)? {
            Taken::Settings { settings, .. } => Ok(settings),
            Taken::Files { .. } => Ok(0),
        }
    }

    /// Its accounts, each position that the model has.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.semantics().accounts(self)
    }

    /// Its keys, each position that the model has, expansion modules included.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyView> {
        self.semantics().keys(self)
    }

    /// What it asks for before its keypad can be used; none: the keypad is free.
    #[must_use]
    pub fn lock(&self) -> Option<KeypadLock> {
        self.semantics().lock(self)
    }

    /// The URL that it asks at its next boot, where a document has given it one.
    #[must_use]
    pub fn next_url(&self) -> Option<Secret> {
        let url = self.semantics().next_url(self)?;
        Some(Secret::new(self.model.fill_in(&url, self.mac)))
    }

    /// The certificates that its documents have brought or named: whom it trusts besides nobody.
    #[must_use]
    pub fn authorities(&self) -> Vec<CertificateDer<'static>> {
        let fetched = self.settings.iter().filter(|(name, _)| name.starts_with(FETCHED));
        let bytes = fetched.filter_map(|(_, kept)| BASE64.decode(kept.text.expose().as_bytes()).ok());
        bytes.map(CertificateDer::from).chain(self.semantics().certificates(self)).collect()
    }

    /// Whether it knows whom to ask for the time; until then it is 1970.
    #[must_use]
    pub fn knows_time(&self) -> bool {
        self.semantics().knows_time(self)
    }

    /// The URLs of certificates that it was told to trust and has not fetched yet, each with where it will be kept.
    pub(super) fn certificates_to_fetch(&self) -> Vec<(String, String)> {
        let urls = self.semantics().certificate_urls(self).into_iter().enumerate();
        let places = urls.map(|(number, url)| (format!("{FETCHED}{number}"), url));
        places.filter(|(place, _)| self.setting(place).is_none()).collect()
    }

    /// Keeps a certificate that it was told to trust.
    pub(super) fn trusts(&mut self, place: &str, file: &[u8]) -> Result<(), Malformed> {
        let certificate = self.semantics().certificate_in(file).ok_or(Malformed::Certificate)?;
        RootCertStore::empty().add(certificate.clone()).map_err(|_| Malformed::Certificate)?;
        self.set(place, &BASE64.encode(&certificate));
        Ok(())
    }

    /// What it answers when it is asked for a password there, where a document has given it one.
    #[must_use]
    pub fn login(&self) -> Option<Login> {
        self.semantics().login(self)
    }

    /// The user name and password in two settings; none when one is empty.
    pub(super) fn login_in(&self, user: &str, password: &str) -> Option<Login> {
        let user = self.setting(user).filter(|user| !user.is_empty())?.to_owned();
        Some(Login { user, password: self.secret(password)? })
    }

    /// The names of settings that still hold credentials of an account or of a service that an account uses, or the PIN of
    /// its user. The password of the phone's own web page is none of them: a phone always has one.
    #[must_use]
    pub fn remaining_secrets(&self) -> Vec<String> {
        let holds = |(name, kept): &(&String, &Kept)| {
            !kept.text.expose().is_empty() && self.semantics().is_account_secret(name)
        };
        self.settings.iter().filter(holds).map(|(name, _)| name.clone()).collect()
    }

    /// The names of settings whose value contains `text`, wherever it went.
    #[must_use]
    pub fn holding(&self, text: &str) -> Vec<String> {
        let holds = |(_, kept): &(&String, &Kept)| kept.text.expose().contains(text);
        self.settings.iter().filter(holds).map(|(name, _)| name.clone()).collect()
    }

    /// The value of a setting; none: its factory value.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(|kept| kept.text.expose())
    }

    /// Changes a setting at the phone, as its user would; false where a document has write-protected it.
    pub fn user_sets(&mut self, name: &str, value: &str) -> bool {
        self.semantics().user_sets(self, name, value)
    }

    pub(super) fn semantics(&self) -> &'static dyn Semantics {
        semantics(self.vendor())
    }

    /// The value of a setting as text, empty when it is not set.
    pub(super) fn text(&self, name: &str) -> String {
        self.setting(name).unwrap_or_default().to_owned()
    }

    /// The value of a setting as a secret, none when it is empty.
    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.settings.get(name).map(|kept| kept.text.clone()).filter(|text| !text.expose().is_empty())
    }

    /// Remembers what a document says, whoever set it before.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        let kept = Kept { text: Secret::new(value), perm: String::new(), by_user: false };
        self.settings.insert(name.to_owned(), kept);
    }

    /// Goes back to the factory value.
    pub(super) fn forget(&mut self, name: &str) {
        self.settings.remove(name);
    }

    /// Whether a document with so many settings still fits.
    pub(super) fn has_room(&self, settings: usize) -> Result<(), Malformed> {
        if self.settings.len().saturating_add(settings) > MOST_SETTINGS {
            Err(Malformed::TooMany)
        } else {
            Ok(())
        }
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Memory({} {}, {} settings)", self.model.name(), self.mac, self.settings.len())
    }
}
