//! Opening what an installation consists of: store, license keys, catalog, certificates.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use super::Addresses;

use crate::{
    admin::{
        actions::{Location, OpenError, read_license_keys},
        door::AdminDoor,
    },
    catalog::{Catalog, ServerFacts},
    cli::WrongInput,
    config::{self, Config},
    domain::{Random, license::PublicKeys},
    net::{
        authority::{self, HostName},
        identity::{CertificateFiles, Identity},
    },
    provisioning::{Policy, TenantNetwork},
    storage::{DatabaseUrl, KeySource, Role, Sealer, StorageError, Store, adopt, load_or_create_master_keys},
};

/// What an installation consists of, as its configuration names it.
pub struct Installation {
    /// What admins own.
    pub store: Store,
    /// The operator's public keys.
    pub license_keys: PublicKeys,
    /// Which phones exist.
    pub catalog: Catalog,
}

impl Installation {
    /// Opens everything. The admin role makes what is missing and migrates; the phone role waits for neither and
    /// refuses a database that is missing or another release's.
    pub async fn open(config: &Config, role: Role, random: Arc<dyn Random>) -> anyhow::Result<Self> {
        let location = location(config)?;
        let store = match role {
            Role::Admin => location.open(random).await?,
            Role::Phones => {
                let open = async {
                    if !Store::exists(&location.database).await? {
                        return Err(StorageError::no_schema());
                    }
                    let keys = load_or_create_master_keys(&location.master_key, true, &*random)?;
                    let sealer = Sealer::reading(location.master_key.clone(), keys, random);
                    Store::open(&location.database, role, Arc::new(sealer)).await
                };
                open.await.map_err(OpenError::from)?
            }
        };
        Ok(Self { store, license_keys: license_keys(config)?, catalog: catalog(config)? })
    }
}

/// Where the configuration says that the database and its key are.
pub(super) fn location(config: &Config) -> anyhow::Result<Location> {
    let database: DatabaseUrl = config.database.url.expose().parse()?;
    Ok(Location { database, master_key: key_source(config) })
}

/// Where the configuration says that the master key is.
pub(super) fn key_source(config: &Config) -> KeySource {
    match &config.keys.environment {
        Some(keys) => KeySource::Environment(keys.clone()),
        None => KeySource::File(config.keys.master.clone()),
    }
}

/// The operator's public keys.
pub(super) fn license_keys(config: &Config) -> anyhow::Result<PublicKeys> {
    Ok(read_license_keys(&config.license.public_keys)?)
}

/// The packs, those of the configured directory in place of the embedded ones.
pub(super) fn catalog(config: &Config) -> anyhow::Result<Catalog> {
    let directory = config.catalog.directory.as_deref();
    let catalog = Catalog::load(directory).map_err(|errors| {
        // errors name files below the directory; the operator opens them from elsewhere
        let folder = directory.map_or_else(String::new, |directory| format!("{}/", directory.display()));
        let lines: Vec<String> = errors.0.iter().map(|error| format!("{folder}{error}")).collect();
        WrongInput::new(lines.join("\n"))
    });
    Ok(catalog?)
}

/// What the operator decided about phones, for doors that stand at `port`.
#[must_use]
pub fn policy(config: &Config, license_keys: PublicKeys, url_base: String) -> Policy {
    Policy {
        server: ServerFacts {
            name: config.server.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        },
        url_base,
        trusted: networks(&config.trust),
        allowed: networks(&config.allow),
        license_keys,
    }
}

fn networks(named: &[config::TenantNetwork]) -> Vec<TenantNetwork> {
    let network = |named: &config::TenantNetwork| TenantNetwork {
        network: named.network,
        tenant: named.tenant.clone(),
    };
    named.iter().map(network).collect()
}

/// What stands before a scope in a provisioning URL: over HTTPS while that door is open, else over plain HTTP.
/// Ports that the configuration leaves to the system are replaced by the ones in use.
#[must_use]
pub fn url_base(config: &Config, doors: Addresses) -> String {
    // a name that can never be anybody's (RFC 2606 §2), so that nobody enters it into a phone
    let name = config.server.name.as_ref().map_or("server-name-is-not-set.invalid", |name| name.as_str());
    let name = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    let secure = doors.https.or(config.listen.https).map(|address| address.port());
    let plain = doors.http.or(config.listen.http).map(|address| address.port());
    match (secure, plain) {
        (Some(443), _) => format!("https://{name}/p/"),
        (Some(port), _) => format!("https://{name}:{port}/p/"),
        (None, Some(80) | None) => format!("http://{name}/p/"),
        (None, Some(port)) => format!("http://{name}:{port}/p/"),
    }
}

/// The URL of the admin listener that stands at `address`, as a browser reaches it.
pub(super) fn admin_url(config: &Config, address: SocketAddr) -> String {
    if AdminDoor::is_plain_at(address) {
        return format!("http://{address}");
    }
    let name = config.server.name.as_ref().map(ToString::to_string).filter(|_| address.ip().is_unspecified());
    let port = address.port();
    match name {
        Some(name) if name.contains(':') => format!("https://[{name}]:{port}"),
        Some(name) => format!("https://{name}:{port}"),
        None => format!("https://{address}"),
    }
}

/// The certificates that phones meet: the operator's, or those of our own authority, made when missing.
pub(super) struct Certificates {
    pub(super) files: Vec<CertificateFiles>,
    pub(super) identity: Arc<Identity>,
}

impl Certificates {
    pub(super) fn open(config: &Config) -> anyhow::Result<Self> {
        let files = certificate_files(config)?;
        let identity = Identity::load(&files)
            .map_err(|error| WrongInput::new(format_args!("{:#}", anyhow::Error::new(error))))?;
        Ok(Self { identity: Arc::new(identity), files })
    }
}

fn certificate_files(config: &Config) -> anyhow::Result<Vec<CertificateFiles>> {
    let given: Vec<CertificateFiles> = [&config.tls.ecdsa, &config.tls.rsa]
        .into_iter()
        .flatten()
        .map(|files| CertificateFiles { chain: files.certificate.clone(), key: files.key.clone() })
        .collect();
    if !given.is_empty() {
        return Ok(given);
    }
    let issued = authority::ensure(&config.tls.authority, &host_names(config)?)?;
    adopt(&config.tls.authority)?;
    for file in fs::read_dir(&config.tls.authority)? {
        let path: PathBuf = file?.path();
        adopt(&path)?;
    }
    Ok(issued.leaves)
}

/// The configured name, and this machine itself for whoever tries it out here.
fn host_names(config: &Config) -> anyhow::Result<Vec<HostName>> {
    let mut names: Vec<HostName> = Vec::new();
    let configured = config.name_to_serve()?.as_str();
    for text in [configured, "localhost", "127.0.0.1"] {
        let name: HostName = text.parse()?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
