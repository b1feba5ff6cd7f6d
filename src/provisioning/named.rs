//! Whom a request's scope names: a tenant, or one device and the epoch of its scope.

use std::sync::Arc;

use super::{
    provisioner::{Grounds, Provisioner, Resolved},
    refusal::{Refusal, Undecidable},
    request::Wanted,
    view::{DeviceView, TenantView},
};
use crate::{
    domain::{DeviceHandle, Scope},
    storage::StorageError,
};

/// Of how many of a device's newest epochs the scope is known; besides that of the epoch in use, however old.
const EPOCHS_KNOWN: i64 = 64;
/// How many epochs after the device's own: a restored backup went back in time, and phones did not.
const EPOCHS_AHEAD: i64 = 16;

/// Whom a scope names.
pub(super) enum Named {
    /// There is no scope.
    Nobody,
    /// A tenant.
    Tenant(Arc<TenantView>),
    /// One device, by its scope of an epoch.
    Device(Resolved, i64),
}

impl Named {
    /// The tenant that it names, or whose device.
    pub(super) fn tenant(&self) -> Option<&TenantView> {
        match self {
            Self::Nobody => None,
            Self::Tenant(tenant) => Some(tenant),
            Self::Device(resolved, _) => Some(&resolved.tenant),
        }
    }

    /// The tenant that it names by the tenant's own scope. A device's scope leads to secrets: what needs none is not told
    /// to whoever holds it.
    pub(super) fn tenant_alone(&self) -> Option<&TenantView> {
        match self {
            Self::Tenant(tenant) => Some(tenant),
            Self::Nobody | Self::Device(..) => None,
        }
    }
}

impl Provisioner {
    /// Whom the scope of a path names.
    pub(super) async fn named(&self, wanted: &Wanted<'_>, grounds: &Grounds) -> Result<Named, Refusal> {
        let Some(text) = wanted.scope else { return Ok(Named::Nobody) };
        match Scope::parse(text).map_err(|_| Refusal::UnknownScope)? {
            Scope::Device { handle, tag } => self.named_device(&handle, &tag, grounds).await,
            scope @ Scope::Tenant(_) => {
                let tenant = self.memory.tenant_of_scope(&scope, grounds.now);
                tenant.map(Named::Tenant).ok_or(Refusal::UnknownScope)
            }
        }
    }

    async fn named_device(
        &self,
        handle: &DeviceHandle,
        tag: &str,
        grounds: &Grounds,
    ) -> Result<Named, Refusal> {
        let found = self.memory.device_of_handle(handle, &grounds.policy.license_keys).await;
        let found = found.map_err(|error| away(&error))?;
        let there = found.filter(|(device, _)| device.answers_to(None, grounds.now));
        let (device, tenant) = there.ok_or(Refusal::UnknownScope)?;
        let epoch = self.epoch_of(&device, tag).ok_or(Refusal::UnknownScope)?;
        Ok(Named::Device(Resolved { tenant, device }, epoch))
    }

    /// The epoch whose scope has this tag; the device's own is looked at first.
    fn epoch_of(&self, view: &DeviceView, tag: &str) -> Option<i64> {
        let (device, newest) = (&view.device, view.device.epoch);
        let older = (newest.saturating_sub(EPOCHS_KNOWN).max(0) + 1..newest).rev();
        let ahead = newest + 1..=newest.saturating_add(EPOCHS_AHEAD);
        let epochs = std::iter::once(newest).chain(older).chain(ahead).chain([view.used_epoch()]);
        epochs
            .filter(|epoch| *epoch > 0)
            .find(|epoch| self.sealer.is_device_scope_tag(tag, &device.handle, *epoch))
    }
}

/// What a phone is told while the database is away and its device is not in memory.
pub(super) fn away(error: &StorageError) -> Refusal {
    tracing::warn!(%error, "could not look up a device");
    Refusal::Undecidable(Undecidable::DatabaseAway)
}
