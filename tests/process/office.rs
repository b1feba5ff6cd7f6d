//! An installation with its configuration file, and the program run on it as an operator does.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::{TcpListener, UdpSocket},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

use crate::{clients::curl, postgres::cluster, server::Server};

/// The phone that most tests boot.
pub(crate) const MAC: &str = "805ec0000101";
pub(crate) const MODEL: &str = "Yealink SIP-T46U";

pub(crate) const TERMS: &str = r#"
tenant = "acme"
id = "L-1"
serial = 1
issuer = "Example Telecom"
not_before = 2026-01-01T00:00:00Z
expires = 2099-01-01T00:00:00Z
grace_days = 14
[terms]
en = "As many as it says."
[[products]]
id = "line"
kind = "main"
services = ["extension"]
quantity = "unlimited"
[products.names]
en = "Line"
[[products]]
id = "attendant"
kind = "main"
services = ["auto-attendant"]
quantity = "unlimited"
[products.names]
en = "Receptionist"
[[products]]
id = "trunk"
kind = "main"
services = ["trunk"]
quantity = "unlimited"
grants = { channels = 2 }
[products.names]
en = "SIP trunk"
"#;

/// Makes of each `fn name(office: &Office)` a test on either engine.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                super::$name(&$crate::office::Office::sqlite());
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                super::$name(&$crate::office::Office::postgres());
            })+
        }
    };
}
pub(crate) use on_both_engines;

/// A folder with a configuration whose doors stand at ports of their own.
pub(crate) struct Office {
    folder: tempfile::TempDir,
    pub(crate) ports: [u16; 4],
    pub(crate) database_url: Option<String>,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Office {
    pub(crate) fn sqlite() -> Self {
        Self::at(None)
    }

    pub(crate) fn postgres() -> Self {
        Self::at(Some(wait_for(cluster().database())))
    }

    /// An installation that keeps its data at `database_url`.
    pub(crate) fn at(database_url: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = [(); 4].map(|()| free_port());
        let [https, http, tftp, admin] = ports;
        let config = format!(
            "[server]\ndata = \"data\"\nname = \"localhost\"\n\
             [listen]\nhttps = \"127.0.0.1:{https}\"\nhttp = \"127.0.0.1:{http}\"\ntftp = \"127.0.0.1:{tftp}\"\n\
             admin = \"127.0.0.1:{admin}\"\n[[trust]]\nnetwork = \"127.0.0.0/8\"\ntenant = \"acme\"\n"
        );
        std::fs::write(folder.path().join("offhook.toml"), config).unwrap();
        Self { folder, ports, database_url }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn text_of(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Gives `program` this installation's surroundings and nothing else.
    pub(crate) fn surround(&self, mut command: Command) -> Command {
        command.env_clear().current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("OFFHOOK_CONFIG", self.path("offhook.toml"));
        if let Some(url) = &self.database_url {
            command.env("OFFHOOK_DATABASE_URL", url);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Runs the program to its end, which it must find within a minute.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let mut limited = Command::new("timeout");
        limited.args(["60", env!("CARGO_BIN_EXE_offhook")]).args(arguments);
        self.surround(limited).output().unwrap().into()
    }

    /// Runs a command that is expected to be done.
    pub(crate) fn done(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended
    }

    /// Starts a server of all roles.
    pub(crate) fn serve(&self, flags: &[&str]) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.args(["serve", "--log-format", "json"]).args(flags);
        Server::start(self.surround(command))
    }

    /// Makes license keys and the tenant `acme` with a license without a limit.
    pub(crate) fn acme(&self) {
        self.acme_with(TERMS);
    }

    /// The same with a license of these terms.
    pub(crate) fn acme_with(&self, terms_of_license: &str) {
        let (signing, terms, license) =
            (self.text_of("signing"), self.text_of("terms.toml"), self.text_of("license"));
        std::fs::write(&terms, terms_of_license).unwrap();
        self.done(&["license", "keygen", "--out", &signing]);
        let key = format!("{signing}/license-signing.key");
        std::fs::write(&license, self.done(&["license", "issue", "--key", &key, "--terms", &terms]).stdout)
            .unwrap();
        std::fs::create_dir_all(self.data().join("license-keys")).unwrap();
        std::fs::copy(self.path("signing/license-public.pem"), self.public_key()).unwrap();
        self.done(&["tenant", "add", "acme", "--name", "Acme Ltd", "--sip-domain", "pbx.example.org"]);
        self.done(&["license", "install", "acme", &license]);
    }

    /// Where the server looks for the key that verifies licenses.
    pub(crate) fn public_key(&self) -> PathBuf {
        self.data().join("license-keys/operator.pem")
    }

    pub(crate) fn extension(&self, number: &str) -> Ended {
        self.run(&["extension", "add", "acme", number, "--name", "Ann", "--product", "line"])
    }

    /// Makes an extension and a phone whose first line carries it.
    pub(crate) fn phone(&self, number: &str, mac: &str) {
        assert_eq!(self.extension(number).code, Some(0));
        self.done(&["device", "add", "acme", mac, "--model", MODEL]);
        self.done(&["device", "assign", mac, "1", number]);
    }

    /// The URL that the command line gives for the tenant's phones.
    pub(crate) fn url(&self) -> String {
        let shown = self.done(&["tenant", "show", "acme", "--json"]).json();
        shown["provisioning_urls"][0]["url"].as_str().unwrap().to_owned()
    }

    /// Gives the tenant's phones a new URL. A server knows it only once it has heard of every change so far.
    pub(crate) fn new_url(&self) -> String {
        let rotated = self.done(&["tenant", "scope", "rotate", "acme", "--json"]).json();
        rotated["provisioning_url"].as_str().unwrap().to_owned()
    }

    /// Asks for a file of the tenant over HTTPS, trusting this installation's authority: status and body.
    pub(crate) fn fetch(&self, url: &str, file: &str) -> (u16, String) {
        curl(&self.data().join("tls/ca.crt"), &format!("{url}{file}"))
    }

    /// Every file below the data directory, by path, with what is in it; without the two that SQLite keeps beside a
    /// database while anybody has it open, and takes over from who was gone too soon to remove them.
    pub(crate) fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = contents(&self.data());
        found
            .retain(|path, _| !["db-shm", "db-wal"].iter().any(|own| path.extension() == Some(own.as_ref())));
        found
    }
}

/// Every file below `folder`, by path, with what is in it.
pub(crate) fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().unwrap().is_dir() {
            found.insert(entry.path(), Vec::new());
            found.extend(contents(&entry.path()));
        } else {
            found.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
    found
}

/// That a folder is as it was; else which files are not.
pub(crate) fn assert_unchanged(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) {
    let differs = |path: &&PathBuf| before.get(*path) != after.get(*path);
    let changed: BTreeSet<_> = before.keys().chain(after.keys()).filter(differs).collect();
    assert!(changed.is_empty(), "made, changed or removed: {changed:?}");
}

/// A port that nobody holds now, below those that the kernel hands out by itself (32768 and up): so nobody comes by it
/// by chance before the server does.
pub(crate) fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = u16::try_from(std::process::id() % 11_000).unwrap();
    loop {
        let port = 20_000 + (start + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let address = ("127.0.0.1", port);
        if TcpListener::bind(address).is_ok() && UdpSocket::bind(address).is_ok() {
            return port;
        }
    }
}

/// Runs what a fixture does asynchronously.
pub(crate) fn wait_for<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}
