//! Programmable keys of a device.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, FailureKind, ModelSize, error::may_fail_in_the_store};
use crate::domain::{Component, Key, KeyKind, KeyPosition, LineNumber, Mac, PlainText, WrongKey};

/// What a key shall do.
#[derive(Clone, Debug)]
pub struct KeyToSet {
    /// Where it is.
    pub position: KeyPosition,
    /// What it does.
    pub kind: KeyKind,
    /// The line it acts on.
    pub line: LineNumber,
    /// The number it watches or dials.
    pub value: Option<String>,
    /// What stands beside it.
    pub label: Option<PlainText>,
}

impl KeyToSet {
    /// The key, if its parts fit together.
    pub(super) fn checked(self) -> Result<Key, KeyError> {
        if self.position == 0 {
            return Err(KeyError::Zero);
        }
        Ok(Key::new(self.position, self.kind, self.line, self.value, self.label)?)
    }
}

/// A key that the phones of a model cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BeyondModel {
    /// The model has fewer keys.
    #[error("key {position} is not there: {model} has keys 1 to {keys}")]
    Key {
        /// The key that was asked for.
        position: KeyPosition,
        /// The model.
        model: String,
        /// The keys that it has.
        keys: u16,
    },
    /// The model has fewer lines.
    #[error("line {line} is not there: {model} has {lines} lines")]
    Line {
        /// The line that was asked for.
        line: LineNumber,
        /// The model.
        model: String,
        /// The lines that it has.
        lines: u16,
    },
}

impl BeyondModel {
    /// Whether phones of `model` can have `key`.
    pub(super) fn check(model: &ModelSize, key: &Key) -> Result<(), Self> {
        let name = || model.name.clone();
        if key.position > model.keys {
            return Err(Self::Key { position: key.position, model: name(), keys: model.keys });
        }
        if key.line.get() > model.lines {
            return Err(Self::Line { line: key.line, model: name(), lines: model.lines });
        }
        Ok(())
    }

    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Key { .. } => "key_beyond_model",
            Self::Line { .. } => "line_beyond_model",
        }
    }
}

/// Why a key was not programmed or cleared.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its parts do not fit together.
    #[error(transparent)]
    Wrong(#[from] WrongKey),
    /// The device's model cannot have it.
    #[error(transparent)]
    Beyond(#[from] BeyondModel),
    /// A device that follows the profile cannot have it.
    #[error("{} follows the profile: {why}", mac.colons())]
    Follower {
        /// The device.
        mac: Mac,
        /// Why it cannot.
        why: BeyondModel,
    },
    /// Keys are counted from 1.
    #[error("key 0 is not there: keys are counted from 1")]
    Zero,
    /// The key does nothing already.
    #[error("key {position} of {} is not programmed", mac.colons())]
    NotSet {
        /// The device.
        mac: Mac,
        /// The key.
        position: KeyPosition,
    },
    /// The profile's key does nothing already.
    #[error("key {position} of profile \"{profile}\" is not programmed")]
    NotSetOnProfile {
        /// The profile.
        profile: PlainText,
        /// The key.
        position: KeyPosition,
    },
    /// The device or the profile is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for KeyError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Wrong(_) | Self::Zero => FailureKind::Input,
            Self::Beyond(_) | Self::Follower { .. } => FailureKind::Refused,
            Self::NotSet { .. } | Self::NotSetOnProfile { .. } => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "key_wrong",
            Self::Zero => "key_beyond_model",
            Self::Beyond(why) | Self::Follower { why, .. } => why.code(),
            Self::NotSet { .. } | Self::NotSetOnProfile { .. } => "key_not_set",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(KeyError);

impl Actions {
    /// Programs a key of a device, in place of what it did.
    pub async fn set_key(&self, mac: Mac, key: KeyToSet) -> Result<Key, KeyError> {
        let key = key.checked()?;
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if let Some(model) = self.model_of(&device) {
            BeyondModel::check(&model, &key)?;
        }
        let keys = change.keys(&device.id).await?;
        let states = (told_at(&keys, key.position), told(&key));
        change.set_key(&device.id, &key).await?;
        let detail = format!("{mac} key {} is {}", key.position, key.kind.as_str());
        self.note_change(&mut change, "key.set", detail, states).await?;
        change.commit().await?;
        Ok(key)
    }

    /// Clears a key of a device.
    pub async fn unset_key(&self, mac: Mac, position: KeyPosition) -> Result<(), KeyError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let states = (told_at(&change.keys(&device.id).await?, position), Value::Null);
        if !change.unset_key(&device.id, position).await? {
            return Err(KeyError::NotSet { mac, position });
        }
        self.note_change(&mut change, "key.unset", format!("{mac} key {position}"), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// The keys that are programmed on a device itself, in order.
    pub async fn keys(&self, mac: Mac) -> Result<Vec<Key>, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        Ok(session.keys(&device.id).await?)
    }
}

/// What the audit keeps of a key.
pub(super) fn told(key: &Key) -> Value {
    json!({ "kind": key.kind, "line": key.line, "value": key.value, "label": key.label })
}

/// The same of the key at a position; null where none is programmed.
pub(super) fn told_at(keys: &[Key], position: KeyPosition) -> Value {
    keys.iter().find(|key| key.position == position).map_or(Value::Null, told)
}
