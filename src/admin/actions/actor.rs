//! Who acts: a name for the audit, and what may be done in that name.

use std::net::IpAddr;

use super::{AccessError, Actions};
use crate::domain::{Component, Level, Rights, Role, TenantId};

/// Who acts.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Who it is, for the audit: a system user, a user, a token.
    pub name: String,
    /// What may be done.
    pub rights: Rights,
    /// The only tenant whose things may be seen and changed; none for operators, who see all.
    pub tenant: Option<TenantId>,
    /// From where; none at a terminal.
    pub from: Option<IpAddr>,
}

impl Actor {
    /// Who may do everything: whoever reaches the master key at a terminal.
    #[must_use]
    pub fn operator(name: impl Into<String>) -> Self {
        Self { name: name.into(), rights: Role::Operator.rights(), tenant: None, from: None }
    }

    /// Whether it acts for the whole installation.
    #[must_use]
    pub const fn is_operator(&self) -> bool {
        self.tenant.is_none()
    }
}

impl Actions {
    /// The same actions in the name of somebody else.
    #[must_use]
    pub fn on_behalf_of(&self, actor: Actor) -> Self {
        Self { actor, ..self.clone() }
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
        if self.actor.is_operator() { Ok(()) } else { Err(AccessError::OperatorOnly) }
    }

    /// Whether the actor may know that the tenant exists.
    pub(super) fn sees(&self, tenant: &TenantId) -> bool {
        self.actor.tenant.as_ref().is_none_or(|own| own == tenant)
    }
}
