//! `offhook demo`: what it shows can be repeated by whoever reads it.

use std::{collections::BTreeSet, process::Command};

use rustix::process::Signal;

use crate::{
    office::{Office, contents},
    server::Server,
};

fn demo(office: &Office) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(["demo", "--dir", "demo"]);
    for door in ["--https", "--http", "--tftp", "--admin"] {
        command.args([door, "127.0.0.1:0"]);
    }
    let mut command = office.surround(command);
    command.current_dir(office.path("home")).env("HOME", office.path("home")).env_remove("OFFHOOK_CONFIG");
    let demo = Server::spawn(command);
    demo.says("Serving; Ctrl-C ends.");
    demo
}

/// The lines of the table, one per vendor and door.
fn rows(text: &str) -> Vec<&str> {
    let doors = [" https ", " tftp "];
    text.lines()
        .filter(|line| {
            line.starts_with("  ")
                && doors.iter().any(|door| line.contains(door))
                && line.contains("line 1: ")
        })
        .collect()
}

#[test]
fn what_the_demo_shows_can_be_repeated_and_it_leaves_nothing_elsewhere() {
    let office = Office::sqlite();
    std::fs::create_dir(office.path("home")).unwrap();
    let first = demo(&office);
    let text = first.log();
    assert!(text.contains("made the tenant \"demo\""), "{text}");
    let refused =
        text.lines().find(|line| line.contains("REFUSED extension 104")).unwrap_or_else(|| panic!("{text}"));
    assert!(refused.contains("Essentials: 3 of 3 seats used"), "{refused}");
    // vendors of phones: a gateway is none
    let models = office.done(&["model", "list", "--json"]).json();
    let phones = models["models"].as_array().unwrap().iter().filter(|model| model["gateway"] == false);
    let vendors = phones.map(|model| model["vendor"].as_str().unwrap()).collect::<BTreeSet<_>>().len();
    assert_eq!(rows(&text).len(), 2 * vendors, "each vendor's phone over HTTPS and over TFTP:\n{text}");

    let run = |line: &str, folder: &str| {
        let program = env!("CARGO_BIN_EXE_offhook");
        let script = format!("offhook() {{ {program} \"$@\"; }}\n{line}");
        let mut shell = Command::new("timeout");
        shell.args(["60", "sh", "-c", &script]);
        let mut shell = office.surround(shell);
        let output = shell.current_dir(office.path(folder)).env_remove("OFFHOOK_CONFIG").output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        output.stdout
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let line_of = |program: &str| *lines.iter().find(|line| line.starts_with(program)).unwrap();
    let over_https = run(line_of("curl "), "home");
    std::fs::create_dir(office.path("fetched")).unwrap();
    let tftp = line_of("tftp ");
    run(tftp, "fetched");
    let over_tftp = std::fs::read(office.path("fetched").join(tftp.rsplit(' ').next().unwrap())).unwrap();
    assert!(over_https == over_tftp && over_https.len() > 1000, "{} bytes", over_https.len());
    for line in lines.iter().filter(|line| line.starts_with("offhook ")) {
        run(line, "home");
    }
    let url = text.lines().find_map(|line| line.split("enter this URL into it: ").nth(1)).unwrap();
    let fetched = run(&format!("curl -sSf --cacert demo/tls/ca.crt {url}805ec0123456.cfg"), "home");
    assert!(String::from_utf8(fetched).unwrap().contains("account.1.enable = 1"));
    end(first);

    let second = demo(&office);
    let text = second.log();
    assert!(text.contains("found the tenant \"demo\" again") && !text.contains("made "), "{text}");
    assert!(text.contains("REFUSED extension 104"), "{text}");
    // the first phone gave its extension to the one that was added by hand
    assert_eq!(rows(&text).len(), 2 * vendors - 2, "{text}");
    end(second);
    let elsewhere: Vec<_> = contents(&office.path("home"))
        .into_keys()
        .filter(|path| !path.starts_with(office.path("home/demo")))
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

/// Ends it with Ctrl-C.
fn end(demo: Server) {
    demo.signal(Signal::INT);
    let (status, text) = demo.ended();
    assert!(status.success() && text.contains("Stopped.") && !text.contains("panicked"), "{status}: {text}");
}
