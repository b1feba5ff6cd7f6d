//! The rules that the claims of a license keep. All mistakes are collected, each with the field it is in.

use std::collections::BTreeSet;

use super::super::clock::Timestamp;
use super::super::product::{Price, Product, Quantity};
use super::super::service::ServiceKind;
use super::super::tenant::TenantSlug;
use super::super::text::{PlainText, is_visible};
use super::claims::Claims;

/// The longest grace, in days.
pub const MAX_GRACE_DAYS: u32 = 366;
/// The most products of one license.
pub const MAX_PRODUCTS: usize = 256;
/// The most seats of one product that is not unlimited.
pub const MAX_QUANTITY: u32 = 1_000_000;

/// The highest serial: the largest whole number that every JSON reader keeps exact (RFC 8259 §6).
const MAX_SERIAL: u64 = (1 << 53) - 1;
/// Dates lie in the years 2000 to 2999; anything else is a slip, often milliseconds taken for seconds.
const FIRST: Timestamp = Timestamp::from_seconds(946_684_800);
const LAST: Timestamp = Timestamp::from_seconds(32_503_680_000);
const MAX_LANGUAGES: usize = 16;
const MAX_SERVICES: usize = 16;
const MAX_CHANNELS: u32 = 10_000;
const MAX_LINES: u32 = 100;
/// Lengths in characters.
const LONGEST_ID: usize = 64;
const LONGEST_PARTY: usize = 128;
const LONGEST_NAME: usize = 80;
const LONGEST_TERMS: usize = 4000;

/// One rule that one field breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct ClaimMistake {
    /// Where, in the words of a terms file: `products[0].names.de`.
    pub field: String,
    /// What is wrong.
    pub problem: String,
}

/// Everything that is wrong with the claims of a license; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMistakes(Vec<ClaimMistake>);

impl ClaimMistakes {
    /// The mistakes, in the order of the fields.
    #[must_use]
    pub fn all(&self) -> &[ClaimMistake] {
        &self.0
    }
}

impl std::fmt::Display for ClaimMistakes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, mistake) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{mistake}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ClaimMistakes {}

/// Checks all claims and gives the tenant they are for.
pub(super) fn claims(claims: &Claims) -> Result<TenantSlug, ClaimMistakes> {
    let mut found = Findings::default();
    let tenant = TenantSlug::parse(&claims.tenant);
    if let Err(wrong) = &tenant {
        found.add("tenant", wrong.to_string());
    }
    found.line("id", &claims.id, LONGEST_ID);
    if !(1..=MAX_SERIAL).contains(&claims.serial) {
        found.add("serial", format!("{} is not from 1 to {MAX_SERIAL}", claims.serial));
    }
    found.line("issuer", &claims.issuer, LONGEST_PARTY);
    if let Some(audience) = &claims.audience {
        found.line("audience", audience, LONGEST_PARTY);
    }
    found.times(claims);
    found.terms(claims);
    found.products(&claims.products);
    match tenant {
        Ok(tenant) if found.0.is_empty() => Ok(tenant),
        _ => Err(ClaimMistakes(found.0)),
    }
}

#[derive(Default)]
struct Findings(Vec<ClaimMistake>);

impl Findings {
    fn add(&mut self, field: impl Into<String>, problem: impl Into<String>) {
        self.0.push(ClaimMistake { field: field.into(), problem: problem.into() });
    }

    fn line(&mut self, field: impl Into<String>, text: &str, longest: usize) {
        match PlainText::parse_up_to("the text", text, longest) {
            Ok(trimmed) if trimmed.as_str() == text => {}
            Ok(_) => self.add(field, "the text begins or ends with white space"),
            Err(wrong) => self.add(field, wrong.to_string()),
        }
    }

    fn times(&mut self, claims: &Claims) {
        for (field, time) in [("not_before", claims.not_before), ("expires", claims.expires)] {
            if !(FIRST..LAST).contains(&time) {
                self.add(field, format!("{time} is not in the years 2000 to 2999"));
            } else if time.millis() % 1000 != 0 {
                self.add(field, "must be a whole second");
            }
        }
        if claims.not_before >= claims.expires {
            self.add(
                "expires",
                format!("{} is not after not_before ({})", claims.expires, claims.not_before),
            );
        }
        if claims.grace_days > MAX_GRACE_DAYS {
            self.add("grace_days", format!("{} is not from 0 to {MAX_GRACE_DAYS}", claims.grace_days));
        }
    }

