//! Passwords: never arguments, never shown unasked.

use std::{io::Write as _, process::Stdio};

use crate::desk::{Desk, Ended};

fn add_with_password(desk: &Desk, password: &str) -> Ended {
    let arguments = ["extension", "add", "acme", "101", "--name", "Ann", "--product", "essentials"];
    given(desk, &[&arguments[..], &["--sip-password-file", "-", "--json"]].concat(), password)
}

fn set_pin(desk: &Desk, digits: &str) -> Ended {
    given(desk, &["extension", "set-pin", "acme", "101"], digits)
}

/// Runs a command that reads this from standard input.
fn given(desk: &Desk, arguments: &[&str], input: &str) -> Ended {
    let mut command = desk.command(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap().into()
}

#[test]
fn a_password_comes_from_standard_input_and_is_shown_when_asked_for() {
    let desk = Desk::sqlite();
    desk.license("3");
    let added = add_with_password(&desk, "hunter2 & <co>\n");
    assert_eq!(added.code, Some(0), "{added:?}");
    for arguments in [
        &["extension", "show", "acme", "101"][..],
        &["extension", "list", "acme", "--json"],
        &["license", "show", "acme"],
    ] {
        assert!(!desk.done(arguments).stdout.contains("hunter2"), "{arguments:?}");
    }
    assert!(!added.stdout.contains("hunter2"));
    let shown = desk.done(&["extension", "show", "acme", "101", "--show-password", "--json"]).json();
    assert_eq!(shown["sip_password"], "hunter2 & <co>");
}

#[test]
fn a_wrong_password_is_refused_without_repeating_it() {
    let desk = Desk::sqlite();
    desk.license("3");
    for wrong in ["hunter2\nsecond line", "", " hunter2", "h\u{fc}nter2"] {
        let ended = add_with_password(&desk, wrong);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(!format!("{ended:?}").contains("unter2"), "{ended:?}");
    }
    assert_eq!(desk.done(&["extension", "list", "acme", "--json"]).stdout.trim(), "[]");
}

#[test]
fn a_pin_comes_from_standard_input_and_only_one_that_is_made_is_shown_once() {
    let desk = Desk::sqlite();
    desk.license("3");
    assert_eq!(desk.extend("101").code, Some(0));
    let set = set_pin(&desk, "47110815\n");
    assert_eq!((set.code, set.stdout.trim()), (Some(0), "extension 101 has a new PIN"), "{set:?}");
    let shown = desk.done(&["extension", "show", "acme", "101", "--show-password", "--json"]);
    assert_eq!(shown.json()["has_pin"], true);
    for wrong in ["", "123\n", "4711 0815", "１２３４"] {
        let ended = set_pin(&desk, wrong);
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(!ended.stderr.contains("4711"), "{ended:?}");
    }
    let made = desk.done(&["extension", "set-pin", "acme", "101", "--generate", "--json"]).json();
    let digits = made["pin"].as_str().unwrap();
    assert!(digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()), "{digits}");
    for arguments in
        [&["extension", "show", "acme", "101", "--show-password"][..], &["audit", "list", "acme", "--json"]]
    {
        let told = desk.done(arguments).stdout;
        assert!(!told.contains("47110815") && !told.contains(digits), "{told}");
    }
    let cleared = desk.done(&["extension", "clear-pin", "acme", "101"]).stdout;
    assert_eq!(cleared.trim(), "extension 101 has no PIN any more");
    assert!(desk.done(&["extension", "show", "acme", "101"]).stdout.contains("none"));
    let again = desk.run(&["extension", "clear-pin", "acme", "101", "--json"]);
    assert_eq!((again.code, again.failure().as_str()), (Some(1), "pin_not_set"));
    let usage = desk.run(&["extension", "set-pin", "acme", "101", "4711"]);
    assert_eq!(usage.code, Some(2), "a PIN is no argument: {usage:?}");
}

#[test]
fn a_pin_that_is_typed_is_not_seen() {
    let desk = Desk::sqlite();
    desk.license("3");
    assert_eq!(desk.extend("101").code, Some(0));
    let (program, data) = (env!("CARGO_BIN_EXE_offhook"), desk.data());
    let typed = format!("{program} extension set-pin acme 101 --data {}", data.display());
    // a terminal, as script(1) makes one
    let mut terminal = std::process::Command::new("script");
    terminal.args(["--quiet", "--return", "--echo", "always", "--command", &typed, "/dev/null"]);
    terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = terminal.spawn().expect("this test needs script: apt-get install bsdutils");
    let mut screen = running.stdout.take().unwrap();
    let mut seen = Vec::new();
    // what is typed before the question would be seen on any terminal
    while !seen.ends_with(b"digits: ") {
        let mut byte = [0];
        assert_eq!(
            std::io::Read::read(&mut screen, &mut byte).unwrap(),
            1,
            "{}",
            String::from_utf8_lossy(&seen)
        );
        seen.push(byte[0]);
    }
    running.stdin.take().unwrap().write_all(b"47110815\n").unwrap();
    std::io::Read::read_to_end(&mut screen, &mut seen).unwrap();
    assert!(running.wait().unwrap().success());
    let seen = String::from_utf8_lossy(&seen);
    assert!(seen.contains("has a new PIN") && !seen.contains("4711"), "{seen}");
}
