//! An installation that serves on the server's host: the tenant acme in the office, with a phone of its own.

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::network::{Host, Network, SERVER};

/// The tenant's phone.
pub(crate) const MAC: &str = "805ec0000101";
/// The phone of another tenant.
pub(crate) const FOREIGN: &str = "805ec0000202";
/// Longer than anything here takes but for what RFC 3261 says.
const PATIENCE: Duration = Duration::from_mins(1);

const TERMS: &str = r#"
tenant = "acme"
id = "L-1"
serial = 1
issuer = "Example Telecom"
not_before = 2026-01-01T00:00:00Z
expires = 2099-01-01T00:00:00Z
grace_days = 14
[[products]]
id = "line"
kind = "main"
services = ["extension"]
quantity = "unlimited"
[products.names]
en = "Line"
"#;

/// A network with a server in it.
pub(crate) struct Office {
    pub(crate) network: Network,
    folder: tempfile::TempDir,
    server: Option<Child>,
}

impl Office {
    /// Opens it: the office's network is allowed for acme, the neighbour's for nobody.
    pub(crate) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "[server]\ndata = \"data\"\nname = \"{SERVER}\"\n\
             [listen]\nhttps = \"0.0.0.0:443\"\ntftp = \"off\"\nadmin = \"127.0.0.1:8080\"\npnp = \"224.0.1.75:5060\"\n\
             [[allow]]\nnetwork = \"10.66.1.0/24\"\ntenant = \"acme\"\n\
             [[allow]]\nnetwork = \"10.66.3.0/24\"\ntenant = \"acme\"\n"
        );
        std::fs::write(folder.path().join("offhook.toml"), config).unwrap();
        let mut office = Self { network: Network::new(), folder, server: None };
        office.furnish();
        office.serve();
        office
    }

    fn furnish(&self) {
        let (signing, terms, license) = (self.path("signing"), self.path("terms.toml"), self.path("license"));
        std::fs::write(&terms, TERMS).unwrap();
        self.done(&["license", "keygen", "--out", signing.to_str().unwrap()]);
        let key = signing.join("license-signing.key");
        let issue = ["license", "issue", "--key", key.to_str().unwrap(), "--terms", terms.to_str().unwrap()];
        std::fs::write(&license, self.done(&issue)).unwrap();
        std::fs::create_dir_all(self.path("data/license-keys")).unwrap();
        std::fs::copy(signing.join("license-public.pem"), self.path("data/license-keys/operator.pem"))
            .unwrap();
        for tenant in ["acme", "other"] {
            self.done(&["tenant", "add", tenant, "--name", "Office", "--sip-domain", "pbx.example.org"]);
        }
        self.done(&["license", "install", "acme", license.to_str().unwrap()]);
        self.done(&["extension", "add", "acme", "101", "--name", "Ann", "--product", "line"]);
        for (tenant, mac) in [("acme", MAC), ("other", FOREIGN)] {
            self.done(&["device", "add", tenant, mac, "--model", "Yealink SIP-T46U"]);
        }
        self.done(&["device", "assign", MAC, "1", "101"]);
    }

    fn serve(&mut self) {
        let mut command = self.network.at(Host::Server, env!("CARGO_BIN_EXE_offhook"));
        let log = std::fs::File::create(self.path("log")).unwrap();
        command.arg("serve").stdout(Stdio::null()).stderr(log);
        self.server = Some(self.surround(&mut command).spawn().unwrap());
        self.until("the server listens", || self.log().contains("listening for admin").then_some(()));
    }

    fn surround<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .current_dir(self.folder.path())
            .env("OFFHOOK_CONFIG", self.path("offhook.toml"))
            .stdin(Stdio::null())
    }

    /// Runs a command of the program that is expected to be done: what it said.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let output =
            self.surround(Command::new(env!("CARGO_BIN_EXE_offhook")).args(arguments)).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Boots a simulated phone on a host.
    pub(crate) fn simulate(&self, host: Host, arguments: &[&str]) -> Output {
        self.simulation(host, arguments).output().unwrap()
    }

    /// The command that boots a simulated phone on a host.
    pub(crate) fn simulation(&self, host: Host, arguments: &[&str]) -> Command {
        let mut command = self.network.at(host, env!("CARGO_BIN_EXE_offhook"));
        let ca = self.path("data/tls/ca.crt");
        command.args(["simulate", "--ca", ca.to_str().unwrap(), "--json"]).args(arguments);
        self.surround(&mut command);
        command
    }

    /// The tenant's URL.
    pub(crate) fn url(&self) -> String {
        let shown: serde_json::Value =
            serde_json::from_str(&self.done(&["tenant", "show", "acme", "--json"])).unwrap();
        shown["provisioning_urls"][0]["url"].as_str().unwrap().to_owned()
    }

    /// What a metric shows now.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let mut curl = self.network.at(Host::Server, "curl");
        let output =
            curl.args(["-sS", "--max-time", "10", "http://127.0.0.1:8080/metrics"]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in:\n{text}")).parse().unwrap()
    }

    /// Asks until something is there.
    pub(crate) fn until<T>(&self, what: &str, mut found: impl FnMut() -> Option<T>) -> T {
        let ends = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = found() {
                return found;
            }
            assert!(Instant::now() < ends, "{what} never came:\n{}", self.log());
            std::thread::yield_now();
        }
    }

    /// Has the server read its configuration again, and look for new interfaces.
    pub(crate) fn reload(&self) {
        let pid = rustix::process::Pid::from_child(self.server.as_ref().unwrap());
        rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}
