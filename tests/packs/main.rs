//! Whatever people type, the documents of the XML packs say what was meant, read with an XML parser.

#![expect(clippy::unwrap_used, reason = "a test whose ground is missing must fail")]

#[path = "../catalog/phone.rs"]
mod phone;

mod carried;
mod grandstream;
mod linphone;
mod snom;

use std::sync::LazyLock;

use offhook::catalog::{Catalog, Rendered};
use offhook::domain::PlainText;
use proptest::prelude::*;

use phone::Phone;

static CATALOG: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::embedded().unwrap_or_else(|errors| panic!("{errors}")));

fn render(phone: &Phone, model: &str) -> Rendered {
    let model = CATALOG.model(model).unwrap();
    let file = CATALOG.files_of(model).find(|(_, rule)| rule.secret).unwrap().0;
    CATALOG.render_phone(file, model, &phone.facts()).unwrap()
}

fn person() -> impl Strategy<Value = PlainText> {
    let awkward = prop_oneof![
        Just("]]></x><user_pass>".to_owned()),
        Just("&amp;<!--\"--> '\\".to_owned()),
        Just("a<br>b|*8;transport=tcp".to_owned()),
        ".{1,32}",
        "[ -~]{1,32}",
    ];
    awkward.prop_filter_map("a name", |text| PlainText::parse("name", &text).ok())
}

fn password() -> impl Strategy<Value = String> {
    prop_oneof![
        "[!-~]{1,40}",
        "\\PC{1,40}",
        Just("a\nb=c\r".to_owned()),
        Just(" a\t<&\">\u{85}b ".to_owned())
    ]
}

/// The text as XML, and an INI file after it, can carry it.
fn carried(text: &str) -> String {
    let cannot = |character: char| {
        let code = u32::from(character);
        let noncharacter = (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE;
        character.is_control() || noncharacter || matches!(code, 0x2028 | 0x2029)
    };
    text.trim().chars().map(|character| if cannot(character) { '_' } else { character }).collect()
}

/// Whether a replacement was reported for the value called `what`.
fn reported(rendered: &Rendered, what: &str) -> bool {
    rendered.replaced.iter().any(|replacement| replacement.what == what)
}
