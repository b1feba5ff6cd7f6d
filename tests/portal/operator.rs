//! An operator's way through the portal: a tenant, its license, its numbers, its users, a spreadsheet, the audit.

use std::fmt::Write as _;

use crate::{
    browser::Browser,
    company::{Company, PASSWORD, WIDE},
    office::Office,
};

#[test]
fn an_operator_sets_a_tenant_up() {
    let company = Company::open(Office::sqlite());
    company.settle(&company.invite(&["root", "--role", "operator"]));
    let browser = Browser::open("en-US", WIDE);
    company.sign_in(&browser, "root");
    tenant_and_license(&company, &browser);
    numbers(&company, &browser);
    users(&company, &browser);
    spreadsheet(&company, &browser);
    trunk_and_token(&company, &browser);
    browser.go(&company.page("/t/acme/audit"));
    for action in ["did.added", "user.added", "devices.imported"] {
        assert!(browser.body().contains(action), "{action} is not in {}", browser.body());
    }
    drop(browser);
    company.server.stop();
}

/// A tenant without a license can add nothing; a license of another tenant is none.
fn tenant_and_license(company: &Company, browser: &Browser) {
    browser.write("name", "Zebra Ltd");
    browser.write("slug", "zebra");
    browser.write("sip_domain", "zebra.example.org");
    browser.click("form.fields button.main");
    browser.waits_for(".note.good");
    assert_eq!(browser.url(), company.page("/t/zebra/license?done=tenant-added"));
    let license = std::fs::read_to_string(company.office.path("license")).unwrap();
    for (text, why) in [(license.trim(), "for another tenant"), ("no license", "no valid license")] {
        browser.script(&format!("document.getElementById('document').value = '{text}'"));
        browser.click("form button.main");
        browser.waits_for("#document[aria-invalid]");
        assert!(browser.body().contains(why), "{}", browser.body());
    }
    browser.go(&company.page("/t/acme/license"));
    browser.script(&format!("document.getElementById('document').value = '{}'", license.trim()));
    browser.click("form button.main");
    browser.waits_for(".note.good");
    assert!(browser.body().contains("installed already"), "{}", browser.body());
}

/// Numbers are given, and answered by an extension; one that is no number is refused whole.
fn numbers(company: &Company, browser: &Browser) {
    company.office.done(&["extension", "add", "acme", "101", "--name", "Ann", "--product", "essentials"]);
    browser.go(&company.page("/t/acme/dids"));
    browser.write("numbers", "+4930999001, 030-999");
    browser.click("form.fields button.main");
    browser.waits_for("#numbers[aria-invalid]");
    browser.rewrite("numbers", "+4930999001\n+4930999002");
    browser.click("form.fields button.main");
    browser.waits_for(".note.good");
    browser.script(
        "const field = document.querySelector(\"input[name=number][value='+4930999001']\").form.service; field.value = '101'; \
         field.form.requestSubmit()",
    );
    browser.waits_for(".note.good p");
    let shown = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(shown["dids"], serde_json::json!(["+4930999001"]));
}

/// A user is invited with a link that works once, and kept out when blocked.
fn users(company: &Company, browser: &Browser) {
    browser.go(&company.page("/t/acme/users"));
    browser.write("name", "ann");
    browser.click("form.fields button.main");
    browser.waits_for("#link");
    let link = browser.text("link");
    assert!(link.starts_with(&company.page("/setup#")), "{link}");
    company.settle(&link);
    let session = company.session("ann");
    let answer = company.raw("GET", "/t/acme", &session, "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    browser.go(&company.page("/t/acme/users"));
    assert!(!browser.has("#link"), "a link is shown once");
    browser.click("form[action$='/change'] button");
    browser.waits_for(".note.good");
    let answer = company.raw("GET", "/t/acme", &session, "");
    assert!(answer.starts_with("HTTP/1.1 303"), "a blocked user's session has ended: {answer}");
    let body = format!("name=ann&password={}", PASSWORD.replace(' ', "+"));
    let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
    assert!(company.raw("POST", "/sign-in", headers, &body).starts_with("HTTP/1.1 401"));
}

/// A SIP trunk gets additional channels, up to what the license has; a token works until it is revoked.
fn trunk_and_token(company: &Company, browser: &Browser) {
    browser.go(&company.page("/t/acme/trunks"));
    browser.write("name", "Carrier");
    browser.choose("product", "carrier");
    browser.click("form.fields button.main");
    browser.waits_for("#sip_user[aria-invalid]");
    browser.rewrite("networks", "192.0.2.7");
    browser.click("form.fields button.main");
    browser.waits_for(".note.good");
    let channels =
        || company.office.done(&["trunk", "show", "acme", "Carrier", "--json"]).json()["channels"].clone();
    let seats = |count: &str| {
        browser.script(&format!("document.querySelector('input[name=seats]').value = '{count}'"));
        browser.click(".addon button");
    };
    seats("5");
    browser.waits_for(".note.bad");
    assert!(browser.body().contains("0 of 4"), "{}", browser.body());
    assert_eq!(channels(), 2);
    seats("4");
    browser.waits_for(".note.good");
    assert_eq!(channels(), 6);
    browser.go(&company.page("/t/acme/tokens"));
    browser.write("name", "Monitoring");
    browser.click("form.fields button.main");
    browser.waits_for("#token");
    let bearer = format!("Authorization: Bearer {}\r\n", browser.text("token"));
    let ask = || company.raw("GET", "/api/v1/tenants/acme/extensions", &bearer, "");
    assert!(ask().starts_with("HTTP/1.1 200"), "{}", ask());
    browser.script("window.confirm = () => true");
    browser.click("form[action$='/revoke'] button");
    browser.waits_for(".note.good");
    assert!(ask().starts_with("HTTP/1.1 401"), "{}", ask());
}

/// A file with a mistake changes nothing and says row and column; what it should have said is checked, then taken.
fn spreadsheet(company: &Company, browser: &Browser) {
    let mut table =
        "Action,Name,Device model,Managed by,CPE profile,Inventory ID,MAC,Description,ASCII key,Qpc key\n"
            .to_owned();
    for (index, model) in ["Yealink SIP-T46U", "Snom D785"].into_iter().enumerate() {
        writeln!(table, "add,Desk {index},{model},,,,805ec00002{index:02},,,").unwrap();
    }
    let devices =
        || company.office.done(&["device", "list", "acme", "--json"]).json().as_array().unwrap().len();
    browser.go(&company.page("/t/acme/csv/devices"));
    let fill = |text: &str| {
        browser.script(&format!("document.getElementById('csv').value = {}", serde_json::json!(text)));
    };
    fill(&table.replace("Snom D785", "Snom D9999"));
    browser.click("form.wide button.main");
    browser.waits_for(".note.bad");
    let page = browser.body();
    assert!(page.contains("Device model") && page.contains("D9999") && page.contains('3'), "{page}");
    assert_eq!(devices(), 0);
    fill(&table);
    browser.click("button[name=dry_run]");
    browser.waits_for(".note.good");
    assert_eq!(devices(), 0, "it was only checked");
    browser.click("form.wide button.main");
    browser.waits_for(".note.good");
    assert_eq!(devices(), 2);
}
