//! Answering a digest challenge as phones make it: MD5, with or without `qop=auth` (RFC 3261 §22.4, RFC 2617).

use std::borrow::Cow;
use std::fmt;

use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use super::field::{parameter, split};
use super::message::Message;

/// What a user proves to be one. Its `Debug` shows no password.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Those of `user`.
    #[must_use]
    pub fn new(user: &str, password: &str) -> Self {
        Self { user: user.to_owned(), password: Zeroizing::new(password.to_owned()) }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// What somebody wants proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The field that carries the proof.
    field: &'static str,
    realm: String,
    nonce: String,
    opaque: Option<String>,
    /// Whether `auth` is among the qualities of protection that it knows.
    auth: bool,
    /// Whether only the nonce was too old.
    stale: bool,
}

impl Challenge {
    /// The first challenge of a 401 or 407 that can be answered.
    #[must_use]
    pub fn of(response: &Message) -> Option<Self> {
        let by_user = response.fields("WWW-Authenticate").map(|value| (value, "Authorization"));
        let by_proxy = response.fields("Proxy-Authenticate").map(|value| (value, "Proxy-Authorization"));
        by_user.chain(by_proxy).find_map(|(value, field)| Self::read(value, field))
    }

    fn read(value: &str, field: &'static str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once([' ', '\t'])?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return None;
        }
        let parts: Vec<&str> = split(rest, b',').collect();
        let of = |name: &str| parts.iter().find_map(|part| parameter(part, name)).map(Cow::into_owned);
        if of("algorithm").is_some_and(|algorithm| !algorithm.eq_ignore_ascii_case("MD5")) {
            return None;
        }
        let qualities = of("qop");
        let auth = qualities
            .as_deref()
            .is_some_and(|all| all.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
        if qualities.is_some() && !auth {
            return None;
        }
        Some(Self {
            field,
            realm: of("realm")?,
            nonce: of("nonce")?,
            opaque: of("opaque"),
            auth,
            stale: of("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true")),
        })
    }

    /// Whether what was proved is right, and only the nonce was too old.
    #[must_use]
    pub const fn is_stale(&self) -> bool {
        self.stale
    }

    /// The field and its value that prove `method` of `uri`. `count` is how often this nonce was used, this time
    /// included, and `cnonce` what the phone cannot have chosen.
    #[must_use]
    pub fn proof(
        &self,
        credentials: &Credentials,
        (method, uri): (&str, &str),
        (count, cnonce): (u32, &str),
    ) -> (&'static str, String) {
        let Self { realm, nonce, .. } = self;
        let user = &credentials.user;
        let secret = hashed(&format!("{user}:{realm}:{}", *credentials.password));
        let asked = hashed(&format!("{method}:{uri}"));
        let whose = format!(
            "Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{uri}\"",
            quoted(user),
            quoted(realm),
            quoted(nonce)
        );
        let (counted, response) = if self.auth {
            let counted = format!(", qop=auth, nc={count:08x}, cnonce=\"{cnonce}\"");
            (counted, hashed(&format!("{}:{nonce}:{count:08x}:{cnonce}:auth:{}", *secret, *asked)))
        } else {
            (String::new(), hashed(&format!("{}:{nonce}:{}", *secret, *asked)))
        };
        let opaque = self.opaque.as_ref().map(|opaque| format!(", opaque=\"{}\"", quoted(opaque)));
        let opaque = opaque.unwrap_or_default();
        (self.field, format!("{whose}{counted}, response=\"{}\", algorithm=MD5{opaque}", *response))
    }
}

/// What a request proves, as who challenged sees it: whether its `Authorization` fits.
#[must_use]
pub fn is_proved(request: &Message, method: &str, nonce: &str, credentials: &Credentials) -> bool {
    let Some(value) = request.field("Authorization") else { return false };
    let Some((_, rest)) = value.trim().split_once([' ', '\t']) else { return false };
    let parts: Vec<&str> = split(rest, b',').collect();
    let of = |name: &str| {
        parts.iter().find_map(|part| parameter(part, name)).map(Cow::into_owned).unwrap_or_default()
    };
    if of("nonce") != nonce || of("username") != credentials.user {
        return false;
    }
    let secret = hashed(&format!("{}:{}:{}", credentials.user, of("realm"), *credentials.password));
    let asked = hashed(&format!("{method}:{}", of("uri")));
    let expected = match of("qop").as_str() {
        "" => hashed(&format!("{}:{nonce}:{}", *secret, *asked)),
        qop => hashed(&format!("{}:{nonce}:{}:{}:{qop}:{}", *secret, of("nc"), of("cnonce"), *asked)),
    };
    *expected == of("response")
}

fn hashed(text: &str) -> Zeroizing<String> {
    Zeroizing::new(HEXLOWER.encode(&Md5::digest(text.as_bytes())))
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn challenge(value: &str) -> Option<Challenge> {
        Challenge::of(&Message::response(401, "Unauthorized").with("WWW-Authenticate", value))
    }

    /// The example of RFC 2617 §3.5, which has `qop=auth` and an `opaque`.
    #[test]
    fn the_example_of_the_rfc_comes_out() {
        let asked = challenge(
            "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"",
        )
        .unwrap();
        let credentials = Credentials::new("Mufasa", "Circle Of Life");
        let (field, value) = asked.proof(&credentials, ("GET", "/dir/index.html"), (1, "0a4f113b"));
        assert_eq!(field, "Authorization");
        assert!(value.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{value}");
        assert!(
            value.contains("nc=00000001") && value.contains("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"")
        );
        let request = Message::request("GET", "/dir/index.html").with(field, &value);
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        assert!(is_proved(&request, "GET", nonce, &credentials));
        assert!(!is_proved(&request, "GET", nonce, &Credentials::new("Mufasa", "another")));
        assert!(!is_proved(&request, "GET", "another", &credentials));
    }

    #[test]
    fn what_cannot_be_answered_is_no_challenge() {
        for value in [
            "Basic realm=\"a\"",
            "Digest realm=\"a\"",
            "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-256",
            "Digest realm=\"a\", nonce=\"b\", algorithm=MD5-sess",
            "Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"",
            "",
        ] {
            assert_eq!(challenge(value), None, "{value}");
        }
        let old = challenge("digest nonce=\"b\",realm=\"a \\\"c\\\"\" , algorithm=md5, stale=TRUE").unwrap();
        assert!(old.is_stale());
        let (_, value) = old.proof(&Credentials::new("u", "p"), ("NOTIFY", "sip:u@h"), (1, "c"));
        assert!(value.contains("realm=\"a \\\"c\\\"\"") && !value.contains("qop"), "{value}");
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", Credentials::new("u", "hunter2")).contains("hunter2"));
    }
}
