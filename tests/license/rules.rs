//! The rules of the claims: each broken one is named, and all of them at once.

use offhook::domain::license::{Claims, License};
use offhook::domain::{Product, Quantity, ServiceKind, Timestamp};

use super::forge::{BEGINS, claims, id};

/// The fields of the mistakes that a change makes.
fn fields(change: impl FnOnce(&mut Claims)) -> Vec<String> {
    let mut changed = claims();
    change(&mut changed);
    let mistakes = License::new(changed).map(drop).map_err(|wrong| wrong.all().to_vec());
    mistakes.err().unwrap_or_default().into_iter().map(|mistake| mistake.field).collect()
}

fn product_fields(change: impl FnOnce(&mut Product)) -> Vec<String> {
    fields(|claims| change(&mut claims.products[0]))
}

#[test]
fn every_mistake_is_reported_with_its_field() {
    let found = fields(|claims| {
        claims.tenant = "Acme".to_owned();
        claims.id = " L".to_owned();
        claims.serial = 0;
        claims.issuer = "x".repeat(129);
        claims.audience = Some(String::new());
        claims.expires = claims.not_before;
        claims.grace_days = 367;
        claims.terms.insert("klingon!".to_owned(), "Qapla'".to_owned());
        claims.products.push(claims.products[0].clone());
    });
    let expected =
        ["tenant", "id", "serial", "issuer", "audience", "expires", "grace_days", "terms", "products[1].id"];
    assert_eq!(found, expected);
    let text = License::new(Claims { serial: 0, grace_days: 400, ..claims() }).unwrap_err().to_string();
    assert_eq!(text, "serial: 0 is not from 1 to 9007199254740991; grace_days: 400 is not from 0 to 366");
}

#[test]
fn products_keep_their_bounds() {
    assert_eq!(fields(|claims| claims.products.clear()), ["products"]);
    let many = |count: usize| {
        fields(|claims| {
            let product = claims.products[0].clone();
            let numbered = |number| Product { id: id(&format!("p{number}")), ..product.clone() };
            claims.products = (0..count).map(numbered).collect();
        })
    };
    assert!(many(256).is_empty());
    assert_eq!(many(257), ["products"]);
    assert_eq!(product_fields(|product| product.services.clear()), ["products[0].services"]);
    let twice = |product: &mut Product| product.services.push(ServiceKind::Extension);
    assert_eq!(product_fields(twice), ["products[0].services[1]"]);
    let odd = |product: &mut Product| product.services.push(ServiceKind::Other("Fax\u{7}".to_owned()));
    assert_eq!(product_fields(odd), ["products[0].services[1]"]);
    let unknown = |product: &mut Product| product.services.push(ServiceKind::Other("fax".to_owned()));
    assert!(product_fields(unknown).is_empty());
    assert_eq!(product_fields(|product| product.names.clear()), ["products[0].names"]);
    let long = |product: &mut Product| drop(product.names.insert("de".to_owned(), "ö".repeat(81)));
    assert_eq!(product_fields(long), ["products[0].names.de"]);
    let hidden = |product: &mut Product| drop(product.names.insert("de".to_owned(), "a\u{202e}b".to_owned()));
    assert_eq!(product_fields(hidden), ["products[0].names.de"]);
    assert!(product_fields(|product| product.quantity = Quantity::Limited(1_000_000)).is_empty());
    assert_eq!(
        product_fields(|product| product.quantity = Quantity::Limited(1_000_001)),
        ["products[0].quantity"]
    );
    assert_eq!(product_fields(|product| product.grants.lines = Some(0)), ["products[0].grants.lines"]);
    assert_eq!(
        product_fields(|product| product.grants.channels = Some(10_001)),
        ["products[0].grants.channels"]
    );
}

#[test]
fn prices_are_sane() {
    let price = |amount: &str, currency: &str, period: &str| {
        product_fields(|product| {
            let price = product.price.as_mut().unwrap();
            (price.amount, price.currency, price.period) = (amount.into(), currency.into(), period.into());
        })
    };
    for amount in ["0", "30", "4.50", "0.0001", "999999999"] {
        assert!(price(amount, "EUR", "year").is_empty(), "{amount}");
    }
    for amount in ["", "-1", "1e3", "30,00", "$30", "030", ".5", "5.", "1.23456", "1234567890", "½"] {
        assert_eq!(price(amount, "EUR", "once"), ["products[0].price.amount"], "{amount}");
    }
    assert_eq!(price("1", "usd", "weekly"), ["products[0].price.currency", "products[0].price.period"]);
}

#[test]
fn times_are_whole_seconds_of_this_millennium() {
    assert_eq!(
        fields(|claims| claims.not_before = Timestamp::from_millis(BEGINS * 1000 + 1)),
        ["not_before"]
    );
    assert_eq!(fields(|claims| claims.not_before = Timestamp::from_seconds(0)), ["not_before"]);
    // Milliseconds where seconds belong.
    assert_eq!(fields(|claims| claims.expires = Timestamp::from_seconds(BEGINS * 1000)), ["expires"]);
    assert_eq!(fields(|claims| claims.expires = Timestamp::from_seconds(i64::MAX)), ["expires"]);
}
