//! Settings as they were set, layer by layer.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
};
use crate::domain::{DeviceId, Layer, ProfileId, SettingName, SettingValue, TenantId};

/// On what a setting was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingOwner {
    /// All phones of the tenant.
    Tenant,
    /// The tenant's phones of one model, by the model's full name.
    Model(String),
    /// The devices that follow a profile.
    Profile(ProfileId),
    /// One device.
    Device(DeviceId),
}

impl SettingOwner {
    /// The layer that it sets.
    #[must_use]
    pub const fn layer(&self) -> Layer {
        match self {
            Self::Tenant => Layer::Tenant,
            Self::Model(_) => Layer::Model,
            Self::Profile(_) => Layer::Profile,
            Self::Device(_) => Layer::Device,
        }
    }

    fn key(&self) -> &str {
        match self {
            Self::Tenant => "",
            Self::Model(name) => name,
            Self::Profile(id) => id.as_str(),
            Self::Device(id) => id.as_str(),
        }
    }
}

/// One setting as it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSetting {
    /// On what.
    pub owner: SettingOwner,
    /// Which.
    pub name: SettingName,
    /// To what.
    pub value: SettingValue,
}

impl Session {
    /// The settings that several devices may share: those of the tenant, of models and of profiles.
    pub async fn shared_settings(&mut self, tenant: &TenantId) -> Result<Vec<StoredSetting>, StorageError> {
        self.rows(
            "SELECT name, layer, owner, value FROM settings WHERE tenant_id = $1 AND layer <> 'device' \
             ORDER BY layer, owner, name",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(setting)
        .collect()
    }

    /// The settings of one device alone.
    pub async fn device_settings(
        &mut self,
        tenant: &TenantId,
        device: &DeviceId,
    ) -> Result<Vec<StoredSetting>, StorageError> {
        self.rows(
            "SELECT name, layer, owner, value FROM settings \
             WHERE tenant_id = $1 AND layer = 'device' AND owner = $2 ORDER BY name",
            values![tenant.as_str(), device.as_str()],
        )
        .await?
        .iter()
        .map(setting)
        .collect()
    }
}

impl Change {
    /// Sets a setting, in place of what it was.
    pub async fn set_setting(&mut self, setting: &StoredSetting) -> Result<(), StorageError> {
        let values = values![
            self.tenant().as_str(),
            setting.owner.layer().as_str(),
            setting.owner.key(),
            setting.name.as_str(),
            setting.value.to_string()
        ];
        self.execute(
            "INSERT INTO settings (tenant_id, layer, owner, name, value) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (tenant_id, layer, owner, name) DO UPDATE SET value = excluded.value",
            values,
        )
        .await?;
        self.touch_owner(&setting.owner).await
    }

    /// Takes a setting back; whether it was set.
    pub async fn unset_setting(
        &mut self,
        owner: &SettingOwner,
        name: SettingName,
    ) -> Result<bool, StorageError> {
        let values = values![self.tenant().as_str(), owner.layer().as_str(), owner.key(), name.as_str()];
        let unset = self
            .execute(
                "DELETE FROM settings WHERE tenant_id = $1 AND layer = $2 AND owner = $3 AND name = $4",
                values,
            )
            .await?;
        self.touch_owner(owner).await?;
        Ok(unset > 0)
    }

    async fn touch_owner(&mut self, owner: &SettingOwner) -> Result<(), StorageError> {
        match owner {
            SettingOwner::Device(device) => self.touch_device(device).await,
            SettingOwner::Tenant | SettingOwner::Model(_) | SettingOwner::Profile(_) => {
                self.touch_all().await
            }
        }
    }
}

/// A setting that this release does not know is an error that names it.
fn setting(row: &Row) -> Result<StoredSetting, StorageError> {
    let name = row.parsed("name", SettingName::parse)?;
    let owner = row.text("owner")?;
    let owner = match row.text("layer")?.as_str() {
        "tenant" => SettingOwner::Tenant,
        "model" => SettingOwner::Model(owner),
        "profile" => SettingOwner::Profile(ProfileId::stored(&owner)),
        "device" => SettingOwner::Device(DeviceId::stored(&owner)),
        other => return Err(row.corrupt("layer", format!("\"{other}\" is no layer"))),
    };
    let value = row.parsed("value", |text| SettingValue::parse(name, text))?;
    Ok(StoredSetting { owner, name, value })
}
