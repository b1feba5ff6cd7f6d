//! A terms file (TOML) becomes a license; whatever is wrong in it is said at once, each with line and column.
//!
//! Fields are read one by one, so that one wrong field hides no other. A field that cannot be read is replaced by a
//! stand-in that breaks no rule, and the rules of a license are then checked over the whole; the stand-ins never
//! get out, because a license is given only when nothing was wrong.

use std::collections::BTreeMap;

use toml::de::DeTable;

use super::fields::{Fields, TermsMistakes, join};
use crate::domain::license::{Claims, License};
use crate::domain::{Grants, Price, PricePer, Product, ProductId, ProductKind, Quantity, Timestamp};

const ROOT_KEYS: &[&str] = &[
    "tenant",
    "id",
    "serial",
    "issuer",
    "audience",
    "not_before",
    "expires",
    "grace_days",
    "terms",
    "products",
];
const PRODUCT_KEYS: &[&str] = &["id", "names", "kind", "services", "quantity", "price", "grants"];
const PRICE_KEYS: &[&str] = &["amount", "currency", "period", "per"];
const GRANTS_KEYS: &[&str] = &["voicemail", "pin_protection", "call_recording", "channels", "lines"];

/// Reads a terms file.
pub fn read(text: &str) -> Result<License, TermsMistakes> {
    let (mut fields, root) = Fields::parse(text)?;
    let claims = fields.claims(root.get_ref());
    match License::new(claims) {
        Ok(license) if fields.are_right() => return Ok(license),
        Ok(_) => {}
        Err(wrong) => {
            let broken = wrong.all().iter().map(|mistake| (mistake.field.as_str(), mistake.problem.as_str()));
            fields.add_unless_unread(broken);
        }
    }
    Err(fields.into_mistakes())
}

/// The parts of a license, each with a stand-in for what cannot be read.
impl Fields<'_> {
    fn claims(&mut self, root: &DeTable<'_>) -> Claims {
        self.refuse_unknown("", root, ROOT_KEYS);
        Claims {
            tenant: self.needed(root, "", "tenant").unwrap_or_default(),
            id: self.needed(root, "", "id").unwrap_or_default(),
            serial: self.needed(root, "", "serial").unwrap_or(1),
            issuer: self.needed(root, "", "issuer").unwrap_or_default(),
            audience: self.optional(root, "", "audience"),
            not_before: self.time(root, "not_before").unwrap_or(Timestamp::from_seconds(946_684_800)),
            expires: self.time(root, "expires").unwrap_or(Timestamp::from_seconds(32_503_679_999)),
            grace_days: self.needed(root, "", "grace_days").unwrap_or_default(),
            terms: self.texts(root, "", "terms", false),
            products: self.products(root),
        }
    }

    fn products(&mut self, root: &DeTable<'_>) -> Vec<Product> {
        let Some(products) = root.get("products") else {
            self.add("products", "is missing");
            return Vec::new();
        };
        let Some(products) = products.get_ref().as_array() else {
            self.add("products", "must be written as [[products]], once per product");
            return Vec::new();
        };
        let empty = DeTable::new();
        let mut read = Vec::new();
        for (index, product) in products.iter().enumerate() {
            let at = format!("products[{index}]");
            let table = product.get_ref().as_table();
            if table.is_none() {
                self.add(&at, "must be a table");
            }
            read.push(self.product(&at, index, table.unwrap_or(&empty)));
        }
        read
    }

    fn product(&mut self, at: &str, index: usize, table: &DeTable<'_>) -> Product {
        self.refuse_unknown(at, table, PRODUCT_KEYS);
        Product {
            id: self.needed(table, at, "id").unwrap_or_else(|| stand_in_id(index)),
            names: self.texts(table, at, "names", true),
            kind: self.needed(table, at, "kind").unwrap_or(ProductKind::Main),
            services: self.needed(table, at, "services").unwrap_or_default(),
            quantity: self.needed(table, at, "quantity").unwrap_or(Quantity::Unlimited),
            price: self.price(table, at),
            grants: self.grants(table, at),
        }
    }

    fn price(&mut self, product: &DeTable<'_>, product_at: &str) -> Option<Price> {
        let at = format!("{product_at}.price");
        let table = self.table(product, &at, "price")?;
        self.refuse_unknown(&at, table, PRICE_KEYS);
        Some(Price {
            amount: self.needed(table, &at, "amount").unwrap_or_default(),
            currency: self.needed(table, &at, "currency").unwrap_or_default(),
            period: self.needed(table, &at, "period").unwrap_or_default(),
            per: self.needed(table, &at, "per").unwrap_or(PricePer::Seat),
        })
    }

    fn grants(&mut self, product: &DeTable<'_>, product_at: &str) -> Grants {
        let at = format!("{product_at}.grants");
        let Some(table) = self.table(product, &at, "grants") else { return Grants::default() };
        self.refuse_unknown(&at, table, GRANTS_KEYS);
        Grants {
            voicemail: self.optional(table, &at, "voicemail").unwrap_or_default(),
            pin_protection: self.optional(table, &at, "pin_protection").unwrap_or_default(),
            call_recording: self.optional(table, &at, "call_recording").unwrap_or_default(),
            channels: self.optional(table, &at, "channels"),
            lines: self.optional(table, &at, "lines"),
        }
    }

    /// Texts per language, each read on its own.
    fn texts(&mut self, table: &DeTable<'_>, at: &str, name: &str, needed: bool) -> BTreeMap<String, String> {
        let field = join(at, name);
        if needed && !table.contains_key(name) {
            self.add(&field, "is missing");
        }
        let Some(texts) = self.table(table, &field, name) else { return BTreeMap::new() };
        let languages: Vec<String> = texts.keys().map(|language| language.get_ref().to_string()).collect();
        let read = |language: String| {
            let text = self.optional(texts, &field, &language)?;
            Some((language, text))
        };
        languages.into_iter().filter_map(read).collect()
    }

    fn time(&mut self, root: &DeTable<'_>, name: &str) -> Option<Timestamp> {
        let written: toml::value::Datetime = self.needed(root, "", name)?;
        let time = written.to_string().parse::<jiff::Timestamp>().ok();
        if time.is_none() {
            self.add(name, "needs date, time and offset, for example 2027-01-01T00:00:00Z");
        }
        time.map(|time| Timestamp::from_millis(time.as_millisecond()))
    }
}

/// The id of a product whose own could not be read.
#[expect(clippy::expect_used, reason = "letters, a point and digits are an id")]
fn stand_in_id(index: usize) -> ProductId {
    ProductId::parse(&format!("unreadable.{index}")).expect("an id")
}
