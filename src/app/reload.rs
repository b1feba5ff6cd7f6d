//! Reading again, while a server runs, what may change without a restart.

use std::sync::{Arc, Weak};

use super::{
    doors::Addresses,
    opening::{self, Certificates, policy, url_base},
};
use crate::{
    config::Config,
    lifecycle::Reloaded,
    net::factory::Factory,
    observability::health::Health,
    provisioning::{Policy, Provisioner},
    transport::pnp::Rejoin,
};

/// Reloads a running server.
#[derive(Clone)]
pub struct Reloader {
    pub(super) provisioner: Weak<Provisioner>,
    pub(super) certificates: Option<Arc<Certificates>>,
    pub(super) factory: Arc<Factory>,
    pub(super) addresses: Addresses,
    pub(super) rejoin: Option<Rejoin>,
    pub(super) health: Health,
}

impl Reloader {
    /// Reads certificates, license keys, trusted and allowed networks and packs again, and looks for new interfaces. What
    /// cannot be read is reported, and what was in use goes on; addresses, limits and the database need a restart.
    pub async fn reload(&self, config: &Config) -> Reloaded {
        let Some(provisioner) = self.provisioner.upgrade() else {
            return Err("the server is stopping".to_owned());
        };
        let policy = async {
            let keys = opening::license_keys(config)?;
            let policy = Policy {
                introduction: opening::introduction(config, self.addresses)?,
                ..policy(config, keys, url_base(config, self.addresses))
            };
            anyhow::Ok(provisioner.replace_policy(policy).await?)
        };
        if let Some(rejoin) = &self.rejoin {
            rejoin.ask();
        }
        let certificates = self.certificates.as_ref();
        let parts = [
            ("packs", opening::catalog(config).map(|catalog| provisioner.replace_catalog(catalog))),
            (
                "factory certificates",
                opening::authorities(config, &provisioner.catalog()).map(|found| self.factory.replace(found)),
            ),
            ("license keys", policy.await),
            ("certificates", certificates.map_or(Ok(()), |given| Ok(given.identity.reload(&given.files)?))),
        ];
        let mut mistakes = Vec::new();
        for (what, outcome) in parts {
            match outcome {
                Ok(()) => self.health.mended(what),
                Err(error) => {
                    self.health.fault(what, format!("the old ones serve on: {error:#}"));
                    mistakes.push(format!("{what}: {error:#}"));
                }
            }
        }
        if mistakes.is_empty() {
            Ok("certificates, license keys, trusted networks, packs and factory certificates".to_owned())
        } else {
            Err(mistakes.join("; "))
        }
    }
}
