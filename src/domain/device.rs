//! A device: one phone, known by its MAC, with lines.

use super::{DeviceHandle, DeviceId, Mac, PlainText, ProfileId, Secret, TenantId};

/// One phone.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its hardware address; no two devices of any tenant share one.
    pub mac: Mac,
    /// What people call it.
    pub name: PlainText,
    /// Its model as the catalog calls it; none until the phone has shown itself.
    pub model: Option<String>,
    /// The profile it follows.
    pub profile: Option<ProfileId>,
    /// A blocked device's requests are refused; the phone keeps what it has.
    pub blocked: bool,
    /// Raised by assign, re-open, replace and rotate; its device scope is derived from it.
    pub epoch: i64,
    /// Its random name inside its device scopes.
    pub handle: DeviceHandle,
    /// The password of its own web page, made for this device alone.
    pub web_password: Secret,
    /// The tenant's revision of the last change that touches its documents.
    pub revision: i64,
}

/// The position of a line on a device, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct LineNumber(u16);

/// The text is no line number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no line: a whole number from 1 to {max}", max = LineNumber::HIGHEST)]
pub struct WrongLineNumber(String);

impl LineNumber {
    /// The highest line that any device has.
    pub const HIGHEST: u16 = 1000;

    /// The line at `number`, counted from 1.
    pub fn new(number: u16) -> Result<Self, WrongLineNumber> {
        if (1..=Self::HIGHEST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(WrongLineNumber(number.to_string()))
        }
    }

    /// The number, from 1.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for LineNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for LineNumber {
    type Err = WrongLineNumber;

    fn from_str(text: &str) -> Result<Self, WrongLineNumber> {
        let number = text.parse().map_err(|_| WrongLineNumber(text.chars().take(40).collect()))?;
        Self::new(number)
    }
}
