//! An administrator's way through the portal, from the first sign-in to a phone that boots with its new line.

use crate::{
    browser::Browser,
    company::{Company, MAC, MODEL, PASSWORD, WIDE},
    office::Office,
};

/// What the administrator reads on the way.
struct Words {
    browser: &'static str,
    overview: &'static str,
    main_product: &'static str,
    unlimited: &'static str,
    terms: &'static str,
    price: &'static str,
    no_seat: &'static str,
    effect: &'static str,
    open: &'static str,
    closed: &'static str,
}

const ENGLISH: Words = Words {
    browser: "en-US",
    overview: "Overview",
    main_product: "MAIN PRODUCT",
    unlimited: "0 / Unlimited",
    terms: "Up to 3 lines for $9 a month.",
    price: "up to 3 for $9/month",
    no_seat: "Essentials: 3 of 3 seats are used.",
    effect: "Saving gives 1 phone another file",
    open: "open",
    closed: "closed",
};

const GERMAN: Words = Words {
    browser: "de-DE",
    overview: "Übersicht",
    main_product: "HAUPTPRODUKT",
    unlimited: "0 / Unbegrenzt",
    terms: "Bis zu 3 Leitungen für 9 $ im Monat.",
    price: "bis zu 3 für 9\u{a0}$/Monat",
    no_seat: "Grundpaket: 3 von 3 Plätzen sind belegt.",
    effect: "Speichern gibt 1 Telefon eine andere Datei",
    open: "geöffnet",
    closed: "geschlossen",
};

#[test]
fn in_english() {
    journey(Office::sqlite(), &ENGLISH);
}

#[test]
fn in_german() {
    journey(Office::postgres(), &GERMAN);
}

fn journey(office: Office, words: &Words) {
    let company = Company::open(office);
    let browser = Browser::open(words.browser, WIDE);
    first_sign_in(&company, &browser);
    overview(&browser, words);
    extensions(&company, &browser, words);
    plan(&company, &browser, words);
    programming(&company, &browser);
    attendant(&company, &browser, words);
    assert_eq!(browser.complaints(), Vec::<String>::new());
    drop(browser);
    company.server.stop();
}

/// A link, a password, a session: the page that was wanted comes up.
fn first_sign_in(company: &Company, browser: &Browser) {
    let link = company.invite(&["ann", "--tenant", "acme", "--role", "administrator"]);
    browser.go(&link);
    browser.shows("password-step");
    browser.write("password", PASSWORD);
    browser.write("again", PASSWORD);
    browser.click("#password-step button");
    browser.shows("code-step");
    browser.click("#skip");
    browser.shows("done-step");
    browser.click("#done-step a");
    browser.waits_for("#password");
    // whoever wants a page is asked who it is, and led there
    browser.go(&company.page("/t/acme"));
    browser.write("name", "ann");
    browser.write("password", "not the password");
    browser.click("button.main");
    browser.waits_for("#message");
    browser.rewrite("password", PASSWORD);
    browser.click("button.main");
    browser.waits_for("main#content");
    assert_eq!(browser.url(), company.page("/t/acme"));
    // the refused password is answered with a page that is no success, which the console notes
    drop(browser.complaints());
}

