//! What has changed since it was looked last, and whom does it touch?

use std::{
    collections::{BTreeSet, HashMap},
    sync::atomic::Ordering,
};

use super::Fleet;
use crate::{
    domain::{Mac, TenantId},
    storage::{AskState, StorageError},
};

/// Nodes' clocks may differ by so many seconds.
const SLACK: i64 = 60;

/// Up to which revision of each tenant a node has looked.
#[derive(Debug, Default)]
pub struct Heard(Option<HashMap<TenantId, i64>>);

impl Fleet {
    /// Looks at every change since the last time, and begins to ask the phones that it touched.
    ///
    /// A tenant that nobody has looked at yet begins with the changes from now on: what its phones have is not known, and
    /// a new server must not ask a whole company.
    pub async fn look(&self, heard: &mut Heard) -> Result<(), StorageError> {
        // what is judged must be as new as what is looked at
        self.provisioner.refresh().await?;
        let known = match &mut heard.0 {
            Some(known) => known,
            none => none.insert(self.store.fleet_heard().await?.into_iter().collect()),
        };
        let revisions = self.store.read().await?.revisions().await?;
        known.retain(|tenant, _| revisions.iter().any(|(present, ..)| present == tenant));
        for (tenant, revision, facts_revision) in revisions {
            let before = known.get(&tenant).copied();
            if before == Some(revision) {
                continue;
            }
            if let Some(before) = before {
                let touched = self.touched(&tenant, before, facts_revision).await?;
                let spread = self.pace.spread(touched.len());
                for mac in touched {
                    if let Some(judged) = self.judge(mac).await? {
                        self.settle(&judged, spread).await?;
                    }
                }
            }
            self.store.remember_heard(&tenant, revision).await?;
            known.insert(tenant, revision);
        }
        Ok(())
    }

    /// The devices that changes after `before` touched, or of which an administrator wishes something since.
    async fn touched(
        &self,
        tenant: &TenantId,
        before: i64,
        facts_revision: i64,
    ) -> Result<BTreeSet<Mac>, StorageError> {
        let mut session = self.store.read().await?;
        // what all devices of the tenant share has changed
        let since = if facts_revision > before { i64::MIN } else { before };
        let mut touched: BTreeSet<Mac> =
            session.devices_changed_after(tenant, since).await?.into_iter().collect();
        touched.extend(session.sync_requests_after(tenant, before).await?);
        Ok(touched)
    }

    /// Looks at phones that have fetched something: those that have what they should are asked no more.
    pub async fn watch(&self) -> Result<(), StorageError> {
        for ask in self.store.asks_with_news(SLACK).await? {
            if let Some(judged) = self.judge(ask.row.mac).await? {
                self.settle(&judged, 0).await?;
            }
        }
        let counts = self.store.ask_counts().await?;
        let of = |states: &[AskState]| {
            counts.iter().filter(|(state, _)| states.contains(state)).map(|(_, phones)| phones).sum()
        };
        self.counters.open.store(of(&[AskState::Open, AskState::Wished]), Ordering::Relaxed);
        self.counters.out_of_reach.store(of(&[AskState::Cannot]), Ordering::Relaxed);
        self.counters.behind.store(of(&[AskState::GaveUp]), Ordering::Relaxed);
        Ok(())
    }
}
