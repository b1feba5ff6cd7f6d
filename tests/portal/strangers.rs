//! What other pages, other tenants and hostile texts can do to an administrator's session: nothing.

use crate::{
    browser::Browser,
    company::{Company, MAC, PASSWORD, WIDE},
    office::Office,
};

const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const OWN: &str = "Sec-Fetch-Site: same-origin\r\n";

/// Every page of a tenant, and those of whoever signed in.
pub(crate) const PAGES: &[&str] = &[
    "/profile",
    "/profile/second-factor",
    "/t/acme",
    "/t/acme/booting",
    "/t/acme/extensions",
    "/t/acme/extensions/add",
    "/t/acme/extensions/101",
    "/t/acme/extensions/101/plan",
    "/t/acme/extensions/101/device",
    "/t/acme/extensions/101/history",
    "/t/acme/attendants",
    "/t/acme/attendants/add",
    "/t/acme/attendants/200",
    "/t/acme/attendants/200/schedule",
    "/t/acme/devices",
    "/t/acme/devices/add",
    "/t/acme/devices/unknown",
    "/t/acme/devices/805ec0000101",
    "/t/acme/devices/805ec0000101/document",
    "/t/acme/devices/805ec0000101/keys?key=2",
    "/t/acme/devices/805ec0000101/settings?name=sip.port",
    "/t/acme/settings",
    "/t/acme/trunks",
    "/t/acme/tokens",
    "/t/acme/dids",
    "/t/acme/csv/devices",
    "/t/acme/license",
    "/t/acme/users",
    "/t/acme/audit",
];

/// Something of every kind, called `name`.
pub(crate) fn furnish(company: &Company, name: &str) {
    let office = &company.office;
    office.done(&["extension", "add", "acme", "101", "--name", name, "--product", "essentials"]);
    office.done(&["device", "add", "acme", MAC, "--model", "Yealink SIP-T46U", "--name", name]);
    office.done(&["device", "assign", MAC, "1", "101"]);
    office.done(&["device", "set", MAC, "--description", name]);
    // a basic string of TOML is escaped as one of JSON
    let text = serde_json::json!(name);
    let schedule = format!(
        "time_zone = \"Europe/Berlin\"\nhours = [\"mon-fri 08:00-17:00\"]\n[open]\ngreeting = {text}\n\
         [open.options]\n1 = \"extension 101\"\n[closed]\ntransfer = \"hang-up\"\n\
         [[holidays]]\nname = {text}\nfrom = \"2026-12-24\"\n"
    );
    let file = office.text_of("schedule.toml");
    std::fs::write(&file, schedule).unwrap();
    office.done(&[
        "attendant",
        "add",
        "acme",
        "200",
        "--name",
        name,
        "--product",
        "receptionist",
        "--schedule",
        &file,
    ]);
}

fn user(company: &Company) -> String {
    company.settle(&company.invite(&["ann", "--tenant", "acme", "--role", "administrator"]));
    company.session("ann")
}

#[test]
fn a_form_of_another_page_changes_nothing() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "Ann");
    let session = user(&company);
    let host = company.admin();
    for (headers, status) in [
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), 403),
        ("Sec-Fetch-Site: same-site\r\n".to_owned(), 403),
        ("Origin: https://evil.example\r\n".to_owned(), 403),
        (String::new(), 403),
        (format!("Origin: http://{host}\r\n"), 303),
        (OWN.to_owned(), 303),
    ] {
        let blocked = if status == 403 { "true" } else { "false" };
        let headers = format!("{FORM}{session}{headers}");
        let answer =
            company.raw("POST", "/t/acme/extensions/101/block", &headers, &format!("blocked={blocked}"));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {answer}");
    }
    let shown = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(shown["blocked"], false);
    // what only shows something is asked with GET, and does nothing else
    let answer = company.raw("GET", "/t/acme/extensions/101/block", &session, "");
    assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
    company.server.stop();
}

