//! Programmable keys of profiles: every device that follows one has them, where it has no key of its own.

use serde_json::{Value, json};

use super::{AccessError, Actions, KeyError, KeyToSet, key::BeyondModel, profile::find_profile};
use crate::{
    domain::{Component, HeldKey, Key, KeyPosition, Mac, PlainText, ProfileId, TenantSlug},
    storage::{Change, StorageError},
};

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
        let before = key_at(&mut change, &id, key.position).await?;
        change.set_profile_key(&id, &key).await?;
        let detail = format!("profile {profile} key {} is {}", key.position, key.kind.as_str());
        let keys = (json!({ "key": before }), json!({ "key": described(&key) }));
        self.note_change(&mut change, "profile.key-set", detail, keys).await?;
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
        let before = key_at(&mut change, &id, position).await?;
        if !change.unset_profile_key(&id, position).await? {
            return Err(KeyError::NotSetOnProfile { profile: profile.clone(), position });
        }
        let keys = (json!({ "key": before }), json!({ "key": null }));
        let detail = format!("profile {profile} key {position}");
        self.note_change(&mut change, "profile.key-unset", detail, keys).await?;
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

/// What a key of a profile is, for the audit; none where it is not programmed.
async fn key_at(
    change: &mut Change,
    profile: &ProfileId,
    position: KeyPosition,
) -> Result<Option<Value>, StorageError> {
    let keys = change.keys_of_profile(profile).await?;
    Ok(keys.iter().find(|key| key.position == position).map(described))
}

fn described(key: &Key) -> Value {
    json!({ "kind": key.kind, "line": key.line, "value": key.value, "label": key.label })
}
