//! A license as somebody sends it: the token as a whole, and what a rightly signed one says.

use std::sync::LazyLock;

use offhook::domain::Random;
use offhook::domain::license::{
    LicenseError, MAX_BYTES, PublicKeys, SigningKey, read_unverified, sign, verify,
};

pub(crate) const WORDS: &[&[u8]] = &[
    b"eyJhbGciOiJFZERTQSIs",
    b".",
    b"\"alg\":\"EdDSA\"",
    b"\"crit\":[\"x\"]",
    b"\"kid\":",
    b"\"sub\":\"acme\"",
    b"\"nbf\":",
    b"\"exp\":",
    b"\"serial\":",
    b"\"products\":[",
    b"\"quantity\":\"unlimited\"",
    b"\"grants\":{",
    b"null",
    b"1e999",
    b"\\u0000",
    b"\\ud800",
    b"\"grace_days\":",
    b"\"price\":{",
    b"\"aud\":",
];

/// A key that everybody knows, for a target only.
struct Known;

impl Random for Known {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(&Known));
static KEYS: LazyLock<PublicKeys> =
    LazyLock::new(|| PublicKeys::from_pem(&KEY.public_pem()).expect("a key of ours is one"));

/// What an error quotes of a stranger's token is short, and fit for a terminal.
fn told(error: &LicenseError) {
    let text = error.to_string();
    assert!(text.lines().all(|line| !line.contains(char::is_control)), "{text:?}");
    assert!(!text.contains(['\u{202e}', '\u{2066}']), "{text:?}");
    assert!(text.len() <= MAX_BYTES, "{} bytes", text.len());
}

/// Reads a token.
pub(crate) fn token(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match verify(&text, &KEYS) {
        Ok(license) => {
            assert!(read_unverified(&text).is_ok_and(|(kid, read)| kid == KEY.id() && read == license));
        }
        Err(error) => {
            told(&error);
            assert!(text.len() <= MAX_BYTES || matches!(error, LicenseError::TooLarge { .. }));
        }
    }
    if let Err(error) = read_unverified(&text) {
        told(&error);
    }
}

/// The bytes as the payload of a token; a license that is read is signed and read again as the same.
pub(crate) fn claims(bytes: &[u8]) {
    let base64 = data_encoding::BASE64URL_NOPAD;
    let header = format!("{{\"alg\":\"EdDSA\",\"kid\":\"{}\"}}", KEY.id());
    let token = format!("{}.{}.AA", base64.encode(header.as_bytes()), base64.encode(bytes));
    match read_unverified(&token) {
        Ok((_, license)) => {
            let signed = sign(&license, &KEY).expect("what was read can be signed");
            assert_eq!(verify(&signed, &KEYS).as_ref(), Ok(&license));
        }
        Err(error) => told(&error),
    }
    assert!(verify(&token, &KEYS).is_err(), "nobody signed it");
}
