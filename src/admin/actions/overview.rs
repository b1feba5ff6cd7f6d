//! What a tenant has and what its phones do now, for who opens its first page.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{AccessError, Actions};
use crate::{
    domain::{Component, Mac, PlainText, TenantId, TenantSlug},
    storage::{AskState, DeviceNote, Tally, Tenant},
};

/// How long after its last request a phone counts as one that boots, in seconds.
const BOOTS_SECONDS: i64 = 300;
/// How many phones that boot are shown.
const SHOWN: i64 = 12;

/// What was counted of each tenant, and as of which revision: nothing that is counted changes without raising it.
#[derive(Debug, Default)]
pub struct Tallies(Mutex<HashMap<TenantId, (i64, Tally)>>);

impl Tallies {
    fn known(&self, tenant: &Tenant) -> Option<Tally> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&tenant.id).filter(|(revision, _)| *revision == tenant.revision).map(|(_, tally)| *tally)
    }

    fn keep(&self, tenant: &Tenant, tally: Tally) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(tenant.id.clone(), (tenant.revision, tally));
    }
}

/// What a tenant has.
#[derive(Clone, Debug)]
pub struct Overview {
    /// How much of each.
    pub tally: Tally,
    /// Phones that have been asked to fetch again, or will be, and have not yet.
    pub waiting: u64,
    /// Phones that were asked in vain, or cannot be asked.
    pub left_behind: u64,
}

/// A phone that asked just now.
#[derive(Clone, Debug)]
pub struct BootingPhone {
    /// Its MAC.
    pub mac: Mac,
    /// What people call it.
    pub name: PlainText,
    /// Its last request.
    pub note: DeviceNote,
}

impl Actions {
    /// What a tenant has; `tallies` is what was counted before.
    pub async fn overview(&self, slug: &TenantSlug, tallies: &Tallies) -> Result<Overview, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Licenses).await?;
        let tally = match tallies.known(&tenant) {
            Some(tally) => tally,
            None => session.tally(&tenant.id).await?,
        };
        drop(session);
        tallies.keep(&tenant, tally);
        let asks = self.store.ask_tally(&tenant.id).await?;
        let of = |states: &[AskState]| {
            asks.iter().filter(|(state, _)| states.contains(state)).map(|(_, phones)| phones).sum()
        };
        Ok(Overview {
            tally,
            waiting: of(&[AskState::Open, AskState::Wished]),
            left_behind: of(&[AskState::GaveUp, AskState::Cannot]),
        })
    }

    /// The tenant's phones that asked just now, the newest first.
    pub async fn booting(&self, slug: &TenantSlug) -> Result<Vec<BootingPhone>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let since = self.now().plus_seconds(-BOOTS_SECONDS);
        let mut phones = Vec::new();
        for note in self.store.latest_notes(&tenant.id, since, SHOWN).await? {
            if let Some(device) = session.device_by_id(&note.device).await? {
                phones.push(BootingPhone { mac: device.mac, name: device.name, note });
            }
        }
        Ok(phones)
    }
}
