//! Makes tokens, right ones and wrong ones, without the code under test.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use offhook::domain::license::{Claims, License, PublicKeys};
use offhook::domain::{
    Grants, Price, PricePer, Product, ProductId, ProductKind, Quantity, ServiceKind, Timestamp,
};
use serde_json::{Value, json};

/// 2027-01-01 and 2028-01-01, UTC.
pub(crate) const BEGINS: i64 = 1_798_761_600;
pub(crate) const EXPIRES: i64 = 1_830_297_600;

pub(crate) struct Forge {
    pair: Ed25519KeyPair,
}

impl Forge {
    pub(crate) fn new(seed: u8) -> Self {
        Self { pair: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap() }
    }

    pub(crate) fn keys(&self) -> PublicKeys {
        let mut spki = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        spki.extend(self.pair.public_key().as_ref());
        let base64 = BASE64.encode(&spki);
        PublicKeys::from_pem(&format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n"))
            .unwrap()
    }

    pub(crate) fn kid(&self) -> String {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, self.pair.public_key().as_ref());
        BASE64URL_NOPAD.encode(&digest.as_ref()[..12])
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "EdDSA", "kid": self.kid() })
    }

    /// Signs any two texts.
    pub(crate) fn sign(&self, header: &str, payload: &str) -> String {
        let signed = [header, payload].map(|part| BASE64URL_NOPAD.encode(part.as_bytes())).join(".");
        let signature = BASE64URL_NOPAD.encode(self.pair.sign(signed.as_bytes()).as_ref());
        format!("{signed}.{signature}")
    }

    pub(crate) fn token(&self) -> String {
        self.sign(&self.header().to_string(), &payload().to_string())
    }
}

/// A payload as the wire has it.
pub(crate) fn payload() -> Value {
    json!({
        "sub": "acme", "jti": "L-1", "serial": 7, "iss": "Example Telecom",
        "nbf": BEGINS, "exp": EXPIRES, "grace_days": 14,
        "terms": { "en": "Ten lines.", "de": "Zehn Leitungen." },
        "products": [{
            "id": "line", "names": { "en": "Line" }, "kind": "main", "services": ["extension"], "quantity": 10,
            "price": { "amount": "30", "currency": "USD", "period": "month", "per": "bundle" },
        }],
    })
}

pub(crate) fn claims() -> Claims {
    let line = Product {
        id: id("line"),
        names: [("en".to_owned(), "Line".to_owned())].into(),
        kind: ProductKind::Main,
        services: vec![ServiceKind::Extension],
        quantity: Quantity::Limited(10),
        price: Some(Price {
            amount: "30".to_owned(),
            currency: "USD".to_owned(),
            period: "month".to_owned(),
            per: PricePer::Bundle,
        }),
        grants: Grants::default(),
    };
    Claims {
        tenant: "acme".to_owned(),
        id: "L-1".to_owned(),
        serial: 7,
        issuer: "Example Telecom".to_owned(),
        audience: None,
        not_before: Timestamp::from_seconds(BEGINS),
        expires: Timestamp::from_seconds(EXPIRES),
        grace_days: 14,
        terms: [("en", "Ten lines."), ("de", "Zehn Leitungen.")]
            .map(|(tag, text)| (tag.to_owned(), text.to_owned()))
            .into(),
        products: vec![line],
    }
}

/// A license of these dates, in days after [`BEGINS`].
pub(crate) fn license(serial: u64, from: i64, to: i64, grace_days: u32) -> License {
    let begins = Timestamp::from_seconds(BEGINS);
    let (not_before, expires) = (begins.plus_days(from), begins.plus_days(to));
    License::new(Claims { serial, not_before, expires, grace_days, ..claims() }).unwrap()
}

pub(crate) fn id(text: &str) -> ProductId {
    ProductId::parse(text).unwrap()
}
