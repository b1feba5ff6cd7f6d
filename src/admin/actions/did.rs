//! DID numbers: the operator gives them to a tenant, its administrators say which service answers each.

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, FailureKind, attendant::called, error::may_fail_in_the_store,
    service::find_any_service,
};
use crate::{
    domain::{Component, DidNumber, ServiceKind, ServiceName, TenantSlug},
    storage::{Conflict, StorageError},
};

/// A public number, and who answers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DidDetails {
    /// The number.
    pub number: DidNumber,
    /// Who answers it, and what that is; none while it is free.
    pub service: Option<(ServiceName, ServiceKind)>,
    /// The tenant's revision of its last change.
    pub revision: i64,
}

/// Why a public number was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DidError {
    /// The tenant has it already.
    #[error("{0} is already a DID number of this tenant")]
    Present(DidNumber),
    /// Another tenant has it.
    #[error("{0} is a DID number of another tenant")]
    OtherTenant(DidNumber),
    /// A service answers it.
    #[error("{number} is answered by {by}; release it first")]
    Answered {
        /// The number.
        number: DidNumber,
        /// Who answers it.
        by: ServiceName,
    },
    /// No service answers it.
    #[error("{0} is answered by nobody")]
    Free(DidNumber),
    /// What was named is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for DidError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Present(_) | Self::OtherTenant(_) | Self::Answered { .. } => FailureKind::Refused,
            Self::Free(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Present(_) => "did_exists",
            Self::OtherTenant(_) => "did_of_other_tenant",
            Self::Answered { .. } => "did_answered",
            Self::Free(_) => "did_free",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(DidError);

impl Actions {
    /// Gives the tenant public numbers, all of them or none. Operators only: who else could say whose a number is?
    pub async fn add_dids(&self, slug: &TenantSlug, numbers: &[DidNumber]) -> Result<(), DidError> {
        self.may_as_operator(Component::Dids)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Dids).await?;
        self.once(&mut change).await?;
        for number in numbers {
            if change.did(&tenant.id, number).await?.is_some() {
                return Err(DidError::Present(number.clone()));
            }
            match change.add_did(number).await {
                Err(StorageError::Conflict(Conflict::Did)) => {
                    return Err(DidError::OtherTenant(number.clone()));
                }
                other => other?,
            }
        }
        let listed = numbers.iter().map(DidNumber::as_str).collect::<Vec<_>>().join(", ");
        let states = (Value::Null, json!({ "numbers": numbers }));
        self.note_change(&mut change, "did.added", listed, states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Takes a public number that nobody answers from the tenant. Operators only.
    pub async fn remove_did(&self, slug: &TenantSlug, number: &DidNumber) -> Result<(), DidError> {
        self.may_as_operator(Component::Dids)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Dids).await?;
        let did = change.did(&tenant.id, number).await?.ok_or_else(|| AccessError::Did(number.clone()))?;
        self.unchanged(did.revision)?;
        if let Some(service) = did.service {
            let by = called(&mut change, &service).await?;
            return Err(DidError::Answered { number: number.clone(), by });
        }
        change.remove_did(number).await?;
        let states = (json!({ "numbers": [number] }), Value::Null);
        self.note_change(&mut change, "did.removed", number.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// The tenant's public numbers, by number.
    pub async fn dids(&self, slug: &TenantSlug) -> Result<Vec<DidDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Dids).await?;
        let dids = session.dids_answered(&tenant.id).await?.into_iter();
        let dids =
            dids.map(|(did, service)| DidDetails { number: did.number, service, revision: did.revision });
        Ok(dids.collect())
    }

    /// Lets a service answer a public number that is free. Whether that changed anything.
    pub async fn assign_did(
        &self,
        slug: &TenantSlug,
        number: &DidNumber,
        service: &ServiceName,
    ) -> Result<bool, DidError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Dids).await?;
        let did = change.did(&tenant.id, number).await?.ok_or_else(|| AccessError::Did(number.clone()))?;
        self.unchanged(did.revision)?;
        let found = find_any_service(&mut change, &tenant.id, service).await?;
        match did.service {
            Some(answering) if answering == found.id => return Ok(false),
            Some(answering) => {
                let by = called(&mut change, &answering).await?;
                return Err(DidError::Answered { number: number.clone(), by });
            }
            None => change.route_did(number, Some(&found.id)).await?,
        }
        let states = (json!({ "service": null }), json!({ "service": service.to_string() }));
        self.note_change(&mut change, "did.assigned", format!("{number} to {service}"), states).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Lets nobody answer a public number; who did.
    pub async fn release_did(&self, slug: &TenantSlug, number: &DidNumber) -> Result<ServiceName, DidError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Dids).await?;
        let did = change.did(&tenant.id, number).await?.ok_or_else(|| AccessError::Did(number.clone()))?;
        self.unchanged(did.revision)?;
        let answering = did.service.ok_or_else(|| DidError::Free(number.clone()))?;
        let by = called(&mut change, &answering).await?;
        change.route_did(number, None).await?;
        let states = (json!({ "service": by.to_string() }), json!({ "service": null }));
        self.note_change(&mut change, "did.released", format!("{number} from {by}"), states).await?;
        change.commit().await?;
        Ok(by)
    }
}
