//! The page behind a set-up link in a real browser: a password, a second factor, in the user's language.

use std::process::Command;

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    clients::get,
    desk::{Call, Desk},
    office::Office,
    users::PASSWORD,
};

#[test]
fn an_operator_chooses_password_and_second_factor_in_a_browser() {
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    let link = std::fs::read_to_string(office.data().join("setup-link")).unwrap().trim().to_owned();
    let browser = Browser::open("de-DE", &[]);
    browser.go(&link);
    browser.shows("password-step");
    assert!(browser.text("password-step").contains("Passwort wählen"), "{}", browser.text("password-step"));
    assert!(!browser.url().contains('#'), "the link stays in the address bar");
    browser.write("password", PASSWORD);
    browser.write("again", "something else altogether");
    browser.click("#password-step button");
    assert_eq!(browser.text("message"), "Die beiden Passwörter sind nicht gleich.");
    browser.script("document.getElementById('again').value = ''");
    browser.write("again", PASSWORD);
    browser.click("#password-step button");
    browser.shows("code-step");
    let key = browser.text("key");
    let drawn = browser
        .script("const p = document.getElementById('picture'); return p.complete && p.naturalWidth > 50");
    assert_eq!(drawn, true, "the QR code is drawn");
    let shown = Command::new("oathtool").args(["--totp", "--base32", &key]).output();
    let shown = shown.expect("these tests need oathtool: apt-get install oathtool").stdout;
    let code = String::from_utf8(shown).unwrap().trim().to_owned();
    browser.write("code", &code);
    browser.click("#code-step button");
    browser.shows("done-step");
    assert_eq!(browser.text("name"), "operator");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    let sign_in = |body: Value| {
        let body = body.to_string();
        let call = Call { method: "POST", path: "/session", body: Some(body.as_bytes()), ..Call::default() };
        call.send(desk.admin())
    };
    assert_eq!(sign_in(json!({"name": "operator", "password": PASSWORD})).problem(), (401, "code_needed"));
    let used = sign_in(json!({"name": "operator", "password": PASSWORD, "code": code}));
    assert_eq!(used.problem(), (401, "sign_in_refused"), "a code is good once");
    let sessions = desk.done("GET", "/users/operator/sessions", Value::Null);
    assert_eq!(sessions["items"], json!([]), "the page leaves no session");
    // the same link once more
    browser.go("about:blank");
    browser.go(&link);
    browser.shows("password-step");
    browser.write("password", PASSWORD);
    browser.write("again", PASSWORD);
    browser.click("#password-step button");
    browser.shows("message");
    assert!(browser.text("message").contains("gilt nicht mehr"), "{}", browser.text("message"));
    desk.server.stop();
}

#[test]
fn the_page_loads_nothing_from_elsewhere() {
    let office = Office::sqlite();
    let desk = Desk::open(&office);
    for file in ["/setup", "/setup/page.css", "/setup/page.js"] {
        let page = get(desk.admin(), file);
        assert_eq!(page.status, 200, "{file}");
        for elsewhere in ["http://", "https://", "style=\"", "onclick"] {
            assert!(!page.body.contains(elsewhere), "{elsewhere} in {file}");
        }
    }
    desk.server.stop();
}
