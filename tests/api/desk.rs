//! A server with one tenant and a token for everything, and calls of its API.

use std::{fmt::Write as _, net::SocketAddr};

use serde_json::Value;

use crate::{
    clients::raw,
    office::{Office, TERMS},
    server::Server,
};

/// What an extension, an auto-attendant and so on are in these tests.
pub(crate) const MAC: &str = "805ec0000101";

pub(crate) struct Desk {
    pub(crate) server: Server,
    pub(crate) root: String,
}

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = lines.filter(|(found, _)| found.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    /// The status and the code of a problem.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or("none"))
    }
}

/// A request as it is written on the wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Call<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) token: Option<&'a str>,
    pub(crate) headers: &'a [(&'a str, &'a str)],
    pub(crate) body: Option<&'a [u8]>,
}

impl Call<'_> {
    /// The whole answer as it came.
    pub(crate) fn text(&self, server: SocketAddr) -> String {
        let Self { method, path, token, headers, body } = self;
        let mut request =
            format!("{method} /api/v1{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if let Some(token) = token {
            write!(request, "Authorization: Bearer {token}\r\n").unwrap();
        }
        for (name, value) in *headers {
            write!(request, "{name}: {value}\r\n").unwrap();
        }
        if let Some(body) = body {
            if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                request += "Content-Type: application/json\r\n";
            }
            write!(request, "Content-Length: {}\r\n", body.len()).unwrap();
        }
        let bytes = [request.as_bytes(), b"\r\n", body.unwrap_or_default()].concat();
        String::from_utf8(raw(server, &bytes)).unwrap()
    }

    /// The answer taken apart.
    pub(crate) fn send(&self, server: SocketAddr) -> Reply {
        let answer = self.text(server);
        let (head, body) =
            answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {self:?}: {answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if body.is_empty() { Value::Null } else { serde_json::from_str(body).unwrap_or_default() };
        Reply { status, head: head.to_owned(), body }
    }
}

impl Desk {
    /// A server for `acme`, which has a license, and a token of the operator.
    pub(crate) fn open(office: &Office) -> Self {
        office.acme();
        let server = office.serve(&[]);
        let root = token(office, &["Root", "--role", "operator"]);
        Self { server, root }
    }

    pub(crate) fn admin(&self) -> SocketAddr {
        self.server.door("admin")
    }

    /// A call with the operator's token.
    pub(crate) fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        self.call_as(&self.root, method, path, body)
    }

    #[expect(clippy::needless_pass_by_value, reason = "bodies are written where they are sent")]
    pub(crate) fn call_as(&self, token: &str, method: &str, path: &str, body: Value) -> Reply {
        let bytes = body.to_string();
        let body = Some(bytes.as_bytes()).filter(|_| !body.is_null());
        Call { method, path, token: Some(token), body, ..Call::default() }.send(self.admin())
    }

    /// A call that must succeed; the body of its answer.
    pub(crate) fn done(&self, method: &str, path: &str, body: Value) -> Value {
        let reply = self.call(method, path, body);
        assert!(reply.status < 300, "{method} {path}: {reply:?}");
        reply.body
    }

    /// The API's description.
    pub(crate) fn description(&self) -> Value {
        Call { method: "GET", path: "/openapi.json", ..Call::default() }.send(self.admin()).body
    }
}

/// A token that the command line makes.
pub(crate) fn token(office: &Office, arguments: &[&str]) -> String {
    let made = office.done(&[&["token", "add"], arguments, &["--json"]].concat()).json();
    made["token"].as_str().unwrap().to_owned()
}

/// Something of every kind in the tenant `acme`.
pub(crate) fn furnish(desk: &Desk) {
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let schedule = r#"{"time_zone":"Europe/Berlin","hours":["mon-fri 08:00-17:00"],"open":{"transfer":"extension 101"},"closed":{"transfer":"hang-up"}}"#;
    for (path, body) in [
        ("/tenants/acme/extensions", r#"{"number":"101","name":"Ann","product":"line"}"#.to_owned()),
        ("/tenants/acme/dids", r#"{"numbers":["+4930123456"]}"#.to_owned()),
        (
            "/tenants/acme/attendants",
            format!(r#"{{"number":"200","name":"Reception","product":"attendant","schedule":{schedule}}}"#),
        ),
        ("/tenants/acme/trunks", r#"{"name":"Carrier","product":"trunk","sip_user":"carrier"}"#.to_owned()),
        ("/tenants/acme/profiles", r#"{"name":"Carrier"}"#.to_owned()),
        ("/tenants/acme/devices", format!(r#"{{"mac":"{MAC}","model":"Yealink SIP-T46U"}}"#)),
    ] {
        desk.done("POST", path, json(&body));
    }
    desk.done("PUT", &format!("/tenants/acme/devices/{MAC}/lines/1"), json(r#"{"number":"101"}"#));
    desk.done("PUT", &format!("/tenants/acme/devices/{MAC}/keys/2"), json(r#"{"kind":"blf","value":"102"}"#));
    desk.done("PUT", "/tenants/acme/dids/+4930123456/service", json(r#"{"service":"200"}"#));
}

/// Replaces the license by one that has so many seats of a main product for extensions.
pub(crate) fn license(office: &Office, product: &str, limit: usize) {
    let unlimited =
        format!("id = \"{product}\"\nkind = \"main\"\nservices = [\"extension\"]\nquantity = \"unlimited\"");
    let limited = unlimited.replace("\"unlimited\"", &limit.to_string());
    let terms = TERMS.replace(&unlimited, &limited).replace("serial = 1", "serial = 2");
    assert!(terms.contains(&limited), "{product} is a product");
    std::fs::write(office.path("terms.toml"), terms).unwrap();
    let (key, terms, license) = (
        office.text_of("signing/license-signing.key"),
        office.text_of("terms.toml"),
        office.text_of("license"),
    );
    let issued = office.done(&["license", "issue", "--key", &key, "--terms", &terms]).stdout;
    std::fs::write(&license, issued).unwrap();
    office.done(&["license", "install", "acme", &license]);
}

/// Another installation on the same PostgreSQL, with the same keys: a second node.
pub(crate) fn node_beside(first: &Office) -> Office {
    use std::os::unix::fs::PermissionsExt as _;
    let second = Office::at(first.database_url.clone());
    for (path, bytes) in first.contents() {
        let copy = second.data().join(path.strip_prefix(first.data()).unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(copy).unwrap();
        } else {
            std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
            std::fs::write(&copy, bytes).unwrap();
            std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    second
}
