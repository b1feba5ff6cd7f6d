//! Profiles: named sets of settings and keys that devices follow.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, BeyondModel, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Mac, PlainText, ProfileId, TenantId, TenantSlug},
    storage::{Conflict, Profile, Session, StorageError},
};

/// Why a profile was not made, removed or followed.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// Another profile is called so.
    #[error("the tenant already has a profile \"{0}\"")]
    NameTaken(PlainText),
    /// Devices follow it.
    #[error("profile \"{name}\" is followed by {devices} devices; give them another one first")]
    InUse {
        /// The profile.
        name: PlainText,
        /// How many follow it.
        devices: u64,
    },
    /// One of its keys is none that the device's model can have.
    #[error("profile \"{name}\" does not fit: {why}")]
    BeyondModel {
        /// The profile.
        name: PlainText,
        /// Why it does not.
        why: BeyondModel,
    },
    /// The tenant, the device or the profile is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for ProfileError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NameTaken(_) | Self::InUse { .. } | Self::BeyondModel { .. } => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NameTaken(_) => "profile_exists",
            Self::InUse { .. } => "profile_in_use",
            Self::BeyondModel { why, .. } => why.code(),
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(ProfileError);

impl Actions {
    /// Makes a profile without settings and keys.
    pub async fn add_profile(&self, slug: &TenantSlug, name: &PlainText) -> Result<(), ProfileError> {
        let (mut change, _) = self.change_tenant(slug, Component::Settings).await?;
        self.once(&mut change).await?;
        match change.add_profile(&ProfileId::generate(&*self.random), name).await {
            Err(StorageError::Conflict(Conflict::ProfileName)) => {
                return Err(ProfileError::NameTaken(name.clone()));
            }
            other => other?,
        }
        let states = (Value::Null, json!({ "name": name }));
        self.note_change(&mut change, "profile.added", name.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// The tenant's profiles, by name.
    pub async fn profiles(&self, slug: &TenantSlug) -> Result<Vec<Profile>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Settings).await?;
        Ok(session.profiles(&tenant.id).await?)
    }

    /// Removes a profile that no device follows, with its settings and keys.
    pub async fn remove_profile(&self, slug: &TenantSlug, name: &PlainText) -> Result<(), ProfileError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Settings).await?;
        let profile = find_profile(&mut change, &tenant.id, name).await?;
        if profile.devices > 0 {
            return Err(ProfileError::InUse { name: profile.name, devices: profile.devices });
        }
        change.remove_profile(&profile.id).await?;
        let states = (json!({ "name": name }), Value::Null);
        self.note_change(&mut change, "profile.removed", name.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Lets a device follow a profile of its tenant, or none.
    pub async fn set_profile(&self, mac: Mac, name: Option<&PlainText>) -> Result<(), ProfileError> {
        let (mut change, device) = self.change_device(mac, Component::Settings).await?;
        let profile = match name {
            Some(name) => Some(find_profile(&mut change, &device.tenant, name).await?.id),
            None => None,
        };
        if let (Some(name), Some(profile), Some(model)) = (name, &profile, self.model_of(&device)) {
            for key in change.keys_of_profile(profile).await? {
                BeyondModel::check(&model, &key)
                    .map_err(|why| ProfileError::BeyondModel { name: name.clone(), why })?;
            }
        }
        let before = change.profiles(&device.tenant).await?;
        let before = before.into_iter().find(|known| Some(&known.id) == device.profile.as_ref());
        let states = (json!({ "profile": before.map(|profile| profile.name) }), json!({ "profile": name }));
        change.set_profile(&device.id, profile.as_ref()).await?;
        let followed = name.map_or("none", PlainText::as_str);
        self.note_change(&mut change, "device.profile-set", format!("{mac} {followed}"), states).await?;
        change.commit().await?;
        Ok(())
    }
}

pub(super) async fn find_profile(
    session: &mut Session,
    tenant: &TenantId,
    name: &PlainText,
) -> Result<Profile, AccessError> {
    let mut profiles = session.profiles(tenant).await?.into_iter();
    profiles.find(|profile| profile.name == *name).ok_or_else(|| AccessError::Profile(name.clone()))
}
