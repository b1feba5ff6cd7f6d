//! SIP accounts that were removed: kept for a while, for those who ask what changed since a revision.

use super::{Change, Session, StorageError, engine::values};
use crate::domain::{ServiceId, SipUser, TenantId, Timestamp};

/// How long a removal is remembered.
const REMEMBERED_DAYS: i64 = 90;

impl Session {
    /// The SIP users that were removed after `revision`; none when that is longer ago than is remembered.
    pub async fn removed_since(
        &mut self,
        tenant: &TenantId,
        revision: i64,
    ) -> Result<Option<Vec<SipUser>>, StorageError> {
        let floor = self
            .row("SELECT revision FROM tombstone_floors WHERE tenant_id = $1", values![tenant.as_str()])
            .await?;
        if floor.map(|row| row.int("revision")).transpose()?.is_some_and(|floor| revision < floor) {
            return Ok(None);
        }
        self.rows(
            "SELECT sip_user FROM tombstones WHERE tenant_id = $1 AND revision > $2 ORDER BY sip_user",
            values![tenant.as_str(), revision],
        )
        .await?
        .iter()
        .map(|row| row.parsed("sip_user", SipUser::parse))
        .collect::<Result<_, _>>()
        .map(Some)
    }
}

impl Change {
    /// Remembers that the account of a service is removed by this change, if it has one; forgets old removals.
    pub(super) async fn bury(&mut self, service: &ServiceId, now: Timestamp) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let oldest = now.plus_days(-REMEMBERED_DAYS).millis();
        self.execute(
            "INSERT INTO tombstone_floors (tenant_id, revision) \
             SELECT tenant_id, MAX(revision) FROM tombstones WHERE tenant_id = $1 AND removed_at < $2 GROUP BY tenant_id \
             ON CONFLICT (tenant_id) DO UPDATE SET revision = excluded.revision",
            values![tenant.as_str(), oldest],
        )
        .await?;
        self.execute(
            "DELETE FROM tombstones WHERE tenant_id = $1 AND removed_at < $2",
            values![tenant.as_str(), oldest],
        )
        .await?;
        let values = values![self.revision(), now.millis(), service.as_str(), tenant.as_str()];
        self.execute(
            "INSERT INTO tombstones (tenant_id, sip_user, revision, removed_at) \
             SELECT tenant_id, sip_user, $1, $2 FROM extensions WHERE service_id = $3 AND tenant_id = $4 \
             ON CONFLICT (tenant_id, sip_user) DO UPDATE SET revision = excluded.revision, removed_at = excluded.removed_at",
            values,
        )
        .await
        .map(drop)
    }

    /// Forgets that there was an account of this user: there is one again.
    pub(super) async fn unearth(&mut self, user: &SipUser) -> Result<(), StorageError> {
        let values = values![self.tenant().as_str(), user.as_str()];
        self.execute("DELETE FROM tombstones WHERE tenant_id = $1 AND sip_user = $2", values).await.map(drop)
    }
}
