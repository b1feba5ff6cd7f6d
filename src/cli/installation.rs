//! Where the commands find the installation that they work on.

use std::path::{Path, PathBuf};

use super::{Failure, WrongInput};
use crate::{
    admin::actions::{Location, read_license_keys},
    domain::license::PublicKeys,
};

/// Where an installation keeps its things, and what phones call it.
#[derive(Clone)]
pub struct Installation {
    /// The database as a URL; it may hold a password.
    pub database_url: String,
    /// The file of the master key.
    pub master_key: PathBuf,
    /// The operator's public keys: PEM files, or folders with `*.pem`.
    pub license_keys: Vec<PathBuf>,
    /// The id that a license may demand as its audience.
    pub id: Option<String>,
    /// What comes before `/p/SCOPE/` in the URL that phones use, for example `https://prov.example.org`.
    pub url_base: Option<String>,
}

impl Installation {
    /// Everything in its usual place below `data`: `offhook.db`, `keys/master.key`, `license-keys/*.pem`.
    #[must_use]
    pub fn in_folder(data: &Path) -> Self {
        Self {
            database_url: format!("sqlite:{}", data.join("offhook.db").display()),
            master_key: data.join("keys/master.key"),
            license_keys: vec![data.join("license-keys")],
            id: None,
            url_base: None,
        }
    }

    pub(super) fn location(&self) -> Result<Location, Failure> {
        let database = self.database_url.parse().map_err(|error| WrongInput::new(format_args!("{error}")))?;
        Ok(Location { database, master_key: self.master_key.clone() })
    }

    pub(super) fn public_keys(&self) -> Result<PublicKeys, Failure> {
        Ok(read_license_keys(&self.license_keys)?)
    }

    /// The URL that a phone with this scope is given.
    pub(super) fn provisioning_url(&self, scope: &str) -> String {
        format!("{}/p/{scope}/", self.url_base.as_deref().unwrap_or_default())
    }
}

impl std::fmt::Debug for Installation {
    /// Without the database's URL, which may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Installation")
            .field("master_key", &self.master_key)
            .field("license_keys", &self.license_keys)
            .field("id", &self.id)
            .field("url_base", &self.url_base)
            .finish_non_exhaustive()
    }
}

/// Which installation: flags that every command takes.
#[derive(Clone, clap::Args)]
#[command(next_help_heading = "Installation")]
pub struct Place {
    /// Data directory: database, keys and certificates
    #[arg(long, global = true, value_name = "DIR", env = "OFFHOOK_DATA")]
    pub data: Option<PathBuf>,
    /// Database: `sqlite:PATH` or `postgres://…`; a password belongs into the environment or the file, not here
    #[arg(long, global = true, value_name = "URL", env = "OFFHOOK_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Configuration file
    #[arg(long, global = true, value_name = "FILE", env = "OFFHOOK_CONFIG")]
    pub config: Option<PathBuf>,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place")
            .field("data", &self.data)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
