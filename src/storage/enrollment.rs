//! What admins decide about the enrollment of devices: until when each may enroll, and which scopes count no more.

use std::collections::HashMap;

use super::{Change, Session, StorageError, Store, engine::values, open::Pools};
use crate::domain::{Device, DeviceId, Enrollment, Mac, Scope, TenantId, Timestamp, WINDOW_HOURS};

const WAS_SIGHTED: &str = "SELECT 1 AS one FROM device_journal WHERE device_id = $1 \
                           UNION ALL SELECT 1 AS one FROM sightings WHERE mac = $2";

impl Session {
    /// What was decided about a device; closed where nothing was.
    pub async fn enrollment(&mut self, device: &DeviceId) -> Result<Enrollment, StorageError> {
        let row =
            self.row("SELECT * FROM enrollments WHERE device_id = $1", values![device.as_str()]).await?;
        let Some(row) = row else { return Ok(Enrollment::default()) };
        Ok(Enrollment {
            window_ends_at: Some(Timestamp::from_millis(row.int("window_ends_at")?)),
            scope_floor: row.int("scope_floor")?,
        })
    }

    /// What was decided about each of the tenant's devices.
    pub async fn enrollments(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<DeviceId, Enrollment>, StorageError> {
        self.rows("SELECT * FROM enrollments WHERE tenant_id = $1", values![tenant.as_str()])
            .await?
            .iter()
            .map(|row| {
                let window_ends_at = Some(Timestamp::from_millis(row.int("window_ends_at")?));
                let enrollment = Enrollment { window_ends_at, scope_floor: row.int("scope_floor")? };
                Ok((DeviceId::stored(&row.text("device_id")?), enrollment))
            })
            .collect()
    }

    /// The device's own scope of the epoch that it has.
    #[must_use]
    pub fn device_scope(&self, device: &Device) -> Scope {
        self.sealer.device_scope(&device.handle, device.epoch)
    }

    /// The MAC and the epoch of the device with this id.
    pub async fn mac_and_epoch(&mut self, device: &DeviceId) -> Result<Option<(Mac, i64)>, StorageError> {
        let row =
            self.row("SELECT id, mac, epoch FROM devices WHERE id = $1", values![device.as_str()]).await?;
        row.map(|row| Ok((row.parsed("mac", Mac::parse)?, row.int("epoch")?))).transpose()
    }

    /// For how many hours the tenant's windows are open.
    pub async fn window_hours(&mut self, tenant: &TenantId) -> Result<i64, StorageError> {
        let row = self
            .row("SELECT window_hours FROM enrollment_rules WHERE tenant_id = $1", values![tenant.as_str()])
            .await?;
        row.map_or(Ok(WINDOW_HOURS), |row| row.int("window_hours"))
    }
}

impl Change {
    /// Lets the device enroll until `ends_at`, in the epoch that it has now.
    pub async fn open_window(&mut self, device: &DeviceId, ends_at: Timestamp) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        self.execute(
            "INSERT INTO enrollments (device_id, tenant_id, window_ends_at, scope_floor) VALUES ($1, $2, $3, 0) \
             ON CONFLICT (device_id) DO UPDATE SET window_ends_at = excluded.window_ends_at",
            values![device.as_str(), tenant.as_str(), ends_at.millis()],
        )
        .await?;
        self.touch_device(device).await
    }

    /// Starts another epoch of the device: another device scope, and whatever is known of releases and alarms is over.
    pub async fn raise_epoch(&mut self, device: &DeviceId) -> Result<(), StorageError> {
        let values = values![self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE devices SET revision = $1, epoch = epoch + 1 WHERE id = $2 AND tenant_id = $3",
            values,
        )
        .await
        .map(drop)
    }

    /// Refuses every device scope of epochs before the one that the device has now. Its window must have been opened.
    pub async fn raise_scope_floor(&mut self, device: &DeviceId) -> Result<(), StorageError> {
        self.execute(
            "UPDATE enrollments SET scope_floor = (SELECT epoch FROM devices WHERE id = $1) WHERE device_id = $1",
            values![device.as_str()],
        )
        .await?;
        self.touch_device(device).await
    }

    /// Sets for how many hours the tenant's windows are open from now on.
    pub async fn set_window_hours(&mut self, hours: i64) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        self.execute(
            "INSERT INTO enrollment_rules (tenant_id, window_hours) VALUES ($1, $2) \
             ON CONFLICT (tenant_id) DO UPDATE SET window_hours = excluded.window_hours",
            values![tenant.as_str(), hours],
        )
        .await
        .map(drop)
    }
}

impl Store {
    /// Whether a phone with this MAC, or this device, ever showed itself.
    pub async fn was_sighted(
        &self,
        change: &mut Change,
        device: &DeviceId,
        mac: Mac,
    ) -> Result<bool, StorageError> {
        let values = values![device.as_str(), mac.to_string()];
        let row = match &self.pools {
            Pools::Sqlite { .. } => self.begin_states().await?.row(WAS_SIGHTED, values).await?,
            Pools::Postgres(_) => change.row(WAS_SIGHTED, values).await?,
        };
        Ok(row.is_some())
    }
}
