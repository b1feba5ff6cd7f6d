//! The password that phones of a tenant answer with, besides the scope in their URL.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, PasswordId, Secret, TenantSlug, Timestamp},
    storage::TenantPassword,
};

/// The longest that phones may take to learn a password, in days.
const LONGEST_OVERLAP: u32 = 366;

/// A tenant's passwords that hold, the one that phones are given first.
#[derive(Clone, Debug)]
pub struct PhonePasswords(pub Vec<TenantPassword>);

/// Why a tenant's password was not set, shown or removed.
#[derive(Debug, thiserror::Error)]
pub enum TenantPasswordError {
    /// Too long a time for phones to learn it.
    #[error("an overlap of {0} days is too long: 0 to {LONGEST_OVERLAP}")]
    Overlap(u32),
    /// The tenant demands none.
    #[error("tenant {0} demands no password of its phones")]
    None(TenantSlug),
    /// The tenant is not there, the actor may not do it, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for TenantPasswordError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Overlap(_) => FailureKind::Input,
            Self::None(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Overlap(_) => "overlap_too_long",
            Self::None(_) => "password_not_set",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(TenantPasswordError);

impl Actions {
    /// Gives the tenant a new password. Phones learn it with their next configuration: for `overlap` days they are not
    /// asked for it yet, or the former ones go on beside it.
    pub async fn set_tenant_password(
        &self,
        slug: &TenantSlug,
        overlap: u32,
    ) -> Result<PhonePasswords, TenantPasswordError> {
        self.may_as_operator(Component::Tenants)?;
        if overlap > LONGEST_OVERLAP {
            return Err(TenantPasswordError::Overlap(overlap));
        }
        let (mut change, tenant) = self.change_tenant(slug, Component::Tenants).await?;
        let now = self.now();
        let until = now.plus_days(i64::from(overlap));
        let former = current(change.tenant_passwords(&tenant.id).await?);
        // once a password is demanded, a new one does not end that
        let asked_already = former.as_ref().map(|former| former.demanded_from);
        let new = TenantPassword {
            id: PasswordId::generate(&*self.random),
            user: tenant.slug.to_string(),
            password: Secret::generate_typed_password(&*self.random),
            demanded_from: asked_already.map_or(until, |since| since.min(until)),
            expires_at: None,
        };
        change.set_tenant_password(&new, until, now).await?;
        let detail = match &former {
            None => format!("demanded from {}", new.demanded_from),
            Some(_) => format!("the former one ends {until}"),
        };
        let states = (told(former.as_ref()), told(Some(&new)));
        self.note_change(&mut change, "tenant.password-set", detail, states).await?;
        change.commit().await?;
        Ok(PhonePasswords(vec![new]))
    }

    /// The tenant's passwords that hold, the one that phones are given first.
    pub async fn tenant_passwords(&self, slug: &TenantSlug) -> Result<PhonePasswords, TenantPasswordError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Credentials).await?;
        let now = self.now();
        let mut passwords = session.tenant_passwords(&tenant.id).await?;
        passwords.retain(|password| password.expires_at.is_none_or(|end| end > now));
        if passwords.is_empty() {
            return Err(TenantPasswordError::None(tenant.slug));
        }
        Ok(PhonePasswords(passwords))
    }

    /// Demands no password of the tenant's phones any more; they forget it with their next configuration.
    pub async fn remove_tenant_password(&self, slug: &TenantSlug) -> Result<(), TenantPasswordError> {
        self.may_as_operator(Component::Tenants)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Tenants).await?;
        let former = current(change.tenant_passwords(&tenant.id).await?);
        if !change.remove_tenant_passwords().await? {
            return Err(TenantPasswordError::None(tenant.slug));
        }
        let states = (told(former.as_ref()), Value::Null);
        self.note_change(&mut change, "tenant.password-removed", slug.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }
}

fn current(passwords: Vec<TenantPassword>) -> Option<TenantPassword> {
    passwords.into_iter().find(|password| password.expires_at.is_none())
}

/// What the audit keeps of a password: that there is one.
fn told(password: Option<&TenantPassword>) -> Value {
    let since = |from: Timestamp| from.to_string();
    password.map_or(
        Value::Null,
        |password| json!({ "password": password.id, "demanded_from": since(password.demanded_from) }),
    )
}