#[test]
fn hostile_texts_are_texts() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "<img src=x onerror=x>'\"{{7*191}}");
    company.settle(&company.invite(&["ann", "--tenant", "acme", "--role", "administrator"]));
    let browser = Browser::open("en-US", WIDE);
    company.sign_in(&browser, "ann");
    let hostile = "%22%3E%3Cscript%3Ewindow.taken=1%3C/script%3E";
    let reflected = ["?q=", "?done=", "?after=", "?mac=", "?at=", "?file=", "?model=", "?line="];
    for page in PAGES {
        browser.go(&company.page(page));
        assert_eq!(browser.script("return document.querySelectorAll('img[onerror]').length"), 0, "{page}");
        assert!(!browser.body().contains("\"1337"), "{page}: a text was taken for a template");
        for parameter in reflected {
            browser.go(&company.page(&format!("{page}{parameter}{hostile}")));
            assert_eq!(browser.script("return window.taken === undefined"), true, "{page}{parameter}");
        }
    }
    browser.go(&company.page("/sign-in"));
    let complaints: Vec<String> = browser
        .complaints()
        .into_iter()
        .filter(|line| !line.contains("404") && !line.contains("409"))
        .collect();
    assert_eq!(complaints, Vec::<String>::new(), "nothing was tried that the policy had to stop");
    drop(browser);
    company.server.stop();
}

#[test]
fn no_page_stands_in_a_frame_or_loads_from_elsewhere() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "Ann");
    let session = user(&company);
    for page in PAGES.iter().chain(&["/sign-in", "/nowhere", "/t/other"]) {
        let answer = company.raw("GET", page, &session, "");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for header in [
            "X-Frame-Options: DENY",
            "frame-ancestors 'none'",
            "script-src 'self';",
            "default-src 'none'",
            "X-Content-Type-Options: nosniff",
            "Cache-Control: no-store",
        ] {
            assert!(head.contains(header), "{header} is missing of {page}: {head}");
        }
        for elsewhere in ["http://", "https://", " style=\"", "<script>", "onclick", "javascript:"] {
            let body = body.replace("http://www.w3.org", "");
            assert!(
                !body.contains(elsewhere)
                    || elsewhere == "https://" && *page == "/t/acme/devices/805ec0000101/document",
                "{elsewhere} in {page}"
            );
        }
    }
    company.server.stop();
}

#[test]
fn no_page_holds_a_secret_but_the_one_that_was_asked_for() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "Ann");
    let shown =
        company.office.done(&["extension", "show", "acme", "101", "--show-password", "--json"]).json();
    let url = company.office.url();
    let (status, document) = company.office.fetch(&url, &format!("{MAC}.cfg"));
    assert_eq!(status, 200);
    let web = document.lines().find_map(|line| line.strip_prefix("static.security.user_password = admin:"));
    let scope = url.trim_end_matches('/').rsplit('/').next().unwrap();
    let sip = shown["sip_password"].as_str().unwrap();
    let session = user(&company);
    for page in PAGES {
        let answer = company.raw("GET", page, &session, "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{page}: {answer}");
        for secret in [sip, web.unwrap(), scope, PASSWORD] {
            assert!(!answer.contains(secret), "{page} holds a secret");
        }
    }
    let headers = format!("{FORM}{OWN}{session}");
    let answer = company.raw("POST", "/t/acme/extensions/101/reveal", &headers, "");
    assert!(answer.contains(sip), "an administrator may see it");
    let audit = company.office.done(&["audit", "list", "acme", "--json"]);
    let kept = |entry: &serde_json::Value| entry["actor"] == "ann" && entry["action"] == "password.shown";
    assert!(audit.json().as_array().unwrap().iter().any(kept), "that ann saw it is kept: {audit:?}");
    assert!(!audit.stdout.contains(sip));
    let log = company.server.stop();
    for secret in [sip, scope, PASSWORD] {
        assert!(!log.contains(secret), "the log holds a secret");
    }
}

