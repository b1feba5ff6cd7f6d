//! Installed licenses: the signed text as it came, in the order of installation.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
};
use crate::domain::{LicenseId, TenantId, Timestamp};

/// One installed license, still as signed text: it is verified by whoever reads it.
#[derive(Clone, Debug)]
pub struct InstalledLicense {
    /// Its row's id.
    pub id: LicenseId,
    /// The serial it claims.
    pub serial: i64,
    /// The tenant's revision of its installation: licenses stand in this order.
    pub revision: i64,
    /// When it was installed.
    pub installed_at: Timestamp,
    /// The compact JWS.
    pub jws: String,
}

impl Session {
    /// The tenant's licenses in the order in which they were installed.
    pub async fn licenses(&mut self, tenant: &TenantId) -> Result<Vec<InstalledLicense>, StorageError> {
        self.rows("SELECT * FROM licenses WHERE tenant_id = $1 ORDER BY revision", values![tenant.as_str()])
            .await?
            .iter()
            .map(license)
            .collect()
    }
}

impl Change {
    /// Installs a license that was verified.
    pub async fn install_license(
        &mut self,
        id: &LicenseId,
        serial: i64,
        jws: &str,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let values = values![id.as_str(), self.tenant().as_str(), serial, self.revision(), now.millis(), jws];
        self.execute(
            "INSERT INTO licenses (id, tenant_id, serial, revision, installed_at, jws) VALUES ($1, $2, $3, $4, $5, $6)",
            values,
        )
        .await?;
        self.touch_all().await
    }

    /// Removes licenses that can never govern again.
    pub async fn remove_license(&mut self, id: &LicenseId) -> Result<(), StorageError> {
        let values = values![id.as_str(), self.tenant().as_str()];
        self.execute("DELETE FROM licenses WHERE id = $1 AND tenant_id = $2", values).await.map(drop)
    }
}

fn license(row: &Row) -> Result<InstalledLicense, StorageError> {
    Ok(InstalledLicense {
        id: LicenseId::stored(&row.text("id")?),
        serial: row.int("serial")?,
        revision: row.int("revision")?,
        installed_at: Timestamp::from_millis(row.int("installed_at")?),
        jws: row.text("jws")?,
    })
}
