//! The audit: read, verified, exported and kept for as long as it must be.

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Level, TenantId, TenantSlug},
    storage::{AuditEntry, AuditRecord, Session, Verdict},
};

/// What was found of one chain.
#[derive(Clone, Debug)]
pub struct ChainVerdict {
    /// Whose it is: a tenant's short name, or its id once it was removed; none for the installation.
    pub tenant: Option<String>,
    /// What was found.
    pub verdict: Verdict,
}

/// Why entries were not removed.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// Too young.
    #[error("entries are kept for at least {LEAST_DAYS} days, not {0}")]
    TooYoung(u32),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Younger entries cannot be removed.
const LEAST_DAYS: u32 = 30;

impl ActionError for PruneError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::TooYoung(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooYoung(_) => "audit_too_young",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(PruneError);

impl Actions {
    /// Entries of a tenant, or of the installation, before the place `before`, the newest first.
    pub async fn audit(
        &self,
        slug: Option<&TenantSlug>,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<AuditRecord>, AccessError> {
        let (mut session, tenant) = self.open_chain(slug).await?;
        Ok(session.audit_records(tenant.as_ref(), before, most).await?)
    }

    /// Verifies the chain of a tenant, or every chain there is.
    pub async fn verify_audit(&self, slug: Option<&TenantSlug>) -> Result<Vec<ChainVerdict>, AccessError> {
        let (mut session, tenant) = self.open_chain(slug).await?;
        let chains = match tenant {
            Some(tenant) => vec![Some(tenant)],
            None => session.audit_chains().await?,
        };
        let mut verdicts = Vec::new();
        for chain in chains {
            let verdict = session.verify_audit(chain.as_ref()).await?;
            let tenant = match chain {
                Some(id) => {
                    let slug = session.tenant(&id).await?.map(|tenant| tenant.slug.to_string());
                    Some(slug.unwrap_or_else(|| id.to_string()))
                }
                None => None,
            };
            verdicts.push(ChainVerdict { tenant, verdict });
        }
        Ok(verdicts)
    }

    /// Removes the entries of a tenant, or of the installation, that are older than `days`; how many. Operators only.
    pub async fn prune_audit(&self, slug: Option<&TenantSlug>, days: u32) -> Result<u64, PruneError> {
        self.may_as_operator(Component::Audit)?;
        if days < LEAST_DAYS {
            return Err(PruneError::TooYoung(days));
        }
        let (session, tenant) = self.open_chain(slug).await?;
        drop(session);
        let entry = self.entry(tenant.clone(), "audit.pruned", format!("entries older than {days} days"));
        let before = self.now().plus_days(-i64::from(days));
        Ok(self.store.prune_audit(tenant.as_ref(), before, &entry).await?)
    }

    /// Notes that something was refused. That it could not be noted is no reason to answer otherwise.
    pub async fn note_refusal(&self, what: &str, why: &str) {
        let tenant = self.actor.tenant.clone();
        let entry =
            AuditEntry { refused: true, ..self.entry(tenant, "request.refused", format!("{what}: {why}")) };
        if let Err(error) = self.store.audit(&entry).await {
            tracing::warn!(%error, "a refusal could not be audited");
        }
    }

    async fn open_chain(
        &self,
        slug: Option<&TenantSlug>,
    ) -> Result<(Session, Option<TenantId>), AccessError> {
        if let Some(slug) = slug {
            let (session, tenant) = self.open_tenant(slug, Component::Audit).await?;
            return Ok((session, Some(tenant.id)));
        }
        self.may(Component::Audit, Level::View)?;
        if !self.actor.operator {
            return Err(AccessError::OperatorOnly);
        }
        Ok((self.store.read().await?, None))
    }
}
