//! Opening what an installation consists of: store, license keys, catalog, certificates.

use std::{fs, net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context as _;
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

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
    net::factory::Authorities,
    provisioning::{AuthorityCertificate, Introduction, Policy, TenantNetwork},
    storage::{DatabaseUrl, KeySource, Role, Sealer, StorageError, Store, load_or_create_master_keys},
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

/// Whose factory certificates are known: those in the program and those of the configured directory, each of a vendor
/// whose pack says where its certificates name the phone.
pub(super) fn authorities(config: &Config, catalog: &Catalog) -> anyhow::Result<Authorities> {
    let directory = config.factory_certificates.directory.as_deref();
    let authorities = Authorities::load(directory).map_err(WrongInput::new)?;
    let silent = authorities.vendors().into_iter().filter(|vendor| catalog.factory_rule(vendor).is_none());
    let silent: Vec<_> = silent
        .map(|vendor| {
            format!("{vendor}: no pack of this name says where a factory certificate names the phone")
        })
        .collect();
    if silent.is_empty() { Ok(authorities) } else { Err(WrongInput::new(silent.join("\n")).into()) }
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
        ..Policy::default()
    }
}

/// What phones are told before they can trust anybody, by a server whose doors stand at `doors`.
pub(super) fn introduction(config: &Config, doors: Addresses) -> anyhow::Result<Option<Introduction>> {
    if doors.https.is_none() {
        return Ok(None);
    }
    let given = config.tls.ecdsa.is_some() || config.tls.rsa.is_some();
    let own = || (!given).then(|| config.tls.authority.join("ca.crt"));
    // of two that may be met (our own until an ACME server's has come) a phone has room for the one that stays
    let file = config.tls.ca_certificate.clone().or_else(own);
    Ok(Some(Introduction {
        time_server: config.server.ntp.to_string(),
        authority: file.map(|file| authority_certificate(&file)).transpose()?,
        plain_base: plain_url_base(config, doors),
    }))
}

fn authority_certificate(file: &Path) -> anyhow::Result<AuthorityCertificate> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found.as_deref() {
        Ok([certificate]) => Ok(AuthorityCertificate::new(certificate)),
        _ => Err(WrongInput::new(format_args!(
            "{} does not hold exactly one PEM certificate: some phones have room for no more",
            file.display()
        ))
        .into()),
    }
}

/// What stands before a scope in a URL that a phone can ask without trusting anybody; none while there is no such door.
#[must_use]
pub(super) fn plain_url_base(config: &Config, doors: Addresses) -> Option<String> {
    let name = host(config);
    let http = doors.http.or(config.listen.http).map(|address| address.port());
    let tftp = doors.tftp.or(config.listen.tftp).map(|address| address.port());
    match (http, tftp) {
        (Some(80), _) => Some(format!("http://{name}/p/")),
        (Some(port), _) => Some(format!("http://{name}:{port}/p/")),
        (None, Some(69)) => Some(format!("tftp://{name}/p/")),
        (None, Some(port)) => Some(format!("tftp://{name}:{port}/p/")),
        (None, None) => None,
    }
}

/// The server's name as it stands in a URL.
fn host(config: &Config) -> String {
    // a name that can never be anybody's (RFC 2606 §2), so that nobody enters it into a phone
    let name = config.server.name.as_ref().map_or("server-name-is-not-set.invalid", |name| name.as_str());
    if name.contains(':') { format!("[{name}]") } else { name.to_owned() }
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
    let name = host(config);
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
