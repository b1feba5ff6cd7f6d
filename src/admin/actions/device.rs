//! Devices: one phone each, known by its MAC, which belongs to one tenant only.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, FailureKind, Following, FreedLine, ModelSize, Released, SipPassword,
    UnknownModel, effects::told, error::may_fail_in_the_store,
};
use crate::{
    domain::{
        Admission, CarriedAt, Component, Device, DeviceHandle, DeviceId, Ineffective, Inventory, Key,
        LineNumber, Mac, PlainText, Secret, ServiceName, TenantId, TenantSlug, WrongText, ineffective_on,
    },
    storage::{CarriedLine, Change, Conflict, NewDevice, Session, StorageError, Tenant},
};

/// Up to so many devices it is asked what each should have.
const FEW: usize = 200;

/// What is needed to make a device.
#[derive(Clone, Debug)]
pub struct DeviceToAdd {
    /// Its MAC.
    pub mac: Mac,
    /// Its model's full name; none: learned when the phone shows itself.
    pub model: Option<String>,
    /// What people call it; made of model and MAC when none.
    pub name: Option<PlainText>,
}

/// A device with its lines and keys.
#[derive(Clone, Debug)]
pub struct DeviceDetails {
    /// The device.
    pub device: Device,
    /// Its tenant.
    pub tenant: Tenant,
    /// The name of the profile it follows.
    pub profile: Option<PlainText>,
    /// The lines that its model has, where the model is known.
    pub model_lines: Option<u16>,
    /// The lines that carry something.
    pub lines: Vec<LineDetails>,
    /// The keys that are programmed on it itself.
    pub keys: Vec<Key>,
    /// What the inventory says of it.
    pub inventory: Inventory,
    /// Whether its phone has what it should.
    pub following: Following,
    /// Its free lines that carried something, and whether the phone has taken that.
    pub freed: Vec<FreedLine>,
}

/// A line that carries an extension or a SIP trunk.
#[derive(Clone, Debug)]
pub struct LineDetails {
    /// The line.
    pub line: LineNumber,
    /// What it carries.
    pub carries: ServiceName,
    /// The extension's or SIP trunk's name.
    pub name: PlainText,
    /// Whether it is admitted; none while that is undecidable.
    pub admission: Option<Admission>,
    /// What its products grant that shows nothing here.
    pub ineffective: Vec<Ineffective>,
}

/// Why a device was not made.
#[derive(Debug, thiserror::Error)]
pub enum AddDeviceError {
    /// The tenant itself has a device with this MAC.
    #[error("{} is already a device of this tenant: \"{name}\"", mac.colons())]
    MacTaken {
        /// The MAC.
        mac: Mac,
        /// The device's name.
        name: PlainText,
    },
    /// The MAC cannot be had. Whose it is, is not said: tenants see nothing of each other.
    #[error("{} cannot be added here; if the phone is yours, ask the operator", .0.colons())]
    MacUnavailable(Mac),
    /// No such model.
    #[error(transparent)]
    Model(#[from] UnknownModel),
    /// The name cannot be used.
    #[error(transparent)]
    Name(#[from] WrongText),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for AddDeviceError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::MacTaken { .. } | Self::MacUnavailable(_) => FailureKind::Refused,
            Self::Model(_) | Self::Name(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::MacTaken { .. } => "device_exists",
            Self::MacUnavailable(_) => "mac_unavailable",
            Self::Model(_) => "model_unknown",
            Self::Name(_) => "name_wrong",
            Self::Access(access) => access.code(),
        }
    }
}

/// Why a device was not removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveDeviceError {
    /// It carries something.
    #[error(
        "{} is in use: line {line} carries {}; release it first, or with the removal",
        mac.colons(), carries.in_words()
    )]
    InUse {
        /// The device.
        mac: Mac,
        /// Its first line that carries something.
        line: LineNumber,
        /// What it carries.
        carries: ServiceName,
    },
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for RemoveDeviceError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::InUse { .. } => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "device_in_use",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(AddDeviceError, RemoveDeviceError);

