//! Tenants, their scopes, and the newest time that was ever stored.

use super::{
    AuditEntry, Change, Session, StorageError, Store,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{PlainText, Scope, ScopeId, Secret, SipDomain, TenantId, TenantSlug, Timestamp};

pub(super) const SCOPE: &str = "scope";

/// One tenant as it is kept.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The short name that people type.
    pub slug: TenantSlug,
    /// The company's name.
    pub name: PlainText,
    /// The domain of its SIP addresses.
    pub sip_domain: SipDomain,
    /// Raised by every change.
    pub revision: i64,
    /// The revision of the last change that touches every document of the tenant.
    pub facts_revision: i64,
}

/// One of a tenant's scopes.
#[derive(Clone, Debug)]
pub struct TenantScope {
    /// Its id.
    pub id: ScopeId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The scope itself.
    pub scope: Scope,
    /// After this time it is refused; none for the one in use.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// Makes a tenant with its first scope.
    pub async fn add_tenant(
        &self,
        tenant: &Tenant,
        scope_id: &ScopeId,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session
            .execute(
                "INSERT INTO tenants (id, slug, name, sip_domain, revision, facts_revision, created_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7)",
                values![
                    tenant.id.as_str(),
                    tenant.slug.as_str(),
                    tenant.name.as_str(),
                    tenant.sip_domain.as_str(),
                    tenant.revision,
                    tenant.facts_revision,
                    now.millis()
                ],
            )
            .await?;
        session.insert_scope(&tenant.id, scope_id, scope, now).await?;
        session.remember_time(now).await?;
        session.announce(&tenant.id).await?;
        session.commit().await
    }

    /// Makes the time of `entry` the newest time stored, even if it lies before: the operator says that the clock is
    /// right, and `entry` keeps who said so.
    pub async fn trust_time(&self, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session
            .execute(
                "INSERT INTO meta (name, value) VALUES ('newest_time', $1) \
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                values![entry.at.millis().to_string()],
            )
            .await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }
}

impl Store {
    /// Remembers that it was `now`, so that a server that goes on for years without a change does not come to doubt its
    /// clock; forgets what was kept long enough by then, unless that time is doubted.
    pub async fn remember_time(&self, now: Timestamp) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        let doubted =
            crate::domain::doubt(now, crate::domain::RELEASED, session.newest_time().await?).is_some();
        if !doubted {
            session.forget_former(now).await?;
        }
        session.remember_time(now).await?;
        session.commit().await
    }
}

impl Session {
    /// All tenants, by short name.
    pub async fn tenants(&mut self) -> Result<Vec<Tenant>, StorageError> {
        self.rows("SELECT * FROM tenants ORDER BY slug", values![]).await?.iter().map(tenant).collect()
    }

    /// The tenant with this short name.
    pub async fn tenant_by_slug(&mut self, slug: &TenantSlug) -> Result<Option<Tenant>, StorageError> {
        let row = self.row("SELECT * FROM tenants WHERE slug = $1", values![slug.as_str()]).await?;
        row.as_ref().map(tenant).transpose()
    }

    /// The tenant with this id.
    pub async fn tenant(&mut self, id: &TenantId) -> Result<Option<Tenant>, StorageError> {
        let row = self.row("SELECT * FROM tenants WHERE id = $1", values![id.as_str()]).await?;
        row.as_ref().map(tenant).transpose()
    }

    /// How many extensions and how many devices the tenant has.
    pub async fn sizes(&mut self, id: &TenantId) -> Result<(u64, u64), StorageError> {
        let row = self
            .row(
                "SELECT (SELECT COUNT(*) FROM services WHERE tenant_id = $1 AND kind = 'extension') AS extensions, \
                 (SELECT COUNT(*) FROM devices WHERE tenant_id = $1) AS devices",
                values![id.as_str()],
            )
            .await?;
        row.map_or(Ok((0, 0)), |row| {
            Ok((row.int("extensions")?.unsigned_abs(), row.int("devices")?.unsigned_abs()))
        })
    }

    /// Each tenant's id, revision and facts revision: what the change feed compares.
    pub async fn revisions(&mut self) -> Result<Vec<(TenantId, i64, i64)>, StorageError> {
        self.rows("SELECT id, revision, facts_revision FROM tenants", values![])
            .await?
            .iter()
            .map(|row| {
                Ok((TenantId::stored(&row.text("id")?), row.int("revision")?, row.int("facts_revision")?))
            })
            .collect()
    }

