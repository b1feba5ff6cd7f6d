//! A company whose administrator uses the portal: a server, a license with limits, a user.

use std::net::SocketAddr;

use crate::{browser::Browser, clients::raw, office::Office, server::Server};

pub(crate) const PASSWORD: &str = "correct horse battery";
pub(crate) const MAC: &str = "805ec0000101";
pub(crate) const MODEL: &str = "Yealink SIP-T46U";

/// A window of a desk.
pub(crate) const WIDE: &[&str] = &["--window-size=1280,1000"];

/// Three lines, one receptionist, and what may be had besides.
const TERMS: &str = r#"
tenant = "acme"
id = "L-1"
serial = 1
issuer = "Example Telecom"
not_before = 2026-01-01T00:00:00Z
expires = 2099-01-01T00:00:00Z
grace_days = 14
[terms]
en = "Up to 3 lines for $9 a month."
de = "Bis zu 3 Leitungen für 9 $ im Monat."
[[products]]
id = "essentials"
kind = "main"
services = ["extension"]
quantity = 3
price = { amount = "9", currency = "USD", period = "month", per = "bundle" }
[products.names]
en = "Essentials"
de = "Grundpaket"
[[products]]
id = "advanced"
kind = "main"
services = ["extension"]
quantity = 1
[products.names]
en = "Advanced"
de = "Großpaket"
[[products]]
id = "receptionist"
kind = "main"
services = ["auto-attendant"]
quantity = 1
[products.names]
en = "Receptionist"
de = "Empfang"
[[products]]
id = "carrier"
kind = "main"
services = ["trunk"]
quantity = 1
grants = { channels = 2 }
[products.names]
en = "SIP trunk"
de = "SIP-Trunk"
[[products]]
id = "channel"
kind = "addon"
services = ["trunk"]
quantity = 4
grants = { channels = 1 }
[products.names]
en = "Additional channel"
de = "Zusätzlicher Kanal"
[[products]]
id = "voicemail"
kind = "addon"
services = ["extension", "auto-attendant"]
quantity = "unlimited"
price = { amount = "4.50", currency = "USD", period = "month", per = "seat" }
grants = { voicemail = true }
[products.names]
en = "Voicemail box"
de = "Voicemail-Box"
[[products]]
id = "recording"
kind = "addon"
services = ["extension"]
quantity = 1
grants = { call_recording = true }
[products.names]
en = "Call recording"
de = "Anrufaufzeichnung"
"#;

/// A running server for the tenant `acme`.
pub(crate) struct Company {
    pub(crate) office: Office,
    pub(crate) server: Server,
}

impl Company {
    pub(crate) fn open(office: Office) -> Self {
        office.acme_with(TERMS);
        office.done(&["did", "add", "acme", "+4930123456", "+4930123457"]);
        let server = office.serve(&[]);
        Self { office, server }
    }

    pub(crate) fn admin(&self) -> SocketAddr {
        self.server.door("admin")
    }

    /// Where a page is.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("http://{}{path}", self.admin())
    }

    /// The link with which a new user chooses a password.
    pub(crate) fn invite(&self, arguments: &[&str]) -> String {
        let made = self.office.done(&[&["user", "add"], arguments, &["--json"]].concat()).json();
        let link = made["link"].as_str().unwrap().to_owned();
        let path = &link[link.find("/setup#").unwrap()..];
        self.page(path)
    }

    /// Chooses the password behind a link.
    pub(crate) fn settle(&self, link: &str) {
        let secret = link.split_once('#').unwrap().1;
        let body = serde_json::json!({ "link": secret, "password": PASSWORD }).to_string();
        let answer = self.raw("POST", "/api/v1/setup", "Content-Type: application/json\r\n", &body);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    /// Signs in on the page where the browser is sent when it has no session.
    pub(crate) fn sign_in(&self, browser: &Browser, name: &str) {
        browser.go(&self.page("/"));
        browser.write("name", name);
        browser.write("password", PASSWORD);
        browser.click("button.main");
        browser.waits_for("main#content");
    }

    /// A whole answer as it came; `headers` end with a line break each.
    pub(crate) fn raw(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        let host = self.admin();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        );
        String::from_utf8_lossy(&raw(self.admin(), request.as_bytes())).into_owned()
    }

    /// The session of a user who signed in with the page's form, as a header.
    pub(crate) fn session(&self, name: &str) -> String {
        let headers = "Content-Type: application/x-www-form-urlencoded\r\nSec-Fetch-Site: same-origin\r\n";
        let body = format!("name={name}&password={}", PASSWORD.replace(' ', "+"));
        let answer = self.raw("POST", "/sign-in", headers, &body);
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
        let line = answer.lines().find(|line| line.starts_with("Set-Cookie: offhook_session=")).unwrap();
        let value = line.split([':', ';']).nth(1).unwrap().trim();
        format!("Cookie: {value}\r\n")
    }
}