impl Actions {
    /// Makes a device without lines, with a web password of its own.
    pub async fn add_device(
        &self,
        slug: &TenantSlug,
        new: DeviceToAdd,
    ) -> Result<DeviceDetails, AddDeviceError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Devices).await?;
        self.once(&mut change).await?;
        let (device, model) = self.add_device_in(&mut change, new).await?;
        change.commit().await?;
        let model_lines = model.map(|model| model.lines);
        let (lines, keys, freed) = (vec![], vec![], vec![]);
        let inventory = Inventory::default();
        let following = Following::default();
        let profile = None;
        Ok(DeviceDetails { device, tenant, profile, model_lines, lines, keys, inventory, following, freed })
    }

    /// Makes a device as a part of a change.
    pub(super) async fn add_device_in(
        &self,
        change: &mut Change,
        new: DeviceToAdd,
    ) -> Result<(Device, Option<ModelSize>), AddDeviceError> {
        let model = new.model.as_deref().map(|name| self.models.model(name)).transpose()?;
        let name = match new.name {
            Some(name) => name,
            None => default_name(model.as_ref().map(|model| model.name.as_str()), new.mac)?,
        };
        mac_is_free(change, new.mac).await?;
        let row = NewDevice {
            id: DeviceId::generate(&*self.random),
            mac: new.mac,
            name,
            model: model.as_ref().map(|model| model.name.clone()),
            handle: DeviceHandle::generate(&*self.random),
            web_password: Secret::generate_password(&*self.random),
        };
        change.add_device(&row).await.map_err(|error| taken_meanwhile(error, new.mac))?;
        self.open_window(change, &row.id, row.mac).await?;
        let model_name = row.model.as_deref().unwrap_or("auto");
        let after = json!({ "name": row.name, "model": row.model });
        let detail = format!("{} {model_name}", row.mac);
        self.note_change(change, "device.added", detail, (Value::Null, after)).await?;
        Ok((self.find_device(change, new.mac).await?, model))
    }

    /// The tenant's devices, by MAC.
    pub async fn devices(&self, slug: &TenantSlug) -> Result<Vec<DeviceDetails>, AccessError> {
        self.devices_of(slug, |devices| devices).await
    }

    /// Those of the tenant's devices that `pick` leaves of all, by MAC: what stands on their lines and keys is read for
    /// them alone.
    pub async fn devices_of(
        &self,
        slug: &TenantSlug,
        pick: impl FnOnce(Vec<Device>) -> Vec<Device> + Send,
    ) -> Result<Vec<DeviceDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Devices).await?;
        let devices = pick(session.devices(&tenant.id).await?);
        let mut details = self.device_details(&mut session, &tenant, devices).await?;
        drop(session);
        self.tell_freed(&tenant.id, &mut details).await?;
        Ok(details)
    }

    /// One device.
    pub async fn device(&self, mac: Mac) -> Result<DeviceDetails, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        let tenant = session.tenant(&device.tenant).await?.ok_or(AccessError::Device(mac))?;
        let mut details = self.device_details(&mut session, &tenant, vec![device]).await?;
        drop(session);
        self.tell_freed(&tenant.id, &mut details).await?;
        details.into_iter().next().ok_or(AccessError::Device(mac))
    }

    pub(super) async fn device_details(
        &self,
        session: &mut Session,
        tenant: &Tenant,
        devices: Vec<Device>,
    ) -> Result<Vec<DeviceDetails>, AccessError> {
        let state = self.license_state(session, &tenant.id).await?;
        let cutoffs = state.cutoffs(session, &tenant.id).await?;
        let profiles = session.profiles(&tenant.id).await?;
        let mut following = BTreeMap::new();
        if devices.len() <= FEW {
            for device in &devices {
                following.insert(device.id.clone(), self.following_of(&device.id).await?);
            }
        } else {
            following = self.following_in(&tenant.id).await?;
        }
        let mut details = Vec::with_capacity(devices.len());
        for device in devices {
            let (carried, model) = (session.lines(&device.id).await?, self.model_of(&device));
            let first = carried.first().map(|carried| carried.line);
            let lines = carried.into_iter().map(|CarriedLine { line, registrant }| LineDetails {
                line,
                admission: state.service_admission(&registrant.service, &cutoffs),
                ineffective: ineffective_on(
                    &state.granted(&registrant.service, &cutoffs),
                    registrant.pin.is_some(),
                    CarriedAt {
                        mac: device.mac,
                        line,
                        first: first.unwrap_or(line),
                        model: model.as_ref().map(told),
                    },
                ),
                carries: registrant.called(),
                name: registrant.service.name,
            });
            let profile = profiles.iter().find(|profile| Some(&profile.id) == device.profile.as_ref());
            details.push(DeviceDetails {
                lines: lines.collect(),
                keys: session.keys(&device.id).await?,
                inventory: session.inventory_of(&device).await?,
                following: following.remove(&device.id).unwrap_or_default(),
                freed: Vec::new(),
                model_lines: model.as_ref().map(|model| model.lines),
                profile: profile.map(|profile| profile.name.clone()),
                tenant: tenant.clone(),
                device,
            });
        }
        Ok(details)
    }

    /// Blocks or unblocks a device: its requests are refused, the phone keeps what it has. Whether that changed anything.
    pub async fn block_device(&self, mac: Mac, blocked: bool) -> Result<bool, AccessError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if device.blocked == blocked {
            return Ok(false);
        }
        change.block_device(&device.id, blocked).await?;
        let action = if blocked { "device.blocked" } else { "device.unblocked" };
        let states = (json!({ "blocked": device.blocked }), json!({ "blocked": blocked }));
        self.note_change(&mut change, action, mac.to_string(), states).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Removes a device; its phone gets blank documents from then on. One that carries something is only removed when
    /// `release` says what becomes of those SIP passwords.
    pub async fn remove_device(
        &self,
        mac: Mac,
        release: Option<SipPassword>,
    ) -> Result<Released, RemoveDeviceError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let lines = change.lines(&device.id).await?;
        if let (Some(carried), None) = (lines.first(), release) {
            let carries = carried.registrant.called();
            return Err(RemoveDeviceError::InUse { mac, line: carried.line, carries });
        }
        change.remove_device(&device, &self.farewell()).await?;
        let registrants = lines.into_iter().map(|carried| carried.registrant);
        let password = release.unwrap_or(SipPassword::Renewed);
        let released = self.release(&mut change, registrants, password).await?;
        let mut was = json!({ "name": device.name, "model": device.model });
        if !released.carried.is_empty() {
            was["carried"] = json!(released.carried);
        }
        self.note_change(&mut change, "device.removed", mac.to_string(), (was, Value::Null)).await?;
        change.commit().await?;
        Ok(released)
    }

    /// The device's model, where it is known and the catalog still has it.
    pub(super) fn model_of(&self, device: &Device) -> Option<ModelSize> {
        device.model.as_deref().and_then(|name| self.models.model(name).ok())
    }
}

/// Refuses a MAC that any device has; the reason depends on whether the tenant may know that device.
pub(super) async fn mac_is_free(change: &mut Change, mac: Mac) -> Result<(), AddDeviceError> {
    let tenant: TenantId = change.tenant().clone();
    match change.device_by_mac(mac).await? {
        None => Ok(()),
        Some(device) if device.tenant == tenant => Err(AddDeviceError::MacTaken { mac, name: device.name }),
        Some(_) => Err(AddDeviceError::MacUnavailable(mac)),
    }
}

/// Changes to one tenant wait for each other, so whoever took the MAC meanwhile is another tenant.
pub(super) fn taken_meanwhile(error: StorageError, mac: Mac) -> AddDeviceError {
    match error {
        StorageError::Conflict(Conflict::Mac) => AddDeviceError::MacUnavailable(mac),
        other => other.into(),
    }
}

/// The vendor and the MAC: "Yealink 22:33:AD:44:55:66".
pub(super) fn default_name(model: Option<&str>, mac: Mac) -> Result<PlainText, WrongText> {
    let vendor = model.and_then(|name| name.split(' ').next()).unwrap_or("Phone");
    PlainText::parse("device name", &format!("{vendor} {}", mac.colons().to_ascii_uppercase()))
}
