//! The enrollment of devices: what happened to it, opening it again after a factory reset, answering its alarm.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{
        Component, Device, DeviceId, DeviceState, Enrolling, Enrollment, LONGEST_WINDOW_HOURS, Level, Mac,
        Secret, TenantSlug, Timestamp, WINDOW_HOURS_SIGHTED,
    },
    storage::{Change, StorageError},
};

/// A device's enrollment.
#[derive(Clone, Debug)]
pub struct EnrollmentDetails {
    /// The device.
    pub device: Device,
    /// What was decided.
    pub enrollment: Enrollment,
    /// What happened, as it counts for the device's epoch.
    pub state: DeviceState,
    /// Until when the window is open; none when it is closed or frozen.
    pub open_until: Option<Timestamp>,
}

/// How an administrator answers an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmAnswer {
    /// The phone in use is the right one: it goes on, and nobody else enrolls.
    Keep,
    /// Somebody may have the secrets: other scopes and other SIP passwords, and the window opens again.
    Renew,
}

/// Why an alarm was not answered.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// There is none.
    #[error("the enrollment of {} is not frozen", .0.colons())]
    NoAlarm(Mac),
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

/// Why the hours of a tenant's windows were not set.
#[derive(Debug, thiserror::Error)]
pub enum WindowHoursError {
    /// Too few or too many.
    #[error("{0} hours: a window is open for 1 to {LONGEST_WINDOW_HOURS} hours")]
    Hours(i64),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for AnswerError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NoAlarm(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoAlarm(_) => "no_alarm",
            Self::Access(access) => access.code(),
        }
    }
}

impl ActionError for WindowHoursError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Hours(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Hours(_) => "window_hours_wrong",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(AnswerError, WindowHoursError);

impl Actions {
    /// A device's enrollment.
    pub async fn enrollment(&self, mac: Mac) -> Result<EnrollmentDetails, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        let enrollment = session.enrollment(&device.id).await?;
        drop(session);
        let stored = self.store.device_state(&device.id).await?;
        let enrolling = Enrolling { epoch: device.epoch, enrollment, state: &stored };
        let (state, open_until) = (enrolling.counted(), enrolling.open_until(self.now()));
        Ok(EnrollmentDetails { device, enrollment, state, open_until })
    }

    /// Lets a device enroll again, such as after a factory reset. What its phone holds goes on until the new is used.
    pub async fn reopen_enrollment(&self, mac: Mac) -> Result<(), AccessError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        change.raise_epoch(&device.id).await?;
        self.open_window(&mut change, &device.id, mac).await?;
        let states = (json!({ "epoch": device.epoch }), json!({ "epoch": device.epoch + 1 }));
        self.note_change(&mut change, "device.enrollment-reopened", mac.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Answers the alarm that froze a device's enrollment. A new epoch ends the freeze, because what is known of an
    /// older one does not count: so the answer is the admins' own data.
    pub async fn answer_alarm(&self, mac: Mac, answer: AlarmAnswer) -> Result<(), AnswerError> {
        if answer == AlarmAnswer::Renew {
            self.may(Component::Credentials, Level::Change)?;
        }
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let stored = self.store.device_state(&device.id).await?;
        let enrollment = change.enrollment(&device.id).await?;
        let counted = Enrolling { epoch: device.epoch, enrollment, state: &stored }.counted();
        let Some(freeze) = counted.freeze else { return Err(AnswerError::NoAlarm(mac)) };
        change.raise_epoch(&device.id).await?;
        let after = match answer {
            AlarmAnswer::Keep => {
                change.open_window(&device.id, self.now()).await?;
                "kept"
            }
            AlarmAnswer::Renew => {
                self.open_window(&mut change, &device.id, mac).await?;
                change.raise_scope_floor(&device.id).await?;
                for carried in change.lines(&device.id).await? {
                    let password = Secret::generate_password(&*self.random);
                    change.set_sip_password(&carried.registrant.service.id, &password).await?;
                }
                "renewed"
            }
        };
        let before: Value = json!({ "frozen": freeze.why.as_str(), "by": freeze.by });
        let states = (before, json!({ "answer": after }));
        self.note_change(&mut change, "device.alarm-answered", format!("{mac} {after}"), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// For how many hours the tenant's devices may enroll.
    pub async fn window_hours(&self, slug: &TenantSlug) -> Result<i64, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        Ok(session.window_hours(&tenant.id).await?)
    }

    /// Sets for how many hours the tenant's devices may enroll from now on.
    pub async fn set_window_hours(&self, slug: &TenantSlug, hours: i64) -> Result<(), WindowHoursError> {
        if !(1..=LONGEST_WINDOW_HOURS).contains(&hours) {
            return Err(WindowHoursError::Hours(hours));
        }
        let (mut change, tenant) = self.change_tenant(slug, Component::Devices).await?;
        let before = change.window_hours(&tenant.id).await?;
        change.set_window_hours(hours).await?;
        let states = (json!({ "window_hours": before }), json!({ "window_hours": hours }));
        self.note_change(&mut change, "tenant.window-set", format!("{hours} hours"), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Lets the device enroll in the epoch that it has now: for the tenant's hours, or for one where a phone with its
    /// MAC was seen before.
    pub(super) async fn open_window(
        &self,
        change: &mut Change,
        device: &DeviceId,
        mac: Mac,
    ) -> Result<(), StorageError> {
        let tenant = change.tenant().clone();
        let hours = change.window_hours(&tenant).await?;
        let sighted = self.store.was_sighted(change, device, mac).await?;
        let hours = if sighted { hours.min(WINDOW_HOURS_SIGHTED) } else { hours };
        change.open_window(device, self.now().plus_hours(hours)).await
    }
}
