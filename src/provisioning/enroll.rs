//! Before the bytes leave: the first use of a device scope is written, and each release by the tenant's scope.

use std::sync::atomic::Ordering;

use super::{
    authorize::Access,
    provisioner::{Grounds, Provisioner, Resolved},
    refusal::Refusal,
    request::Request,
};
use crate::{
    catalog::Sighting,
    domain::{Alarm, Closed, DeviceState, Enrolling, Freeze, Ruling},
    storage::StorageError,
};

/// How often a write is tried that others come before: each try but the last means that one of them was written.
const TRIES: usize = 64;

impl Provisioner {
    /// Whether the request gets the device's secrets by what is known of its enrollment, once that is written.
    pub(super) async fn enroll(
        &self,
        access: Access,
        request: &Request,
        resolved: &Resolved,
        sighting: &Sighting<'_>,
        grounds: &Grounds,
    ) -> Result<(), Refusal> {
        let view = &resolved.device;
        let files = grounds.catalog.secret_files(sighting.file);
        let from = request.source.to_canonical().to_string();
        match access {
            Access::Network => return Ok(()),
            // the scope of today's epoch, and its first use is known: nothing can have ended it but another epoch
            Access::DeviceScope { epoch, .. }
                if epoch == view.device.epoch && view.used_epoch() == epoch && epoch >= view.floor() =>
            {
                return Ok(());
            }
            Access::DeviceScope { .. } | Access::TenantScope => {}
        }
        for _ in 0..TRIES {
            let state = match self.store.device_state(&view.device.id).await {
                Ok(state) => state,
                Err(error) => return unrecorded(access, &view.known_state(), resolved, &error),
            };
            if state.epoch > view.device.epoch && self.is_behind(resolved).await {
                return Err(Refusal::NotRecorded);
            }
            let enrolling =
                Enrolling { epoch: view.device.epoch, enrollment: view.enrollment, state: &state };
            let ruling = match access {
                Access::DeviceScope { epoch, .. } => enrolling.with_device_scope(epoch, &from, grounds.now),
                _ => enrolling.with_tenant_scope(files, &from, grounds.now),
            };
            let (new, closed) = match (ruling, access) {
                (Ruling::Serve, _) => {
                    view.remember_use(&state);
                    return Ok(());
                }
                (Ruling::Refuse(_) | Ruling::Freeze(_), Access::DeviceScope { trusted: true, .. }) => {
                    return Ok(());
                }
                (Ruling::Refuse(closed), _) => return Err(Refusal::Closed(closed)),
                (Ruling::Record(new), _) => (new, None),
                (Ruling::Freeze(new), _) => {
                    let closed = match new.freeze.as_ref().map(|freeze| freeze.why) {
                        Some(Alarm::OldScope) => Closed::OldScope,
                        _ => Closed::Frozen,
                    };
                    (new, Some(closed))
                }
            };
            let written =
                self.store.write_device_state(&view.device.id, &resolved.tenant.tenant.id, &new).await;
            match (written, closed) {
                (Ok(false), _) => {}
                (Ok(true), None) => {
                    view.remember_use(&new);
                    return Ok(());
                }
                (Ok(true) | Err(_), Some(closed)) => {
                    self.alarm(resolved, &new);
                    return Err(Refusal::Closed(closed));
                }
                (Err(error), None) => return unrecorded(access, &view.known_state(), resolved, &error),
            }
        }
        Err(Refusal::NotRecorded)
    }

    /// The devices whose enrollment is frozen, in words for the operator; nothing while the store does not answer, which
    /// is told elsewhere.
    pub async fn frozen(&self) -> Vec<String> {
        self.read_frozen().await.unwrap_or_default()
    }

    async fn read_frozen(&self) -> Result<Vec<String>, StorageError> {
        let states = self.store.frozen_states().await?;
        if states.is_empty() {
            return Ok(Vec::new());
        }
        let mut session = self.store.read().await?;
        let mut told = Vec::new();
        for (device, state) in states {
            let Some((mac, epoch)) = session.mac_and_epoch(&device).await? else { continue };
            // of an older epoch it was answered
            if let Some(freeze) = state.freeze.filter(|_| state.epoch == epoch) {
                let Freeze { why, at, by } = freeze;
                told.push(format!("{} is frozen since {at}: {}, from {by}", mac.colons(), why.in_words()));
            }
        }
        Ok(told)
    }

    /// Whether another node knows of a newer epoch of the device; else a restored backup took the epoch back.
    async fn is_behind(&self, resolved: &Resolved) -> bool {
        let device = &resolved.device.device;
        let Ok(mut session) = self.store.read().await else { return true };
        session.device_by_mac(device.mac).await.ok().flatten().is_none_or(|now| now.epoch != device.epoch)
    }

    /// Tells whoever watches that a window is frozen.
    fn alarm(&self, resolved: &Resolved, state: &DeviceState) {
        let Some(freeze) = &state.freeze else { return };
        self.outcomes.alarms.fetch_add(1, Ordering::Relaxed);
        let (mac, tenant) = (resolved.device.device.mac, &resolved.tenant.tenant.slug);
        tracing::warn!(
            alarm = freeze.why.as_str(),
            device.mac = %mac,
            tenant = %tenant,
            from = %freeze.by,
            "the enrollment of {mac} is frozen: {}",
            freeze.why.in_words()
        );
    }
}

/// What is done when nothing can be read or written. A device scope is proof by itself, so it goes on, unless it is older
/// than what this node knows to be in use; its first use is written when it is used again. A release must be counted.
fn unrecorded(
    access: Access,
    known: &DeviceState,
    resolved: &Resolved,
    error: &StorageError,
) -> Result<(), Refusal> {
    let view = &resolved.device;
    tracing::warn!(device.mac = %view.device.mac, %error, "could not write about the enrollment of {}", view.device.mac);
    match access {
        Access::Network | Access::DeviceScope { trusted: true, .. } => Ok(()),
        Access::DeviceScope { epoch, .. } if epoch >= known.used_epoch.max(view.floor()) => Ok(()),
        Access::DeviceScope { .. } => Err(Refusal::Closed(Closed::OldScope)),
        Access::TenantScope => Err(Refusal::NotRecorded),
    }
}
