//! Another phone in place of a broken one.

use serde_json::json;

use super::{
    AccessError, ActionError, Actions, AddDeviceError, FailureKind, Released, SipPassword,
    device::{mac_is_free, taken_meanwhile},
    error::may_fail_in_the_store,
};
use crate::{
    domain::{Component, DeviceHandle, Mac, Secret},
    storage::Successor,
};

/// Why a device did not get another MAC.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// It is the same phone.
    #[error("the old and the new MAC are the same: {}", .0.colons())]
    Same(Mac),
    /// The new MAC cannot be had.
    #[error(transparent)]
    Mac(AddDeviceError),
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for ReplaceError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Same(_) => FailureKind::Input,
            Self::Mac(error) => error.kind(),
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Same(_) => "same_mac",
            Self::Mac(error) => error.code(),
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(ReplaceError);

impl Actions {
    /// Another phone takes the place of a broken one: everything but the MAC and what the broken one knows stays. That
    /// one gets blank documents from then on.
    pub async fn replace_device(
        &self,
        old: Mac,
        new: Mac,
        password: SipPassword,
    ) -> Result<Released, ReplaceError> {
        if old == new {
            return Err(ReplaceError::Same(old));
        }
        let (mut change, device) = self.change_device(old, Component::Devices).await?;
        mac_is_free(&mut change, new).await.map_err(ReplaceError::Mac)?;
        let lines = change.lines(&device.id).await?;
        let successor = Successor {
            mac: new,
            handle: DeviceHandle::generate(&*self.random),
            web_password: Secret::generate_password(&*self.random),
        };
        change
            .replace_mac(&device, &successor, &self.farewell())
            .await
            .map_err(|error| ReplaceError::Mac(taken_meanwhile(error, new)))?;
        let registrants = lines.into_iter().map(|carried| carried.registrant);
        let released = self.release(&mut change, registrants, password).await?;
        let states = (json!({ "mac": old }), json!({ "mac": new }));
        self.note_change(&mut change, "device.replaced", format!("{old} by {new}"), states).await?;
        change.commit().await?;
        Ok(released)
    }
}
