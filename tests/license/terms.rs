//! Terms files: the example is what it says it is, and a wrong file shows all its mistakes at their places.

use offhook::cli::license::{price_in_words, read_terms, used_for_in_words};
use offhook::domain::{Grants, ProductKind, Quantity};

const EXAMPLE: &str = include_str!("../../examples/licenses/terms.toml");

fn mistakes(text: &str) -> Vec<String> {
    let found = read_terms(text).unwrap_err();
    found.in_file("terms.toml").lines().map(str::to_owned).collect()
}

#[test]
fn the_example_says_ten_lines_for_thirty_and_voicemail_for_five_each() {
    let license = read_terms(EXAMPLE).unwrap();
    let [line, voicemail, receptionist, trunk, channel, pin, recording] = license.products() else {
        panic!("seven products")
    };
    assert!(pin.grants.pin_protection && recording.grants.call_recording);
    assert_eq!((line.kind, line.quantity), (ProductKind::Main, Quantity::Limited(10)));
    assert_eq!(price_in_words(line), "up to 10 for 30 USD/month");
    assert_eq!(used_for_in_words(line), "main product for extensions");
    assert_eq!((voicemail.kind, voicemail.quantity), (ProductKind::Addon, Quantity::Unlimited));
    assert_eq!(price_in_words(voicemail), "unlimited, 5 USD/month each");
    assert_eq!(used_for_in_words(voicemail), "add-on for extensions and auto-attendants");
    assert_eq!(voicemail.grants, Grants { voicemail: true, ..Grants::default() });
    assert_eq!(used_for_in_words(receptionist), "main product for auto-attendants");
    assert_eq!(
        (trunk.grants.channels, used_for_in_words(trunk).as_str()),
        (Some(2), "main product for SIP trunks")
    );
    assert_eq!(used_for_in_words(channel), "add-on for SIP trunks");
    for product in license.products() {
        assert_eq!(product.names.keys().map(String::as_str).collect::<Vec<_>>(), ["de", "en", "pt-BR"]);
    }
    assert_eq!(license.not_before().to_string(), "2026-11-01T00:00:00Z");
    assert_eq!(license.terms().len(), 3);
}

#[test]
fn all_mistakes_are_said_at_once_with_line_and_column() {
    let text = "tenant = \"Acme\"\n\
                serail = 4\n\
                issuer = 5\n\
                not_before = 2027-01-01\n\
                expires = 2026-01-01T00:00:00Z\n\
                grace_days = 400\n\
                terms = { en = 7, de = \"ja\" }\n\
                [[products]]\n\
                id = \"Line\"\n\
                kind = \"extra\"\n\
                quantity = -1\n\
                services = []\n\
                names = { en = \"Line\", d = \"x\" }\n\
                \x20 price = { amount = \"thirty\", currency = \"USD\", per = \"seat\", vat = 19 }\n\
                grants = { voicemal = true, lines = 0 }\n";
    let found = mistakes(text);
    let expected = [
        "1:1: id: is missing",
        "1:1: serial: is missing",
        "1:1: tenant: \"Acme\" is no tenant's short name",
        "2:1: serail: is no known key",
        "3:1: issuer: invalid type: integer `5`, expected a string",
        "4:1: not_before: needs date, time and offset",
        "6:1: grace_days: 400 is not from 0 to 366",
        "7:11: terms.en: invalid type: integer `7`",
        "9:1: products[0].id: \"Line\" is no product id",
        "10:1: products[0].kind: unknown variant `extra`",
        "11:1: products[0].quantity: a quantity is a whole number",
        "12:1: products[0].services: 0 services",
        "13:1: products[0].names: a language is named by its tag",
        "14:3: products[0].price.period: is missing",
        "14:13: products[0].price.amount: an amount is written like",
        "14:64: products[0].price.vat: is no known key",
        "15:12: products[0].grants.voicemal: is no known key",
        "15:29: products[0].grants.lines: 0 is not from 1 to 100",
    ];
    let shown = found.join("\n");
    for (found, expected) in found.iter().zip(expected) {
        assert!(found.starts_with(&format!("terms.toml:{expected}")), "{expected}\n{shown}");
    }
    assert_eq!(found.len(), expected.len(), "{shown}");
}

#[test]
fn a_time_without_date_or_offset_is_none() {
    for time in ["2027-01-01", "2027-01-01T00:00:00", "07:32:00", "\"2027-01-01T00:00:00Z\"", "1798761600"] {
        let found =
            mistakes(&EXAMPLE.replace("not_before = 2026-11-01T00:00:00Z", &format!("not_before = {time}")));
        assert!(found.len() == 1 && found[0].contains(": not_before: "), "{time}: {found:?}");
    }
    let local = EXAMPLE.replace("2026-11-01T00:00:00Z", "2026-11-01T00:00:00+01:00");
    assert_eq!(read_terms(&local).unwrap().not_before().to_string(), "2026-10-31T23:00:00Z");
}

#[test]
fn shapes_that_are_wrong_are_said_once() {
    let found = mistakes(
        &EXAMPLE.replace("[[products]]", "[[produkte]]").replace("[products.names]", "[produkte.x]"),
    );
    assert!(found.iter().any(|line| line.contains("produkte: is no known key")), "{found:?}");
    assert!(found.iter().any(|line| line.ends_with("products: is missing")), "{found:?}");
    let found = mistakes(&EXAMPLE.replace("quantity = 10\n", "").replacen("kind = \"main\"\n", "", 1));
    assert_eq!(found.len(), 2, "{found:?}");
    let found = mistakes(&EXAMPLE.replace("grants = { voicemail = true }", "grants = true"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("products[1].grants: must be a table, not boolean"), "{found:?}");
    assert!(mistakes("products = [1]").iter().any(|line| line.contains("products[0]: must be a table")));
}

#[test]
fn what_is_no_toml_shows_every_place() {
    let found = mistakes("tenant = \nid = \"ä\" x\nid = \"b\"\n");
    assert!(found.len() >= 2, "{found:?}");
    assert!(found[0].starts_with("terms.toml:1:"), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("terms.toml:2:10:")), "{found:?}");
}
