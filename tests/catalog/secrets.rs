//! A secret is written whole or not at all, whatever the author of a template tries.

use offhook::catalog::{RenderError, Rendered};

use super::packs::{load, manifest};
use super::phone::Phone;

const PASSWORD: &str = "hunter2-hunter2";

/// What a template makes of a phone whose first line has [`PASSWORD`]; none when the pack does not load.
fn rendered(syntax: &str, template: &str) -> Option<Result<Rendered, RenderError>> {
    let manifest =
        manifest("Alpha", "0a0000", "{mac}.cfg", "").replace("\"lines\"", &format!("\"{syntax}\""));
    let catalog = load(&[("alpha/vendor.toml", &manifest), ("alpha/phone.j2", template)]).ok()?;
    let model = catalog.model("alpha 1").unwrap();
    let file = catalog.files_of(model).next().unwrap().0;
    let phone = Phone::blank().with_line(1, "Bob", PASSWORD);
    Some(catalog.render_phone(file, model, &phone.facts()))
}

fn text(rendered: Option<Result<Rendered, RenderError>>) -> String {
    String::from_utf8(rendered.unwrap().unwrap().bytes.to_vec()).unwrap()
}

#[test]
fn a_secret_is_written_whole() {
    let template = "a = {{ lines[0].password or clear.text }}\nb = admin:{{ device.web_password }}\nc = {{ lines[1].password or clear.text }}\n";
    assert_eq!(
        text(rendered("lines", template)),
        format!("a = {PASSWORD}\nb = admin:Web-7pQx\nc = %NULL%\n")
    );
}

#[test]
fn a_secret_cannot_be_read_by_an_expression() {
    for expression in [
        "'x' ~ lines[0].password",
        "lines[0].password | upper",
        "lines[0].password | lower",
        "lines[0].password | length",
        "lines[0].password | reverse",
        "lines[0].password | replace('h', '')",
        "lines[0].password | uri_user",
        "lines[0].password[0]",
        "lines[0].password[:3]",
        "lines[0].password.text",
        "lines[0].password == 'hunter2-hunter2' and 'yes' or 'no'",
        "'hunter2-hunter2' in [lines[0].password] and 'yes' or 'no'",
        "'h' in lines[0].password and 'yes' or 'no'",
        "lines[0].password < 'z' and 'yes' or 'no'",
        "[lines[0].password] | join",
        "lines | join",
        "lines[0]",
        "device",
        "lines[0].password.upper()",
    ] {
        let template = format!("a = {{{{ {expression} }}}}\n");
        if let Some(Ok(rendered)) = rendered("lines", &template) {
            let text = String::from_utf8_lossy(&rendered.bytes).to_lowercase();
            assert!(!text.contains("hunter"), "{expression} gives {text}");
            assert!(!text.contains("15"), "{expression} tells the length: {text}");
            assert!(!text.contains("yes"), "{expression} tells the text: {text}");
        }
    }
}

#[test]
fn a_secret_keeps_the_grammar_it_stands_in() {
    let template = "a = {{ lines[0].password | without('-u') }}\nb = {{ lines[0].password | quoted }}\n";
    let rendered = rendered("lines", template).unwrap().unwrap();
    let text = String::from_utf8(rendered.bytes.to_vec()).unwrap();
    assert_eq!(text, format!("a = h_nter2_h_nter2\nb = \"{PASSWORD}\"\n"));
    let what: Vec<_> = rendered.replaced.iter().map(|found| (found.what.as_str(), found.character)).collect();
    assert_eq!(what, [("a", '•'), ("a", '•'), ("a", '•')]);
}

#[test]
fn a_name_keeps_the_grammar_it_stands_in() {
    let template = "<x a=\"{{ '1<2&\"3\"' }}\">{{ 'Zo\"e\\\\ <sip:x>' | quoted }}|{{ 'a;b=c' | without(';=') }}|{{ '*8#é' | uri_user }}</x>\n";
    let rendered = rendered("xml", template).unwrap().unwrap();
    let text = String::from_utf8(rendered.bytes.to_vec()).unwrap();
    let expected =
        "<x a=\"1&lt;2&amp;&quot;3&quot;\">&quot;Zo&#39;e/ &lt;sip:x&gt;&quot;|a_b_c|*8%23%C3%A9</x>\n";
    assert_eq!(text, expected);
    let characters: String = rendered.replaced.iter().map(|found| found.character).collect();
    assert_eq!(characters, "\"\\;=");
}

#[test]
fn nothing_that_shows_a_phone_shows_its_secrets() {
    let phone = Phone::blank().with_line(1, "Bob", PASSWORD);
    let shown = format!("{:?}", phone.facts());
    assert!(!shown.contains("hunter") && !shown.contains("Web-7pQx") && !shown.contains("/p/t"), "{shown}");
}

#[test]
fn an_overlay_takes_single_blocks() {
    let manifest = manifest("Alpha", "0a0000", "{mac}.cfg", "").replace("phone.j2", "site.j2");
    let catalog = load(&[
        ("alpha/vendor.toml", &manifest),
        ("alpha/phone.j2", "a = 1\n{% block name %}\nb = {{ device.name }}\n{% endblock %}\n"),
        (
            "alpha/site.j2",
            "{% extends \"phone.j2\" %}\n{% block name %}\n{{ super() }}\nc = {{ lines[0].password }}\n{% endblock %}\n",
        ),
    ]);
    let catalog = catalog.unwrap_or_else(|errors| panic!("{errors}"));
    let model = catalog.model("alpha 1").unwrap();
    let file = catalog.files_of(model).next().unwrap().0;
    let phone = Phone::blank().with_line(1, "Bob", PASSWORD);
    let rendered = catalog.render_phone(file, model, &phone.facts()).unwrap();
    assert_eq!(rendered.bytes, format!("a = 1\nb = Reception\n\nc = {PASSWORD}\n"));
    let explained = catalog.explain(file, model, &phone.facts()).unwrap();
    let places: Vec<_> = explained.iter().map(|line| (line.template.as_str(), line.line)).collect();
    assert_eq!(
        places,
        [("alpha/phone.j2", 1), ("alpha/phone.j2", 3), ("alpha/site.j2", 3), ("alpha/site.j2", 4)]
    );
}
