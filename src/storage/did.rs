//! DID numbers: the public numbers of a tenant, and which service answers each.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    service::called,
};
use crate::domain::{DidNumber, ServiceId, ServiceKind, ServiceName, TenantId};

/// A public number of a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    /// The number.
    pub number: DidNumber,
    /// The service that answers it; none while it is free.
    pub service: Option<ServiceId>,
    /// The tenant's revision of its last change.
    pub revision: i64,
}

impl Session {
    /// The tenant's public numbers, by number.
    pub async fn dids(&mut self, tenant: &TenantId) -> Result<Vec<Did>, StorageError> {
        let rows = self
            .rows("SELECT * FROM dids WHERE tenant_id = $1 ORDER BY number", values![tenant.as_str()])
            .await?;
        rows.iter().map(did).collect()
    }

    /// The tenant's public numbers, by number, each with who answers it.
    pub async fn dids_answered(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(Did, Option<(ServiceName, ServiceKind)>)>, StorageError> {
        let rows = self
            .rows(
                "SELECT d.*, s.kind, s.number AS service_number, s.name AS service_name FROM dids d \
                 LEFT JOIN services s ON s.id = d.service_id WHERE d.tenant_id = $1 ORDER BY d.number",
                values![tenant.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let did = did(row)?;
                let by = did.service.as_ref().map(|_| called(row)).transpose()?;
                Ok((did, by))
            })
            .collect()
    }

    /// The public numbers that a service answers.
    pub async fn dids_of(&mut self, service: &ServiceId) -> Result<Vec<Did>, StorageError> {
        let statement = "SELECT * FROM dids WHERE service_id = $1 ORDER BY number";
        self.rows(statement, values![service.as_str()]).await?.iter().map(did).collect()
    }

    /// Whether any tenant has the public number.
    pub async fn did_exists(&mut self, number: &DidNumber) -> Result<bool, StorageError> {
        let row = self.row("SELECT 1 AS one FROM dids WHERE number = $1", values![number.as_str()]).await?;
        Ok(row.is_some())
    }

    /// The tenant's public number.
    pub async fn did(&mut self, tenant: &TenantId, number: &DidNumber) -> Result<Option<Did>, StorageError> {
        let row = self
            .row(
                "SELECT * FROM dids WHERE tenant_id = $1 AND number = $2",
                values![tenant.as_str(), number.as_str()],
            )
            .await?;
        row.as_ref().map(did).transpose()
    }
}

impl Change {
    /// Puts a public number into the tenant's inventory.
    pub async fn add_did(&mut self, number: &DidNumber) -> Result<(), StorageError> {
        let values = values![number.as_str(), self.tenant().as_str(), self.revision()];
        self.execute("INSERT INTO dids (number, tenant_id, revision) VALUES ($1, $2, $3)", values)
            .await
            .map(drop)
    }

    /// Takes a public number out of the inventory.
    pub async fn remove_did(&mut self, number: &DidNumber) -> Result<(), StorageError> {
        let values = values![number.as_str(), self.tenant().as_str()];
        self.execute("DELETE FROM dids WHERE number = $1 AND tenant_id = $2", values).await.map(drop)
    }

    /// Lets a service answer a public number, or none.
    pub async fn route_did(
        &mut self,
        number: &DidNumber,
        service: Option<&ServiceId>,
    ) -> Result<(), StorageError> {
        let service = service.map(ServiceId::as_str);
        let values = values![service, self.revision(), number.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE dids SET service_id = $1, revision = $2 WHERE number = $3 AND tenant_id = $4",
            values,
        )
        .await
        .map(drop)
    }
}

fn did(row: &Row) -> Result<Did, StorageError> {
    Ok(Did {
        number: row.parsed("number", DidNumber::parse)?,
        service: row.text_or_none("service_id")?.as_deref().map(ServiceId::stored),
        revision: row.int("revision")?,
    })
}
