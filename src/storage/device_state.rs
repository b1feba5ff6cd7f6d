//! What happened to the enrollment of devices: written by the phone plane before the bytes leave, never dropped.

use std::collections::{HashMap, HashSet};

use super::{
    StorageError, Store,
    engine::{Row, values},
};
use crate::domain::{Alarm, DeviceId, DeviceState, Freeze, TenantId, Timestamp};

impl Store {
    /// What happened to a device; nothing where nothing was written.
    pub async fn device_state(&self, device: &DeviceId) -> Result<DeviceState, StorageError> {
        let mut tx = self.begin_states().await?;
        let row = tx.row("SELECT * FROM device_state WHERE device_id = $1", values![device.as_str()]).await?;
        row.as_ref().map_or(Ok(DeviceState::default()), state)
    }

    /// What happened to each of the tenant's devices.
    pub async fn device_states(
        &self,
        tenant: &TenantId,
    ) -> Result<HashMap<DeviceId, DeviceState>, StorageError> {
        let mut tx = self.begin_states().await?;
        let rows =
            tx.rows("SELECT * FROM device_state WHERE tenant_id = $1", values![tenant.as_str()]).await?;
        rows.iter().map(|row| Ok((DeviceId::stored(&row.text("device_id")?), state(row)?))).collect()
    }

    /// The states that say that a window is frozen, each with its device.
    pub async fn frozen_states(&self) -> Result<Vec<(DeviceId, DeviceState)>, StorageError> {
        let mut tx = self.begin_states().await?;
        let rows = tx.rows("SELECT * FROM device_state WHERE frozen IS NOT NULL", values![]).await?;
        rows.iter().map(|row| Ok((DeviceId::stored(&row.text("device_id")?), state(row)?))).collect()
    }

    /// Writes what happened, if nobody has written since `new` was worked out from what was read; whether it was.
    /// Once this returns, it has reached the disk.
    pub async fn write_device_state(
        &self,
        device: &DeviceId,
        tenant: &TenantId,
        new: &DeviceState,
    ) -> Result<bool, StorageError> {
        let freeze = new.freeze.as_ref();
        let values = values![
            device.as_str(),
            tenant.as_str(),
            new.version,
            new.epoch,
            new.releases,
            new.released_to.as_deref(),
            new.released_at.map(Timestamp::millis),
            new.used_epoch,
            new.used_at.map(Timestamp::millis),
            freeze.map(|freeze| freeze.why.as_str()),
            freeze.map(|freeze| freeze.at.millis()),
            freeze.map(|freeze| freeze.by.as_str())
        ];
        let mut tx = self.begin_states().await?;
        let written = tx
            .execute(
                "INSERT INTO device_state (device_id, tenant_id, version, epoch, releases, released_to, released_at, \
                 used_epoch, used_at, frozen, frozen_at, frozen_by) \
                 VALUES ($1, $2, $3 + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                 ON CONFLICT (device_id) DO UPDATE SET tenant_id = excluded.tenant_id, version = excluded.version, \
                 epoch = excluded.epoch, releases = excluded.releases, released_to = excluded.released_to, \
                 released_at = excluded.released_at, used_epoch = excluded.used_epoch, used_at = excluded.used_at, \
                 frozen = excluded.frozen, frozen_at = excluded.frozen_at, frozen_by = excluded.frozen_by \
                 WHERE device_state.version = $3",
                values,
            )
            .await?;
        tx.commit().await?;
        Ok(written == 1)
    }

    /// Forgets what happened to devices that are there no more; how many. Ids are never used again, so this only keeps
    /// the table small.
    pub async fn forget_removed_devices(&self) -> Result<u64, StorageError> {
        let mut states = self.begin_states().await?;
        let noted = states.rows("SELECT device_id FROM device_state", values![]).await?;
        drop(states);
        // read after the states: a device that is made meanwhile is among the devices, and none of its states is judged
        let mut session = self.read().await?;
        let devices =
            session.rows("SELECT id FROM devices UNION ALL SELECT id FROM former_devices", values![]).await?;
        drop(session);
        let devices: HashSet<String> = devices.iter().map(|row| row.text("id")).collect::<Result<_, _>>()?;
        let mut forgotten = 0;
        let mut states = self.begin_states().await?;
        for row in noted {
            let id = row.text("device_id")?;
            if !devices.contains(&id) {
                forgotten +=
                    states.execute("DELETE FROM device_state WHERE device_id = $1", values![id]).await?;
            }
        }
        states.commit().await?;
        Ok(forgotten)
    }
}

fn state(row: &Row) -> Result<DeviceState, StorageError> {
    let time = |column| Ok::<_, StorageError>(row.int_or_none(column)?.map(Timestamp::from_millis));
    let freeze = match row.text_or_none("frozen")? {
        None => None,
        Some(word) => Some(Freeze {
            why: Alarm::of(&word).ok_or_else(|| row.corrupt("frozen", format!("\"{word}\" is no alarm")))?,
            at: Timestamp::from_millis(row.int("frozen_at")?),
            by: row.text("frozen_by")?,
        }),
    };
    Ok(DeviceState {
        version: row.int("version")?,
        epoch: row.int("epoch")?,
        releases: row.int("releases")?,
        released_to: row.text_or_none("released_to")?,
        released_at: time("released_at")?,
        used_epoch: row.int("used_epoch")?,
        used_at: time("used_at")?,
        freeze,
    })
}
