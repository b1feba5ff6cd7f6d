//! Wishes of administrators that a phone be asked to fetch again now.

use super::{Change, Session, StorageError, engine::values};
use crate::domain::{DeviceId, Mac, TenantId};

/// The newest wish for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncRequest {
    /// The tenant's revision that made it.
    pub revision: i64,
    /// Whether the phone is to restart.
    pub restart: bool,
}

impl Session {
    /// The newest wish for a device.
    pub async fn sync_request(&mut self, device: &DeviceId) -> Result<Option<SyncRequest>, StorageError> {
        let find = "SELECT revision, restart FROM sync_requests WHERE device_id = $1";
        let row = self.row(find, values![device.as_str()]).await?;
        row.map(|row| Ok(SyncRequest { revision: row.int("revision")?, restart: row.flag("restart")? }))
            .transpose()
    }

    /// The MACs of the tenant's devices for which something was wished after `revision`.
    pub async fn sync_requests_after(
        &mut self,
        tenant: &TenantId,
        revision: i64,
    ) -> Result<Vec<Mac>, StorageError> {
        self.rows(
            "SELECT d.mac FROM sync_requests s JOIN devices d ON d.id = s.device_id \
             WHERE s.tenant_id = $1 AND s.revision > $2",
            values![tenant.as_str(), revision],
        )
        .await?
        .iter()
        .map(|row| row.parsed("mac", Mac::parse))
        .collect()
    }
}

impl Change {
    /// Wishes that the phone be asked to fetch again.
    pub async fn request_sync(&mut self, device: &DeviceId, restart: bool) -> Result<(), StorageError> {
        let values = values![device.as_str(), self.tenant().as_str(), self.revision(), restart];
        self.execute(
            "INSERT INTO sync_requests (device_id, tenant_id, revision, restart) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (device_id) DO UPDATE SET tenant_id = excluded.tenant_id, revision = excluded.revision, \
             restart = excluded.restart",
            values,
        )
        .await
        .map(drop)
    }
}
