//! What the phone plane notes of phones' own certificates: what the one that a device showed last was worth.

use super::{StorageError, Store, engine::values};
use crate::domain::{DeviceId, TenantId, Timestamp};

/// What the certificate that a device showed last was worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenCertificate {
    /// The device that was asked for.
    pub device: DeviceId,
    /// Whose it is.
    pub tenant: TenantId,
    /// When.
    pub at: Timestamp,
    /// In words, such as `proven (Snom 000413aabbcc)`.
    pub judged: String,
}

impl Store {
    /// Notes certificates.
    pub async fn write_certificates(&self, seen: &[SeenCertificate]) -> Result<(), StorageError> {
        if seen.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin_journal().await?;
        for seen in seen {
            tx.execute(
                "INSERT INTO device_certificates (device_id, tenant_id, seen_at, judged) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (device_id) DO UPDATE SET \
                 tenant_id = excluded.tenant_id, seen_at = excluded.seen_at, judged = excluded.judged",
                values![seen.device.as_str(), seen.tenant.as_str(), seen.at.millis(), seen.judged.as_str()],
            )
            .await?;
        }
        tx.commit().await
    }

    /// What the certificates of the tenant's devices were worth.
    pub async fn device_certificates(&self, tenant: &TenantId) -> Result<Vec<SeenCertificate>, StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.rows("SELECT * FROM device_certificates WHERE tenant_id = $1", values![tenant.as_str()])
            .await?
            .iter()
            .map(|row| {
                Ok(SeenCertificate {
                    device: DeviceId::stored(&row.text("device_id")?),
                    tenant: TenantId::stored(&row.text("tenant_id")?),
                    at: Timestamp::from_millis(row.int("seen_at")?),
                    judged: row.text("judged")?,
                })
            })
            .collect()
    }
}
