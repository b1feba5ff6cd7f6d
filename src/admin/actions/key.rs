//! Programmable keys of a device.

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
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

/// Why a key was not programmed or cleared.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Its parts do not fit together.
    #[error(transparent)]
    Wrong(#[from] WrongKey),
    /// The model has fewer keys, or none is called so.
    #[error("key {position} is not there: {model} has keys 1 to {keys}")]
    NoSuchKey {
        /// The key that was asked for.
        position: KeyPosition,
        /// The device's model.
        model: String,
        /// The keys that it has.
        keys: u16,
    },
    /// The model has fewer lines.
    #[error("line {line} is not there: {model} has {lines} lines")]
    NoSuchLine {
        /// The line that was asked for.
        line: LineNumber,
        /// The device's model.
        model: String,
        /// The lines that it has.
        lines: u16,
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
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for KeyError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Wrong(_) | Self::Zero => FailureKind::Input,
            Self::NoSuchKey { .. } | Self::NoSuchLine { .. } => FailureKind::Refused,
            Self::NotSet { .. } => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Wrong(_) => "key_wrong",
            Self::NoSuchKey { .. } | Self::Zero => "key_beyond_model",
            Self::NoSuchLine { .. } => "line_beyond_model",
            Self::NotSet { .. } => "key_not_set",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(KeyError);

impl Actions {
    /// Programs a key of a device, in place of what it did.
    pub async fn set_key(&self, mac: Mac, key: KeyToSet) -> Result<Key, KeyError> {
        if key.position == 0 {
            return Err(KeyError::Zero);
        }
        let key = Key::new(key.position, key.kind, key.line, key.value, key.label)?;
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if let Some(model) = self.model_of(&device) {
            if key.position > model.keys {
                let (model, keys) = (model.name, model.keys);
                return Err(KeyError::NoSuchKey { position: key.position, model, keys });
            }
            if key.line.get() > model.lines {
                return Err(KeyError::NoSuchLine { line: key.line, model: model.name, lines: model.lines });
            }
        }
        change.set_key(&device.id, &key).await?;
        let detail = format!("{mac} key {} is {}", key.position, key.kind.as_str());
        self.note(&mut change, "key.set", detail).await?;
        change.commit().await?;
        Ok(key)
    }

    /// Clears a key of a device.
    pub async fn unset_key(&self, mac: Mac, position: KeyPosition) -> Result<(), KeyError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if !change.unset_key(&device.id, position).await? {
            return Err(KeyError::NotSet { mac, position });
        }
        self.note(&mut change, "key.unset", format!("{mac} key {position}")).await?;
        change.commit().await?;
        Ok(())
    }

    /// The programmed keys of a device, in order.
    pub async fn keys(&self, mac: Mac) -> Result<Vec<Key>, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        Ok(session.keys(&device.id).await?)
    }
}
