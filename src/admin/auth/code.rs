//! Codes of a second factor: RFC 6238 with HMAC-SHA-1, six digits and steps of 30 seconds, as authenticator apps know it.

use aws_lc_rs::hmac;
use data_encoding::BASE32_NOPAD;

use crate::domain::{Random, Secret, Timestamp, UserName};

/// The length of a step in seconds (RFC 6238 §4.1, the default X).
const STEP: i64 = 30;

/// Clocks may differ by so many steps (RFC 6238 §5.2 recommends one for the network's delay).
const DRIFT: i64 = 1;

/// What the codes of a new second factor are made from, in base32: 160 random bits (RFC 4226 §4, R6).
#[must_use]
pub(in crate::admin) fn new_key(random: &(impl Random + ?Sized)) -> Secret {
    let mut bytes = [0; 20];
    random.fill(&mut bytes);
    Secret::new(BASE32_NOPAD.encode(&bytes))
}

/// Whether the text is a key as [`new_key`] makes them: a shorter one could be guessed.
#[must_use]
pub(in crate::admin) fn is_key(key: &Secret) -> bool {
    BASE32_NOPAD.decode(key.expose().as_bytes()).is_ok_and(|bytes| bytes.len() == 20)
}

/// The URI that an authenticator app reads from a picture.
#[must_use]
pub(in crate::admin) fn uri(key: &Secret, name: &UserName) -> Secret {
    let name = name.as_str().replace('@', "%40");
    Secret::new(format!("otpauth://totp/Offhook:{name}?secret={}&issuer=Offhook", key.expose()))
}

/// The URI as a QR code: an SVG picture. It is far shorter than the longest that one can hold.
pub(in crate::admin) fn picture(uri: &Secret) -> String {
    qrcode::QrCode::new(uri.expose()).map_or_else(
        |_| String::new(),
        |code| code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(220, 220).build(),
    )
}

/// The step whose code this is, where it is one at `now`.
#[must_use]
pub(in crate::admin) fn step_of(key: &Secret, code: &str, now: Timestamp) -> Option<i64> {
    let bytes = BASE32_NOPAD.decode(key.expose().as_bytes()).ok()?;
    let current = now.seconds().div_euclid(STEP);
    // every step is compared, so that the time taken does not tell which was near
    (current - DRIFT..=current + DRIFT).fold(None, |found, step| {
        let is_it = constant_time_equal(code_at(&bytes, step).as_bytes(), code.as_bytes());
        if is_it { Some(step) } else { found }
    })
}

fn constant_time_equal(one: &[u8], other: &[u8]) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one, other).is_ok()
}

/// RFC 4226 §5.3.
fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let signed = hmac::sign(&key, &step.to_be_bytes());
    let bytes = signed.as_ref();
    let offset = bytes.last().map_or(0, |last| usize::from(last & 0xf));
    let word = bytes[offset..offset + 4].iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
    format!("{:06}", (word & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_rfc() {
        // RFC 6238, appendix B: the last six of its eight digits
        let key = Secret::new(BASE32_NOPAD.encode(b"12345678901234567890"));
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_seconds(seconds);
            assert_eq!(step_of(&key, code, now), Some(seconds / STEP), "{seconds}");
            assert_eq!(step_of(&key, code, now.plus_seconds(STEP)), Some(seconds / STEP));
            assert_eq!(step_of(&key, code, now.plus_seconds(2 * STEP)), None);
            assert_eq!(step_of(&key, code, now.plus_seconds(-2 * STEP)), None);
        }
        assert_eq!(step_of(&key, "", Timestamp::from_seconds(59)), None);
    }
}
