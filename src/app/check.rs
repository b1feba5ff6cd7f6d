//! `offhook check`: everything that a server would open, opened without changing anything; all mistakes at once.

use std::{fmt, sync::Arc};

use super::certificates::Places;
use super::opening::{authorities, catalog, license_keys, location};
use crate::{
    cli::{Report, WrongInput},
    config::{Config, ConfigErrors},
    domain::{SystemRandom, license},
    net::{identity::Identity, leaf::Leaf},
    storage::{Role, Sealer, Store, load_or_create_master_keys},
};

/// What was checked, and what is wrong with it.
struct Checked {
    findings: Vec<(&'static str, Result<String, String>)>,
}

/// Checks the configuration and everything that it names, as far as it can be read in spite of `mistakes`. Mistakes are
/// wrong input: exit code 2.
pub(super) async fn check(config: Option<Config>, mistakes: ConfigErrors) -> anyhow::Result<impl Report> {
    let file = config.as_ref().and_then(|config| config.file.as_ref());
    let read =
        file.map_or_else(|| "read without a file".into(), |file| format!("read with {}", file.display()));
    let mut wrong: Vec<String> = mistakes.all().iter().map(ToString::to_string).collect();
    if let Some(Err(missing)) = config.as_ref().map(Config::name_to_serve)
        && !mistakes.all().iter().any(|mistake| mistake.key == "server.name")
    {
        wrong.push(missing.to_string());
    }
    let mut findings =
        vec![("configuration", if wrong.is_empty() { Ok(read) } else { Err(wrong.join("\n")) })];
    if let Some(config) = config {
        findings.push(("pnp", Ok(pnp(&config))));
        findings.push(("packs", packs(&config)));
        findings.push(("license keys", keys(&config)));
        findings.push(("certificates", certificates(&config)));
        findings.push(("factory certificates", factory_certificates(&config)));
        findings.push(("database", database(&config).await));
    }
    let checked = Checked { findings };
    if checked.findings.iter().any(|(_, finding)| finding.is_err()) {
        return Err(WrongInput::new(&checked).into());
    }
    Ok(checked)
}

/// Whether phones are told their URL, and where.
fn pnp(config: &Config) -> String {
    let networks = config.trust.len() + config.allow.len();
    match (config.listen.pnp, networks) {
        (None, _) => "off".to_owned(),
        (Some(group), 0) => format!("{group}, but no network is allowed: no phone is told its URL"),
        (Some(group), networks) => format!("{group}, for the phones of {networks} networks"),
    }
}

fn packs(config: &Config) -> Result<String, String> {
    let catalog = catalog(config).map_err(|error| format!("{error:#}"))?;
    Ok(format!("{} vendors, {} models", catalog.manifests().count(), catalog.models().len()))
}

fn keys(config: &Config) -> Result<String, String> {
    let keys = license_keys(config).map_err(|error| format!("{error:#}"))?;
    match keys.ids().count() {
        0 => Ok("none yet; no license can be installed".to_owned()),
        count => Ok(format!("{count}")),
    }
}

fn certificates(config: &Config) -> Result<String, String> {
    let given = match Places::of(config).map_err(|error| format!("{error:#}"))? {
        Places::Given(given) => given,
        Places::Made { acme, .. } => return by_acme(config, acme.is_some()),
    };
    Identity::load(&given).map_err(|error| format!("{:#}", anyhow::Error::new(error)))?;
    Ok(format!("{} given", given.len()))
}

/// Whether the ACME server could be asked, without asking it.
fn by_acme(config: &Config, acme: bool) -> Result<String, String> {
    let Some(named) = config.acme.as_ref().filter(|_| acme) else {
        return Ok("those of our own authority".to_owned());
    };
    if let Some(path) = &named.ca_certificate {
        let pem = std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        if Leaf::of_pem(&pem).is_none() {
            return Err(format!("{} holds no PEM certificate", path.display()));
        }
    }
    let door = match config.listen.http {
        Some(_) => "",
        None => "; the door \"http\", at which the name is proved, is off unless its socket is passed",
    };
    Ok(format!("by ACME from {}{door}", named.directory))
}

/// Whose factory certificates are known.
fn factory_certificates(config: &Config) -> Result<String, String> {
    let Ok(catalog) = catalog(config) else { return Ok("not checked without packs".to_owned()) };
    let known = authorities(config, &catalog).map_err(|error| format!("{error:#}"))?;
    match known.count() {
        0 => Ok("none are known; no phone is asked for one".to_owned()),
        count => {
            let vendors: Vec<_> = known.vendors().into_iter().collect();
            Ok(format!("{count} authorities: {}", vendors.join(", ")))
        }
    }
}

/// Opens the database as the phone role does, which changes nothing, and verifies every installed license.
async fn database(config: &Config) -> Result<String, String> {
    let location = location(config).map_err(|error| format!("{error:#}"))?;
    let exists = Store::exists(&location.database).await.map_err(|error| error.to_string())?;
    if !exists {
        return Ok("not there yet; the server makes it".to_owned());
    }
    let source = location.master_key;
    let keys = load_or_create_master_keys(&source, true, &SystemRandom).map_err(|error| error.to_string())?;
    let sealer = Arc::new(Sealer::reading(source, keys, Arc::new(SystemRandom)));
    let store =
        Store::open(&location.database, Role::Phones, sealer).await.map_err(|error| error.to_string())?;
    let found = tenants(config, &store).await;
    store.close().await;
    found
}

async fn tenants(config: &Config, store: &Store) -> Result<String, String> {
    let keys = license_keys(config).map_err(|error| format!("{error:#}"))?;
    let mut session = store.read().await.map_err(|error| error.to_string())?;
    let tenants = session.tenants().await.map_err(|error| error.to_string())?;
    let mut mistakes = Vec::new();
    for tenant in &tenants {
        for installed in session.licenses(&tenant.id).await.map_err(|error| error.to_string())? {
            if let Err(error) = license::verify(&installed.jws, &keys) {
                mistakes.push(format!("a license of {} cannot be verified: {error}", tenant.slug));
            }
        }
    }
    if mistakes.is_empty() { Ok(format!("{} tenants", tenants.len())) } else { Err(mistakes.join("\n")) }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (what, finding)) in self.findings.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            match finding {
                Ok(found) => write!(f, "{separator}{what}: {found}")?,
                Err(mistakes) => {
                    write!(f, "{separator}{what}:")?;
                    for mistake in mistakes.lines() {
                        write!(f, "\n  {mistake}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Report for Checked {
    fn text(&self) -> String {
        self.to_string()
    }

    fn json(&self) -> serde_json::Value {
        let found = |(what, finding): &(&str, Result<String, String>)| {
            let finding = finding.as_ref().unwrap_or_else(|mistakes| mistakes);
            ((*what).to_owned(), serde_json::Value::from(finding.as_str()))
        };
        serde_json::Value::Object(self.findings.iter().map(found).collect())
    }
}
