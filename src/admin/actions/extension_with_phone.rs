//! An extension together with the phone that carries it, in one step: all of it, or nothing.

use super::{
    AccessError, ActionError, Actions, AddDeviceError, AddExtensionError, AssignError, DeviceToAdd,
    ExtensionDetails, ExtensionToAdd, FailureKind, SeatRefusal, error::may_fail_in_the_store,
};
use crate::{
    domain::{Component, Level, LineNumber, Mac, ServiceName, TenantSlug},
    storage::{Conflict, StorageError},
};

/// Which line of which phone is to carry a new extension.
#[derive(Clone, Debug)]
pub enum Phone {
    /// One that the tenant has.
    Known {
        /// Its MAC.
        mac: Mac,
        /// Its line.
        line: LineNumber,
    },
    /// One that is made with it.
    New {
        /// The device.
        device: DeviceToAdd,
        /// Its line.
        line: LineNumber,
    },
}

/// Why neither was made.
#[derive(Debug, thiserror::Error)]
pub enum AddWithPhoneError {
    /// Because of the extension.
    #[error(transparent)]
    Extension(#[from] AddExtensionError),
    /// Because of the device.
    #[error(transparent)]
    Device(#[from] AddDeviceError),
    /// Because of the line.
    #[error(transparent)]
    Line(#[from] AssignError),
    /// The tenant or the device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl AddWithPhoneError {
    fn inner(&self) -> &dyn ActionError {
        match self {
            Self::Extension(error) => error,
            Self::Device(error) => error,
            Self::Line(error) => error,
            Self::Access(error) => error,
        }
    }
}

impl ActionError for AddWithPhoneError {
    fn kind(&self) -> FailureKind {
        self.inner().kind()
    }

    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn refused_seat(&self) -> Option<&SeatRefusal> {
        self.inner().refused_seat()
    }
}

may_fail_in_the_store!(AddWithPhoneError);

impl Actions {
    /// Makes an extension and lets a line of a phone carry it.
    pub async fn add_extension_with_phone(
        &self,
        slug: &TenantSlug,
        new: ExtensionToAdd,
        phone: Phone,
    ) -> Result<ExtensionDetails, AddWithPhoneError> {
        self.may(Component::Devices, Level::Change)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Extensions).await?;
        self.once(&mut change).await?;
        let (sip_user, name) = (new.sip_user(), ServiceName::from(new.number.clone()));
        let made = match self.add_extension_in(&mut change, new).await {
            Err(AddExtensionError::Access(AccessError::Storage(StorageError::Conflict(
                Conflict::SipUser,
            )))) => {
                drop(change);
                return Err(self.sip_user_taken(&tenant.id, sip_user).await?.into());
            }
            other => other?,
        };
        let (device, line) = match phone {
            Phone::Known { mac, line } => (self.find_device(&mut change, mac).await?, line),
            Phone::New { device, line } => (self.add_device_in(&mut change, device).await?.0, line),
        };
        if device.tenant != tenant.id {
            return Err(AccessError::Device(device.mac).into());
        }
        self.assign_line_in(&mut change, &device, line, &name).await?;
        change.commit().await?;
        Ok(made)
    }
}
