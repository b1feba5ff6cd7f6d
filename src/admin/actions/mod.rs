//! The use cases: what an operator or an administrator can do, with every rule that holds on the way.
//!
//! A change reads what it decides on inside the [`Change`] that it makes, so nothing can change in between. Each failure
//! says what it means ([`ActionError::kind`]) and has a stable code for programs.

mod account;
mod actor;
mod attendant;
mod audit;
mod backup;
mod change_effect;
mod choose;
mod conditions;
mod credentials;
mod csv;
mod database_role;
mod device;
mod device_list;
mod dhcp;
mod did;
mod effects;
mod enrollment;
mod error;
mod extension;
mod extension_with_phone;
mod goodbye;
mod inventory;
mod keep;
mod key;
mod license;
mod license_state;
mod line;
mod master_key;
mod models;
mod offer;
mod opening;
mod overview;
mod own_user;
mod pin;
mod plan;
mod preview;
mod profile;
mod profile_key;
mod replace;
mod seat_refusal;
mod seen;
mod service;
mod set_model;
mod setting;
mod sign_in;
mod sync;
mod tenant;
mod tenant_password;
mod token;
mod trunk;
mod trunk_line;
mod user;
mod walk;

use std::sync::Arc;

pub use crate::{
    provisioning::Preview,
    storage::{
        AuditRecord, DatabaseRole, KeySource, PhonesMay, SetupLink, Token, User, UserSession, Verdict,
        phones_access,
    },
};
pub use account::{Account, Accounts, AccountsError, Exchange};
pub use actor::{Actor, OwnSession};
pub use attendant::{AttendantDetails, AttendantError, AttendantToAdd, CallStep};
pub use audit::{ChainVerdict, PruneError};
pub use backup::BackupFailure;
pub use change_effect::{ChangeEffect, EffectError, FileEffect, PhoneFiles};
pub use conditions::{Conditions, Creation};
pub use credentials::PasswordError;
pub use csv::{CsvError, CsvKind, CsvMistake, CsvOptions, CsvOutcome, read_lines};
pub use database_role::DatabaseRoleError;
pub use device::{AddDeviceError, DeviceDetails, DeviceToAdd, LineDetails, RemoveDeviceError};
pub use device_list::{DeviceHistory, ListedDevice};
pub use dhcp::{DhcpError, DhcpFacts, TimeServer};
pub use did::{DidDetails, DidError};
pub use enrollment::{AlarmAnswer, AnswerError, EnrollmentDetails, WindowHoursError};
pub use error::{AccessError, ActionError, FailureKind};
pub use extension::{AddExtensionError, Carrier, ExtensionDetails, ExtensionToAdd, Found};
pub use extension_with_phone::{AddWithPhoneError, Phone};
pub use goodbye::{FormerDetails, FreedLine, Released, SipPassword};
pub use keep::{HeldSeat, KeepError};
pub use key::{BeyondModel, KeyError, KeyToSet};
pub use license::{InstallError, InstallOutcome, LicenseOverview, ProductUse, TrustClockError};
use license_state::LicenseState;
pub use line::{AssignError, ReleaseError};
pub use master_key::{MasterRotation, RotateKeyError};
pub use models::{ModelSize, Models, UnknownModel};
pub use offer::OfferedProduct;
pub use opening::{Location, OpenError, read_license_keys};
pub use overview::{BootingPhone, Overview, Tallies};
pub use own_user::CodeKey;
pub use pin::ClearPinError;
pub use plan::{AddOnToSet, PlanChange, PlanError};
pub use profile::ProfileError;
pub use replace::ReplaceError;
pub use seat_refusal::{Fitting, SeatRefusal, Undecidable};
pub use seen::SeenList;
pub use service::{AddOnDetails, BlockError, RemoveServiceError, ServiceDetails};
pub use set_model::SetModelError;
pub use setting::{SettingError, SettingTarget};
pub use sign_in::{SignIn, SignInError, SignedIn};
pub use sync::{FollowState, Following};
pub use tenant::{AddTenantError, RotateError, TenantDetails, TenantToAdd};
pub use tenant_password::{PhonePasswords, TenantPasswordError};
pub use token::{TokenError, TokenToAdd};
pub use trunk::{TrunkDetails, TrunkError, TrunkToAdd};
pub use trunk_line::TrunkRefusal;
pub use user::{UserChange, UserError, UserToAdd, setup_path};

use crate::{
    domain::{
        Clock, Component, Device, Extension, ExtensionNumber, Level, Mac, Random, TenantId, TenantSlug,
        Timestamp, license::PublicKeys,
    },
    storage::{AuditEntry, Change, Session, StorageError, Store, Tenant},
};

