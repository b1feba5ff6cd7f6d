//! `[server]`: where everything lies, what phones call the server, which planes it runs.

use std::fmt;
use std::path::PathBuf;

use super::Key;
use super::sources::Sources;
use super::value::{shown, word};
use crate::domain::SipDomain;

pub(super) static DATA: Key = Key::text(
    "server",
    "data",
    "DIRECTORY",
    "directory of the database, the keys and the certificates (required)",
);
pub(super) static NAME: Key =
    Key::text("server", "name", "NAME", "what phones call this server: its DNS name or IP address");
static ROLE: Key =
    Key::text("server", "role", "ROLE", "which planes run: all, phones or admin [default: all]");
static NTP: Key = Key::text(
    "server",
    "ntp",
    "NAME",
    "time server that phones ask until they know their tenant's [default: pool.ntp.org]",
);
pub(super) static KEYS: &[&Key] = &[&DATA, &NAME, &ROLE, &NTP];

/// Who this server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Directory of the database, the keys and the certificates.
    pub data: PathBuf,
    /// What phones call the server. Needed to serve only.
    pub name: Option<ServerName>,
    /// Which planes run.
    pub role: Role,
    /// The time server that phones ask until they know their tenant's.
    pub ntp: ServerName,
}

/// Which planes a process runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Both.
    #[default]
    All,
    /// What phones ask.
    Phones,
    /// Who changes it.
    Admin,
}

/// A DNS name or an IP address without port, as it stands in the URLs that phones keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerName(String);

impl ServerName {
    /// The longest name. Some phones cut a provisioning URL at 127 bytes; scope and file need the rest.
    pub const LONGEST: usize = 64;

    fn parse(text: &str) -> Result<Self, String> {
        // a SIP domain is the same thing: a host name or an address
        match SipDomain::parse(text) {
            Ok(name) if name.as_str().len() <= Self::LONGEST => Ok(Self(name.as_str().to_owned())),
            Ok(_) => Err(format!("is longer than {} characters, too long for phones", Self::LONGEST)),
            Err(_) => Err(format!("{} is no DNS name or IP address, written without port", shown(text))),
        }
    }

    /// The name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Server {
    /// Reads the section; `None` without a data directory, from which much else follows.
    pub(super) fn read(sources: &mut Sources<'_>) -> Option<Self> {
        let data = sources.one(&DATA, super::sources::Given::path);
        let name = sources.one(&NAME, |given| ServerName::parse(&given.text));
        let words = [("all", Role::All), ("phones", Role::Phones), ("admin", Role::Admin)];
        let role = sources.one(&ROLE, |given| word(&given.text, &words)).unwrap_or_default();
        let ntp = sources.one(&NTP, |given| ServerName::parse(&given.text));
        let ntp = ntp.unwrap_or_else(|| ServerName("pool.ntp.org".to_owned()));
        if data.is_none() {
            sources.missing(&DATA, "the directory of the database, the keys and the certificates");
        }
        Some(Self { data: data?, name, role, ntp })
    }
}
