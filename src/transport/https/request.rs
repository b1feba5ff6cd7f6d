//! What a phone asked for, freed from HTTP.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::header::{
    AUTHORIZATION, FORWARDED, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, USER_AGENT,
};
use hyper::{Request, http};

use super::authorization;
use crate::net::accept::Peer;
use crate::net::factory::Certificate;
use crate::provisioning::Credential;

/// Headers by which a proxy says that the connection is not the phone's own.
const FORWARDING: [HeaderName; 3] =
    [FORWARDED, HeaderName::from_static("x-forwarded-for"), HeaderName::from_static("x-real-ip")];

/// One request of a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneRequest {
    /// The other end of the connection: a proxy's address if there is one.
    pub source: SocketAddr,
    /// True over TLS.
    pub secure: bool,
    /// Its own certificate, where it was asked for one and showed it.
    pub certificate: Option<Arc<Certificate>>,
    /// What it wants to do.
    pub method: Method,
    /// Starts with `/` (or is `*` or empty for methods without a path). Without query, percent-decoded once: a phone
    /// that does not know a macro sends it as `%7BMAC%7D`. What is no UTF-8 becomes U+FFFD. Otherwise as it came, with
    /// double slashes, dots, backslashes and control characters.
    pub path: String,
    /// The first one, Latin-1 decoded, because phones put any byte there. Control bytes have become `¿`.
    pub user_agent: Option<String>,
    /// A proxy says that it sits in between.
    pub forwarded: bool,
    /// All lines of it, joined by commas.
    pub if_none_match: Option<String>,
    /// What it answers to a demand for a password.
    pub credential: Option<Credential>,
}

/// What phones do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Fetch a file.
    Get,
    /// Ask whether a file exists.
    Head,
    /// Anything else: uploads of logs, mostly.
    Other,
}

impl PhoneRequest {
    pub(super) fn read<B>(peer: Peer, request: &Request<B>) -> Self {
        let headers = request.headers();
        Self {
            source: peer.address,
            secure: peer.secure,
            certificate: peer.certificate,
            method: match *request.method() {
                http::Method::GET => Method::Get,
                http::Method::HEAD => Method::Head,
                _ => Method::Other,
            },
            path: percent_decoded(request.uri().path()),
            user_agent: headers.get(USER_AGENT).map(latin1),
            forwarded: FORWARDING.iter().any(|name| headers.contains_key(name)),
            if_none_match: joined(headers, &IF_NONE_MATCH),
            credential: credential(request.method(), headers),
        }
    }
}

/// One answer is one line; of several, none is believed.
fn credential(method: &http::Method, headers: &HeaderMap) -> Option<Credential> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let first = lines.next()?;
    if lines.next().is_some() {
        return Some(Credential::Unreadable);
    }
    let method = if method == http::Method::HEAD { "HEAD" } else { "GET" };
    Some(authorization::parse(first.as_bytes(), method))
}

fn latin1(value: &HeaderValue) -> String {
    value.as_bytes().iter().copied().map(char::from).collect()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> = headers.get_all(name).iter().map(latin1).collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// Decodes each `%` with two hex digits once; any other `%` stands for itself.
pub(super) fn percent_decoded(path: &str) -> String {
    if !path.contains('%') {
        return path.to_owned();
    }
    let mut decoded = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let (byte, left) = match rest {
            [b'%', high, low, left @ ..] => match (hex_digit(*high), hex_digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, left),
                _ => (*first, after),
            },
            _ => (*first, after),
        };
        decoded.push(byte);
        rest = left;
    }
    match String::from_utf8_lossy(&decoded) {
        Cow::Borrowed(valid) => valid.to_owned(),
        Cow::Owned(replaced) => replaced,
    }
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once_and_never_refused() {
        for (raw, decoded) in [
            ("/p/x/001565aabbcc.cfg", "/p/x/001565aabbcc.cfg"),
            ("/%7BMAC%7D.cfg", "/{MAC}.cfg"),
            ("/%257BMAC%257D", "/%7BMAC%7D"),
            ("//a//b", "//a//b"),
            ("/%", "/%"),
            ("/%4", "/%4"),
            ("/%+1%zz%4g", "/%+1%zz%4g"),
            ("/%%41", "/%A"),
            ("/%ff", "/\u{fffd}"),
            ("/%c3%a9", "/é"),
            ("/%00", "/\0"),
        ] {
            assert_eq!(percent_decoded(raw), decoded, "{raw}");
        }
    }

    #[test]
    fn a_request_is_read_with_all_that_phones_put_into_headers() {
        let request = Request::get("http://h/f.cfg?mac=1")
            .header("user-agent", HeaderValue::from_bytes(b"Avaya \xbf \xe9").unwrap())
            .header("x-real-ip", "192.0.2.1")
            .header("if-none-match", "\"a\"")
            .header("if-none-match", "\"b\"")
            .body(())
            .unwrap();
        let peer = Peer { address: ([192, 0, 2, 9], 1024).into(), secure: true, certificate: None };
        let read = PhoneRequest::read(peer, &request);
        assert_eq!(read.path, "/f.cfg");
        assert_eq!(read.user_agent.as_deref(), Some("Avaya ¿ é"));
        assert!(read.forwarded && read.secure);
        assert_eq!(read.if_none_match.as_deref(), Some("\"a\", \"b\""));
    }
}
