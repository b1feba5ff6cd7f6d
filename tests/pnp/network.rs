//! A server's host with a cable to an office and one to a neighbour, each a network namespace: nothing leaves them.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

/// The server's address in the office, and the phone's.
pub(crate) const SERVER: &str = "10.66.1.1";
pub(crate) const PHONE: &str = "10.66.1.2";
/// The server's address at the neighbour's, and that of the neighbour's phone.
pub(crate) const SERVER_NEXT_DOOR: &str = "10.66.2.1";
pub(crate) const NEIGHBOUR: &str = "10.66.2.2";

/// Three hosts. They and their cables are gone when this is dropped, also after a failure.
pub(crate) struct Network {
    tag: String,
}

/// One of the hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Server,
    Office,
    NextDoor,
}

impl Network {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let root = rustix::process::geteuid().is_root();
        assert!(root, "this test makes network namespaces, which only root may: run it as root");
        let tag = format!("offhook-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let network = Self { tag };
        for host in [Host::Server, Host::Office, Host::NextDoor] {
            ip(&["netns", "add", &network.name(host)]);
            network.ip(host, &["link", "set", "lo", "up"]);
        }
        network.cable("office", Host::Office, SERVER, PHONE);
        network.cable("nextdoor", Host::NextDoor, SERVER_NEXT_DOOR, NEIGHBOUR);
        network
    }

    /// One more cable from the server to the office, as when an interface comes up later: the new addresses end in
    /// `.1` (server) and `.2` (phone).
    pub(crate) fn plug_in_another(&self) {
        self.cable("later", Host::Office, "10.66.3.1", "10.66.3.2");
    }

    fn cable(&self, name: &str, host: Host, server: &str, phone: &str) {
        let (here, there) = (self.name(Host::Server), self.name(host));
        ip(&["link", "add", name, "netns", &here, "type", "veth", "peer", "name", name, "netns", &there]);
        for (host, address) in [(Host::Server, server), (host, phone)] {
            self.ip(host, &["address", "add", &format!("{address}/24"), "dev", name]);
            self.ip(host, &["link", "set", name, "up"]);
        }
        // a phone has one interface, and multicasts there
        self.ip(host, &["route", "replace", "224.0.0.0/4", "dev", name]);
    }

    fn ip(&self, host: Host, arguments: &[&str]) {
        ip(&[&["-n", &self.name(host)], arguments].concat());
    }

    /// The namespace of a host.
    fn name(&self, host: Host) -> String {
        format!("{}-{host:?}", self.tag).to_lowercase()
    }

    /// A program that will run on a host.
    pub(crate) fn at(&self, host: Host, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name(host), program]);
        command
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for host in [Host::Server, Host::Office, Host::NextDoor] {
            let _ = Command::new("ip").args(["netns", "del", &self.name(host)]).output();
        }
    }
}

fn ip(arguments: &[&str]) -> Output {
    let output = Command::new("ip").args(arguments).output();
    let output = output.expect("this test needs ip of the Debian package iproute2");
    assert!(output.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
