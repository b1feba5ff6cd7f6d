//! Two hosts and a cable between them: network namespaces that nothing else is connected to.

use std::{
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// The network interface of either host.
pub(crate) const INTERFACE: &str = "lan0";
/// Where the server stands.
pub(crate) const SERVER: &str = "10.99.0.1";

/// What the names of the namespaces begin with, before the id of the process that made them.
const NAME: &str = "offhook-dhcp-";

/// A server's host and a client's, with a cable between them. Both are gone when it is dropped.
pub(crate) struct Lan {
    name: String,
}

/// One of the two.
#[derive(Clone, Copy)]
pub(crate) enum Host {
    Server,
    Client,
}

impl Lan {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        assert!(
            rustix::process::geteuid().is_root(),
            "network namespaces need root: run these tests as root"
        );
        forget_the_dead();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let lan = Self { name: format!("{NAME}{}-{number}", std::process::id()) };
        let [server, client] = [Host::Server, Host::Client].map(|host| lan.namespace(host));
        for namespace in [&server, &client] {
            ip(&["netns", "add", namespace]);
            ip(&["-n", namespace, "link", "set", "lo", "up"]);
        }
        ip(&[
            "-n", &server, "link", "add", INTERFACE, "type", "veth", "peer", "name", INTERFACE, "netns",
            &client,
        ]);
        ip(&["-n", &server, "address", "add", &format!("{SERVER}/24"), "dev", INTERFACE]);
        for namespace in [&server, &client] {
            ip(&["-n", namespace, "link", "set", INTERFACE, "up"]);
        }
        lan
    }

    /// A program on one of the hosts, which does not outlive the thread that starts it.
    pub(crate) fn command(&self, host: Host, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.namespace(host), "setpriv", "--pdeathsig", "KILL", program]);
        command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").stdin(Stdio::null());
        command
    }

    fn namespace(&self, host: Host) -> String {
        let role = match host {
            Host::Server => "server",
            Host::Client => "client",
        };
        format!("{}-{role}", self.name)
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for host in [Host::Client, Host::Server] {
            let _ = Command::new("ip").args(["netns", "delete", &self.namespace(host)]).status();
        }
    }
}

/// Removes what test processes left behind that were killed.
fn forget_the_dead() {
    let listed = Command::new("ip").args(["netns", "list"]).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    for namespace in listed.lines().filter_map(|line| line.split_whitespace().next()) {
        let Some(process) = namespace.strip_prefix(NAME).and_then(|rest| rest.split('-').next()) else {
            continue;
        };
        if !std::path::Path::new("/proc").join(process).exists() {
            let _ = Command::new("ip").args(["netns", "delete", namespace]).status();
        }
    }
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {arguments:?}: {why}");
}