    fn terms(&mut self, claims: &Claims) {
        if claims.terms.len() > MAX_LANGUAGES {
            self.add("terms", format!("{} languages; {MAX_LANGUAGES} are allowed", claims.terms.len()));
            return;
        }
        for (language, text) in &claims.terms {
            let field = self.language("terms", language);
            let length = text.chars().count();
            if text.trim().is_empty() {
                self.add(field, "the text must not be empty");
            } else if length > LONGEST_TERMS {
                self.add(field, format!("the text has {length} characters; {LONGEST_TERMS} are allowed"));
            } else if let Some(hidden) =
                text.chars().find(|character| *character != '\n' && !is_visible(*character))
            {
                self.add(
                    field,
                    format!("the text holds the invisible character U+{:04X}", u32::from(hidden)),
                );
            }
        }
    }

    fn products(&mut self, products: &[Product]) {
        if !(1..=MAX_PRODUCTS).contains(&products.len()) {
            self.add("products", format!("{} products; 1 to {MAX_PRODUCTS} are allowed", products.len()));
            return;
        }
        let mut ids = BTreeSet::new();
        for (index, product) in products.iter().enumerate() {
            let field = format!("products[{index}]");
            if !ids.insert(&product.id) {
                self.add(
                    format!("{field}.id"),
                    format!("\"{}\" is the id of an earlier product", product.id),
                );
            }
            self.product(&field, product);
        }
    }

    fn product(&mut self, at: &str, product: &Product) {
        if !(1..=MAX_LANGUAGES).contains(&product.names.len()) {
            let problem = format!("{} languages; 1 to {MAX_LANGUAGES} are needed", product.names.len());
            self.add(format!("{at}.names"), problem);
        }
        for (language, name) in product.names.iter().take(MAX_LANGUAGES) {
            let field = self.language(&format!("{at}.names"), language);
            self.line(field, name, LONGEST_NAME);
        }
        self.services(&format!("{at}.services"), &product.services);
        if let Quantity::Limited(limit) = product.quantity
            && limit > MAX_QUANTITY
        {
            let problem = format!("{limit} is not from 0 to {MAX_QUANTITY}; more is \"unlimited\"");
            self.add(format!("{at}.quantity"), problem);
        }
        if let Some(price) = &product.price {
            self.price(&format!("{at}.price"), price);
        }
        let granted =
            [("channels", product.grants.channels, MAX_CHANNELS), ("lines", product.grants.lines, MAX_LINES)];
        for (name, count, most) in granted {
            if let Some(count) = count.filter(|count| !(1..=most).contains(count)) {
                self.add(format!("{at}.grants.{name}"), format!("{count} is not from 1 to {most}"));
            }
        }
    }

    fn services(&mut self, field: &str, services: &[ServiceKind]) {
        if !(1..=MAX_SERVICES).contains(&services.len()) {
            self.add(field, format!("{} services; 1 to {MAX_SERVICES} are needed", services.len()));
            return;
        }
        for (index, service) in services.iter().enumerate() {
            let field = format!("{field}[{index}]");
            if !is_service_word(service.as_str()) {
                self.add(field, "a service is named by 1 to 32 of a-z, 0-9 and -, starting with a letter");
            } else if services[..index].contains(service) {
                self.add(field, format!("\"{}\" is named twice", service.as_str()));
            }
        }
    }

    fn price(&mut self, at: &str, price: &Price) {
        if !is_amount(&price.amount) {
            let problem = "an amount is written like \"30\" or \"4.50\", with at most 9 digits before the point and 4 after it";
            self.add(format!("{at}.amount"), problem);
        }
        if price.currency.len() != 3 || !price.currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.add(
                format!("{at}.currency"),
                "a currency is three capital letters as in ISO 4217, for example \"USD\"",
            );
        }
        if !matches!(price.period.as_str(), "month" | "year" | "once") {
            self.add(format!("{at}.period"), "a period is \"month\", \"year\" or \"once\"");
        }
    }

    /// The field of a text in `language`; reports a tag that is none (the shape of BCP 47, not its registry).
    fn language(&mut self, at: &str, language: &str) -> String {
        let subtag = |(index, part): (usize, &str)| {
            let shortest = if index == 0 { 2 } else { 1 };
            (shortest..=8).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphabetic() || (index > 0 && byte.is_ascii_digit()))
        };
        if language.len() <= 35 && language.split('-').enumerate().all(subtag) {
            format!("{at}.{language}")
        } else {
            self.add(at, "a language is named by its tag, for example \"en\" or \"pt-BR\"");
            at.to_owned()
        }
    }
}

fn is_service_word(word: &str) -> bool {
    (1..=32).contains(&word.len())
        && word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_amount(amount: &str) -> bool {
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, "0"));
    digits(whole, 9) && digits(fraction, 4) && (whole == "0" || !whole.starts_with('0'))
}
