//! Settings: set on a tenant, a model, a profile or a device; merged for whoever asks what holds.

use serde_json::json;

use super::{
    AccessError, ActionError, Actions, FailureKind, UnknownModel, error::may_fail_in_the_store,
    profile::find_profile,
};
use crate::{
    domain::{
        Component, DEFINITIONS, Device, Level, Mac, PlainText, Setting, SettingName, SettingValue, Settings,
        TenantId, TenantSlug, WrongSetting,
    },
    storage::{Change, Session, SettingOwner, StorageError, StoredSetting},
};

/// On what a setting is set.
#[derive(Clone, Debug)]
pub enum SettingTarget {
    /// All phones of a tenant.
    Tenant(TenantSlug),
    /// A tenant's phones of one model.
    Model(TenantSlug, String),
    /// The devices that follow a profile.
    Profile(TenantSlug, PlainText),
    /// One device.
    Device(Mac),
}

/// Why a setting was not set or taken back.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// No setting is called so.
    #[error("there is no setting \"{name}\"{}", did_you_mean(nearest))]
    Unknown {
        /// The name that was given.
        name: String,
        /// The names nearest to it.
        nearest: Vec<String>,
    },
    /// A value that the setting does not take.
    #[error(transparent)]
    Value(WrongSetting),
    /// No such model.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// It is not set there.
    #[error("{0} is not set there")]
    NotSet(&'static str),
    /// What it was to be set on is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for SettingError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Unknown { .. } | Self::Value(_) | Self::Model(_) => FailureKind::Input,
            Self::NotSet(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "setting_unknown",
            Self::Value(_) => "setting_value_wrong",
            Self::Model(_) => "model_unknown",
            Self::NotSet(_) => "setting_not_set",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(SettingError);

impl Actions {
    /// Sets a setting, in place of what it was there.
    pub async fn set_setting(
        &self,
        target: &SettingTarget,
        name: &str,
        value: &str,
    ) -> Result<StoredSetting, SettingError> {
        let name = parse_name(name)?;
        let value = SettingValue::parse(name, value).map_err(SettingError::Value)?;
        let (mut change, owner) = self.change_target(target).await?;
        let before = value_at(&mut change, &owner, name).await?;
        let setting = StoredSetting { owner, name, value };
        change.set_setting(&setting).await?;
        let detail = format!("{} = {} on {}", name.as_str(), setting.value, described(target));
        let values = (json!({ "value": before }), json!({ "value": setting.value.to_string() }));
        self.note_change(&mut change, "setting.set", detail, values).await?;
        change.commit().await?;
        Ok(setting)
    }

    /// Takes a setting back, so that an earlier layer's value holds.
    pub async fn unset_setting(&self, target: &SettingTarget, name: &str) -> Result<(), SettingError> {
        let name = parse_name(name)?;
        let (mut change, owner) = self.change_target(target).await?;
        let before = value_at(&mut change, &owner, name).await?;
        if !change.unset_setting(&owner, name).await? {
            return Err(SettingError::NotSet(name.as_str()));
        }
        let detail = format!("{} on {}", name.as_str(), described(target));
        let values = (json!({ "value": before }), json!({ "value": null }));
        self.note_change(&mut change, "setting.unset", detail, values).await?;
        change.commit().await?;
        Ok(())
    }

    /// What is set on the target itself, by name.
    pub async fn settings_on(&self, target: &SettingTarget) -> Result<Vec<StoredSetting>, SettingError> {
        self.may(Component::Settings, Level::View)?;
        let mut session = self.store.read().await?;
        let (tenant, owner, _) = self.find_target(&mut session, target).await?;
        let mut settings = match &owner {
            SettingOwner::Device(device) => session.device_settings(&tenant, device).await?,
            _ => session.shared_settings(&tenant).await?,
        };
        settings.retain(|setting| setting.owner == owner);
        Ok(settings)
    }

    /// What holds for the target: its own settings over those of the layers before it. For a device these are its
    /// tenant, its model and its profile; for a model or a profile its tenant.
    pub async fn settings_of(&self, target: &SettingTarget) -> Result<Settings, SettingError> {
        self.may(Component::Settings, Level::View)?;
        let mut session = self.store.read().await?;
        let (tenant, owner, device) = self.find_target(&mut session, target).await?;
        let mut settings = session.shared_settings(&tenant).await?;
        if let Some(device) = &device {
            settings.extend(session.device_settings(&tenant, &device.id).await?);
        }
        let holds = |of: &SettingOwner| match (of, &device) {
            (SettingOwner::Tenant, _) => true,
            (SettingOwner::Model(name), Some(device)) => device.model.as_ref() == Some(name),
            (SettingOwner::Profile(id), Some(device)) => device.profile.as_ref() == Some(id),
            (of, _) => *of == owner,
        };
        let held = settings.into_iter().filter(|setting| holds(&setting.owner));
        Ok(Settings::merge(
            held.map(|setting| {
                (setting.name, Setting { layer: setting.owner.layer(), value: setting.value })
            }),
        ))
    }

    async fn change_target(&self, target: &SettingTarget) -> Result<(Change, SettingOwner), SettingError> {
        let mut change = match target {
            SettingTarget::Tenant(slug) | SettingTarget::Model(slug, _) | SettingTarget::Profile(slug, _) => {
                self.change_tenant(slug, Component::Settings).await?.0
            }
            SettingTarget::Device(mac) => self.change_device(*mac, Component::Settings).await?.0,
        };
        let (_, owner, _) = self.find_target(&mut change, target).await?;
        Ok((change, owner))
    }

    async fn find_target(
        &self,
        session: &mut Session,
        target: &SettingTarget,
    ) -> Result<(TenantId, SettingOwner, Option<Device>), SettingError> {
        Ok(match target {
            SettingTarget::Tenant(slug) => {
                (self.find_tenant(session, slug).await?.id, SettingOwner::Tenant, None)
            }
            SettingTarget::Model(slug, model) => {
                let model = self.models.model(model)?.name;
                (self.find_tenant(session, slug).await?.id, SettingOwner::Model(model), None)
            }
            SettingTarget::Profile(slug, name) => {
                let tenant = self.find_tenant(session, slug).await?.id;
                let profile = find_profile(session, &tenant, name).await?.id;
                (tenant, SettingOwner::Profile(profile), None)
            }
            SettingTarget::Device(mac) => {
                let device = self.find_device(session, *mac).await?;
                (device.tenant.clone(), SettingOwner::Device(device.id.clone()), Some(device))
            }
        })
    }
}

/// What the setting is on its owner itself.
async fn value_at(
    change: &mut Change,
    owner: &SettingOwner,
    name: SettingName,
) -> Result<Option<String>, StorageError> {
    let tenant = change.tenant().clone();
    let settings = match owner {
        SettingOwner::Device(device) => change.device_settings(&tenant, device).await?,
        _ => change.shared_settings(&tenant).await?,
    };
    let found = settings.into_iter().find(|setting| setting.owner == *owner && setting.name == name);
    Ok(found.map(|setting| setting.value.to_string()))
}

fn described(target: &SettingTarget) -> String {
    match target {
        SettingTarget::Tenant(_) => "the tenant".to_owned(),
        SettingTarget::Model(_, model) => format!("model {model}"),
        SettingTarget::Profile(_, name) => format!("profile {name}"),
        SettingTarget::Device(mac) => format!("device {mac}"),
    }
}

/// `; did you mean A, B or C?`, or nothing.
fn did_you_mean(nearest: &[String]) -> String {
    match nearest.split_last() {
        None => String::new(),
        Some((only, [])) => format!("; did you mean {only}?"),
        Some((last, rest)) => format!("; did you mean {} or {last}?", rest.join(", ")),
    }
}

fn parse_name(text: &str) -> Result<SettingName, SettingError> {
    SettingName::parse(text).map_err(|_| {
        let mut near: Vec<(f64, &str)> = DEFINITIONS
            .iter()
            .map(|definition| (strsim::jaro_winkler(text, definition.name), definition.name))
            .filter(|(likeness, _)| *likeness > 0.8)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        let nearest = near.into_iter().take(3).map(|(_, name)| name.to_owned()).collect();
        SettingError::Unknown { name: text.chars().take(64).collect(), nearest }
    })
}
