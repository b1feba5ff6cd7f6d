//! `[listen]`: at which addresses the server is reached.

use std::net::SocketAddr;

use super::sources::Sources;
use super::value::shown;
use super::{Key, Origin};

static HTTPS: Key =
    Key::text("listen", "https", "ADDRESS", "address for phones over HTTPS, or off [default: 0.0.0.0:443]");
static HTTP: Key =
    Key::text("listen", "http", "ADDRESS", "address for phones over plain HTTP, or off [default: off]");
static TFTP: Key =
    Key::text("listen", "tftp", "ADDRESS", "address for phones over TFTP, or off [default: 0.0.0.0:69]");
static ADMIN: Key = Key::text(
    "listen",
    "admin",
    "ADDRESS",
    "address for health, metrics and administration, or off [default: 127.0.0.1:8080]",
);
pub(super) static KEYS: &[&Key] = &[&HTTPS, &HTTP, &TFTP, &ADMIN];

/// The addresses; `None` where a door is off. Sockets that a service manager passes replace them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Phones over HTTPS.
    pub https: Option<SocketAddr>,
    /// Phones over plain HTTP.
    pub http: Option<SocketAddr>,
    /// Phones over TFTP.
    pub tftp: Option<SocketAddr>,
    /// Health, metrics and administration.
    pub admin: Option<SocketAddr>,
}

impl Listen {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        let mut read = |key, default: Option<([u8; 4], u16)>| {
            sources.one(key, |given| address(&given.text)).unwrap_or_else(|| default.map(SocketAddr::from))
        };
        let listen = Self {
            https: read(&HTTPS, Some(([0, 0, 0, 0], 443))),
            http: read(&HTTP, None),
            tftp: read(&TFTP, Some(([0, 0, 0, 0], 69))),
            admin: read(&ADMIN, Some(([127, 0, 0, 1], 8080))),
        };
        // TFTP is UDP and meets nobody; port 0 is a free one each time
        let tcp = [(&HTTPS, listen.https), (&HTTP, listen.http), (&ADMIN, listen.admin)];
        for (index, (key, address)) in tcp.iter().enumerate() {
            let Some(address) = address.filter(|address| address.port() != 0) else { continue };
            if let Some((other, _)) = tcp[..index].iter().find(|(_, other)| *other == Some(address)) {
                let problem = format!("{address} is taken by {} already", other.path());
                sources.wrong(Origin::Nowhere, key.path(), problem);
            }
        }
        listen
    }
}

fn address(text: &str) -> Result<Option<SocketAddr>, String> {
    if text == "off" {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| {
        format!(
            "{} is no address with port, written like \"0.0.0.0:443\" or \"[::]:443\", nor \"off\"",
            shown(text)
        )
    })
}
