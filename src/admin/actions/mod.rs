//! The use cases: what an operator or an administrator can do, with every rule that holds on the way.
//!
//! A change reads what it decides on inside the [`Change`] that it makes, so nothing can change in between. Each failure
//! says what it means ([`ActionError::kind`]) and has a stable code for programs.

mod backup;
mod device;
mod error;
mod extension;
mod keep;
mod key;
mod license;
mod license_state;
mod line;
mod models;
mod opening;
mod plan;
mod preview;
mod profile;
mod seen;
mod setting;
mod tenant;

use std::sync::Arc;

pub use crate::provisioning::Preview;
pub use backup::BackupFailure;
pub use device::{
    AddDeviceError, DeviceDetails, DeviceToAdd, LineDetails, RemoveDeviceError, ReplaceError, SetModelError,
};
pub use error::{AccessError, ActionError, FailureKind};
pub use extension::{AddExtensionError, AddOnDetails, Carrier, ExtensionDetails, ExtensionToAdd};
pub use keep::{HeldSeat, KeepError};
pub use key::{KeyError, KeyToSet};
pub use license::{InstallError, InstallOutcome, LicenseOverview, ProductUse, TrustClockError};
use license_state::LicenseState;
pub use license_state::{SeatRefusal, Undecidable};
pub use line::{AssignError, ReleaseError};
pub use models::{ModelSize, Models, UnknownModel};
pub use opening::{Location, OpenError, read_license_keys};
pub use plan::{PlanChange, PlanError};
pub use profile::ProfileError;
pub use seen::SeenList;
pub use setting::{SettingError, SettingTarget};
pub use tenant::{AddTenantError, RotateError, TenantDetails, TenantToAdd};

use crate::{
    domain::{
        Clock, Device, Extension, ExtensionNumber, Mac, Random, TenantId, TenantSlug, Timestamp,
        license::PublicKeys,
    },
    storage::{AuditEntry, Change, Session, StorageError, Store, Tenant},
};

/// Everything that actions work with.
pub struct Actions {
    /// Where it is kept.
    pub store: Store,
    /// The time, for every license question.
    pub clock: Arc<dyn Clock>,
    /// What ids, scopes and passwords are made of.
    pub random: Arc<dyn Random>,
    /// The operator's public keys, with which licenses are verified.
    pub license_keys: PublicKeys,
    /// This installation's id, which a license may demand as its audience.
    pub installation: Option<String>,
    /// Which phones exist.
    pub models: Arc<dyn Models>,
    /// Who acts, for the audit.
    pub actor: String,
}

impl Actions {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Starts a change to the tenant called `slug`.
    async fn change_tenant(&self, slug: &TenantSlug) -> Result<(Change, Tenant), AccessError> {
        let tenant = find_tenant(&mut self.store.read().await?, slug).await?;
        let mut change = self.change(&tenant.id, slug).await?;
        let tenant = find_tenant(&mut change, slug).await?;
        Ok((change, tenant))
    }

    /// Starts a change to the tenant that has the device.
    async fn change_device(&self, mac: Mac) -> Result<(Change, Device), AccessError> {
        let found = find_device(&mut self.store.read().await?, mac).await?;
        let mut change = self.store.change(&found.tenant, self.now()).await.map_err(|error| match error {
            StorageError::TenantGone => AccessError::Device(mac),
            other => AccessError::Storage(other),
        })?;
        // it may have gone to another tenant before the change began
        let device = find_device(&mut change, mac).await?;
        if device.tenant != found.tenant {
            return Err(AccessError::Device(mac));
        }
        Ok((change, device))
    }

    async fn change(&self, tenant: &TenantId, slug: &TenantSlug) -> Result<Change, AccessError> {
        self.store.change(tenant, self.now()).await.map_err(|error| match error {
            StorageError::TenantGone => AccessError::Tenant(slug.clone()),
            other => AccessError::Storage(other),
        })
    }

    /// Notes in the audit what `change` does, with it or not at all.
    async fn note(&self, change: &mut Change, action: &str, detail: String) -> Result<(), StorageError> {
        let entry = self.entry(Some(change.tenant().clone()), action, detail);
        change.audit(&*self.random, &entry).await
    }

    fn entry(&self, tenant: Option<TenantId>, action: &str, detail: String) -> AuditEntry {
        let (at, actor, action) = (self.now(), self.actor.clone(), action.to_owned());
        AuditEntry { tenant, at, actor, action, detail }
    }
}

async fn find_tenant(session: &mut Session, slug: &TenantSlug) -> Result<Tenant, AccessError> {
    session.tenant_by_slug(slug).await?.ok_or_else(|| AccessError::Tenant(slug.clone()))
}

async fn find_device(session: &mut Session, mac: Mac) -> Result<Device, AccessError> {
    session.device_by_mac(mac).await?.ok_or(AccessError::Device(mac))
}

async fn find_extension(
    session: &mut Session,
    tenant: &TenantId,
    number: &ExtensionNumber,
) -> Result<Extension, AccessError> {
    let found = session.extension_by_number(tenant, number).await?;
    found.ok_or_else(|| AccessError::Extension(number.clone()))
}
