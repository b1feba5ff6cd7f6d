//! Passwords: never arguments, never shown unasked.

use std::{io::Write as _, process::Stdio};

use crate::desk::{Desk, Ended};

fn add_with_password(desk: &Desk, password: &str) -> Ended {
    let arguments = ["extension", "add", "acme", "101", "--name", "Ann", "--product", "essentials"];
    let mut command = desk.command(&[&arguments[..], &["--sip-password-file", "-", "--json"]].concat());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    process.stdin.take().unwrap().write_all(password.as_bytes()).unwrap();
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