/// S1, S2, S8: products, how many of each are used, in words and at what price.
fn overview(browser: &Browser, words: &Words) {
    let page = browser.body();
    for shown in [words.overview, words.main_product, words.unlimited, words.terms, words.price, "0 / 3"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
}

/// S3, S4: an extension and its phone in one form; the fourth on three seats is refused on screen.
fn extensions(company: &Company, browser: &Browser, words: &Words) {
    browser.click(".add-new a[href$='/extensions/add']");
    assert_eq!(
        browser.script("return document.querySelector('button.main').disabled"),
        true,
        "nothing is typed"
    );
    assert_eq!(browser.script("return document.getElementById('line').disabled"), true, "no phone is chosen");
    browser.write("number", "101");
    browser.write("name", "Jürgen Müller");
    browser.choose("product", "essentials");
    browser.write("mac", "80:5e:c0:00:01:01");
    browser.click(&format!("#model option:nth-child({})", position(browser, MODEL)));
    browser.waits_for("#line option[value='16']");
    browser.choose("line", "1");
    browser.click("button.main");
    browser.waits_for(".note.good");
    assert_eq!(browser.url(), company.page("/t/acme/extensions/101?done=extension-added"));
    // the phone boots and registers with the new line
    let url = company.office.url();
    let ca = company.office.data().join("tls/ca.crt");
    let boot = company.office.done(&[
        "simulate",
        "--model",
        MODEL,
        "--mac",
        MAC,
        "--url",
        &url,
        "--ca",
        ca.to_str().unwrap(),
        "--json",
    ]);
    assert!(boot.stdout.contains("101") && boot.stdout.contains("pbx.example.org"), "{}", boot.stdout);
    for (number, name) in [("102", "Bea"), ("103", "Carl")] {
        browser.go(&company.page("/t/acme/extensions/add"));
        browser.write("number", number);
        browser.write("name", name);
        browser.choose("product", "essentials");
        browser.click("button.main");
        browser.waits_for(".note.good");
    }
    // a taken number is said beside its field, and what was typed stays
    browser.go(&company.page("/t/acme/extensions/add"));
    browser.write("number", "101");
    browser.write("name", "Dora");
    browser.choose("product", "advanced");
    browser.click("button.main");
    browser.waits_for("#number[aria-invalid]");
    assert_eq!(browser.script("return document.getElementById('name').value"), "Dora");
    // the fourth: the product cannot be chosen, and a form that claims it is refused
    assert!(browser.has("#product option[value='essentials']:disabled"));
    browser.rewrite("number", "104");
    browser.script("document.querySelector(\"#product option[value='essentials']\").disabled = false");
    browser.choose("product", "essentials");
    browser.click("button.main");
    browser.waits_for("#product[aria-invalid]");
    assert!(browser.text("product-about").starts_with(words.no_seat), "{}", browser.text("product-about"));
    let listed = company.office.done(&["extension", "list", "acme", "--json"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    // the overview, which counted before, counts again
    browser.go(&company.page("/t/acme"));
    assert_eq!(browser.script("return document.querySelector('.tile text').textContent.trim()"), "3");
    assert!(browser.body().contains("3 / 3"), "{}", browser.body());
    drop(browser.complaints());
}

/// Where an option with this text stands in the list of models.
fn position(browser: &Browser, model: &str) -> u64 {
    let script = format!(
        "return [...document.querySelectorAll('#model option')].findIndex(option => option.text === '{model}') + 1"
    );
    browser.script(&script).as_u64().filter(|position| *position > 0).unwrap()
}

/// S5, S9: another main product, and an add-on; what it does to phones is said before.
fn plan(company: &Company, browser: &Browser, words: &Words) {
    company.office.done(&["setting", "set", "tenant", "acme", "voicemail.number", "*97"]);
    browser.go(&company.page("/t/acme/extensions/101/plan"));
    browser.click("input[name=addon][value=voicemail]");
    browser.waits_for("#effect .changes");
    assert!(browser.body().contains(words.effect), "{}", browser.body());
    let lines = browser.script("return document.querySelector('#effect .changes').textContent");
    assert!(lines.as_str().unwrap().contains("+ voice_mail.number.1 = *97"), "{lines}");
    let unchanged = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(unchanged["addons"], serde_json::json!([]), "looking changes nothing");
    browser.click("input[name=product][value=advanced]");
    browser.click("button.main");
    browser.waits_for(".note.good");
    assert!(browser.has("input[name=addon][value=voicemail]:checked"));
    assert!(browser.has("input[name=product][value=advanced]:checked"));
    let shown = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(
        (shown["product"].as_str(), shown["addons"][0]["product"].as_str()),
        (Some("advanced"), Some("voicemail"))
    );
    // the only seat of it is taken now
    browser.go(&company.page("/t/acme/extensions/102/plan"));
    assert!(browser.has("input[name=product][value=advanced]:disabled"));
    assert!(browser.body().contains("1/1"), "{}", browser.body());
}

/// A key on the drawing of the phone, and a setting: both reach the phone's document.
fn programming(company: &Company, browser: &Browser) {
    let device = format!("/t/acme/devices/{MAC}");
    browser.go(&company.page(&format!("{device}/keys")));
    assert_eq!(
        browser.script("return document.querySelectorAll('.phone .phone-key').length"),
        27,
        "as the model has"
    );
    browser.click(".phone-key[href*='key=3']");
    browser.click("form.fields button.main");
    browser.waits_for("#value[aria-invalid]");
    browser.write("value", "102");
    browser.write("label", "Bea");
    browser.click("form.fields button.main");
    browser.waits_for(".note.good");
    assert!(browser.text("content").contains("Bea"));
    browser.go(&company.page(&format!("{device}/settings?name=sip.expiry")));
    browser.rewrite("value", "7");
    browser.click("form.fields button.main");
    browser.waits_for("#value[aria-invalid]");
    browser.rewrite("value", "1234");
    browser.click("form.fields button.main");
    browser.waits_for(".note.good");
    let (status, document) = company.office.fetch(&company.office.url(), &format!("{MAC}.cfg"));
    assert_eq!(status, 200);
    for line in ["linekey.3.value = 102", "linekey.3.label = Bea", "account.1.sip_server.1.expires = 1234"] {
        assert!(document.contains(line), "{line}");
    }
    drop(browser.complaints());
}

/// S6, S7: a receptionist with a public number, by business hours.
fn attendant(company: &Company, browser: &Browser, words: &Words) {
    browser.go(&company.page("/t/acme"));
    browser.click(".add-new a[href$='/attendants/add']");
    browser.write("name", "Reception");
    browser.write("number", "200");
    browser.choose("product", "receptionist");
    browser.click("input[name=did][value='+4930123456']");
    browser.rewrite("time_zone", "Europe/Berlin");
    browser.write("open_greeting", "Welcome to Acme");
    browser.click("details:not([open]) summary");
    browser.click("select[name=open_key_1_kind] option[value=extension]");
    browser.script("document.querySelector('input[name=open_key_1_to]').value = '101'");
    browser.click("button.main");
    browser.waits_for(".note.good");
    assert_eq!(browser.url(), company.page("/t/acme/attendants/200?done=attendant-added"));
    let page = browser.body();
    for shown in ["+4930123456", "Welcome to Acme", "08:00–17:00", "101"] {
        assert!(page.contains(shown), "{shown} is not in {page}");
    }
    // a Monday at noon, a Sunday
    for (at, state) in [("2026-11-30T12:00", words.open), ("2026-11-29T12:00", words.closed)] {
        browser.go(&company.page(&format!("/t/acme/attendants/200?at={at}")));
        let steps = browser.text("steps");
        assert!(steps.starts_with(state), "{at}: {steps}");
    }
    // hours that end before they begin are refused beside their row
    browser.go(&company.page("/t/acme/attendants/200/schedule"));
    browser.script("document.querySelector('input[name=hours0_to]').value = '07:00'");
    browser.click("button.main");
    browser.waits_for(".hours .mistake");
    assert_eq!(browser.script("return document.querySelector('input[name=hours0_to]').value"), "07:00");
    drop(browser.complaints());
}