/// Everything that actions work with.
#[derive(Clone)]
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
    /// Who acts.
    pub actor: Actor,
    /// What is demanded besides.
    pub conditions: Conditions,
}

impl Actions {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A snapshot of the tenant called `slug`, for who may see the component.
    async fn open_tenant(
        &self,
        slug: &TenantSlug,
        component: Component,
    ) -> Result<(Session, Tenant), AccessError> {
        self.may(component, Level::View)?;
        let mut session = self.store.read().await?;
        let tenant = self.find_tenant(&mut session, slug).await?;
        Ok((session, tenant))
    }

    /// Starts a change to the tenant called `slug`, for who may change the component.
    async fn change_tenant(
        &self,
        slug: &TenantSlug,
        component: Component,
    ) -> Result<(Change, Tenant), AccessError> {
        self.may(component, Level::Change)?;
        let tenant = self.find_tenant(&mut self.store.read().await?, slug).await?;
        let mut change = self.change(&tenant.id, slug).await?;
        let tenant = self.find_tenant(&mut change, slug).await?;
        Ok((change, tenant))
    }

    /// A snapshot of the device's tenant, for who may see the component.
    async fn open_device(&self, mac: Mac, component: Component) -> Result<(Session, Device), AccessError> {
        self.may(component, Level::View)?;
        let mut session = self.store.read().await?;
        let device = self.find_device(&mut session, mac).await?;
        Ok((session, device))
    }

    /// Starts a change to the tenant that has the device, for who may change the component.
    async fn change_device(&self, mac: Mac, component: Component) -> Result<(Change, Device), AccessError> {
        self.may(component, Level::Change)?;
        let found = self.find_device(&mut self.store.read().await?, mac).await?;
        let mut change = self.store.change(&found.tenant, self.now()).await.map_err(|error| match error {
            StorageError::TenantGone => AccessError::Device(mac),
            other => AccessError::Storage(other),
        })?;
        // it may have gone to another tenant before the change began
        let device = self.find_device(&mut change, mac).await?;
        if device.tenant != found.tenant {
            return Err(AccessError::Device(mac));
        }
        self.unchanged(device.revision)?;
        Ok((change, device))
    }

    async fn change(&self, tenant: &TenantId, slug: &TenantSlug) -> Result<Change, AccessError> {
        self.store.change(tenant, self.now()).await.map_err(|error| match error {
            StorageError::TenantGone => AccessError::Tenant(slug.clone()),
            other => AccessError::Storage(other),
        })
    }

    /// The tenant called `slug`; one that the actor may not see is not there.
    async fn find_tenant(&self, session: &mut Session, slug: &TenantSlug) -> Result<Tenant, AccessError> {
        let found = session.tenant_by_slug(slug).await?.filter(|tenant| self.sees(&tenant.id));
        found.ok_or_else(|| AccessError::Tenant(slug.clone()))
    }

    /// The device with this MAC; one of a tenant that the actor may not see is not there.
    async fn find_device(&self, session: &mut Session, mac: Mac) -> Result<Device, AccessError> {
        let found = session.device_by_mac(mac).await?.filter(|device| self.sees(&device.tenant));
        found.ok_or(AccessError::Device(mac))
    }

    /// Notes in the audit what `change` does, with it or not at all.
    async fn note(&self, change: &mut Change, action: &str, detail: String) -> Result<(), StorageError> {
        let entry = self.entry(Some(change.tenant().clone()), action, detail);
        change.audit(&entry).await
    }

    /// Notes what was changed, with what it was before and what it is then.
    async fn note_change(
        &self,
        change: &mut Change,
        action: &str,
        detail: String,
        (before, after): (serde_json::Value, serde_json::Value),
    ) -> Result<(), StorageError> {
        let entry = self.entry(Some(change.tenant().clone()), action, detail);
        let (before, after) = (Some(before.to_string()), Some(after.to_string()));
        change.audit(&AuditEntry { before, after, ..entry }).await
    }

    fn entry(&self, tenant: Option<TenantId>, action: &str, detail: String) -> AuditEntry {
        let origin = self.actor.from.map(|address| address.to_string());
        AuditEntry { origin, ..AuditEntry::new(tenant, self.now(), &self.actor.name, action, detail) }
    }
}

async fn find_extension(
    session: &mut Session,
    tenant: &TenantId,
    number: &ExtensionNumber,
) -> Result<Extension, AccessError> {
    let found = session.extension_by_number(tenant, number).await?;
    found.ok_or_else(|| AccessError::Extension(number.clone()))
}
