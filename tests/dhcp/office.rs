//! An installation with one tenant, and the program run on it.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

/// A folder with a configuration.
pub(crate) struct Office {
    folder: tempfile::TempDir,
}

/// How a command ended: its exit code, and what it printed.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
}

impl Office {
    /// One with the tenant `acme`, of a server with a name.
    pub(crate) fn new() -> Self {
        Self::with("name = \"phones.example.org\"")
    }

    /// The same with these lines in the section `server`.
    pub(crate) fn with(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!("[server]\ndata = \"data\"\n{server}\n[listen]\nhttps = \"127.0.0.1:8443\"\n");
        std::fs::write(folder.path().join("offhook.toml"), config).unwrap();
        let office = Self { folder };
        office.done(&["tenant", "add", "acme", "--name", "Acme Ltd", "--sip-domain", "pbx.example.org"]);
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let mut program = Command::new("timeout");
        program.args(["60", env!("CARGO_BIN_EXE_offhook")]).args(arguments);
        program.env_clear().current_dir(self.folder.path()).stdin(Stdio::null());
        let output = program.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        Ended { code: output.status.code(), printed: String::from_utf8(printed).unwrap() }
    }

    /// What a command prints that is expected to be done.
    pub(crate) fn done(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended.printed
    }

    /// The URL that `tenant show` prints for the tenant's phones.
    pub(crate) fn url(&self) -> String {
        let shown: serde_json::Value =
            serde_json::from_str(&self.done(&["tenant", "show", "acme", "--json"])).unwrap();
        shown["provisioning_urls"][0]["url"].as_str().unwrap().to_owned()
    }
}
