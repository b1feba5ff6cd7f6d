//! Hearing of changes, and going by other packs or another policy, while phones are served.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use super::{policy::Policy, provisioner::Provisioner, refusal::Undecidable};
use crate::{
    catalog::Catalog,
    domain::{RELEASED, doubt},
    storage::StorageError,
};

/// How long to wait before listening again to a database that went away.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

impl Provisioner {
    /// Hears of changes and applies them, for ever. While the database is away it goes on asking; `outage` is told why,
    /// and told none once it is back.
    pub async fn follow(&self, outage: impl Fn(Option<String>)) {
        let mut away = false;
        loop {
            if let Err(error) = self.listen(&outage, &mut away).await {
                if !away {
                    tracing::error!(%error, "the database is away; known phones are served from memory");
                    outage(Some(error.to_string()));
                }
                away = true;
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }

    async fn listen(&self, outage: &impl Fn(Option<String>), away: &mut bool) -> Result<(), StorageError> {
        let mut feed = self.store.feed().await?;
        let mut forgotten = false;
        loop {
            self.refresh().await?;
            if !std::mem::replace(&mut forgotten, true)
                && let Err(error) = self.store.forget_removed_devices().await
            {
                tracing::warn!(%error, "could not forget the enrollment of removed devices");
            }
            if std::mem::take(away) {
                tracing::info!("the database is back");
                outage(None);
            }
            feed.changed().await?;
        }
    }

    /// Why the server could not decide now what some phones should have; none while it can for all.
    #[must_use]
    pub fn doubts(&self) -> Option<String> {
        let now = self.clock.now();
        if let Some(why) = doubt(now, RELEASED, self.memory.newest_time()) {
            return Some(format!(
                "no phone gets its document: {why}; if it is right, \"offhook license trust-clock\""
            ));
        }
        if !self.memory.is_recent(now) {
            return Some(format!("no phone gets its document: {}", Undecidable::TooOld));
        }
        let undecidable = self.memory.undecidable_tenants(now);
        (!undecidable.is_empty()).then(|| format!("phones keep what they have: {}", undecidable.join("; ")))
    }

    /// Reads what changed since the last time.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let _turn = self.reading.lock().await;
        let policy = self.policy.load_full();
        self.memory.refresh(&policy.license_keys, &*self.clock).await
    }

    /// What the operator decided, as it holds now.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.policy.load_full()
    }

    /// The packs in use.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// Serves from other packs from now on.
    pub fn replace_catalog(&self, catalog: Catalog) {
        self.catalog.store(Arc::new(catalog));
    }

    /// Goes by another policy from now on. While the database is away the old one stays, because a tenant cannot be
    /// judged by other keys without being read; phones are served all along.
    pub async fn replace_policy(&self, policy: Policy) -> Result<(), StorageError> {
        let _turn = self.reading.lock().await;
        self.memory.judge_anew(&policy.license_keys, &*self.clock).await?;
        self.policy.store(Arc::new(policy));
        self.policy_epoch.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
