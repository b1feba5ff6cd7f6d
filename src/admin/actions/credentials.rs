//! SIP credentials of services that register: seen and changed under a right of their own.

use serde_json::json;

use super::{
    AccessError, ActionError, Actions, FailureKind,
    error::may_fail_in_the_store,
    service::{find_any_service, noun},
};
use crate::domain::{Component, Secret, ServiceKind, ServiceName, TenantSlug};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The service does not register.
    #[error("{0} does not register, so it has no password")]
    None(ServiceName),
    /// The service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for PasswordError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::None(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::None(_) => "no_password",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(PasswordError);

impl Actions {
    /// Gives an extension or a trunk that registers another SIP password: the one given, or a new one. Its phones get it
    /// with their next configuration, its PBX with the next change that it asks for.
    pub async fn set_sip_password(
        &self,
        slug: &TenantSlug,
        name: &ServiceName,
        password: Option<Secret>,
    ) -> Result<(), PasswordError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Credentials).await?;
        let service = find_any_service(&mut change, &tenant.id, name).await?;
        self.unchanged(service.revision)?;
        if service.kind == ServiceKind::AutoAttendant {
            return Err(PasswordError::None(name.clone()));
        }
        let password = password.unwrap_or_else(|| Secret::generate_password(&*self.random));
        if !change.set_sip_password(&service.id, &password).await? {
            return Err(PasswordError::None(name.clone()));
        }
        let action = format!("{}.password-changed", noun(&service.kind));
        let states = (json!({ "password": "set" }), json!({ "password": "changed" }));
        self.note_change(&mut change, &action, name.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }
}
