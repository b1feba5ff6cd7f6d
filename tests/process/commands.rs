//! Every command: as JSON it is one value, it explains itself, and wrong usage is told apart.

use std::collections::BTreeSet;

use crate::office::{MAC, MODEL, Office};

/// What does not end, or needs what an earlier command made: other tests try it.
const ELSEWHERE: [&str; 5] = ["serve", "demo", "license install", "token revoke", "user end-session"];

#[test]
fn every_command_answers_one_json_value() {
    let office = Office::sqlite();
    office.acme();
    let text = |name: &str| office.text_of(name);
    let (key, license, terms, backup) =
        (text("signing/license-signing.key"), text("license"), text("terms.toml"), text("backup.db"));
    let other = text("other");
    let schedule = text("schedule.toml");
    let hours = "time_zone = \"Europe/Berlin\"\nhours = [\"mon-fri 08:00-17:00\"]\n\
                 open = { transfer = \"number +4930123458\" }\nclosed = { transfer = \"hang-up\" }\n";
    std::fs::write(&schedule, hours).unwrap();
    let second = "805ec0000102";
    let server = office.serve(&[]);
    let (url, ca) = (office.url(), text("data/tls/ca.crt"));
    let commands: &[&[&str]] = &[
        &["check"],
        &["config", "example"],
        &["model", "list"],
        &["completions", "bash"],
        &["license", "keygen", "--out", &other],
        &["license", "issue", "--key", &key, "--terms", &terms],
        &["license", "inspect", &license],
        &["license", "show", "acme"],
        &["license", "keep", "acme", "line"],
        &["license", "trust-clock"],
        &["tenant", "add", "other", "--name", "Other", "--sip-domain", "192.0.2.1"],
        &["tenant", "list"],
        &["tenant", "show", "acme"],
        &["tenant", "scope", "rotate", "other"],
        &["tenant", "remove", "other", "--yes"],
        &["extension", "add", "acme", "101", "--name", "Ann", "--product", "line"],
        &["extension", "list", "acme"],
        &["extension", "show", "acme", "101"],
        &["extension", "block", "acme", "101"],
        &["extension", "unblock", "acme", "101"],
        &["extension", "plan", "acme", "101", "line"],
        &["device", "add", "acme", MAC, "--model", MODEL],
        &["device", "assign", MAC, "1", "101"],
        &["device", "list", "acme"],
        &["device", "list", "acme", "--seen"],
        &["device", "show", MAC],
        &["device", "preview", MAC],
        &["device", "preview", MAC, "--explain"],
        &["device", "set", MAC, "--managed-by", "IT"],
        &["device", "set-model", MAC, "auto"],
        &["device", "block", MAC],
        &["device", "unblock", MAC],
        &["device", "replace", MAC, second],
        &["device", "replace", second, MAC],
        &["key", "set", MAC, "2", "blf", "--value", "102"],
        &["key", "show", MAC],
        &["key", "unset", MAC, "2"],
        &["profile", "add", "acme", "Reception"],
        &["profile", "list", "acme"],
        &["device", "set-profile", MAC, "Reception"],
        &["key", "set", "acme", "2", "line", "--profile", "Reception"],
        &["key", "unset", "acme", "2", "--profile", "Reception"],
        &["setting", "names"],
        &["device", "set-profile", MAC, "none"],
        &["profile", "remove", "acme", "Reception"],
        &["simulate", "--model", MODEL, "--mac", MAC, "--url", &url, "--ca", &ca],
        &["simulate", "--model", MODEL, "--mac", MAC, "--url", &url, "--ca", &ca, "--phones", "3"],
        &["device", "release", MAC, "1"],
        &["device", "remove", MAC],
        &["extension", "remove", "acme", "101"],
        &["backup", &backup],
        &["restore", &backup, "--force"],
    ];
    let layers: [&[&str]; 4] =
        [&["tenant", "acme"], &["model", "acme", MODEL], &["profile", "acme", "Reception"], &["device", MAC]];
    let settings = layers.map(|layer| {
        let (name, value) = (["phone.language"], ["de"]);
        let command =
            |verb: &[&'static str], rest: &[&'static str]| [&["setting"], verb, layer, rest].concat();
        [
            command(&["set"], &[name, value].concat()),
            command(&["list"], &[]),
            command(&["show"], &[]),
            command(&["unset"], &name),
        ]
    });
    let commands = commands.iter().flat_map(|command| {
        // services of the other kinds after extensions, settings of a profile while there is one
        let services = command.starts_with(&["extension", "plan"]).then(|| services(&schedule));
        let of_layers = command.starts_with(&["profile", "list"]).then(|| settings.iter().flatten().cloned());
        let phone = command.starts_with(&["device", "unblock"]).then(enrolled);
        let services = services.into_iter().chain(phone).flatten();
        std::iter::once(command.to_vec()).chain(services).chain(of_layers.into_iter().flatten())
    });
    server.reload();
    let mut driven = BTreeSet::from(ELSEWHERE.map(str::to_owned));
    for command in commands {
        let ended = office.run(&[&command[..], &["--json"]].concat());
        let value: Result<serde_json::Value, _> = serde_json::from_str(&ended.stdout);
        let value = value.unwrap_or_else(|error| panic!("{command:?}: {error}: {ended:?}"));
        assert!(value.is_object() || value.is_array(), "{command:?}: {value}");
        driven.extend((1..=3.min(command.len())).map(|words| command[..words].join(" ")));
    }
    server.stop();
    let forgotten: Vec<String> = leaves(&office).into_iter().filter(|path| !driven.contains(path)).collect();
    assert!(forgotten.is_empty(), "not tried here: {forgotten:?}");
}

