//! Reading in one snapshot, and changing a tenant under its revision.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{
    Sealer, StorageError, Store,
    engine::{Row, Tx, Value, values},
};
use crate::domain::{TenantId, Timestamp};

/// A snapshot: everything read through one session belongs to one state of the store.
pub struct Session {
    pub(super) tx: Tx,
    pub(super) sealer: Arc<Sealer>,
}

impl Session {
    pub(super) async fn execute(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StorageError> {
        self.tx.execute(sql, values).await
    }

    pub(super) async fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StorageError> {
        self.tx.rows(sql, values).await
    }

    pub(super) async fn row(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StorageError> {
        self.tx.row(sql, values).await
    }
}

/// A change to one tenant.
///
/// Its first statement raised the tenant's revision, so no other change to the same tenant
/// runs until this one ends and whatever is counted in it is exact. Dropped without [`Change::commit`], nothing happened.
pub struct Change {
    session: Session,
    tenant: TenantId,
    revision: i64,
    rows: i64,
}

impl Change {
    /// The tenant being changed.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The revision that this change makes.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.revision
    }

    /// The next row within this change, for seats taken in it.
    pub(super) const fn next_row(&mut self) -> i64 {
        self.rows += 1;
        self.rows - 1
    }

    /// Says that this change touches every document of the tenant.
    pub async fn touch_all(&mut self) -> Result<(), StorageError> {
        let values = values![self.revision, self.tenant.as_str()];
        self.execute("UPDATE tenants SET facts_revision = $1 WHERE id = $2", values).await.map(drop)
    }

    /// Makes the change last; the tenant's new revision.
    pub async fn commit(self) -> Result<i64, StorageError> {
        self.session.tx.commit().await?;
        Ok(self.revision)
    }
}

impl Deref for Change {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for Change {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Store {
    /// A snapshot for reading.
    pub async fn read(&self) -> Result<Session, StorageError> {
        self.begin_session(self.begin_read().await?).await
    }

    /// A transaction that changes no tenant's data: making a tenant, the clock, the audit.
    pub(super) async fn write(&self) -> Result<Session, StorageError> {
        let mut tx = self.begin_write().await?;
        if matches!(tx, Tx::Postgres(_)) {
            // until this ends nobody replaces the keys that it goes by
            tx.execute("LOCK TABLE sealed_keys IN ROW SHARE MODE", values![]).await?;
        }
        self.begin_session(tx).await
    }

    /// Starts a change to `tenant` at time `now`, which becomes the newest time stored if it is.
    pub async fn change(&self, tenant: &TenantId, now: Timestamp) -> Result<Change, StorageError> {
        let mut session = self.write().await?;
        let raised = session
            .row(
                "UPDATE tenants SET revision = revision + 1 WHERE id = $1 RETURNING revision",
                values![tenant.as_str()],
            )
            .await?
            .ok_or(StorageError::TenantGone)?;
        let revision = raised.int("revision")?;
        session.remember_time(now).await?;
        session.announce(tenant).await?;
        Ok(Change { session, tenant: tenant.clone(), revision, rows: 0 })
    }
}

impl Session {
    /// Tells whoever listens that the tenant changed, once this is committed. SQLite's own counter tells it there.
    pub(super) async fn announce(&mut self, tenant: &TenantId) -> Result<(), StorageError> {
        if matches!(self.tx, Tx::Postgres(_)) {
            self.row("SELECT pg_notify('offhook', $1)", values![tenant.as_str()]).await?;
        }
        Ok(())
    }

    /// Tells whoever listens that anything may have changed, once this is committed.
    pub(super) async fn announce_all(&mut self) -> Result<(), StorageError> {
        if matches!(self.tx, Tx::Postgres(_)) {
            self.row("SELECT pg_notify('offhook', '')", values![]).await?;
        }
        Ok(())
    }

    /// Lets no other process change anything until this ends; in the order in which changes lock. A writing transaction of SQLite is alone anyway.
    pub(super) async fn keep_others_out(&mut self) -> Result<(), StorageError> {
        if matches!(self.tx, Tx::Postgres(_)) {
            self.execute("LOCK TABLE tenants, meta IN EXCLUSIVE MODE", values![]).await?;
        }
        Ok(())
    }

    pub(super) async fn commit(self) -> Result<(), StorageError> {
        self.tx.commit().await
    }
}
