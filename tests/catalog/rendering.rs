//! Which file may be made as what.

use offhook::catalog::{Catalog, CommonFacts, FileId, RenderError};

use super::packs::{load, manifest};
use super::phone::Phone;

fn catalog() -> Catalog {
    let more = "[[file]]\npath = \"y{code}.cfg\"\ntemplate = \"common.j2\"\n[[file]]\npath = \"x.cfg\"\nabsent = true\n";
    let alpha = manifest("Alpha", "0a0000", "{mac}.cfg", more);
    let beta = manifest("Beta", "0e0000", "b{mac}.cfg", "");
    load(&[
        ("alpha/vendor.toml", &alpha),
        ("alpha/phone.j2", "a = {{ model.name }}\n"),
        ("alpha/common.j2", "b = {{ server.name }} {{ model.code if model else clear.text }}\n"),
        ("beta/vendor.toml", &beta),
        ("beta/phone.j2", "a = 1\n"),
    ])
    .unwrap_or_else(|errors| panic!("{errors}"))
}

#[test]
fn a_file_is_made_only_as_what_it_is() {
    let catalog = catalog();
    let (alpha, beta) = (catalog.model("alpha 1").unwrap(), catalog.model("beta 1").unwrap());
    let files: Vec<FileId> = catalog.files_of(alpha).map(|(file, _)| file).collect();
    let [secret, common, absent] = files[..] else { panic!("{files:?}") };
    let phone = Phone::blank();
    let (facts, server) = (phone.facts(), CommonFacts { server: &phone.server });

    let made = catalog.render_phone(secret, alpha, &facts).unwrap();
    assert_eq!((&made.bytes[..], made.content_type.as_str()), (&b"a = Alpha-1\n"[..], "text/plain"));
    assert_eq!(
        catalog.render_common(common, Some(alpha), &server).unwrap().bytes,
        "b = phones.example.org 77\n"
    );
    assert_eq!(
        catalog.render_common(common, None, &server).unwrap().bytes,
        "b = phones.example.org %NULL%\n"
    );

    assert!(matches!(catalog.render_common(secret, None, &server), Err(RenderError::OtherNature { .. })));
    assert!(matches!(catalog.render_phone(common, alpha, &facts), Err(RenderError::OtherNature { .. })));
    assert!(matches!(catalog.render_phone(absent, alpha, &facts), Err(RenderError::Absent { .. })));
    let error = catalog.render_phone(secret, beta, &facts).unwrap_err();
    assert_eq!(error.to_string(), "{mac}.cfg is a file of Alpha, and Beta Beta-1 is not a model of it");
}