/// What is done about a phone's documents once it is there, and about the key that seals them.
fn enrolled() -> Vec<Vec<&'static str>> {
    vec![
        vec!["device", "sync", MAC],
        vec!["device", "enrollment", MAC],
        vec!["device", "reopen", MAC],
        vec!["device", "answer-alarm", MAC, "--keep"],
        vec!["tenant", "window", "acme", "24"],
        vec!["key", "rotate"],
    ]
}

/// Tokens, auto-attendants, public numbers and SIP trunks.
fn services(schedule: &str) -> Vec<Vec<&str>> {
    vec![
        vec!["token", "add", "Portal", "--tenant", "acme", "--role", "administrator", "--days", "30"],
        vec!["token", "list", "--tenant", "acme"],
        vec!["user", "add", "ann", "--tenant", "acme", "--role", "administrator"],
        vec!["user", "list", "--tenant", "acme"],
        vec!["user", "show", "ann", "--tenant", "acme"],
        vec!["user", "set", "ann", "--tenant", "acme", "--role", "read-only", "--network", "192.0.2.0/24"],
        vec!["user", "block", "ann", "--tenant", "acme"],
        vec!["user", "unblock", "ann", "--tenant", "acme"],
        vec!["user", "reset", "ann", "--tenant", "acme"],
        vec!["user", "sessions", "ann", "--tenant", "acme"],
        vec!["user", "remove", "ann", "--tenant", "acme"],
        vec!["extension", "set-pin", "acme", "101", "--generate"],
        vec!["extension", "clear-pin", "acme", "101"],
        vec!["extension", "rename", "acme", "101", "Bob"],
        vec!["extension", "set-password", "acme", "101"],
        vec!["csv", "export", "acme", "extensions"],
        vec!["csv", "import", "acme", "extensions", "/dev/null", "--dry-run"],
        vec!["audit", "list", "acme"],
        vec!["audit", "verify"],
        vec!["walk", "list"],
        vec!["certificate", "show"],
        vec!["database", "grant", "phones"],
        vec!["tenant", "password", "set", "acme"],
        vec!["tenant", "password", "show", "acme"],
        vec!["tenant", "password", "remove", "acme"],
        vec!["audit", "export", "acme"],
        vec!["audit", "prune", "--older-than", "365"],
        vec!["pbx", "export", "acme", "--format", "kamailio"],
        vec!["dhcp", "dnsmasq", "acme"],
        vec!["dhcp", "kea", "acme"],
        vec!["dhcp", "isc", "acme"],
        vec!["dhcp", "mikrotik", "acme"],
        vec!["dhcp", "windows", "acme"],
        vec![
            "attendant",
            "add",
            "acme",
            "200",
            "--name",
            "Reception",
            "--product",
            "attendant",
            "--schedule",
            schedule,
        ],
        vec!["attendant", "list", "acme"],
        vec!["attendant", "show", "acme", "200"],
        vec!["attendant", "schedule", "acme", "200"],
        vec!["attendant", "schedule", "acme", "200", schedule],
        vec!["attendant", "state", "acme", "200", "2026-12-24 17:05"],
        vec!["attendant", "plan", "acme", "200"],
        vec!["attendant", "block", "acme", "200"],
        vec!["attendant", "unblock", "acme", "200"],
        vec!["did", "add", "acme", "+4930123456"],
        vec!["did", "assign", "acme", "+4930123456", "200"],
        vec!["did", "list", "acme"],
        vec!["did", "release", "acme", "+4930123456"],
        vec!["did", "remove", "acme", "+4930123456"],
        vec!["attendant", "remove", "acme", "200"],
        vec!["trunk", "add", "acme", "Carrier", "--product", "trunk", "--address", "192.0.2.7"],
        vec!["trunk", "list", "acme"],
        vec!["trunk", "show", "acme", "Carrier"],
        vec!["trunk", "set-address", "acme", "Carrier", "192.0.2.8/29"],
        vec!["trunk", "plan", "acme", "Carrier"],
        vec!["trunk", "block", "acme", "Carrier"],
        vec!["trunk", "unblock", "acme", "Carrier"],
        vec!["trunk", "remove", "acme", "Carrier"],
    ]
}

