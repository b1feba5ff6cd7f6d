//! A real Kamailio, set up as `examples/deploy/kamailio` says and fed by `offhook pbx export`, registers a real Linphone and a
//! phone that `SIPp` plays, with what their documents carried.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{
    desk::license,
    office::{Office, free_port},
    server::{PATIENCE, within},
};

const YEALINK: [&str; 3] = ["805ec0000101", "805ec0000102", "805ec0000103"];
const LINPHONE: &str = "020000000104";

/// A registrar with its tables in a file.
struct Kamailio<'a> {
    office: &'a Office,
    port: u16,
    process: Child,
}

impl<'a> Kamailio<'a> {
    fn start(office: &'a Office) -> Self {
        let (database, port) = (office.path("kamailio.sqlite"), free_port());
        let tables = ["standard", "auth_db", "permissions", "alias_db"];
        let scripts = tables.map(|table| format!("/usr/share/kamailio/db_sqlite/{table}-create.sql"));
        let sql: Vec<_> = scripts.iter().map(|script| std::fs::read_to_string(script).unwrap()).collect();
        sqlite3(&database, &sql.concat());
        let mut kamailio = Command::new("kamailio");
        kamailio
            .args(["-f", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/deploy/kamailio/kamailio.cfg")])
            .args([
                "-DD",
                "-E",
                "-m",
                "64",
                "-M",
                "8",
                "-n",
                "2",
                "-w",
                &office.text_of(""),
                "-Y",
                &office.text_of(""),
            ])
            .args(["-P", &office.text_of("kamailio.pid"), "-A", &format!("LISTEN=udp:127.0.0.1:{port}")])
            .args(["-A", &format!("DBURL=\"sqlite:///{}\"", database.display())])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = kamailio.spawn().expect("this test needs kamailio and kamailio-sqlite-modules");
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        // it opens its sockets before it says how many processes there are
        loop {
            let Some(line) = lines.next() else { panic!("Kamailio ended: {}", said.join("\n")) };
            let line = line.unwrap();
            if line.contains("processes (at least)") {
                break;
            }
            said.push(line);
        }
        std::thread::spawn(move || lines.for_each(drop));
        Self { office, port, process }
    }

    /// Feeds it with what the command line exports.
    fn feed(&self) {
        let sql = self.office.done(&["pbx", "export", "acme", "--format", "kamailio"]).stdout;
        sqlite3(&self.office.path("kamailio.sqlite"), &sql);
    }

    /// Whether a phone with this account registers: `SIPp` plays it.
    fn registers(&self, user: &str, password: &str) -> bool {
        let mut sipp = Command::new("timeout");
        sipp.args(["20", "sipp", &format!("127.0.0.1:{}", self.port)])
            .args(["-sf", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/register.xml")])
            .args(["-s", user, "-au", user, "-ap", password, "-key", "domain", "pbx.example.org", "-m", "1"])
            .args([
                "-i",
                "127.0.0.1",
                "-p",
                &free_port().to_string(),
                "-timeout",
                "5s",
                "-timeout_error",
                "-nostdin",
            ]);
        let ended = sipp.current_dir(self.office.path("")).output().unwrap();
        match ended.status.code() {
            Some(0) => true,
            // 1: a call failed
            Some(1) => false,
            other => panic!(
                "{other:?}: {}{}",
                String::from_utf8_lossy(&ended.stdout),
                String::from_utf8_lossy(&ended.stderr)
            ),
        }
    }
}

impl Drop for Kamailio<'_> {
    fn drop(&mut self) {
        // its processes are told by the first; after that they are gone
        let _ = rustix::process::kill_process(
            rustix::process::Pid::from_child(&self.process),
            rustix::process::Signal::TERM,
        );
        let _ = self.process.wait();
    }
}

fn sqlite3(database: &Path, sql: &str) {
    let mut sqlite3 = Command::new("sqlite3");
    sqlite3.arg("-bail").arg(database).stdin(Stdio::piped());
    let mut running = sqlite3.spawn().expect("this test needs sqlite3");
    running.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
    assert!(running.wait().unwrap().success(), "{sql}");
}

/// The account that a Yealink's document carries.
fn account(office: &Office, mac: &str) -> Option<(String, String)> {
    let (status, document) = office.fetch(&office.url(), &format!("{mac}.cfg"));
    assert_eq!(status, 200);
    let value = |name: &str| {
        let lines = document.lines().filter_map(|line| line.split_once(" = "));
        let mut found = lines.filter(|(found, _)| *found == name).map(|(_, value)| value.to_owned());
        found.next().unwrap_or_default()
    };
    let (user, password) = (value("account.1.user_name"), value("account.1.password"));
    (value("account.1.enable") == "1").then_some((user, password))
}

/// Starts Linphone and lets it go on until it says `until`; what it said.
fn linphone(office: &Office, settings: &Path, until: &str) -> String {
    let mut client = Command::new("timeout");
    client.args(["30", "sh", "-c", "exec linphonec -d 6 -c \"$1\" 2>&1", "sh"]).arg(settings);
    let mut client = office.surround(client).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = client.stdin.take().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(client.stdout.take().unwrap()).split(b'\n') {
        let line = String::from_utf8_lossy(&line.unwrap()).into_owned();
        if line.contains(until) {
            // it may have ended by itself
            let _ = writeln!(input, "quit");
        }
        said.push(line);
    }
    client.wait().unwrap();
    let said = said.join("\n");
    assert!(said.contains(until), "Linphone never said {until:?}: {said}");
    said
}

#[test]
fn a_real_registrar_knows_what_the_phones_know() {
    let office = Office::sqlite();
    office.acme();
    let server = office.serve(&[]);
    let kamailio = Kamailio::start(&office);
    office.done(&["setting", "set", "tenant", "acme", "sip.registrar", "127.0.0.1"]);
    office.done(&["setting", "set", "tenant", "acme", "sip.port", &kamailio.port.to_string()]);
    for (number, mac) in ["101", "102", "103"].into_iter().zip(YEALINK) {
        office.phone(number, mac);
    }
    assert_eq!(office.extension("104").code, Some(0));
    office.done(&["device", "add", "acme", LINPHONE, "--model", "Linphone"]);
    office.done(&["device", "assign", LINPHONE, "1", "104"]);
    let url = office.new_url();
    let heard = || office.fetch(&url, &format!("{}.cfg", YEALINK[0])).0 == 200;
    within(PATIENCE, "the server has heard of everything", heard);
    kamailio.feed();
    let before = YEALINK.map(|mac| account(&office, mac).expect("its line is admitted"));
    for (user, password) in &before {
        assert!(kamailio.registers(user, password), "{user}");
    }
    assert!(!kamailio.registers("101", "hunter2"));

    // Linphone fetches its account and registers with it
    let settings = office.path("linphonerc");
    std::fs::create_dir_all(office.path(".local/share/linphone")).unwrap();
    let url = format!("{}linphone-{LINPHONE}.xml", office.url());
    let ca = office.data().join("tls/ca.crt");
    std::fs::write(&settings, format!("[sip]\nroot_ca={}\n[misc]\nconfig-uri={url}\n", ca.display()))
        .unwrap();
    linphone(&office, &settings, "to [LinphoneRegistrationOk]");

    // one is blocked, one is past the license, one has a new password
    office.done(&["extension", "block", "acme", "102"]);
    office.done(&["extension", "set-password", "acme", "101"]);
    license(&office, "line", 2);
    kamailio.feed();
    within(PATIENCE, "the phones are served what changed", || {
        let [changed, blocked, past_the_license] = YEALINK.map(|mac| account(&office, mac));
        blocked.is_none() && past_the_license.is_none() && changed.as_ref() != Some(&before[0])
    });
    let (user, password) = account(&office, YEALINK[0]).unwrap();
    assert_ne!(password, before[0].1);
    assert!(kamailio.registers(&user, &password), "with the new password");
    for (user, password) in &before {
        assert!(!kamailio.registers(user, password), "{user} with what it had before");
    }
    server.stop();
}
