//! How much a tenant has, counted without reading it: what its overview begins with.

use super::{AskState, DeviceNote, Session, StorageError, Store, engine::values, journal::device_note};
use crate::domain::{TenantId, Timestamp};

/// How much a tenant has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Extensions.
    pub extensions: u64,
    /// Extensions that a line carries.
    pub extensions_with_phones: u64,
    /// Public numbers.
    pub dids: u64,
    /// Public numbers that somebody answers.
    pub dids_assigned: u64,
    /// Devices.
    pub devices: u64,
    /// Devices with a line that carries something.
    pub devices_in_use: u64,
}

impl Session {
    /// Counts what the tenant has.
    pub async fn tally(&mut self, tenant: &TenantId) -> Result<Tally, StorageError> {
        let row = self
            .row(
                "SELECT (SELECT COUNT(*) FROM services WHERE tenant_id = $1 AND kind = 'extension') AS extensions, \
                 (SELECT COUNT(DISTINCT l.service_id) FROM device_lines l JOIN services s ON s.id = l.service_id \
                  WHERE s.tenant_id = $1 AND s.kind = 'extension') AS with_phones, \
                 (SELECT COUNT(*) FROM dids WHERE tenant_id = $1) AS dids, \
                 (SELECT COUNT(service_id) FROM dids WHERE tenant_id = $1) AS assigned, \
                 (SELECT COUNT(*) FROM devices WHERE tenant_id = $1) AS devices, \
                 (SELECT COUNT(DISTINCT l.device_id) FROM device_lines l JOIN devices d ON d.id = l.device_id \
                  WHERE d.tenant_id = $1) AS in_use",
                values![tenant.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(Tally::default()) };
        let count = |column| row.int(column).map(i64::unsigned_abs);
        Ok(Tally {
            extensions: count("extensions")?,
            extensions_with_phones: count("with_phones")?,
            dids: count("dids")?,
            dids_assigned: count("assigned")?,
            devices: count("devices")?,
            devices_in_use: count("in_use")?,
        })
    }
}

impl Store {
    /// How many of the tenant's phones are in each state of being asked; of those in none nothing.
    pub async fn ask_tally(&self, tenant: &TenantId) -> Result<Vec<(AskState, u64)>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let statement =
            "SELECT state, COUNT(*) AS phones FROM device_asks WHERE tenant_id = $1 GROUP BY state";
        let rows = tx.rows(statement, values![tenant.as_str()]).await?;
        rows.iter()
            .map(|row| Ok((row.parsed("state", AskState::parse)?, row.int("phones")?.unsigned_abs())))
            .collect()
    }

    /// The tenant's devices that asked since then, the newest first, at most so many.
    pub async fn latest_notes(
        &self,
        tenant: &TenantId,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<DeviceNote>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let statement = "SELECT * FROM device_journal WHERE tenant_id = $1 AND seen_at > $2 \
                         ORDER BY seen_at DESC LIMIT $3";
        let rows = tx.rows(statement, values![tenant.as_str(), since.millis(), limit]).await?;
        rows.iter().map(device_note).collect()
    }
}
