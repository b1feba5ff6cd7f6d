//! Answering a server that asks for a user name and password, as phones do: Digest (RFC 7616) where it is known, else
//! Basic, and that over TLS only.

use aws_lc_rs::digest;
use data_encoding::{BASE64, HEXLOWER};
use md5::{Digest as _, Md5};

use crate::domain::{Random as _, Secret, SystemRandom};

/// A user name and password that a phone knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

/// One way to answer that a server offers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Basic,
    Digest { sha256: bool, realm: String, nonce: String, opaque: Option<String>, stale: bool },
}

impl Offer {
    /// The first of the lines of `WWW-Authenticate` that a phone knows.
    pub(super) fn choose(lines: &[String], secure: bool) -> Option<Self> {
        lines.iter().find_map(|line| Self::parse(line)).filter(|offer| secure || *offer != Self::Basic)
    }

    /// Whether the answer before was right but for its nonce.
    pub(super) const fn is_stale(&self) -> bool {
        matches!(self, Self::Digest { stale: true, .. })
    }

    fn parse(line: &str) -> Option<Self> {
        let (scheme, rest) = line.split_once(' ')?;
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("digest") || parameter(rest, "qop")? != "auth" {
            return None;
        }
        let sha256 = match parameter(rest, "algorithm").unwrap_or("MD5") {
            "SHA-256" => true,
            "MD5" => false,
            _ => return None,
        };
        Some(Self::Digest {
            sha256,
            realm: parameter(rest, "realm")?.to_owned(),
            nonce: parameter(rest, "nonce")?.to_owned(),
            opaque: parameter(rest, "opaque").map(str::to_owned),
            stale: parameter(rest, "stale") == Some("true"),
        })
    }

    /// The value of `Authorization` for a GET of `path`.
    pub(super) fn answer(&self, login: &Login, path: &str) -> Secret {
        let Login { user, password } = login;
        let Self::Digest { sha256, realm, nonce, opaque, .. } = self else {
            let both = Secret::new(format!("{user}:{}", password.expose()));
            return Secret::new(format!("Basic {}", BASE64.encode(both.expose().as_bytes())));
        };
        let hash = |text: String| {
            let text = Secret::new(text);
            if *sha256 {
                HEXLOWER.encode(digest::digest(&digest::SHA256, text.expose().as_bytes()).as_ref())
            } else {
                HEXLOWER.encode(&Md5::digest(text.expose().as_bytes()))
            }
        };
        let cnonce = SystemRandom.draw(b"0123456789abcdef", 16);
        let who = hash(format!("{user}:{realm}:{}", password.expose()));
        let what = hash(format!("GET:{path}"));
        let response = hash(format!("{who}:{nonce}:00000001:{cnonce}:auth:{what}"));
        let algorithm = if *sha256 { "SHA-256" } else { "MD5" };
        let opaque = opaque.as_ref().map(|opaque| format!(", opaque=\"{opaque}\"")).unwrap_or_default();
        Secret::new(format!(
            "Digest username=\"{user}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{path}\", \
             algorithm={algorithm}, qop=auth, nc=00000001, cnonce=\"{cnonce}\", response=\"{response}\"{opaque}"
        ))
    }
}

/// The value of a parameter, without its quotes.
fn parameter<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let named = line.split(',').map(str::trim).filter_map(|part| part.split_once('='));
    let (_, value) = { named }.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = r#"Digest realm="Offhook", qop="auth", algorithm=SHA-256, nonce="1..a", stale=true"#;

    #[test]
    fn the_first_way_that_is_known_is_taken() {
        let unknown = SHA.replace("SHA-256", "SHA-512-256");
        let lines = [unknown, SHA.to_owned(), "Basic realm=\"Offhook\"".to_owned()];
        let offer = Offer::choose(&lines, true).unwrap();
        assert!(matches!(&offer, Offer::Digest { sha256: true, realm, .. } if realm == "Offhook"));
        assert!(offer.is_stale());
        assert_eq!(Offer::choose(&lines[2..], true), Some(Offer::Basic));
        assert_eq!(Offer::choose(&lines[2..], false), None, "a password is not sent in the clear");
    }

    #[test]
    fn a_basic_answer_is_that_of_the_rfc() {
        let login = Login { user: "Aladdin".to_owned(), password: Secret::new("open sesame") };
        assert_eq!(Offer::Basic.answer(&login, "/").expose(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    }
}
