//! `[listen]`: at which addresses the server is reached.

use std::net::{SocketAddr, SocketAddrV4};

use super::sources::Sources;
use super::value::shown;
use super::{Key, Origin};

static HTTPS: Key =
    Key::text("listen", "https", "ADDRESS", "address for phones over HTTPS, or off [default: 0.0.0.0:443]");
static HTTP: Key =
    Key::text("listen", "http", "ADDRESS", "address for phones over plain HTTP, or off [default: off]");
static TFTP: Key =
    Key::text("listen", "tftp", "ADDRESS", "address for phones over TFTP, or off [default: 0.0.0.0:69]");
static PNP: Key = Key::text(
    "listen",
    "pnp",
    "ADDRESS",
    "multicast group where phones look for their URL (SIP PnP), 224.0.1.75:5060, or off [default: off]",
);
static ADMIN: Key = Key::text(
    "listen",
    "admin",
    "ADDRESS",
    "address for health, metrics and administration, or off [default: 127.0.0.1:8080]",
);
pub(super) static KEYS: &[&Key] = &[&HTTPS, &HTTP, &TFTP, &PNP, &ADMIN];

/// The addresses; `None` where a door is off. Sockets that a service manager passes replace them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// Phones over HTTPS.
    pub https: Option<SocketAddr>,
    /// Phones over plain HTTP.
    pub http: Option<SocketAddr>,
    /// Phones over TFTP.
    pub tftp: Option<SocketAddr>,
    /// The multicast group of phones that look for their URL.
    pub pnp: Option<SocketAddrV4>,
    /// Health, metrics and administration.
    pub admin: Option<SocketAddr>,
}

impl Listen {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        let pnp = sources.one(&PNP, |given| group(&given.text)).flatten();
        let mut read = |key, default: Option<([u8; 4], u16)>| {
            sources.one(key, |given| address(&given.text)).unwrap_or_else(|| default.map(SocketAddr::from))
        };
        let listen = Self {
            https: read(&HTTPS, Some(([0, 0, 0, 0], 443))),
            http: read(&HTTP, None),
            tftp: read(&TFTP, Some(([0, 0, 0, 0], 69))),
            pnp,
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

fn group(text: &str) -> Result<Option<SocketAddrV4>, String> {
    if text == "off" {
        return Ok(None);
    }
    let group =
        text.parse().ok().filter(|group: &SocketAddrV4| group.ip().is_multicast() && group.port() != 0);
    group.map(Some).ok_or_else(|| {
        format!("{} is no multicast group with port, written \"224.0.1.75:5060\", nor \"off\"", shown(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_look_for_their_url_in_a_group_and_nowhere_else() {
        assert_eq!(group("off"), Ok(None));
        assert_eq!(group("224.0.1.75:5060").unwrap().unwrap().to_string(), "224.0.1.75:5060");
        for text in ["0.0.0.0:5060", "224.0.1.75", "224.0.1.75:0", "[ff02::1]:5060", "on", ""] {
            assert!(group(text).is_err(), "{text}");
        }
    }
}
