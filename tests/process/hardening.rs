//! What a broken or watched server gives away: no core dump, and a service unit that leaves it little to reach.

use std::{
    os::unix::process::ExitStatusExt as _,
    process::{Command, Stdio},
};

use rustix::process::Signal;

use crate::{office::Office, server::Server};

/// The exposure that `systemd-analyze security` may find, in tenths; from 0 (none) to 100.
const EXPOSURE: &str = "13";

#[test]
fn a_server_that_crashes_leaves_no_core() {
    let office = Office::sqlite();
    let mut shell = Command::new("sh");
    let unlimited = "ulimit -c unlimited && exec \"$0\" serve --log-format json";
    shell.args(["-c", unlimited, env!("CARGO_BIN_EXE_offhook")]);
    let server = Server::start(office.surround(shell));
    let pid = server.pid().as_raw_nonzero();
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    server.signal(Signal::ABORT);
    let (status, log) = server.ended();
    assert_eq!(status.signal(), Some(6), "{log}");
    assert!(!status.core_dumped(), "a core was dumped");
}

#[test]
fn the_service_units_leave_little_to_reach() {
    for unit in ["offhook.service", "offhook-phones.service"] {
        leaves_little_to_reach(unit);
    }
}

fn leaves_little_to_reach(unit: &str) {
    let unit = format!("{}/examples/deploy/systemd/{unit}", env!("CARGO_MANIFEST_DIR"));
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE, &unit])
        .stdin(Stdio::null())
        .output()
        .expect("this test needs systemd-analyze: apt-get install systemd");
    let told = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success(), "{told}\n{}", String::from_utf8_lossy(&judged.stderr));
    assert!(told.contains("Overall exposure level"), "{told}");
}
