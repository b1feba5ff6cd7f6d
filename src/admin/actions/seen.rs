//! What phones showed of themselves: the tenant's devices, and phones that used its URL without being its devices.

use super::{AccessError, Actions};
use crate::{
    domain::{Component, Mac, TenantSlug},
    storage::{DeviceNote, SeenCertificate, SeenPhone},
};

/// What was seen of a tenant's phones.
#[derive(Clone, Debug, Default)]
pub struct SeenList {
    /// The last request of each of its devices that ever asked, by MAC.
    pub devices: Vec<(Mac, DeviceNote)>,
    /// Phones that asked with the tenant's URL and are no devices of it, the newest first.
    pub unknown: Vec<(Mac, SeenPhone)>,
    /// What the certificates of its devices were worth that showed one.
    pub certificates: Vec<(Mac, SeenCertificate)>,
}

impl Actions {
    /// Phones that asked with the tenant's URL and are no devices of anybody, the newest first.
    pub async fn unknown_phones(&self, slug: &TenantSlug) -> Result<Vec<(Mac, SeenPhone)>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let mut unknown = Vec::new();
        for (mac, of, seen) in self.store.unknown_phones().await? {
            if of.as_ref() == Some(&tenant.id) && session.device_by_mac(mac).await?.is_none() {
                unknown.push((mac, seen));
            }
        }
        Ok(unknown)
    }

    /// What was seen of the tenant's phones.
    pub async fn seen(&self, slug: &TenantSlug) -> Result<SeenList, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let devices = session.devices(&tenant.id).await?;
        drop(session);
        let notes = self.store.device_notes(&tenant.id).await?;
        let asked = devices.iter().filter_map(|device| {
            let note = notes.iter().find(|note| note.device == device.id)?;
            Some((device.mac, note.clone()))
        });
        let unknown = self.store.unknown_phones().await?.into_iter().filter_map(|(mac, of, seen)| {
            let stranger = devices.iter().all(|device| device.mac != mac);
            (of.as_ref() == Some(&tenant.id) && stranger).then_some((mac, seen))
        });
        let certificates = self.store.device_certificates(&tenant.id).await?.into_iter().filter_map(|seen| {
            let device = devices.iter().find(|device| device.id == seen.device)?;
            Some((device.mac, seen))
        });
        Ok(SeenList {
            devices: asked.collect(),
            unknown: unknown.collect(),
            certificates: certificates.collect(),
        })
    }
}
