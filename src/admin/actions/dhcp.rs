//! What a DHCP server has to tell a tenant's phones.

use std::net::Ipv4Addr;

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Setting, Settings, TenantSlug},
    storage::{SettingOwner, TenantScope},
};

/// What a DHCP server has to tell a tenant's phones.
#[derive(Clone, Debug)]
pub struct DhcpFacts {
    /// The tenant's short name.
    pub tenant: TenantSlug,
    /// The scope that phones are to be given: the tenant's newest, never a device's.
    pub scope: TenantScope,
    /// The tenant's setting `time.ntp`.
    pub ntp: TimeServer,
}

/// A time server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeServer {
    /// One that option 42 can name.
    Address(Ipv4Addr),
    /// A name, or an address of IPv6: only a phone's own file can hold it.
    Named(String),
}

/// Why there is nothing to tell.
#[derive(Debug, thiserror::Error)]
pub enum DhcpError {
    /// Every scope has ended.
    #[error(
        "no URL of tenant {0} is accepted any more; give its phones a new one: offhook tenant scope rotate {0}"
    )]
    NoScope(TenantSlug),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for DhcpError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NoScope(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoScope(_) => "tenant_without_scope",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(DhcpError);

impl Actions {
    /// What a DHCP server has to tell the tenant's phones, for who may see the tenant's URL.
    pub async fn dhcp_facts(&self, slug: &TenantSlug) -> Result<DhcpFacts, DhcpError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Tenants).await?;
        let now = self.now();
        // the one that lasts comes first, and of those that end the newest
        let mut scopes = session.scopes(&tenant.id).await?.into_iter();
        let usable = scopes.find(|scope| scope.expires_at.is_none_or(|end| end > now));
        let scope = usable.ok_or_else(|| DhcpError::NoScope(tenant.slug.clone()))?;
        let mut shared = session.shared_settings(&tenant.id).await?;
        shared.retain(|setting| setting.owner == SettingOwner::Tenant);
        let settings =
            Settings::merge(shared.into_iter().map(|setting| {
                (setting.name, Setting { layer: setting.owner.layer(), value: setting.value })
            }));
        let ntp = settings.find("time.ntp").map(|setting| setting.value.to_string()).unwrap_or_default();
        let ntp = ntp.parse().map_or_else(|_| TimeServer::Named(ntp), TimeServer::Address);
        Ok(DhcpFacts { tenant: tenant.slug, scope, ntp })
    }
}
