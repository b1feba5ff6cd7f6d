//! What a node remembers of tenants and devices, and how it forgets exactly what a change touched.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock, atomic::AtomicI64, atomic::Ordering},
};

use quick_cache::sync::Cache;

use super::view::{DeviceView, TenantView};
use crate::{
    domain::{Clock, Mac, Scope, TenantId, TenantSlug, Timestamp, license::PublicKeys},
    storage::{Sealer, Session, StorageError, Store},
};

/// How many devices are remembered at once: 100,000, and some more because the parts of the cache fill unevenly. One
/// that is not remembered costs one read of the database.
const DEVICES_REMEMBERED: usize = 110_000;
/// After this many hours without the database nothing remembered is gone by any more.
const HOURS_BELIEVED: i64 = 72;

/// What a node remembers.
pub(super) struct Memory {
    store: Store,
    sealer: Arc<Sealer>,
    tenants: RwLock<Tenants>,
    devices: Cache<Mac, Arc<DeviceView>>,
    /// When the database last answered, in milliseconds.
    heard: AtomicI64,
}

#[derive(Default)]
struct Tenants {
    by_id: HashMap<TenantId, Arc<TenantView>>,
    /// Keyed hash of a scope → its tenant and until when it holds.
    by_scope: HashMap<String, (TenantId, Option<Timestamp>)>,
    newest_time: Option<Timestamp>,
}

impl Memory {
    pub(super) fn new(store: Store) -> Self {
        Self {
            sealer: Arc::clone(store.sealer()),
            store,
            tenants: RwLock::default(),
            devices: Cache::new(DEVICES_REMEMBERED),
            heard: AtomicI64::new(i64::MIN),
        }
    }

    /// Reads again every tenant that changed, and forgets the devices that the changes touched.
    pub(super) async fn refresh(&self, keys: &PublicKeys, clock: &dyn Clock) -> Result<(), StorageError> {
        self.read_again(keys, clock, |before, revision| before != Some(revision)).await
    }

    /// Reads every tenant again, because what it is judged by (the license keys) changed. What was known holds until
    /// all is read, and also if that fails.
    pub(super) async fn judge_anew(&self, keys: &PublicKeys, clock: &dyn Clock) -> Result<(), StorageError> {
        self.read_again(keys, clock, |_, _| true).await
    }

    async fn read_again(
        &self,
        keys: &PublicKeys,
        clock: &dyn Clock,
        wanted: impl Fn(Option<i64>, i64) -> bool,
    ) -> Result<(), StorageError> {
        let mut session = self.store.read().await?;
        if !self.is_recent(clock.now()) {
            // nobody goes by it any more, and the store may have forgotten which phones ceased to be devices
            self.devices.clear();
        }
        let newest_time = session.newest_time().await?;
        let revisions = session.revisions().await?;
        let known: HashMap<TenantId, i64> =
            self.read().by_id.iter().map(|(id, view)| (id.clone(), view.tenant.revision)).collect();
        let mut changed = Vec::new();
        let mut touched = Vec::new();
        for (id, revision, _) in &revisions {
            let before = known.get(id).copied();
            if !wanted(before, *revision) {
                continue;
            }
            if let Some(view) = self.read_tenant(&mut session, id, keys).await? {
                changed.push(view);
            }
            // a new tenant may have devices that were another's; at the first reading nothing is remembered yet
            if before.is_some() || !known.is_empty() {
                touched.extend(session.devices_changed_after(id, before.unwrap_or(0)).await?);
            }
        }
        drop(session);
        let mut tenants = self.write();
        tenants.newest_time = newest_time;
        tenants.by_id.retain(|id, _| revisions.iter().any(|(present, ..)| present == id));
        for view in changed {
            tenants.remember(Arc::new(view), &self.sealer);
        }
        let Tenants { by_id, by_scope, .. } = &mut *tenants;
        by_scope.retain(|_, (id, _)| by_id.contains_key(id));
        for mac in touched {
            self.devices.remove(&mac);
        }
        drop(tenants);
        self.heard.store(clock.now().millis(), Ordering::Relaxed);
        Ok(())
    }

