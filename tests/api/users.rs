//! Users of a running server: the first start, signing in over the wire, and what sessions may.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::{
    desk::{Call, Desk, node_beside},
    office::{Office, on_both_engines},
};

on_both_engines![
    the_first_start_lets_one_operator_choose_a_password,
    a_link_that_cannot_be_written_keeps_no_server_from_starting,
    a_user_of_a_tenant_works_inside_its_walls,
    guesses_are_answered_with_when_to_try_again,
    no_log_holds_what_users_sign_in_with,
];

pub(crate) const PASSWORD: &str = "correct horse battery";

/// What stands after the `#` of a link.
pub(crate) fn secret_of(link: &str) -> String {
    link.trim().split_once("/setup#").unwrap().1.to_owned()
}

fn ask(desk: &Desk, method: &str, path: &str, token: Option<&str>, body: &Value) -> crate::desk::Reply {
    let bytes = body.to_string();
    let body = Some(bytes.as_bytes()).filter(|_| !body.is_null());
    Call { method, path, token, body, headers: &[("User-Agent", "a test")] }.send(desk.admin())
}

/// Makes a user with the command line and chooses the password with the link that it prints.
fn settled(office: &Office, desk: &Desk, arguments: &[&str]) {
    let made = office.done(&[&["user", "add"], arguments, &["--json"]].concat()).json();
    let link = secret_of(made["link"].as_str().unwrap());
    let reply = ask(desk, "POST", "/setup", None, &json!({"link": link, "password": PASSWORD}));
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// The session of a user that these arguments of `user add` make.
pub(crate) fn session(office: &Office, desk: &Desk, arguments: &[&str]) -> String {
    settled(office, desk, arguments);
    sign_in(desk, arguments[0])
}

fn sign_in(desk: &Desk, name: &str) -> String {
    let reply = ask(desk, "POST", "/session", None, &json!({"name": name, "password": PASSWORD}));
    assert_eq!(reply.status, 201, "{reply:?}");
    reply.body["token"].as_str().unwrap().to_owned()
}

fn the_first_start_lets_one_operator_choose_a_password(office: &Office) {
    let desk = Desk::open(office);
    let file = office.data().join("setup-link");
    let permissions = std::fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(permissions & 0o777, 0o600);
    let link = std::fs::read_to_string(&file).unwrap();
    assert!(link.starts_with(&format!("http://{}/setup#", desk.admin())), "{link}");
    let said = desk.server.says("the first operator chooses a password");
    assert!(said.contains("setup-link") && !said.contains(&secret_of(&link)), "{said}");
    let choose = |password: &str| {
        ask(&desk, "POST", "/setup", None, &json!({"link": secret_of(&link), "password": password}))
    };
    assert_eq!(choose("operator operator").problem(), (422, "password_refused"));
    let made = choose(PASSWORD);
    assert_eq!((made.status, made.body["name"].as_str()), (200, Some("operator")));
    assert_eq!(choose(PASSWORD).problem(), (410, "setup_link_spent"));
    let session = sign_in(&desk, "operator");
    let me = ask(&desk, "GET", "/me", Some(&session), &Value::Null).body;
    assert_eq!(me["operator"], true);
    assert_eq!((&me["tenant"], &me["second_factor"]), (&Value::Null, &json!(false)));
    assert_eq!(ask(&desk, "GET", "/tenants", Some(&session), &Value::Null).status, 200);
    desk.server.stop();
    // the link was used, so the next start takes its file away
    let again = office.serve(&[]);
    assert!(!file.exists());
    again.stop();
}

fn a_link_that_cannot_be_written_keeps_no_server_from_starting(office: &Office) {
    office.acme();
    // something stands where the link is to be written
    std::fs::create_dir_all(office.data().join("setup-link/in-the-way")).unwrap();
    let server = office.serve(&[]);
    let said = server.says("link could not be written");
    assert!(said.contains("offhook user reset operator") && !said.contains("/setup#"), "{said}");
    server.stop();
    let again = office.serve(&[]);
    again.says("no operator has chosen a password yet");
    assert!(office.done(&["user", "reset", "operator"]).stdout.contains("/setup#"));
    again.stop();
}

fn a_user_of_a_tenant_works_inside_its_walls(office: &Office) {
    let desk = Desk::open(office);
    settled(
        office,
        &desk,
        &["ann", "--tenant", "acme", "--role", "phone-manager", "--except", "settings:view"],
    );
    let session = sign_in(&desk, "ann");
    let ann = |method: &str, path: &str, body: Value| ask(&desk, method, path, Some(&session), &body);
    let me = ann("GET", "/me", Value::Null).body;
    assert_eq!((&me["name"], &me["tenant"]), (&json!("ann"), &json!("acme")));
    let device = json!({"mac": crate::desk::MAC, "model": "Yealink SIP-T46U"});
    assert_eq!(ann("POST", "/tenants/acme/devices", device).status, 201);
    let zone = json!({"value": "Europe/Zurich"});
    assert_eq!(ann("PUT", "/tenants/acme/settings/time.zone", zone).problem(), (403, "forbidden"));
    assert_eq!(ann("GET", "/tenants/acme/users", Value::Null).problem(), (403, "forbidden"));
    assert_eq!(ann("GET", "/users", Value::Null).problem(), (403, "forbidden"));
    let audited = desk.done("GET", "/tenants/acme/audit", Value::Null).to_string();
    assert!(audited.contains("\"ann\"") && audited.contains("127.0.0.1"), "{audited}");
    // what the user may is changed while the session is open
    let shown = desk.call("GET", "/tenants/acme/users/ann", Value::Null);
    let tag = shown.header("etag").unwrap().to_owned();
    let change = json!({"exceptions": "devices:none"}).to_string();
    let patch = |tag: &str| {
        let (path, body) = ("/tenants/acme/users/ann", Some(change.as_bytes()));
        let headers = &[("If-Match", tag)];
        Call { method: "PATCH", path, token: Some(&desk.root), headers, body }.send(desk.admin())
    };
    assert_eq!(patch(&tag).status, 200);
    assert_eq!(patch(&tag).problem(), (412, "changed_meanwhile"));
    assert_eq!(ann("GET", "/tenants/acme/devices", Value::Null).problem(), (403, "forbidden"));
    let sessions = ann("GET", "/me/sessions", Value::Null).body;
    assert_eq!(sessions["items"][0]["current"], true);
    assert_eq!(sessions["items"][0]["agent"], "a test");
    assert_eq!(ann("DELETE", "/session", Value::Null).status, 204);
    assert_eq!(ann("GET", "/me", Value::Null).problem(), (401, "not_authenticated"));
    let session = sign_in(&desk, "ann");
    let listed = office.done(&["user", "sessions", "ann", "--tenant", "acme", "--json"]).json();
    let id = listed[0]["id"].as_str().unwrap();
    office.done(&["user", "end-session", "ann", id, "--tenant", "acme"]);
    let ended = ask(&desk, "GET", "/me", Some(&session), &Value::Null);
    assert_eq!(ended.problem(), (401, "not_authenticated"));
    let as_token = ask(&desk, "DELETE", "/session", Some(&desk.root), &Value::Null);
    assert_eq!(as_token.problem(), (403, "users_only"));
    desk.server.stop();
}

fn guesses_are_answered_with_when_to_try_again(office: &Office) {
    let desk = Desk::open(office);
    settled(office, &desk, &["ann", "--tenant", "acme", "--role", "administrator"]);
    let guess = json!({"name": "ann", "password": "wrong wrong wrong"});
    for _ in 0..10 {
        let reply = ask(&desk, "POST", "/session", None, &guess);
        assert_eq!(reply.problem(), (401, "sign_in_refused"));
    }
    // a second node counts with the first
    let second = office.database_url.is_some().then(|| node_beside(office));
    let other = second.as_ref().map(|second| second.serve(&[]));
    let door = other.as_ref().map_or_else(|| desk.admin(), |server| server.door("admin"));
    let body = guess.to_string();
    let call = Call { method: "POST", path: "/session", body: Some(body.as_bytes()), ..Call::default() };
    // on a slow machine the first wait may be over before it is asked, so each guess makes the next wait longer
    let slowed =
        (0..8).map(|_| call.send(door)).find(|reply| reply.status != 401).expect("guesses are slowed down");
    assert_eq!(slowed.problem(), (429, "too_many_attempts"));
    let wait: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert_eq!(slowed.body["retry_after"], wait);
    assert!((1..=900).contains(&wait), "{wait}");
    if let Some(other) = other {
        other.stop();
    }
    desk.server.stop();
}

fn no_log_holds_what_users_sign_in_with(office: &Office) {
    office.acme();
    let server = office.serve(&["--log-level", "trace"]);
    let root = crate::desk::token(office, &["Root", "--role", "operator"]);
    let desk = Desk { server, root };
    let made = desk.done("POST", "/tenants/acme/users", json!({"name": "ann", "role": "administrator"}));
    let link = secret_of(made["link"].as_str().unwrap());
    ask(&desk, "POST", "/setup", None, &json!({"link": link, "password": "tiny"}));
    ask(&desk, "POST", "/setup", None, &json!({"link": link, "password": PASSWORD}));
    let session = sign_in(&desk, "ann");
    let key = ask(&desk, "POST", "/me/second-factor", Some(&session), &Value::Null).body;
    assert!(key["picture"].as_str().unwrap().contains("<svg"), "{key}");
    let key = key["key"].as_str().unwrap().to_owned();
    ask(
        &desk,
        "PUT",
        "/me/second-factor",
        Some(&session),
        &json!({"current": PASSWORD, "key": key, "code": "x"}),
    );
    // of a wrong type, too
    let number =
        ask(&desk, "POST", "/session", None, &json!({"name": "ann", "password": 4_711_081_547_110_815_i64}));
    assert_eq!(number.problem(), (400, "invalid_input"));
    assert!(!number.body.to_string().contains("4711081547110815"), "{number:?}");
    let log = desk.server.stop();
    assert!(log.contains("refused"), "the log tells of refusals");
    for secret in [link.as_str(), PASSWORD, &session, &key, "tiny", "4711081547110815"] {
        assert!(!log.contains(secret), "{secret} in\n{log}");
    }
}
