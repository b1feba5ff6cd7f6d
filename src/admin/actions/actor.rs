//! Who acts: a name for the audit, and what may be done in that name.

use std::net::IpAddr;

use super::{AccessError, Actions};
use crate::domain::{
    Component, Language, Level, PlainText, Rights, Role, SessionId, TenantId, TenantSlug, UserId,
};
use crate::storage::StorageError;

/// The session through which a user acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// The user.
    pub user: UserId,
    /// The session.
    pub id: SessionId,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who it is, for the audit: a system user, a user, a token.
    pub name: String,
    /// What may be done.
    pub rights: Rights,
    /// Whether it acts for the whole installation.
    pub operator: bool,
    /// The only tenant whose things may be seen and changed now; none: all of them.
    pub tenant: Option<TenantId>,
    /// From where; none at a terminal.
    pub from: Option<IpAddr>,
    /// Through which session; none for tokens and at a terminal.
    pub session: Option<OwnSession>,
    /// In which language products are called by their names.
    pub language: Language,
}

impl Actor {
    /// Who may do nothing: nobody has said yet who it is.
    #[must_use]
    pub fn nobody() -> Self {
        let rights = Rights::of(|_| Level::None);
        Self {
            name: "nobody".to_owned(),
            rights,
            operator: false,
            tenant: None,
            from: None,
            session: None,
            language: Language::default(),
        }
    }

    /// Who may do everything: whoever reaches the master key at a terminal.
    #[must_use]
    pub fn operator(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rights: Role::Operator.rights(),
            operator: true,
            tenant: None,
            from: None,
            session: None,
            language: Language::default(),
        }
    }
}

impl Actions {
    /// The same actions in the name of somebody else.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
    }

    /// The same actions on one tenant alone, which the actor must be able to see.
    pub async fn within(&self, slug: &TenantSlug) -> Result<Self, AccessError> {
        self.within_named(slug).await.map(|(actions, _)| actions)
    }

    /// The same actions on one tenant alone, and the tenant's name.
    pub async fn within_named(&self, slug: &TenantSlug) -> Result<(Self, PlainText), AccessError> {
        let tenant = self.find_tenant(&mut self.store.read().await?, slug).await?;
        Ok((self.on_behalf_of(Actor { tenant: Some(tenant.id), ..self.actor.clone() }), tenant.name))
    }

    /// The only tenant that the actor acts for.
    pub async fn own_tenant(&self) -> Result<TenantSlug, AccessError> {
        let id = self.actor.tenant.as_ref().ok_or(AccessError::NoTenantOfItsOwn)?;
        let tenant = self.store.read().await?.tenant(id).await?;
        tenant.map(|tenant| tenant.slug).ok_or(AccessError::Storage(StorageError::TenantGone))
    }

    /// Refuses what the actor may not do.
    pub(super) fn may(&self, component: Component, level: Level) -> Result<(), AccessError> {
        if self.actor.rights.level(component) >= level {
            Ok(())
        } else {
            Err(AccessError::Forbidden { component, level })
        }
    }

    /// Refuses what only operators may do.
    pub(super) fn may_as_operator(&self, component: Component) -> Result<(), AccessError> {
        self.may(component, Level::Change)?;
        if self.actor.operator { Ok(()) } else { Err(AccessError::OperatorOnly) }
    }

    /// Whether the actor may know that the tenant exists.
    pub(super) fn sees(&self, tenant: &TenantId) -> bool {
        self.actor.tenant.as_ref().is_none_or(|own| own == tenant)
    }
}