    /// Whether what is remembered is recent enough to go by.
    pub(super) fn is_recent(&self, now: Timestamp) -> bool {
        let heard = self.heard.load(Ordering::Relaxed);
        heard != i64::MIN && now <= Timestamp::from_millis(heard).plus_hours(HOURS_BELIEVED)
    }

    /// Each tenant whose licenses cannot be verified, with the reason.
    pub(super) fn undecidable_tenants(&self, now: Timestamp) -> Vec<String> {
        let tenants = self.read();
        let reasons = tenants.by_id.values().filter_map(|view| {
            view.certainty(now).err().map(|why| format!("tenant {}: {why}", view.tenant.slug))
        });
        reasons.collect()
    }

    /// The newest time stored, as last heard.
    pub(super) fn newest_time(&self) -> Option<Timestamp> {
        self.read().newest_time
    }

    /// The tenant that a scope names at `now`.
    pub(super) fn tenant_of_scope(&self, scope: &Scope, now: Timestamp) -> Option<Arc<TenantView>> {
        let lookup = self.sealer.scope_lookup(scope);
        let tenants = self.read();
        let (id, expires_at) = tenants.by_scope.get(&lookup)?;
        if expires_at.is_some_and(|expires_at| now >= expires_at) {
            return None;
        }
        tenants.by_id.get(id).cloned()
    }

    /// The tenant of this name.
    pub(super) fn tenant_named(&self, slug: &TenantSlug) -> Option<Arc<TenantView>> {
        self.read().by_id.values().find(|view| view.tenant.slug == *slug).cloned()
    }

    /// The device with this MAC and its tenant; from memory when that is still true.
    pub(super) async fn device(
        &self,
        mac: Mac,
        keys: &PublicKeys,
    ) -> Result<Option<(Arc<DeviceView>, Arc<TenantView>)>, StorageError> {
        if let Some(device) = self.devices.get(&mac) {
            let tenant = self.read().by_id.get(&device.device.tenant).cloned();
            if let Some(tenant) =
                tenant.filter(|tenant| tenant.tenant.facts_revision == device.facts_revision)
            {
                return Ok(Some((device, tenant)));
            }
        }
        let mut session = self.store.read().await?;
        let Some((device, row)) = DeviceView::read(&mut session, mac).await? else { return Ok(None) };
        let known = self.read().by_id.get(&row.id).cloned();
        let tenant = match known.filter(|known| known.tenant.revision >= row.revision) {
            Some(known) => known,
            // newer than what is remembered: judged by its own snapshot, remembered when the feed brings it
            None => Arc::new(TenantView::read(&mut session, row, keys).await?),
        };
        let device = Arc::new(device);
        let tenants = self.read();
        // kept only if no change came between: else the change may have touched it, and was already applied
        let current = tenants.by_id.get(&device.device.tenant).map(|view| view.tenant.revision);
        if current == Some(device.tenant_revision) {
            self.devices.insert(mac, Arc::clone(&device));
        }
        drop(tenants);
        Ok(Some((device, tenant)))
    }

    /// Whether a device with this MAC is remembered.
    pub(super) fn remembers(&self, mac: Mac) -> bool {
        self.devices.peek(&mac).is_some()
    }

    async fn read_tenant(
        &self,
        session: &mut Session,
        id: &TenantId,
        keys: &PublicKeys,
    ) -> Result<Option<TenantView>, StorageError> {
        let Some(tenant) = session.tenant(id).await? else { return Ok(None) };
        TenantView::read(session, tenant, keys).await.map(Some)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Tenants> {
        self.tenants.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, Tenants> {
        self.tenants.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tenants {
    fn remember(&mut self, view: Arc<TenantView>, sealer: &Sealer) {
        self.by_scope.retain(|_, (id, _)| *id != view.tenant.id);
        for scope in &view.scopes {
            let lookup = sealer.scope_lookup(&scope.scope);
            self.by_scope.insert(lookup, (view.tenant.id.clone(), scope.expires_at));
        }
        self.by_id.insert(view.tenant.id.clone(), view);
    }
}
