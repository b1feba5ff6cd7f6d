//! Walks over MACs that the doors for phones saw.

use super::{AccessError, Actions};
use crate::{
    domain::{Component, Level, TenantSlug},
    storage::SeenWalk,
};

impl Actions {
    /// The walks over MACs that are remembered, the newest first, each with the tenant whose URL was used. Operators
    /// only: a walk need not keep to one tenant.
    pub async fn walks(&self) -> Result<Vec<(SeenWalk, Option<TenantSlug>)>, AccessError> {
        self.may(Component::Devices, Level::View)?;
        if !self.actor.operator {
            return Err(AccessError::OperatorOnly);
        }
        let walks = self.store.walks().await?;
        let mut session = self.store.read().await?;
        let mut shown = Vec::with_capacity(walks.len());
        for walk in walks {
            let tenant = match &walk.tenant {
                Some(id) => session.tenant(id).await?.map(|tenant| tenant.slug),
                None => None,
            };
            shown.push((walk, tenant));
        }
        Ok(shown)
    }
}
