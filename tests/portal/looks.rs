//! How every page looks, in each language, light and dark: no violation that axe-core finds, nothing wider than a
//! telephone, and a picture of each to look at.

use std::path::PathBuf;

use crate::{
    browser::Browser,
    company::{Company, WIDE},
    office::Office,
    strangers::{PAGES, furnish},
};

/// Pictures stay here until the next run.
fn pictures() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("portal-pictures")
}

/// axe-core.
#[expect(clippy::disallowed_methods, reason = "the script that runs the tests says where it is")]
fn axe() -> String {
    let file = std::env::var("OFFHOOK_AXE").expect("tests/run puts axe-core somewhere and says where");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"))
}

macro_rules! looks {
    ($($name:ident: $language:expr, $theme:expr;)+) => {
        $(#[test]
        fn $name() {
            every_page($language, $theme);
        })+
    };
}

looks! {
    english_light: "en-US", "light";
    english_dark: "en-US", "dark";
    german_light: "de-DE", "light";
    german_dark: "de-DE", "dark";
    portuguese_light: "pt-BR", "light";
    portuguese_dark: "pt-BR", "dark";
}

fn every_page(language: &str, theme: &str) {
    let axe = axe();
    let company = Company::open(Office::sqlite());
    furnish(&company, "Hans-Jürgen Müller-Lüdenscheidt");
    company.settle(&company.invite(&["root", "--role", "operator"]));
    let browser = Browser::open(language, WIDE);
    browser.go(&company.page("/sign-in"));
    browser.keep_cookie("offhook_theme", theme);
    look(&company, &browser, &axe, "/sign-in", (language, theme));
    company.sign_in(&browser, "root");
    for page in PAGES
        .iter()
        .chain(&["/tenants", "/users", "/audit", "/nowhere"])
        .filter(|page| !page.ends_with("/booting"))
    {
        // a whole document has thousands of lines that look alike
        let some =
            if page.ends_with("/document") { format!("{page}?q=account.1.") } else { (*page).to_owned() };
        look(&company, &browser, &axe, &some, (language, theme));
    }
    drop(browser);
    company.server.stop();
}

fn look(company: &Company, browser: &Browser, axe: &str, page: &str, (language, theme): (&str, &str)) {
    browser.resize(1280, 1000);
    browser.go(&company.page(page));
    let status = browser.script("return performance.getEntriesByType('navigation')[0].responseStatus");
    assert_eq!(status, if page == "/nowhere" { 404 } else { 200 }, "{page} in {language}");
    // words differ by language and colours by theme: each is looked at once, not every pair of both
    if theme == "light" || language == "de-DE" {
        examine(browser, axe, page, language);
    }
    keep(browser, page, language, theme, "wide");
    if theme == "light" {
        browser.resize(390, 844);
        let wider = browser
            .script("return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wider, 0, "{page} in {language} is wider than a telephone");
        keep(browser, page, language, theme, "narrow");
    }
}

/// No violation that axe-core finds, in the browser's language.
fn examine(browser: &Browser, axe: &str, page: &str, language: &str) {
    let script = format!(
        "const done = arguments[arguments.length - 1]; {axe}; \
         axe.run().then(found => done(found.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))), \
         error => done([String(error)]))"
    );
    assert_eq!(browser.script_later(&script), serde_json::json!([]), "{page} in {language}");
    assert_eq!(
        browser.script(
            "return document.documentElement.lang === navigator.language.slice(0, 2) || \
                               document.documentElement.lang === navigator.language"
        ),
        true,
        "{page}"
    );
}

fn keep(browser: &Browser, page: &str, language: &str, theme: &str, width: &str) {
    let folder = pictures().join(format!("{language}-{theme}-{width}"));
    std::fs::create_dir_all(&folder).unwrap();
    let name = page.trim_matches('/').replace('/', "_");
    let whole = browser.script("return Math.ceil(document.documentElement.scrollHeight)").as_u64().unwrap();
    let (columns, rows) = if width == "wide" { (1280, 1000) } else { (390, 844) };
    browser.resize(columns, u32::try_from(whole).unwrap().clamp(rows, 4000));
    std::fs::write(folder.join(format!("{name}.png")), browser.picture()).unwrap();
}
