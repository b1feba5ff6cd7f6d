//! Lines that were freed, until their phones were given a document without what they carried.

use super::{Change, Session, StorageError, engine::values};
use crate::domain::{DeviceId, LineNumber, Mac, ServiceName, TenantId, Timestamp};

/// A line of a device that carried something and is free.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedLine {
    /// The device.
    pub device: DeviceId,
    /// The line.
    pub line: LineNumber,
    /// What it carried.
    pub carried: ServiceName,
    /// The tenant's revision that freed it: documents as of this one or later are without it.
    pub revision: i64,
    /// When.
    pub at: Timestamp,
}

impl Session {
    /// The tenant's free lines that carried something, by device and line.
    pub async fn released_lines(&mut self, tenant: &TenantId) -> Result<Vec<ReleasedLine>, StorageError> {
        self.rows(
            "SELECT r.* FROM released_lines r JOIN devices d ON d.id = r.device_id \
             LEFT JOIN device_lines l ON l.device_id = r.device_id AND l.line = r.line \
             WHERE d.tenant_id = $1 AND l.line IS NULL ORDER BY r.device_id, r.line",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(ReleasedLine {
                device: DeviceId::stored(&row.text("device_id")?),
                line: super::device::line_number(row)?,
                carried: row.parsed("carried", str::parse::<ServiceName>)?,
                revision: row.int("revision")?,
                at: Timestamp::from_millis(row.int("released_at")?),
            })
        })
        .collect()
    }
}

impl Change {
    /// Remembers that this change frees a line of the tenant's device with this MAC.
    pub async fn remember_release(
        &mut self,
        (mac, line): (Mac, LineNumber),
        carried: &ServiceName,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let values = values![
            i64::from(line.get()),
            carried.to_string(),
            self.revision(),
            now.millis(),
            mac.to_string(),
            self.tenant().as_str()
        ];
        self.execute(
            "INSERT INTO released_lines (device_id, line, carried, revision, released_at) \
             SELECT id, $1, $2, $3, $4 FROM devices WHERE mac = $5 AND tenant_id = $6 \
             ON CONFLICT (device_id, line) DO UPDATE SET carried = excluded.carried, \
             revision = excluded.revision, released_at = excluded.released_at",
            values,
        )
        .await
        .map(drop)
    }
}
