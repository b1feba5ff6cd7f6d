//! What the operator may set: flags over environment over file over defaults, with every mistake reported at once.
//!
//! One file per section, each with its [`Key`]s, its values and their defaults. A key is written the same way in all
//! three places: `level` under `[log]`, `--log-level`, `OFFHOOK_LOG_LEVEL` (those of `[server]` and `[listen]` go without
//! their section: `--data`, `--https`). The annotated [`EXAMPLE`] shows all of them.
//!
//! Paths in the file start from the file's folder, paths elsewhere from the working directory.

use std::path::{Path, PathBuf};

mod allow;
mod catalog;
mod database;
mod error;
mod factory_certificates;
mod file;
mod flags;
mod key;
mod license;
mod limits;
mod listen;
mod log;
mod master_key;
mod networks;
mod notify;
mod server;
mod sources;
mod tls;
mod trust;
mod unknown;
mod value;

pub use catalog::Catalog;
pub use database::{Database, DatabaseUrl};
pub use error::{ConfigError, ConfigErrors, Origin};
pub use factory_certificates::FactoryCertificates;
pub use flags::Flags;
pub use key::{Key, Kind};
pub use license::License;
pub use limits::Limits;
pub use listen::Listen;
pub use log::{Log, LogFormat};
pub use master_key::Keys;
pub use networks::TenantNetwork;
pub use notify::Notify;
pub use server::{Role, Server, ServerName};
pub use tls::{CertificateFiles, Tls};

use file::ConfigFile;
use sources::Sources;

/// Every key with its default and what it is for, as a file that can be used as it stands.
pub const EXAMPLE: &str = include_str!("../../examples/offhook.toml");

/// The variable that names the file.
pub const FILE_VARIABLE: &str = "OFFHOOK_CONFIG";

/// Where the file is looked for when nobody names one; the first that exists is read, and none need exist.
pub const FILES: [&str; 2] = ["offhook.toml", "/etc/offhook/offhook.toml"];

/// Everything that the operator may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[listen]`
    pub listen: Listen,
    /// `[database]`
    pub database: Database,
    /// `[keys]`
    pub keys: Keys,
    /// `[license]`
    pub license: License,
    /// `[tls]`
    pub tls: Tls,
    /// `[[trust]]`
    pub trust: Vec<TenantNetwork>,
    /// `[[allow]]`
    pub allow: Vec<TenantNetwork>,
    /// `[catalog]`
    pub catalog: Catalog,
    /// `[notify]`
    pub notify: Notify,
    /// `[factory_certificates]`
    pub factory_certificates: FactoryCertificates,
    /// `[limits]`
    pub limits: Limits,
    /// `[log]`
    pub log: Log,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
}

/// Every key, in the order of the example.
pub fn keys() -> impl Iterator<Item = &'static Key> {
    let sections = [
        server::KEYS,
        listen::KEYS,
        database::KEYS,
        master_key::KEYS,
        license::KEYS,
        tls::KEYS,
        trust::KEYS,
        allow::KEYS,
        catalog::KEYS,
        notify::KEYS,
        factory_certificates::KEYS,
        limits::KEYS,
        log::KEYS,
    ];
    sections.into_iter().flatten().copied()
}

/// The process's environment, for [`Config::load`].
#[must_use]
pub fn process_environment(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the environment")]
    let value = std::env::var_os(name)?;
    // what is no UTF-8 becomes a value that its key refuses
    Some(value.to_string_lossy().into_owned())
}

impl Config {
    /// Reads all sources to their end.
    ///
    /// The file is the one of `--config`, else of [`FILE_VARIABLE`], else the first of [`FILES`] that exists.
    pub fn load(flags: &Flags, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        match Self::read(flags, environment) {
            (Some(config), mistakes) if mistakes.all().is_empty() => Ok(config),
            (_, mistakes) => Err(mistakes),
        }
    }

    /// As [`Config::load`], with what can be read in spite of mistakes: each wrong value is as if nobody had given it.
    /// For a check that finds what else is wrong; nothing without a data directory.
    pub fn read(flags: &Flags, environment: &dyn Fn(&str) -> Option<String>) -> (Option<Self>, ConfigErrors) {
        Self::read_beside(flags, environment, &FILES.map(Path::new))
    }

    /// What phones call this server, which only serving needs.
    pub fn name_to_serve(&self) -> Result<&ServerName, ConfigErrors> {
        self.server.name.as_ref().ok_or_else(|| {
            let problem = sources::missing(&server::NAME, "phones need a name or address to come back to");
            ConfigErrors::new(vec![ConfigError {
                origin: Origin::Nowhere,
                key: server::NAME.path(),
                problem,
            }])
        })
    }

    fn read_beside(
        flags: &Flags,
        environment: &dyn Fn(&str) -> Option<String>,
        candidates: &[&Path],
    ) -> (Option<Self>, ConfigErrors) {
        let (path, file) = match open(flags, environment, candidates) {
            Ok(Some((path, file))) => (Some(path), file),
            Ok(None) => (None, ConfigFile::default()),
            Err(unreadable) => return (None, ConfigErrors::new(vec![unreadable])),
        };
        let mut sources = Sources::new(flags, environment, file);
        let server = Server::read(&mut sources);
        // without a data directory the rest is still read, for the sake of its mistakes
        let data = server.as_ref().map(|server| server.data.clone()).unwrap_or_default();
        let listen = Listen::read(&mut sources);
        let database = Database::read(&mut sources, &data);
        let keys = Keys::read(&mut sources, &data);
        let license = License::read(&mut sources, &data);
        let tls = Tls::read(&mut sources, &data);
        let trust = TenantNetwork::read(&mut sources, &trust::TRUST);
        let allow = allow::read(&mut sources, &trust);
        let catalog = Catalog::read(&mut sources);
        let notify = Notify::read(&mut sources);
        let factory_certificates = FactoryCertificates::read(&mut sources);
        let limits = Limits::read(&mut sources);
        let log = Log::read(&mut sources);
        let config = server.map(|server| Self {
            server,
            listen,
            database,
            keys,
            license,
            tls,
            trust,
            allow,
            catalog,
            notify,
            factory_certificates,
            limits,
            log,
            file: path,
        });
        (config, ConfigErrors::new(sources.into_mistakes()))
    }
}

/// The file and its path. One that was named must exist.
fn open(
    flags: &Flags,
    environment: &dyn Fn(&str) -> Option<String>,
    candidates: &[&Path],
) -> Result<Option<(PathBuf, ConfigFile)>, ConfigError> {
    let by_flag = flags.file.clone().map(|path| (path, Origin::Flag("--config".to_owned())));
    let by_variable = || {
        let path = environment(FILE_VARIABLE).filter(|path| !path.is_empty())?;
        Some((PathBuf::from(path), Origin::Environment(FILE_VARIABLE.to_owned())))
    };
    if let Some((path, origin)) = by_flag.or_else(by_variable) {
        return match ConfigFile::read(&path) {
            Ok(file) => Ok(Some((path, file))),
            Err(error) => Err(unreadable(origin, &path, &error)),
        };
    }
    for path in candidates {
        match ConfigFile::read(path) {
            Ok(file) => return Ok(Some((path.to_path_buf(), file))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(Origin::Nowhere, path, &error)),
        }
    }
    Ok(None)
}

fn unreadable(origin: Origin, path: &Path, error: &std::io::Error) -> ConfigError {
    ConfigError { origin, key: String::new(), problem: format!("cannot read {}: {error}", path.display()) }
}
