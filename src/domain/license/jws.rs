//! The signed form of a license: a compact JWS (RFC 7515 §7.1) that can be read in one way only.
//!
//! Stricter than the RFC wherever two readers could differ: one algorithm, no member given twice, no unknown member,
//! Base64url in its one canonical spelling. Nothing of the payload is looked at before the signature is right.

use data_encoding::BASE64URL_NOPAD;

use super::claims::{Claims, License};
use super::error::{LicenseError, Part, quoted};
use super::keys::{KeyId, PublicKeys, SigningKey};
use super::unique::{self, Twice};

/// The longest token, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;

const ALGORITHM: &str = "EdDSA";
/// Says what the document is, so that another signed document of the same key is no license (RFC 8725 §3.11).
const TYPE: &str = "offhook-license+jwt";

/// Verifies a token with the operator's public keys. White space around the token, as files and copied text have
/// it, is ignored; anything else around it is not.
pub fn verify(jws: &str, keys: &PublicKeys) -> Result<License, LicenseError> {
    let token = Token::parse(jws)?;
    match keys.verify(&token.kid, token.signed.as_bytes(), &token.signature) {
        Some(true) => token.license(),
        Some(false) => Err(LicenseError::Signature { kid: token.kid }),
        None => Err(LicenseError::UnknownKey { kid: token.kid }),
    }
}

/// Reads a token without verifying it, to show what it claims to be and which key it claims to be signed with.
/// What it gives must never be installed.
pub fn read_unverified(jws: &str) -> Result<(KeyId, License), LicenseError> {
    let token = Token::parse(jws)?;
    let license = token.license()?;
    Ok((token.kid, license))
}

/// Signs a license. Fails only for one that would be too large to be accepted.
pub fn sign(license: &License, key: &SigningKey) -> Result<String, LicenseError> {
    let header = serde_json::json!({ "alg": ALGORITHM, "kid": key.id(), "typ": TYPE });
    let payload = serde_json::to_vec(license.claims())
        .map_err(|wrong| LicenseError::malformed(Part::Payload, &wrong.to_string()))?;
    let mut token = format!(
        "{}.{}",
        BASE64URL_NOPAD.encode(header.to_string().as_bytes()),
        BASE64URL_NOPAD.encode(&payload)
    );
    let signature = key.sign(token.as_bytes());
    token.push('.');
    token.push_str(&BASE64URL_NOPAD.encode(&signature));
    check_length(&token).map(|()| token)
}

/// A token taken apart, its header accepted, its signature not yet looked at.
struct Token<'a> {
    signed: &'a str,
    kid: KeyId,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Token<'a> {
    fn parse(jws: &'a str) -> Result<Self, LicenseError> {
        check_length(jws)?;
        let jws = jws.trim_ascii();
        let parts: Vec<&str> = jws.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            let why = format!("it needs 3 parts between dots and has {}", parts.len());
            return Err(LicenseError::malformed(Part::Token, &why));
        };
        let kid = accept_header(&decode(Part::Header, header)?)?;
        let payload_bytes = decode(Part::Payload, payload)?;
        let signature = decode(Part::Signature, signature)?;
        Ok(Self { signed: &jws[..header.len() + 1 + payload.len()], kid, payload: payload_bytes, signature })
    }

    fn license(&self) -> Result<License, LicenseError> {
        let claims: Claims = parse_json(Part::Payload, &self.payload)?;
        License::new(claims).map_err(LicenseError::Claims)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: Option<String>,
}

/// The id of the key that a header names, if the header is one of ours.
fn accept_header(json: &[u8]) -> Result<KeyId, LicenseError> {
    let members: serde_json::Map<String, serde_json::Value> = parse_json(Part::Header, json)?;
    // Looked for before other members: an extension brings members of its own, and the reason is the extension.
    if let Some(crit) = members.get("crit") {
        return Err(LicenseError::CriticalExtension { names: quoted(&extension_names(crit)) });
    }
    let header = <Header as serde::Deserialize>::deserialize(serde_json::Value::Object(members))
        .map_err(|wrong| LicenseError::malformed(Part::Header, &wrong.to_string()))?;
    if header.alg != ALGORITHM {
        return Err(LicenseError::Algorithm { found: quoted(&header.alg) });
    }
    if let Some(found) = header.typ.filter(|found| found != TYPE) {
        return Err(LicenseError::Type { found: quoted(&found) });
    }
    KeyId::parse(&header.kid)
        .ok_or_else(|| LicenseError::malformed(Part::Header, &format!("\"{}\" is no key id", header.kid)))
}

fn extension_names(crit: &serde_json::Value) -> String {
    let names = crit.as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
    names.collect::<Vec<_>>().join(", ")
}

fn check_length(jws: &str) -> Result<(), LicenseError> {
    if jws.len() > MAX_BYTES { Err(LicenseError::TooLarge { length: jws.len() }) } else { Ok(()) }
}

/// Base64url without padding; other alphabets, white space and stray trailing bits are refused.
fn decode(part: Part, text: &str) -> Result<Vec<u8>, LicenseError> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|wrong| LicenseError::malformed(part, &format!("no canonical base64url: {wrong}")))
}

fn parse_json<T: serde::de::DeserializeOwned>(part: Part, json: &[u8]) -> Result<T, LicenseError> {
    unique::check(json).map_err(|twice| match twice {
        Twice::Duplicate(path) => LicenseError::DuplicateKey { part, path: quoted(&path) },
        Twice::NotJson(why) => LicenseError::malformed(part, &why),
    })?;
    serde_json::from_slice(json).map_err(|wrong| LicenseError::malformed(part, &wrong.to_string()))
}
