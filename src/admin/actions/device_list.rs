//! Devices as a list shows them, and what a device asked last.

use super::{AccessError, Actions, DeviceDetails, Found};
use crate::{
    domain::{Component, DeviceState, Enrolling, Mac, TenantSlug, Timestamp},
    storage::{DeviceNote, SeenCertificate, StorageError},
};

/// A device with what is known of its phone.
#[derive(Clone, Debug)]
pub struct ListedDevice {
    /// The device.
    pub details: DeviceDetails,
    /// Its last request; none while it never asked.
    pub note: Option<DeviceNote>,
    /// What happened to its enrollment, as it counts for its epoch.
    pub state: DeviceState,
    /// Until when it may enroll; none when it may not.
    pub open_until: Option<Timestamp>,
}

/// What is known of what a phone asked.
#[derive(Clone, Debug, Default)]
pub struct DeviceHistory {
    /// Its last request.
    pub note: Option<DeviceNote>,
    /// What its certificate was worth, where it showed one.
    pub certificate: Option<SeenCertificate>,
}

impl Actions {
    /// Some of the tenant's devices by MAC, and how many there are: so many after that MAC, or of those that the search
    /// finds in MAC, name or model.
    pub async fn find_devices(
        &self,
        slug: &TenantSlug,
        search: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<Found<ListedDevice>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let (mut devices, of) = match search {
            None => {
                let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
                let some = session.devices_after(&tenant.id, after, wanted).await?;
                (some, session.sizes(&tenant.id).await?.1)
            }
            Some(search) => {
                let search = search.to_lowercase();
                let digits: String = search.chars().filter(|letter| !":-. ".contains(*letter)).collect();
                let mut found = session.devices(&tenant.id).await?;
                found.retain(|device| {
                    let model = device.model.as_deref().unwrap_or_default().to_lowercase();
                    device.mac.to_string().contains(&digits)
                        || device.name.as_str().to_lowercase().contains(&search)
                        || model.contains(&search)
                });
                let of = found.len() as u64;
                found.retain(|device| device.mac.to_string().as_str() > after);
                found.truncate(limit + 1);
                (found, of)
            }
        };
        let more = devices.len() > limit;
        devices.truncate(limit);
        let details = self.device_details(&mut session, &tenant, devices).await?;
        let mut items = Vec::with_capacity(details.len());
        for details in details {
            let enrollment = session.enrollment(&details.device.id).await?;
            items.push(self.listed(details, enrollment).await?);
        }
        Ok(Found { items, of, more })
    }

    async fn listed(
        &self,
        details: DeviceDetails,
        enrollment: crate::domain::Enrollment,
    ) -> Result<ListedDevice, StorageError> {
        let device = &details.device;
        let stored = self.store.device_state(&device.id).await?;
        let enrolling = Enrolling { epoch: device.epoch, enrollment, state: &stored };
        let (state, open_until) = (enrolling.counted(), enrolling.open_until(self.now()));
        let note = self.store.fleet_facts(&device.id).await?.note;
        Ok(ListedDevice { details, note, state, open_until })
    }

    /// What is known of what a phone asked.
    pub async fn device_history(&self, mac: Mac) -> Result<DeviceHistory, AccessError> {
        let (session, device) = self.open_device(mac, Component::Devices).await?;
        drop(session);
        let note = self.store.fleet_facts(&device.id).await?.note;
        let certificates = self.store.device_certificates(&device.tenant).await?;
        let certificate = certificates.into_iter().find(|seen| seen.device == device.id);
        Ok(DeviceHistory { note, certificate })
    }
}
