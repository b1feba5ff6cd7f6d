//! Who did what that must be answered for later.

use super::{Change, Session, StorageError, Store, engine::values};
use crate::domain::{Random, ServiceId, TenantId, Timestamp};

/// One entry.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AuditEntry {
    /// Whose data was touched; none for the whole installation.
    pub tenant: Option<TenantId>,
    /// When.
    pub at: Timestamp,
    /// Who: the system user of a command.
    pub actor: String,
    /// What, as `noun.verb`.
    pub action: String,
    /// With what; never a secret.
    pub detail: String,
}

impl Store {
    /// Notes an action that touches the whole installation.
    pub async fn audit(&self, random: &dyn Random, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.insert_audit(random, entry).await?;
        session.commit().await
    }
}

impl Change {
    /// Notes an action within the change that it describes, so that neither is kept without the other.
    pub async fn audit(&mut self, random: &dyn Random, entry: &AuditEntry) -> Result<(), StorageError> {
        self.insert_audit(random, entry).await
    }
}

impl Session {
    pub(super) async fn insert_audit(
        &mut self,
        random: &dyn Random,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        // an id of any kind does: the row is only ever read by time
        let id = ServiceId::generate(random);
        self.execute(
            "INSERT INTO audit (id, tenant_id, at, actor, action, detail) VALUES ($1, $2, $3, $4, $5, $6)",
            values![
                id.as_str(),
                entry.tenant.as_ref().map(TenantId::as_str),
                entry.at.millis(),
                entry.actor.as_str(),
                entry.action.as_str(),
                entry.detail.as_str()
            ],
        )
        .await
        .map(drop)
    }

    /// The newest entries, the newest first.
    pub async fn audit_entries(&mut self, most: u32) -> Result<Vec<AuditEntry>, StorageError> {
        self.rows("SELECT * FROM audit ORDER BY at DESC, id LIMIT $1", values![i64::from(most)])
            .await?
            .iter()
            .map(|row| {
                Ok(AuditEntry {
                    tenant: row.text_or_none("tenant_id")?.as_deref().map(TenantId::stored),
                    at: Timestamp::from_millis(row.int("at")?),
                    actor: row.text("actor")?,
                    action: row.text("action")?,
                    detail: row.text("detail")?,
                })
            })
            .collect()
    }
}
