//! When a phone loses a line: the SIP password that it knows is replaced, and it is told when the phone has taken that.

use std::collections::HashMap;

use serde_json::json;

use super::{AccessError, Actions, DeviceDetails, service::noun};
use crate::{
    domain::{
        Component, DeviceId, LineNumber, Registrant, Secret, ServiceName, TenantId, TenantSlug, Timestamp,
    },
    storage::{Change, Farewell, FormerDevice, StorageError, Taken},
};

/// What becomes of the SIP password of what a phone no longer carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SipPassword {
    /// Another one: what the phone knows is worth nothing any more.
    Renewed,
    /// The same, for a PBX that learns of passwords later; whoever has the phone can go on registering.
    Kept,
}

/// What a phone no longer carries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// The extensions and SIP trunks.
    pub carried: Vec<ServiceName>,
    /// Those of them that have another SIP password, which their PBX must take.
    pub renewed: Vec<ServiceName>,
}

/// A line that is free, and what its phone knows of that.
#[derive(Clone, Debug)]
pub struct FreedLine {
    /// The line.
    pub line: LineNumber,
    /// What it carried.
    pub carried: ServiceName,
    /// Since when it is free.
    pub at: Timestamp,
    /// When the phone last got a document without it; none while it has not.
    pub taken_at: Option<Timestamp>,
}

/// A phone that is no device any more, and what it knows of that.
#[derive(Clone, Debug)]
pub struct FormerDetails {
    /// The phone.
    pub former: FormerDevice,
    /// When it last got a blank document; none while it has not.
    pub taken_at: Option<Timestamp>,
}

impl Actions {
    /// The tenant's former devices, by MAC.
    pub async fn former_devices(&self, slug: &TenantSlug) -> Result<Vec<FormerDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let formers = session.former_devices(&tenant.id, self.now()).await?;
        drop(session);
        let taken = if formers.is_empty() { HashMap::new() } else { self.taken(&tenant.id).await? };
        let told = |former: FormerDevice| {
            // whatever is noted under its id came after it ceased to be a device
            let taken_at = taken.get(&former.device.id).map(|taken| taken.at);
            FormerDetails { former, taken_at }
        };
        Ok(formers.into_iter().map(told).collect())
    }

    /// Adds to devices of one tenant which of their lines were freed.
    pub(super) async fn tell_freed(
        &self,
        tenant: &TenantId,
        devices: &mut [DeviceDetails],
    ) -> Result<(), StorageError> {
        let mut released = self.store.read().await?.released_lines(tenant).await?;
        released.retain(|line| devices.iter().any(|details| details.device.id == line.device));
        if released.is_empty() {
            return Ok(());
        }
        let taken = self.taken(tenant).await?;
        for details in devices {
            let of_device = released.iter().filter(|line| line.device == details.device.id);
            let without = |revision| {
                let taken = taken.get(&details.device.id).filter(|taken| taken.revision >= revision);
                taken.map(|taken| taken.at)
            };
            let freed = of_device.map(|released| FreedLine {
                line: released.line,
                carried: released.carried.clone(),
                at: released.at,
                taken_at: without(released.revision),
            });
            details.freed = freed.collect();
        }
        Ok(())
    }

    /// The last document that each of the tenant's phones got.
    async fn taken(&self, tenant: &TenantId) -> Result<HashMap<DeviceId, Taken>, StorageError> {
        let notes = self.store.device_notes(tenant).await?;
        Ok(notes.into_iter().filter_map(|note| Some((note.device, note.taken?))).collect())
    }

    /// Gives what a phone no longer carries other SIP passwords, each once, or leaves them as they are. Other phones that
    /// carry it get the new one.
    pub(super) async fn release(
        &self,
        change: &mut Change,
        registrants: impl IntoIterator<Item = Registrant>,
        password: SipPassword,
    ) -> Result<Released, StorageError> {
        let mut released = Released::default();
        for registrant in registrants {
            let name = registrant.called();
            if released.carried.contains(&name) {
                continue;
            }
            if password == SipPassword::Renewed {
                let renewed = Secret::generate_password(&*self.random);
                change.set_sip_password(&registrant.service.id, &renewed).await?;
                let action = format!("{}.password-changed", noun(&registrant.service.kind));
                let states = (json!({ "password": "set" }), json!({ "password": "changed" }));
                self.note_change(change, &action, name.to_string(), states).await?;
                released.renewed.push(name.clone());
            }
            released.carried.push(name);
        }
        Ok(released)
    }

    /// What a phone becomes that ceases to be a device now.
    pub(super) fn farewell(&self) -> Farewell {
        Farewell { id: DeviceId::generate(&*self.random), at: self.now() }
    }
}