#[test]
fn signing_in_leads_to_own_pages_only_and_makes_another_session() {
    let company = Company::open(Office::sqlite());
    company.settle(&company.invite(&["ann", "--tenant", "acme", "--role", "administrator"]));
    let body = |next: &str| format!("name=ann&password={}&next={next}", PASSWORD.replace(' ', "+"));
    for (next, leads) in [
        ("%2Ft%2Facme", "/t/acme"),
        ("https%3A%2F%2Fevil.example", "/"),
        ("%2F%2Fevil.example", "/"),
        ("%2F%5Cevil.example", "/"),
        ("javascript%3Ax", "/"),
    ] {
        let answer = company.raw("POST", "/sign-in", &format!("{FORM}{OWN}"), &body(next));
        assert!(answer.contains(&format!("Location: {leads}\r\n")), "{next}: {answer}");
    }
    // a session that somebody planted before is not the one after
    let planted = format!("offhook_session_{}", "a".repeat(43));
    let browser = Browser::open("en-US", WIDE);
    browser.go(&company.page("/sign-in"));
    browser.keep_cookie("offhook_session", &planted);
    company.sign_in(&browser, "ann");
    let session = browser.cookie("offhook_session").unwrap();
    assert_ne!(session, planted);
    assert_eq!(
        browser.script("return document.cookie.includes('offhook_session')"),
        false,
        "a script can read it"
    );
    // and after signing out it is none
    browser.click(".own button");
    browser.waits_for("#password");
    let answer = company.raw("GET", "/t/acme", &format!("Cookie: offhook_session={session}\r\n"), "");
    assert!(answer.contains("Location: /sign-in?next=%2Ft%2Facme\r\n"), "{answer}");
    drop(browser);
    let over_tls = format!("{FORM}Origin: https://{}\r\n", company.admin());
    let answer = company.raw("POST", "/sign-in", &over_tls, &body(""));
    assert!(answer.contains("; HttpOnly; SameSite=Lax; Secure\r\n"), "{answer}");
    company.server.stop();
}

#[test]
fn another_tenants_pages_are_not_there() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "Ann");
    company.office.done(&[
        "tenant",
        "add",
        "other",
        "--name",
        "Other Ltd",
        "--sip-domain",
        "other.example.org",
    ]);
    company.settle(&company.invite(&["eve", "--tenant", "other", "--role", "administrator"]));
    let session = company.session("eve");
    for page in PAGES.iter().filter(|page| page.starts_with("/t/acme")) {
        let answer = company.raw("GET", page, &session, "");
        assert!(answer.starts_with("HTTP/1.1 404"), "{page}: {answer}");
        assert!(!answer.contains("Acme"), "{page} tells that the tenant exists");
        let nobody = company.raw("GET", page, "", "");
        assert!(nobody.contains("Location: /sign-in?next="), "{page}: {nobody}");
        // the same things on an own path are not there either
        let own = page.replace("/t/acme", "/t/other");
        let answer = company.raw("GET", &own, &session, "");
        assert!(!answer.contains("80:5e:c0:00:01:01"), "{own}");
    }
    // who may only look sees no form that changes, and is refused when sending it
    company.settle(&company.invite(&["rob", "--tenant", "acme", "--role", "read-only"]));
    let session = company.session("rob");
    let answer = company.raw("GET", "/t/acme/extensions/101", &session, "");
    assert!(answer.starts_with("HTTP/1.1 200") && !answer.contains("/block"), "{answer}");
    let headers = format!("{FORM}{OWN}{session}");
    let answer = company.raw("POST", "/t/acme/extensions/101/remove", &headers, "");
    assert!(answer.starts_with("HTTP/1.1 403") || answer.starts_with("HTTP/1.1 409"), "{answer}");
    assert_eq!(company.office.run(&["extension", "show", "acme", "101"]).code, Some(0));
    company.server.stop();
}

#[test]
fn who_is_second_is_told_and_overwrites_nothing() {
    let company = Company::open(Office::sqlite());
    furnish(&company, "Ann");
    company.settle(&company.invite(&["ann", "--tenant", "acme", "--role", "administrator"]));
    let browser = Browser::open("en-US", WIDE);
    company.sign_in(&browser, "ann");
    browser.go(&company.page("/t/acme/extensions/101"));
    browser.rewrite("name", "Mine");
    company.office.done(&["extension", "rename", "acme", "101", "Theirs"]);
    browser.click("button.main");
    browser.waits_for("#name[aria-invalid]");
    assert_eq!(
        browser.script("return document.getElementById('name').value"),
        "Mine",
        "what was typed stays"
    );
    assert!(browser.body().contains("Theirs"), "{}", browser.body());
    let shown = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(shown["name"], "Theirs");
    // and who has seen that may decide
    browser.click("button.main");
    browser.waits_for(".note.good");
    let shown = company.office.done(&["extension", "show", "acme", "101", "--json"]).json();
    assert_eq!(shown["name"], "Mine");
    drop(browser);
    company.server.stop();
}
