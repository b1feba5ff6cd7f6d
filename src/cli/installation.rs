//! Where the commands find the installation that they work on.

use std::path::PathBuf;

use super::{Failure, WrongInput};
use crate::{
    admin::actions::{KeySource, Location, read_license_keys},
    config::{Flags, keys},
    domain::license::PublicKeys,
};

/// Where an installation keeps its things, and what phones call it.
#[derive(Clone)]
pub struct Installation {
    /// The database as a URL; it may hold a password.
    pub database_url: String,
    /// Where the master key is.
    pub master_key: KeySource,
    /// The operator's public keys: PEM files, or folders with `*.pem`.
    pub license_keys: Vec<PathBuf>,
    /// The id that a license may demand as its audience.
    pub id: Option<String>,
    /// What phones call the server; empty while nobody has said.
    pub server_name: String,
    /// What comes before a scope in the URL that phones use: `https://NAME:PORT/p/`.
    pub url_base: String,
    /// The same for phones that cannot trust the server yet: `http://NAME:PORT/p/`; none while no such door is open.
    pub plain_url_base: Option<String>,
    /// Where a browser reaches the admin listener; none while it is off.
    pub admin_url: Option<String>,
    /// Packs that stand in place of the embedded ones.
    pub packs: Option<PathBuf>,
}

impl Installation {
    pub(super) fn location(&self) -> Result<Location, Failure> {
        let database = self.database_url.parse().map_err(|error| WrongInput::new(format_args!("{error}")))?;
        Ok(Location { database, master_key: self.master_key.clone() })
    }

    pub(super) fn public_keys(&self) -> Result<PublicKeys, Failure> {
        Ok(read_license_keys(&self.license_keys)?)
    }

    /// The URL that a phone with this scope is given.
    pub(super) fn provisioning_url(&self, scope: &str) -> String {
        format!("{}{scope}/", self.url_base)
    }

    /// The URL where a phone with this scope is told whom to trust.
    pub(super) fn bootstrap_url(&self, scope: &str) -> Option<String> {
        let base = self.plain_url_base.as_ref().filter(|_| self.url_base.starts_with("https://"))?;
        Some(format!("{base}{scope}/"))
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

impl Place {
    /// The keys of the configuration that these flags stand for.
    const KEYS: [&str; 2] = ["data", "database-url"];

    /// Whether this flag is one of these.
    pub(super) fn has(flag: &str) -> bool {
        Self::KEYS.contains(&flag)
    }

    /// Whether an installation was named at all.
    pub(super) const fn is_given(&self) -> bool {
        self.data.is_some() || self.config.is_some()
    }

    /// What was given, for [`crate::config::Config::load`].
    #[must_use]
    pub fn flags(&self) -> Flags {
        let mut flags = Flags::new(self.config.clone());
        let given = [self.data.as_ref().map(|path| path.display().to_string()), self.database_url.clone()];
        for (name, text) in Self::KEYS.into_iter().zip(given) {
            let key = keys().find(|key| key.flag() == name);
            if let (Some(key), Some(text)) = (key, text) {
                flags.give(key, text);
            }
        }
        flags
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Place")
            .field("data", &self.data)
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
