//! `offhook license keygen`: makes the operator's key pair as two files.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::super::{Report, WrongInput};
use crate::domain::Random;
use crate::domain::license::{KeyId, SigningKey};

const PRIVATE_FILE: &str = "license-signing.key";
const PUBLIC_FILE: &str = "license-public.pem";

/// Makes the key pair with which licenses are signed and verified.
#[derive(Debug, clap::Args)]
pub struct Keygen {
    /// Directory for the two files; made when it is missing
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

impl Keygen {
    /// Writes both files. An existing file is never overwritten, and a half-written pair is not left behind.
    pub fn run(&self, random: &dyn Random) -> anyhow::Result<NewKey> {
        let private = self.out.join(PRIVATE_FILE);
        let public = self.out.join(PUBLIC_FILE);
        for path in [&private, &public] {
            if path.symlink_metadata().is_ok() {
                let why = format!("{} exists; a key is never overwritten", path.display());
                return Err(WrongInput::new(why).into());
            }
        }
        std::fs::create_dir_all(&self.out).with_context(|| format!("cannot make {}", self.out.display()))?;
        let key = SigningKey::generate(random);
        write_new(&private, 0o600, key.to_pem().expose())?;
        if let Err(error) = write_new(&public, 0o644, &key.public_pem()) {
            // Ours, written a moment ago: without its public half it would only stand in the way of a second try.
            std::fs::remove_file(&private).with_context(|| format!("cannot remove {}", private.display()))?;
            return Err(error);
        }
        Ok(NewKey { id: key.id(), private, public })
    }
}

fn write_new(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let create = || -> std::io::Result<File> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(file)
    };
    create().map(drop).with_context(|| format!("cannot write {}", path.display()))
}

/// Which files were written.
#[derive(Debug)]
pub struct NewKey {
    id: KeyId,
    private: PathBuf,
    public: PathBuf,
}

impl Report for NewKey {
    fn text(&self) -> String {
        let (private, public) = (self.private.display(), self.public.display());
        format!(
            "made key {id}\n\
             {private}  signs licenses: keep it on this machine, offline, with a copy in a safe;\n\
             \x20 whoever has it can issue licenses\n\
             {public}  verifies licenses: give it to every server",
            id = self.id
        )
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "kid": self.id, "signing_key": self.private, "public_key": self.public })
    }
}
