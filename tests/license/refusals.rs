//! Every way in which a token is refused, and that nothing else gets through.

use offhook::domain::TenantSlug;
use offhook::domain::license::{License, LicenseError, MAX_BYTES, Part, SigningKey, sign, verify};
use offhook::domain::{Random, license::read_unverified};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::forge::{Forge, claims, payload};

struct Fixed(u8);

impl Random for Fixed {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn refusal(token: &str) -> LicenseError {
    verify(token, &Forge::new(1).keys()).unwrap_err()
}

/// The refusal of a rightly signed token with this header and payload.
fn signed(header: &str, payload: &str) -> LicenseError {
    refusal(&Forge::new(1).sign(header, payload))
}

/// The refusal of a rightly signed token whose header has these members besides.
fn with_header(more: &Value) -> LicenseError {
    let mut header = Forge::new(1).header();
    header.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    signed(&header.to_string(), &payload().to_string())
}

fn malformed(error: &LicenseError, part: Part, needle: &str) -> bool {
    matches!(error, LicenseError::Malformed { part: found, why } if *found == part && why.contains(needle))
}

#[test]
fn a_token_signed_elsewhere_and_one_of_ours_say_the_same() {
    let forge = Forge::new(1);
    let expected = License::new(claims()).unwrap();
    assert_eq!(verify(&forge.token(), &forge.keys()), Ok(expected.clone()));
    assert_eq!(verify(&format!("\n {}\r\n", forge.token()), &forge.keys()), Ok(expected.clone()));
    let key = SigningKey::generate(&Fixed(1));
    assert_eq!(key.id().as_str(), forge.kid());
    let ours = sign(&expected, &key).unwrap();
    assert_eq!(verify(&ours, &forge.keys()), Ok(expected.clone()));
    assert_eq!(read_unverified(&ours), Ok((key.id(), expected)));
}

#[test]
fn no_token_with_one_bit_changed_verifies() {
    let (key, keys) = (SigningKey::generate(&Fixed(1)), Forge::new(1).keys());
    let token = sign(&License::new(claims()).unwrap(), &key).unwrap();
    assert!(verify(&token, &keys).is_ok());
    for bit in 0..token.len() * 8 {
        let mut bytes = token.clone().into_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        // Bytes that are no text cannot even be asked about.
        if let Ok(altered) = String::from_utf8(bytes) {
            assert!(verify(&altered, &keys).is_err(), "bit {bit}");
        }
    }
}

#[test]
fn another_algorithm_is_refused_whatever_the_signature() {
    for alg in ["none", "HS256", "ES256", "Ed25519", "eddsa", ""] {
        assert_eq!(with_header(&json!({ "alg": alg })), LicenseError::Algorithm { found: alg.to_owned() });
    }
}

#[test]
fn headers_hold_what_a_license_needs_and_nothing_else() {
    let payload = payload().to_string();
    let crit = json!({ "crit": ["b64", "exp"], "b64": false });
    assert_eq!(with_header(&crit), LicenseError::CriticalExtension { names: "b64, exp".to_owned() });
    assert!(matches!(with_header(&json!({ "crit": [] })), LicenseError::CriticalExtension { .. }));
    assert_eq!(with_header(&json!({ "typ": "JWT" })), LicenseError::Type { found: "JWT".to_owned() });
    assert!(malformed(&with_header(&json!({ "jwk": {} })), Part::Header, "jwk"));
    assert!(malformed(&with_header(&json!({ "kid": "../../key" })), Part::Header, "no key id"));
    assert!(malformed(&signed(r#"{"alg":"EdDSA"}"#, &payload), Part::Header, "kid"));
    assert!(malformed(&signed("[]", &payload), Part::Header, ""));
    let twice = format!(r#"{{"alg":"EdDSA","kid":"{}","\u0061lg":"EdDSA"}}"#, Forge::new(1).kid());
    let expected = LicenseError::DuplicateKey { part: Part::Header, path: "alg".to_owned() };
    assert_eq!(signed(&twice, &payload), expected);
}

#[test]
fn payloads_are_read_in_one_way_only() {
    let header = Forge::new(1).header().to_string();
    let with = |from: &str, to: &str| {
        let text = payload().to_string();
        assert!(text.contains(from), "{from} in {text}");
        signed(&header, &text.replacen(from, to, 1))
    };
    let twice = |path: &str| LicenseError::DuplicateKey { part: Part::Payload, path: path.to_owned() };
    assert_eq!(with(r#""serial":7"#, r#""serial":7,"serial":8"#), twice("serial"));
    assert_eq!(with(r#""en":"Line""#, r#""en":"Line","en":"Lines""#), twice("products[0].names.en"));
    assert!(malformed(&with(r#""serial":7"#, r#""serial":7,"admin":true"#), Part::Payload, "admin"));
    assert!(malformed(&with(r#""serial":7"#, r#""serial":7.0"#), Part::Payload, "7.0"));
    assert!(malformed(&with(r#""serial":7"#, r#""serial":-7"#), Part::Payload, "-7"));
    assert!(malformed(&with(r#""quantity":10"#, r#""quantity":4294967296"#), Part::Payload, "quantity"));
    assert!(malformed(&with(r#""grace_days":14,"#, ""), Part::Payload, "grace_days"));
    let trailing = format!("{} {{}}", payload());
    assert!(malformed(&signed(&header, &trailing), Part::Payload, "trailing"));
    assert!(malformed(&signed(&header, &"[".repeat(40_000)), Part::Payload, "recursion"));
    assert!(matches!(with(r#""sub":"acme""#, r#""sub":"Acme!""#), LicenseError::Claims(_)));
}

#[test]
fn a_token_has_one_spelling() {
    let token = Forge::new(1).token();
    let parts: Vec<&str> = token.split('.').collect();
    // The last character of 64 bytes carries two bits: its neighbor in the alphabet decodes to the same bytes.
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = alphabet.find(token.chars().last().unwrap()).unwrap();
    let stray = format!("{}{}", &token[..token.len() - 1], &alphabet[last + 1..last + 2]);
    assert!(malformed(&refusal(&stray), Part::Signature, "base64url"));
    assert!(malformed(&refusal(&format!("{token}==")), Part::Signature, "base64url"));
    assert!(malformed(&refusal(&format!("{token}.")), Part::Token, "has 4"));
    assert!(malformed(&refusal(&format!("{}.{}", parts[0], parts[1])), Part::Token, "has 2"));
    assert!(malformed(&refusal(&format!("{token}\n{token}")), Part::Token, "has 5"));
    let broken_inside = [parts[0], &format!("{}\n", parts[1]), parts[2]].join(".");
    assert!(malformed(&refusal(&broken_inside), Part::Payload, "base64url"));
    assert!(malformed(&refusal(""), Part::Token, "has 1"));
}

#[test]
fn size_key_and_signature_are_refused_by_name() {
    let length = MAX_BYTES + 1;
    assert_eq!(refusal(&"a".repeat(length)), LicenseError::TooLarge { length });
    let stranger = Forge::new(2);
    let kid = stranger.kid();
    assert!(
        matches!(refusal(&stranger.token()), LicenseError::UnknownKey { kid: found } if found.as_str() == kid)
    );
    // Signed by a stranger under our key's name.
    let forged = stranger.sign(&Forge::new(1).header().to_string(), &payload().to_string());
    assert!(
        matches!(refusal(&forged), LicenseError::Signature { kid } if kid.as_str() == Forge::new(1).kid())
    );
    let mut large = claims();
    large.terms = ["en", "de", "fr", "it", "es", "pt"].map(|tag| (tag.to_owned(), "語".repeat(4000))).into();
    let large = License::new(large).unwrap();
    assert!(matches!(sign(&large, &SigningKey::generate(&Fixed(1))), Err(LicenseError::TooLarge { .. })));
}

#[test]
fn a_license_is_for_one_tenant_one_installation_and_never_older() {
    let tenant = |slug| TenantSlug::parse(slug).unwrap();
    let license = License::new(claims()).unwrap();
    let acme = tenant("acme");
    assert_eq!(license.check_for(&acme, None, None), Ok(()));
    assert_eq!(license.check_for(&acme, Some("fra-1"), Some(7)), Ok(()));
    let error = license.check_for(&tenant("other"), None, None).unwrap_err();
    assert_eq!(error, LicenseError::WrongTenant { expected: tenant("other"), found: acme.clone() });
    let error = license.check_for(&acme, None, Some(8)).unwrap_err();
    assert_eq!(error, LicenseError::OlderSerial { installed: 8, found: 7 });
    let bound =
        License::new(offhook::domain::license::Claims { audience: Some("fra-1".to_owned()), ..claims() })
            .unwrap();
    assert_eq!(bound.check_for(&acme, Some("fra-1"), None), Ok(()));
    for ours in [None, Some("muc-2")] {
        let error = bound.check_for(&acme, ours, None).unwrap_err();
        let expected = ours.map(str::to_owned);
        assert_eq!(error, LicenseError::WrongAudience { expected, found: "fra-1".to_owned() });
    }
}

#[test]
fn what_is_quoted_of_a_hostile_token_is_short_and_visible() {
    let hostile = format!("\u{1b}[2J\u{202e}{}", "x".repeat(5000));
    for error in [
        with_header(&json!({ "alg": hostile })),
        with_header(&json!({ "typ": hostile })),
        with_header(&json!({ "crit": [hostile] })),
        with_header(&json!({ "kid": hostile })),
        with_header(&json!({ hostile.as_str(): 1 })),
        signed(&format!(r#"{{"{0}":1,"{0}":2}}"#, "x".repeat(5000)), ""),
    ] {
        let text = error.to_string();
        assert!(text.len() < 400 && !text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        let keys = Forge::new(1).keys();
        prop_assert!(verify(&text, &keys).is_err());
        prop_assert!(read_unverified(&text).is_err());
    }

    #[test]
    fn no_signed_text_makes_it_panic(header in any::<String>(), payload in any::<String>()) {
        let forge = Forge::new(1);
        prop_assert!(verify(&forge.sign(&header, &payload), &forge.keys()).is_err());
        let _ = verify(&forge.sign(&forge.header().to_string(), &payload), &forge.keys());
    }
}
