//! Secrets that are planted everywhere they belong, and looked for everywhere else: logs, journal, audit, metrics, the API,
//! command output, error texts, the database as it lies there, and backups.

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    clients::get,
    desk::{Call, Desk, MAC, furnish, token},
    office::{Office, on_both_engines},
    rights::operations,
    users::{PASSWORD, secret_of},
};

on_both_engines![no_secret_is_where_it_does_not_belong];

const SIP_PASSWORD: &str = "planted-sip-password";
const PIN: &str = "90817263";
const MAKERS_KEY: &str = "planted-makers-key";

/// Operations whose answer is the secret, for whoever has the right to it.
const REVEALING: [&str; 6] =
    ["/password", "/phone-password", "/inventory", "/credentials", "/csv/devices", "/tenants/acme"];

/// What was planted, with its name.
pub(crate) struct Planted(Vec<(&'static str, String)>);

impl Planted {
    pub(crate) fn of(&self, wanted: &str) -> &str {
        self.0.iter().find(|(name, _)| *name == wanted).map(|(_, secret)| secret.as_str()).unwrap()
    }

    fn is_not_in(&self, place: &str, bytes: &[u8]) {
        for (name, secret) in &self.0 {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "the {name} stands in {place}");
        }
    }
}

fn no_secret_is_where_it_does_not_belong(office: &Office) {
    office.acme();
    let server = office.serve(&["--log-level", "trace"]);
    let desk = Desk { server, root: token(office, &["Root", "--role", "operator"]) };
    furnish(&desk);
    let planted = plant(office, &desk);
    boot(office, &planted);
    let told = provoke(&desk, &planted);
    planted.is_not_in("an answer", told.as_bytes());
    for (method, path, _) in operations(&desk, "acme") {
        if method == "GET" && !REVEALING.iter().any(|end| path.ends_with(end)) {
            let reply = Call { method: "GET", path: &path, token: Some(&desk.root), ..Call::default() };
            planted.is_not_in(&path, reply.text(desk.admin()).as_bytes());
        }
    }
    for path in ["/metrics", "/readyz", "/healthz"] {
        planted.is_not_in(path, get(desk.admin(), path).body.as_bytes());
    }
    let backup = office.text_of("backup.db");
    for arguments in [
        &["device", "preview", MAC, "--explain"][..],
        &["device", "show", MAC],
        &["device", "list", "acme", "--seen"],
        &["extension", "show", "acme", "101"],
        &["token", "list"],
        &["user", "show", "ann", "--tenant", "acme"],
        &["user", "sessions", "ann", "--tenant", "acme"],
        &["audit", "export", "acme"],
        &["audit", "list"],
        &["check"],
        &["backup", &backup],
    ] {
        let ended = office.run(arguments);
        planted.is_not_in(&format!("{arguments:?}"), format!("{}{}", ended.stdout, ended.stderr).as_bytes());
    }
    planted.is_not_in("the backup", &std::fs::read(&backup).unwrap());
    planted.is_not_in("the log", desk.server.stop().as_bytes());
    for (path, bytes) in office.contents() {
        planted.is_not_in(&path.display().to_string(), &bytes);
    }
    if let Some(url) = &office.database_url {
        let mut dump = Command::new("pg_dump");
        dump.arg(url);
        let dumped =
            office.surround(dump).output().expect("this test needs pg_dump: apt-get install postgresql");
        assert!(dumped.status.success(), "{dumped:?}");
        assert!(dumped.stdout.len() > 10_000, "the dump holds what there is");
        planted.is_not_in("PostgreSQL's tables", &dumped.stdout);
    }
}

/// Puts a secret of each kind where it belongs.
pub(crate) fn plant(office: &Office, desk: &Desk) -> Planted {
    let given = |arguments: &[&str], secret: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.args(arguments);
        let mut command = office.surround(command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut running = command.spawn().unwrap();
        writeln!(running.stdin.take().unwrap(), "{secret}").unwrap();
        let ended = running.wait_with_output().unwrap();
        assert!(ended.status.success(), "{ended:?}");
    };
    given(&["extension", "set-password", "acme", "101", "--sip-password-file", "-"], SIP_PASSWORD);
    given(&["extension", "set-pin", "acme", "101"], PIN);
    given(&["device", "set", MAC, "--ascii-key-file", "-"], MAKERS_KEY);
    let made = desk.done("POST", "/tenants/acme/users", json!({"name": "ann", "role": "administrator"}));
    let link = secret_of(made["link"].as_str().unwrap());
    let open = |method: &str, path: &str, session: Option<&str>, body: Value| {
        let body = body.to_string();
        let call = Call { method, path, token: session, body: Some(body.as_bytes()), ..Call::default() };
        let reply = call.send(desk.admin());
        assert!(reply.status < 300, "{reply:?}");
        reply.body
    };
    open("POST", "/setup", None, json!({"link": link, "password": PASSWORD}));
    let signed_in = open("POST", "/session", None, json!({"name": "ann", "password": PASSWORD}));
    let session = signed_in["token"].as_str().unwrap().to_owned();
    let offered = open("POST", "/me/second-factor", Some(&session), json!({}));
    let key = offered["key"].as_str().unwrap().to_owned();
    let code = Command::new("oathtool").args(["--totp", "--base32", &key]).output();
    let code = String::from_utf8(code.expect("apt-get install oathtool").stdout).unwrap();
    let set = json!({"current": PASSWORD, "key": key, "code": code.trim()});
    open("PUT", "/me/second-factor", Some(&session), set);
    let phones = desk.done("POST", "/tenants/acme/phone-password", json!({"overlap_days": 0}));
    let scope = office.url().trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    let waiting = desk.done("POST", "/tenants/acme/users", json!({"name": "bob", "role": "read-only"}));
    Planted(vec![
        ("SIP password", SIP_PASSWORD.to_owned()),
        ("PIN", PIN.to_owned()),
        ("maker's key", MAKERS_KEY.to_owned()),
        ("user's password", PASSWORD.to_owned()),
        ("used set-up link", link),
        ("set-up link", secret_of(waiting["link"].as_str().unwrap())),
        ("session", session),
        ("key of a second factor", key),
        ("API token", desk.root.clone()),
        ("scope", scope),
        ("password of phones", phones["password"].as_str().unwrap().to_owned()),
    ])
}

/// A phone fetches its file, which holds the password.
fn boot(office: &Office, planted: &Planted) {
    let (_, password) = &planted.0[planted.0.len() - 1];
    let (status, document) = office.fetch(&office.url(), &format!("{MAC}.cfg"));
    assert_eq!(status, 200);
    assert!(document.contains(password), "the phone is taught the password");
    assert!(document.contains(SIP_PASSWORD), "the phone's own document");
    assert_eq!(office.fetch(&office.url(), "000000000000.cfg").0, 404);
}

/// Secrets where they are wrong: everything that is told of that.
fn provoke(desk: &Desk, planted: &Planted) -> String {
    let secrets: Vec<&str> = planted.0.iter().map(|(_, secret)| secret.as_str()).collect();
    let bodies = [
        json!({"number": "105", "name": "Eve", "product": "line", "sip_password": secrets}),
        json!({"number": "105", "name": "Eve", "product": "line", "sip_password": 90_817_263}),
        json!({"pin": 90_817_263}),
        json!({"name": "ann", "password": secrets}),
        json!({"link": 90_817_263, "password": PASSWORD}),
    ];
    let paths = [
        "/tenants/acme/extensions",
        "/tenants/acme/extensions/101/pin",
        "/session",
        "/setup",
        "/me/password",
    ];
    let mut told = String::new();
    for path in paths {
        for body in &bodies {
            let body = body.to_string();
            for method in ["POST", "PUT"] {
                let call = Call {
                    method,
                    path,
                    token: Some(&desk.root),
                    body: Some(body.as_bytes()),
                    ..Call::default()
                };
                told.push_str(&call.text(desk.admin()));
            }
        }
    }
    told
}
