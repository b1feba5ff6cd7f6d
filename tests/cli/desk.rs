//! A data directory, and the program run on it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use crate::postgres::cluster;

/// What a license for tests says; `LIMIT` is replaced.
const TERMS: &str = r#"
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
id = "essentials"
kind = "main"
services = ["extension"]
quantity = LIMIT
price = { amount = "30", currency = "USD", period = "month", per = "bundle" }
[products.names]
en = "Essentials"
[[products]]
id = "voicemail"
kind = "addon"
services = ["extension"]
quantity = 1
grants = { voicemail = true }
[products.names]
en = "Voicemail box"
[[products]]
id = "pin"
kind = "addon"
services = ["extension"]
quantity = 1
grants = { pin_protection = true, call_recording = true }
[products.names]
en = "PIN and recording"
[[products]]
id = "trunk"
kind = "main"
services = ["trunk"]
quantity = 2
[products.names]
en = "SIP trunk"
"#;

/// Makes of each `async fn name(desk: Desk)` a test on either engine.
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::desk::Desk::sqlite()).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::desk::Desk::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both_engines;

pub(crate) struct Desk {
    pub(crate) folder: tempfile::TempDir,
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
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The code of the failure that a program is told.
    pub(crate) fn failure(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_else(|| panic!("{self:?}")).to_owned()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Desk {
    pub(crate) fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), database_url: None }
    }

    pub(crate) async fn postgres() -> Self {
        let database_url = Some(cluster().database().await);
        Self { folder: tempfile::tempdir().unwrap(), database_url }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with its arguments, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(Path::new(env!("CARGO_BIN_EXE_offhook")), arguments)
    }

    pub(crate) fn command_of(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).args(arguments).arg("--data").arg(self.data());
        if let Some(url) = &self.database_url {
            command.env("OFFHOOK_DATABASE_URL", url);
        }
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs a command that is expected to be done.
    pub(crate) fn done(&self, arguments: &[&str]) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended
    }

    /// Makes the tenant `acme` with a license of `limit` seats.
    pub(crate) fn license(&self, limit: &str) {
        let (keys, terms, license) = (self.path("signing"), self.path("terms.toml"), self.path("license"));
        std::fs::write(&terms, TERMS.replace("LIMIT", limit)).unwrap();
        self.done(&["license", "keygen", "--out", keys.to_str().unwrap()]);
        let signing = keys.join("license-signing.key");
        let issue =
            ["license", "issue", "--key", signing.to_str().unwrap(), "--terms", terms.to_str().unwrap()];
        std::fs::write(&license, self.done(&issue).stdout).unwrap();
        std::fs::create_dir_all(self.data().join("license-keys")).unwrap();
        let public = self.data().join("license-keys/operator.pem");
        std::fs::copy(keys.join("license-public.pem"), public).unwrap();
        self.done(&["tenant", "add", "acme", "--name", "Acme Ltd", "--sip-domain", "pbx.example.org"]);
        self.done(&["license", "install", "acme", license.to_str().unwrap()]);
    }

    pub(crate) fn extend(&self, number: &str) -> Ended {
        self.run(&["extension", "add", "acme", number, "--name", "Ann", "--product", "essentials", "--json"])
    }
}
