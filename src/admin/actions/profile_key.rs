//! Programmable keys of profiles: every device that follows one has them, where it has no key of its own.

use serde_json::Value;

use super::{
    AccessError, Actions, KeyError, KeyToSet,
    key::{BeyondModel, told, told_at},
    profile::find_profile,
};
use crate::domain::{Component, HeldKey, Key, KeyPosition, Mac, PlainText, TenantSlug};

impl Actions {
    /// Programs a key of a profile, in place of what it did. Every device that follows the profile must be able to have
    /// it, as if it were its own.
    pub async fn set_profile_key(
        &self,
        slug: &TenantSlug,
        profile: &PlainText,
        key: KeyToSet,
    ) -> Result<Key, KeyError> {
        let key = key.checked()?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Settings).await?;
        let id = find_profile(&mut change, &tenant.id, profile).await?.id;
        for device in change.devices(&tenant.id).await? {
            if device.profile.as_ref() == Some(&id)
                && let Some(model) = self.model_of(&device)
            {
                let mac = device.mac;
                BeyondModel::check(&model, &key).map_err(|why| KeyError::Follower { mac, why })?;
            }
        }
        let states = (told_at(&change.keys_of_profile(&id).await?, key.position), told(&key));
        change.set_profile_key(&id, &key).await?;
        let detail = format!("profile {profile} key {} is {}", key.position, key.kind.as_str());
        self.note_change(&mut change, "profile.key-set", detail, states).await?;
        change.commit().await?;
        Ok(key)
    }

    /// Clears a key of a profile.
    pub async fn unset_profile_key(
        &self,
        slug: &TenantSlug,
        profile: &PlainText,
        position: KeyPosition,
    ) -> Result<(), KeyError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Settings).await?;
        let id = find_profile(&mut change, &tenant.id, profile).await?.id;
        let states = (told_at(&change.keys_of_profile(&id).await?, position), Value::Null);
        if !change.unset_profile_key(&id, position).await? {
            return Err(KeyError::NotSetOnProfile { profile: profile.clone(), position });
        }
        let detail = format!("profile {profile} key {position}");
        self.note_change(&mut change, "profile.key-unset", detail, states).await?;
        change.commit().await?;
        Ok(())
    }

    /// The programmed keys of a profile, in order.
    pub async fn profile_keys(
        &self,
        slug: &TenantSlug,
        profile: &PlainText,
    ) -> Result<Vec<Key>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Settings).await?;
        let id = find_profile(&mut session, &tenant.id, profile).await?.id;
        Ok(session.keys_of_profile(&id).await?)
    }

    /// The keys that hold for a device, in order: its own, and where it has none, those of the profile that it follows.
    pub async fn held_keys(&self, mac: Mac) -> Result<Vec<HeldKey>, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        let of_profile = match &device.profile {
            Some(profile) => session.keys_of_profile(profile).await?,
            None => Vec::new(),
        };
        Ok(HeldKey::merge(&of_profile, &session.keys(&device.id).await?))
    }
}
