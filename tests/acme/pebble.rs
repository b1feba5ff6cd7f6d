//! A real ACME server (pebble) with the DNS server beside it, both on a loopback address that nobody else uses.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering::Relaxed},
    },
};

use tempfile::TempDir;

use crate::lines::Lines;

/// Where pebble looks for proofs: the port of the server's door for plain HTTP.
pub(crate) const HTTP_PORT: u16 = 5002;

/// A place for pebble: address, authority of its own TLS certificate, DNS server.
pub(crate) struct Place {
    pub(crate) address: Ipv4Addr,
    folder: TempDir,
    _dns: Running,
}

/// A running pebble, which forgets everything when it is stopped.
pub(crate) struct Pebble(Running);

/// A process that does not outlive its test.
struct Running {
    child: Child,
    lines: Arc<Lines>,
}

/// An address for each test of each process.
fn address() -> Ipv4Addr {
    static TAKEN: AtomicU8 = AtomicU8::new(0);
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 64 + (high & 0x3f), low, 1 + TAKEN.fetch_add(1, Relaxed))
}

impl Place {
    /// A place whose DNS server says that every name is at `leads_to`, else at its own address.
    pub(crate) fn new(leads_to: Option<Ipv4Addr>) -> Self {
        let (address, folder) = (address(), tempfile::tempdir().unwrap());
        let path = |name: &str| folder.path().join(name).display().to_string();
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"];
        openssl(
            &["req", "-x509", "-days", "9", "-subj", "/CN=the server's authority"],
            &key,
            &[&path("ca.key"), "-out", &path("ca.pem")],
        );
        openssl(
            &["req", "-subj", "/CN=pebble", "-addext"],
            &[&format!("subjectAltName=IP:{address}")],
            &[].into_iter()
                .chain(key)
                .chain([path("key.pem").as_str(), "-out", &path("request.pem")])
                .collect::<Vec<_>>(),
        );
        openssl(
            &["x509", "-req", "-days", "9", "-copy_extensions", "copyall", "-in"],
            &[&path("request.pem")],
            &["-CA", &path("ca.pem"), "-CAkey", &path("ca.key"), "-out", &path("certificate.pem")],
        );
        let config = serde_json::json!({ "pebble": {
            "listenAddress": format!("{address}:14000"),
            "managementListenAddress": format!("{address}:15000"),
            "certificate": path("certificate.pem"),
            "privateKey": path("key.pem"),
            "httpPort": HTTP_PORT,
            "tlsPort": 5001,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": 90 * 86_400,
        } });
        std::fs::write(path("pebble.json"), config.to_string()).unwrap();
        let mut dns = Command::new("pebble-challtestsrv");
        dns.args(["-dns01", &format!("{address}:8053"), "-management", &format!("{address}:8055")])
            .args(["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", ""])
            .args(["-defaultIPv4", &leads_to.unwrap_or(address).to_string()]);
        let dns = Running::start(dns, "Starting management server");
        Self { address, folder, _dns: dns }
    }

    /// Starts pebble, with no memory of an earlier one.
    pub(crate) fn pebble(&self) -> Pebble {
        let mut pebble = Command::new("pebble");
        pebble
            .env("PEBBLE_VA_NOSLEEP", "1")
            .arg("-config")
            .arg(self.path("pebble.json"))
            .args(["-dnsserver", &format!("{}:8053", self.address)]);
        Pebble(Running::start(pebble, "ACME directory available"))
    }

    /// The URL of the directory.
    pub(crate) fn directory(&self) -> String {
        format!("https://{}:14000/dir", self.address)
    }

    /// The authority that signed pebble's own certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.path("ca.pem")
    }

    /// The authority at the end of the certificates that pebble signs, while it runs.
    pub(crate) fn root(&self) -> PathBuf {
        let url = format!("https://{}:15000/roots/0", self.address);
        let path = self.path("root.pem");
        let fetched = Command::new("curl")
            .args(["-sS", "--noproxy", "*", "--cacert"])
            .arg(self.authority())
            .arg("-o")
            .arg(&path)
            .arg(url)
            .status();
        assert!(fetched.unwrap().success());
        path
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Pebble {
    /// How many lines of its log have `part`.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.0.lines.count(&[part])
    }

    /// Stops it.
    pub(crate) fn stop(self) {
        drop(self);
    }
}

impl Running {
    fn start(mut command: Command, ready: &str) -> Self {
        let program = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot run {program} ({error}): apt-get install pebble"));
        let lines = Lines::of(child.stdout.take().unwrap());
        lines.wait(&[ready], 1);
        Self { child, lines }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn openssl(first: &[&str], second: &[&str], third: &[&str]) {
    let made = Command::new("openssl").args(first).args(second).args(third).output();
    let made = made.expect("these tests need openssl: apt-get install openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The certificate that a client gets that knows signatures by keys of this kind only, and whether `root` leads to it.
pub(crate) fn handshake(to: std::net::SocketAddr, kind: &str, root: &Path, name: &str) -> Met {
    let algorithms = if kind == "rsa" { "RSA-PSS+SHA256" } else { "ECDSA+SHA256" };
    let ran = Command::new("openssl")
        .args(["s_client", "-connect", &to.to_string(), "-sigalgs", algorithms, "-servername", name])
        .args(["-verify_hostname", name, "-CAfile"])
        .arg(root)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&ran.stdout).into_owned();
    let pem = text.find("-----BEGIN").zip(text.find("-----END")).map(|(from, to)| text[from..to].to_owned());
    let key = if text.contains("Peer signature type: ECDSA") { "ecdsa" } else { "rsa" };
    Met {
        trusted: text.contains("Verify return code: 0 (ok)"),
        kind: key.to_owned(),
        pem: pem.unwrap_or_else(|| panic!("no certificate in {text}")),
    }
}

/// A certificate that a client met.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) trusted: bool,
    pub(crate) kind: String,
    pub(crate) pem: String,
}