    /// The scopes of one tenant, the newest first.
    pub async fn scopes(&mut self, tenant: &TenantId) -> Result<Vec<TenantScope>, StorageError> {
        let rows = self
            .rows(
                "SELECT * FROM scopes WHERE tenant_id = $1 ORDER BY expires_at IS NOT NULL, created_at DESC",
                values![tenant.as_str()],
            )
            .await?;
        rows.iter().map(|row| self.scope(row)).collect()
    }

    /// The tenant that a scope names, and until when.
    pub async fn tenant_of_scope(&mut self, scope: &Scope) -> Result<Option<TenantScope>, StorageError> {
        let lookup = self.sealer.scope_lookup(scope);
        let row = self.row("SELECT * FROM scopes WHERE lookup = $1", values![lookup]).await?;
        row.as_ref().map(|row| self.scope(row)).transpose()
    }

    /// The newest time that was ever stored; none in an empty store.
    pub async fn newest_time(&mut self) -> Result<Option<Timestamp>, StorageError> {
        let row = self.row("SELECT value FROM meta WHERE name = 'newest_time'", values![]).await?;
        row.map(|row| row.parsed("value", |text| text.parse().map(Timestamp::from_millis))).transpose()
    }

    /// Makes `now` the newest time stored if it is newer by an hour: days matter, and the row is one for all tenants. A
    /// time that would be doubted is not remembered, so that a change made while the clock is wrong does not make the
    /// wrong time the new truth.
    pub(super) async fn remember_time(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let newest = self.newest_time().await?;
        let doubted = crate::domain::doubt(now, crate::domain::RELEASED, newest).is_some();
        if doubted || newest.is_some_and(|newest| now < newest.plus_hours(1)) {
            return Ok(());
        }
        self.execute(
            "INSERT INTO meta (name, value) VALUES ('newest_time', $1) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            values![now.millis().to_string()],
        )
        .await
        .map(drop)
    }

    async fn insert_scope(
        &mut self,
        tenant: &TenantId,
        id: &ScopeId,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let place = Place { purpose: SCOPE, tenant: tenant.as_str(), row: id.as_str() };
        let sealed = self.sealer.seal(place, &Secret::new(scope.expose()));
        let lookup = self.sealer.scope_lookup(scope);
        self.execute(
            "INSERT INTO scopes (id, tenant_id, lookup, sealed, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, NULL)",
            values![id.as_str(), tenant.as_str(), lookup, sealed, now.millis()],
        )
        .await
        .map(drop)
    }

    fn scope(&self, row: &Row) -> Result<TenantScope, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        let place = Place { purpose: SCOPE, tenant: &tenant, row: &id };
        let opened = self.sealer.open(place, &row.text("sealed")?)?;
        let scope = Scope::parse(opened.expose()).map_err(|why| row.corrupt("sealed", why.to_string()))?;
        Ok(TenantScope {
            id: ScopeId::stored(&id),
            tenant: TenantId::stored(&tenant),
            scope,
            expires_at: row.int_or_none("expires_at")?.map(Timestamp::from_millis),
        })
    }
}

impl Change {
    /// Gives the tenant a new scope; the ones in use go on until `old_until`.
    pub async fn rotate_scope(
        &mut self,
        id: &ScopeId,
        scope: &Scope,
        old_until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        self.execute(
            "UPDATE scopes SET expires_at = $1 WHERE tenant_id = $2 AND (expires_at IS NULL OR expires_at > $1)",
            values![old_until.millis(), tenant.as_str()],
        )
        .await?;
        self.insert_scope(&tenant, id, scope, now).await?;
        self.touch_all().await
    }

    /// Removes the tenant and everything it has.
    pub async fn remove_tenant(&mut self) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        // lines, profiles and numbers are referenced from two sides, so they go before what they refer to
        for statement in [
            "DELETE FROM dids WHERE tenant_id = $1",
            "DELETE FROM device_lines WHERE device_id IN (SELECT id FROM devices WHERE tenant_id = $1)",
            "DELETE FROM devices WHERE tenant_id = $1",
            "DELETE FROM tenants WHERE id = $1",
        ] {
            self.execute(statement, values![tenant.as_str()]).await?;
        }
        Ok(())
    }
}

fn tenant(row: &Row) -> Result<Tenant, StorageError> {
    Ok(Tenant {
        id: TenantId::stored(&row.text("id")?),
        slug: row.parsed("slug", TenantSlug::parse)?,
        name: PlainText::stored(row.text("name")?),
        sip_domain: row.parsed("sip_domain", SipDomain::parse)?,
        revision: row.int("revision")?,
        facts_revision: row.int("facts_revision")?,
    })
}