/// Every command that has no commands below it, found through the help of each, which must work.
fn leaves(office: &Office) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Vec::<String>::new()];
    while let Some(path) = open.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = office.done(&arguments).stdout;
        assert!(help.contains("Usage: offhook") && help.lines().count() > 5, "{path:?}: {help}");
        let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
        let listed = listed.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with("   "));
        let below: Vec<&str> =
            listed.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
        if below.is_empty() {
            found.push(path.join(" "));
        }
        open.extend(below.into_iter().map(|name| [&path[..], &[name.to_owned()]].concat()));
    }
    found
}

#[test]
fn wrong_usage_ends_with_2_and_says_what_would_be_right() {
    let office = Office::sqlite();
    for arguments in [
        &["frobnicate"][..],
        &[],
        &["serve", "--https"],
        &["serve", "--port", "1"],
        &["serve", "--https", "somewhere"],
        &["serve", "--role", "king"],
        &["demo", "--https", "nowhere"],
        &["check", "extra"],
        &["completions", "tcsh"],
        &["tenant", "show"],
        &["tenant", "show", "NO SUCH"],
        &["device", "show", "no-mac"],
        &["simulate", "--model", "Nokia 3310", "--mac", MAC, "--url", "https://localhost/"],
        &["license", "issue", "--key", "/nowhere", "--terms", "/nowhere"],
    ] {
        let ended = office.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(!ended.stderr.is_empty() && !ended.stderr.contains("panicked"), "{arguments:?}: {ended:?}");
        let told = office.run(&[arguments, &["--json"]].concat());
        assert_eq!(
            (told.code, told.json()["error"]["code"].as_str()),
            (Some(2), Some("wrong_input")),
            "{told:?}"
        );
    }
    assert!(!office.data().exists(), "wrong usage made something");
}

#[test]
fn completions_know_every_command() {
    let office = Office::sqlite();
    for shell in ["bash", "zsh", "fish"] {
        let script = office.done(&["completions", shell]).stdout;
        assert!(
            ["trust-clock", "set-profile", "simulate"].iter().all(|word| script.contains(word)),
            "{shell}"
        );
    }
}
