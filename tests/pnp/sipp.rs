//! `sipp` as a phone on one of the hosts.

use std::path::Path;
use std::process::{Child, Stdio};

use crate::network::Host;
use crate::office::Office;

/// A phone that plays a scenario. It does not outlive its test.
pub(crate) struct Sipp {
    child: Child,
    messages: std::path::PathBuf,
}

impl Sipp {
    /// Starts the scenario of this name on a host whose phone has `address` and `mac`.
    pub(crate) fn start(office: &Office, host: Host, address: &str, mac: &str, scenario: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pnp/scenarios");
        let messages = office.path(&format!("{scenario}-{address}-{mac}"));
        let mut command = office.network.at(host, "sipp");
        command.arg("224.0.1.75:5060").args([
            "-i",
            address,
            "-p",
            "5060",
            "-key",
            "mac",
            mac,
            "-m",
            "1",
            "-t",
            "un",
            "-max_socket",
            "9",
        ]);
        command.arg("-sf").arg(folder.join(format!("{scenario}.xml")));
        // what comes unasked is written down and judged here, not by SIPp
        command.args(["-nostdin", "-timeout", "55s", "-timeout_error", "-default_behaviors", "none"]);
        command.arg("-trace_msg").arg("-message_file").arg(&messages);
        command.current_dir(office.path("")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self {
            child: command.spawn().expect("this test needs sipp of the Debian package sip-tester"),
            messages,
        }
    }

    /// Starts a scenario that waits to be asked, and returns once it can be.
    pub(crate) fn waits(office: &Office, host: Host, address: &str, scenario: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pnp/scenarios");
        let messages = office.path(&format!("{scenario}-{address}"));
        let mut command = office.network.at(host, "sipp");
        command.args(["-i", address, "-p", "5060", "-m", "1", "-t", "u1"]);
        command.arg("-sf").arg(folder.join(format!("{scenario}.xml")));
        command.args(["-nostdin", "-timeout", "55s", "-timeout_error"]);
        command.arg("-trace_msg").arg("-message_file").arg(&messages);
        command.current_dir(office.path("")).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("this test needs sipp of the Debian package sip-tester");
        office.until("sipp's socket", || {
            let sockets = office.network.at(host, "cat").arg("/proc/net/udp").output().unwrap();
            // port 5060
            String::from_utf8_lossy(&sockets.stdout).contains(":13C4 ").then_some(())
        });
        Self { child, messages }
    }

    /// Waits for the end of the scenario, which must be a good one: all messages sent and received.
    pub(crate) fn ends(mut self) -> String {
        let status = self.child.wait().unwrap();
        let messages = self.messages();
        assert!(status.success(), "sipp: {status}\n{messages}");
        messages
    }

    /// All messages so far.
    pub(crate) fn messages(&self) -> String {
        std::fs::read_to_string(&self.messages).unwrap_or_default()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
