//! `offhook license issue`: signs what a terms file says.

use std::path::PathBuf;

use super::super::{Report, WrongInput};
use super::{read_terms, read_text};
use crate::domain::license::{KeyId, License, SigningKey, sign};

/// More than any terms file or key file needs.
const MAX_TERMS_BYTES: u64 = 1 << 20;
const MAX_KEY_BYTES: u64 = 64 << 10;

/// Signs a license from a terms file; prints nothing but the license.
#[derive(Debug, clap::Args)]
pub struct Issue {
    /// The private key that `license keygen` made
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// What the license says (TOML); `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
}

impl Issue {
    /// Signs. All mistakes of the terms file are in the one error, each with file, line and column.
    pub fn run(&self) -> anyhow::Result<IssuedLicense> {
        let key = SigningKey::from_pem(&read_text(&self.key, MAX_KEY_BYTES)?)
            .map_err(|wrong| WrongInput::new(format_args!("{}: {wrong}", self.key.display())))?;
        let file = self.terms.display().to_string();
        let license = read_terms(&read_text(&self.terms, MAX_TERMS_BYTES)?)
            .map_err(|mistakes| WrongInput::new(mistakes.in_file(&file)))?;
        let token = sign(&license, &key).map_err(|wrong| WrongInput::new(format_args!("{file}: {wrong}")))?;
        Ok(IssuedLicense { token, kid: key.id(), license })
    }
}

/// A license as it is handed to a customer.
#[derive(Debug)]
pub struct IssuedLicense {
    token: String,
    kid: KeyId,
    license: License,
}

impl Report for IssuedLicense {
    fn text(&self) -> String {
        self.token.clone()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "license": self.token,
            "kid": self.kid,
            "tenant": self.license.tenant(),
            "id": self.license.id(),
            "serial": self.license.serial(),
        })
    }
}
