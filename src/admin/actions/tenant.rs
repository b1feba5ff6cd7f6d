//! Tenants and their scopes.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Level, PlainText, Scope, ScopeId, SipDomain, TenantId, TenantSlug, Timestamp},
    storage::{AuditEntry, Conflict, StorageError, Tenant, TenantScope},
};

/// The longest that an old scope may go on beside a new one, in days.
const LONGEST_OVERLAP: u32 = 366;

/// What is needed to make a tenant.
#[derive(Clone, Debug)]
pub struct TenantToAdd {
    /// The short name that people type.
    pub slug: TenantSlug,
    /// The company's name.
    pub name: PlainText,
    /// The domain of its SIP addresses.
    pub sip_domain: SipDomain,
}

/// A tenant and what it has.
#[derive(Clone, Debug)]
pub struct TenantDetails {
    /// The tenant.
    pub tenant: Tenant,
    /// Its scopes that are still accepted, the newest first.
    pub scopes: Vec<TenantScope>,
    /// How many extensions it has.
    pub extensions: u64,
    /// How many devices it has.
    pub devices: u64,
}

/// Why a tenant was not made.
#[derive(Debug, thiserror::Error)]
pub enum AddTenantError {
    /// Another tenant is called so.
    #[error("the short name \"{0}\" is taken by another tenant")]
    SlugTaken(TenantSlug),
    /// The actor may not do it, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for AddTenantError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::SlugTaken(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SlugTaken(_) => "tenant_exists",
            Self::Access(access) => access.code(),
        }
    }
}

/// Why a scope was not rotated.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// Too long a time for two scopes.
    #[error("an overlap of {0} days is too long: 0 to {LONGEST_OVERLAP}")]
    Overlap(u32),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for RotateError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Overlap(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Overlap(_) => "overlap_too_long",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(AddTenantError, RotateError);

impl Actions {
    /// Makes a tenant with its first scope.
    pub async fn add_tenant(&self, new: TenantToAdd) -> Result<TenantDetails, AddTenantError> {
        self.may_as_operator(Component::Tenants)?;
        let tenant = Tenant {
            id: TenantId::generate(&*self.random),
            slug: new.slug,
            name: new.name,
            sip_domain: new.sip_domain,
            revision: 1,
            facts_revision: 1,
        };
        let scope = TenantScope {
            id: ScopeId::generate(&*self.random),
            tenant: tenant.id.clone(),
            scope: Scope::generate_for_tenant(&*self.random),
            expires_at: None,
        };
        match self.store.add_tenant(&tenant, &scope.id, &scope.scope, self.now()).await {
            Ok(()) => {
                let entry = self.entry(Some(tenant.id.clone()), "tenant.added", tenant.slug.to_string());
                let after = Some(told(&tenant).to_string());
                self.store.audit(&AuditEntry { after, ..entry }).await?;
                Ok(TenantDetails { tenant, scopes: vec![scope], extensions: 0, devices: 0 })
            }
            Err(StorageError::Conflict(Conflict::TenantSlug)) => Err(AddTenantError::SlugTaken(tenant.slug)),
            Err(error) => Err(error.into()),
        }
    }

    /// All tenants that the actor may see, by short name.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, AccessError> {
        self.may(Component::Tenants, Level::View)?;
        let mut tenants = self.store.read().await?.tenants().await?;
        tenants.retain(|tenant| self.sees(&tenant.id));
        Ok(tenants)
    }

    /// One tenant.
    pub async fn tenant(&self, slug: &TenantSlug) -> Result<TenantDetails, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Tenants).await?;
        let now = self.now();
        let mut scopes = session.scopes(&tenant.id).await?;
        scopes.retain(|scope| scope.expires_at.is_none_or(|end| end > now));
        let (extensions, devices) = session.sizes(&tenant.id).await?;
        Ok(TenantDetails { tenant, scopes, extensions, devices })
    }

    /// Gives the tenant a new scope. The one in use goes on for `overlap` days (none: it ends now), so that phones can
    /// learn the new URL; until when.
    pub async fn rotate_scope(
        &self,
        slug: &TenantSlug,
        overlap: u32,
    ) -> Result<(TenantScope, Timestamp), RotateError> {
        self.may_as_operator(Component::Tenants)?;
        if overlap > LONGEST_OVERLAP {
            return Err(RotateError::Overlap(overlap));
        }
        let (mut change, tenant) = self.change_tenant(slug, Component::Tenants).await?;
        let old_until = self.now().plus_days(i64::from(overlap));
        let scope = TenantScope {
            id: ScopeId::generate(&*self.random),
            tenant: tenant.id,
            scope: Scope::generate_for_tenant(&*self.random),
            expires_at: None,
        };
        change.rotate_scope(&scope.id, &scope.scope, old_until, self.now()).await?;
        let states = (Value::Null, json!({ "scope": scope.id }));
        self.note_change(&mut change, "scope.rotated", format!("the old one ends {old_until}"), states)
            .await?;
        change.commit().await?;
        Ok((scope, old_until))
    }

    /// Removes a tenant with everything it has.
    pub async fn remove_tenant(&self, slug: &TenantSlug) -> Result<(), AccessError> {
        self.may_as_operator(Component::Tenants)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Tenants).await?;
        let detail = format!("{} ({})", tenant.slug, tenant.name);
        self.note_change(&mut change, "tenant.removed", detail, (told(&tenant), Value::Null)).await?;
        change.remove_tenant().await?;
        change.commit().await?;
        Ok(())
    }
}

/// What the audit keeps of a tenant that was made or removed.
fn told(tenant: &Tenant) -> Value {
    json!({ "name": tenant.name, "sip_domain": tenant.sip_domain.to_string() })
}
