//! Setting a device's model: one that has room for what the device carries and is programmed with.

use serde_json::json;

use super::{
    AccessError, ActionError, Actions, FailureKind, TrunkRefusal, UnknownModel, error::may_fail_in_the_store,
};
use crate::domain::{Component, LineNumber, Mac, ServiceName};

/// Why a device did not get another model.
#[derive(Debug, thiserror::Error)]
pub enum SetModelError {
    /// No such model.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// A line that the model has not carries something.
    #[error("{model} has {lines} lines, but line {line} carries {}; release it first", carries.in_words())]
    LineInUse {
        /// The model.
        model: String,
        /// Its lines.
        lines: u16,
        /// The line that carries something.
        line: LineNumber,
        /// What it carries.
        carries: ServiceName,
    },
    /// A line carries a SIP trunk, which only a gateway's does.
    #[error("line {line} carries {}, which would not fit: {refusal}", carries.in_words())]
    CarriesTrunk {
        /// The line.
        line: LineNumber,
        /// The SIP trunk.
        carries: ServiceName,
        /// Why it would not.
        refusal: TrunkRefusal,
    },
    /// A key that the model has not is programmed, on the device or on the profile that it follows.
    #[error("{model} has {keys} keys, but key {position} is programmed; unset it first")]
    KeyInUse {
        /// The model.
        model: String,
        /// Its keys.
        keys: u16,
        /// The key that is programmed.
        position: u16,
    },
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for SetModelError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Model(_) => FailureKind::Input,
            Self::LineInUse { .. } | Self::CarriesTrunk { .. } | Self::KeyInUse { .. } => {
                FailureKind::Refused
            }
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Model(_) => "model_unknown",
            Self::LineInUse { .. } => "line_in_use",
            Self::CarriesTrunk { .. } => "line_carries_trunk",
            Self::KeyInUse { .. } => "key_in_use",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(SetModelError);

impl Actions {
    /// Sets the device's model; none: learned when the phone shows itself.
    pub async fn set_model(&self, mac: Mac, model: Option<&str>) -> Result<(), SetModelError> {
        let model = model.map(|name| self.models.model(name)).transpose()?;
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let lines = change.lines(&device.id).await?;
        if let Some(trunk) = lines.iter().find(|carried| carried.registrant.is_trunk()) {
            TrunkRefusal::unless_gateway(model.as_ref()).map_err(|refusal| SetModelError::CarriesTrunk {
                line: trunk.line,
                carries: trunk.registrant.called(),
                refusal,
            })?;
        }
        if let Some(model) = &model {
            if let Some(carried) = lines.iter().find(|carried| carried.line.get() > model.lines) {
                return Err(SetModelError::LineInUse {
                    model: model.name.clone(),
                    lines: model.lines,
                    line: carried.line,
                    carries: carried.registrant.called(),
                });
            }
            let mut keys = change.keys(&device.id).await?;
            if let Some(profile) = &device.profile {
                keys.extend(change.keys_of_profile(profile).await?);
            }
            if let Some(key) = keys.iter().find(|key| key.position > model.keys) {
                let (model, keys) = (model.name.clone(), model.keys);
                return Err(SetModelError::KeyInUse { model, keys, position: key.position });
            }
        }
        let name = model.as_ref().map(|model| model.name.as_str());
        change.set_model(&device.id, name).await?;
        let models = (json!({ "model": device.model }), json!({ "model": name }));
        self.note_change(&mut change, "device.model-set", mac.to_string(), models).await?;
        change.commit().await?;
        Ok(())
    }
}
