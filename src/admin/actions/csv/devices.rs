//! Devices: the ten columns of the administrator's upload, and the lines that carry something.

use std::collections::{HashMap, HashSet};

use super::{
    super::{Actions, BeyondModel, ModelSize, device::default_name},
    Applied, Importer, RowResult,
    lines::{self, Lines},
    sheet::{Column, Row, optional, required},
};
use crate::{
    domain::{
        Device, DeviceHandle, DeviceId, Inventory, Key, LineNumber, Mac, PlainText, ProfileId, Secret,
        ServiceName,
    },
    storage::{Change, NewDevice, Session, StorageError, Tenant},
};

pub(super) struct Devices {
    known: HashMap<Mac, Device>,
    inventory: HashMap<DeviceId, Inventory>,
    lines: Lines,
    profiles: HashMap<String, ProfileId>,
    profile_keys: HashMap<ProfileId, Vec<Key>>,
    models: HashMap<String, Result<ModelSize, String>>,
    seen: HashSet<Mac>,
}

/// What a row asks for.
struct Wanted {
    mac: Mac,
    name: PlainText,
    model: Option<String>,
    profile: Option<ProfileId>,
    inventory: Inventory,
    lines: Vec<(LineNumber, ServiceName)>,
}

impl Importer for Devices {
    const COLUMNS: &'static [Column] = &[
        required("Action"),
        required("Name"),
        required("Device model"),
        optional("Managed by"),
        optional("CPE profile"),
        optional("Inventory ID"),
        required("MAC"),
        optional("Description"),
        optional("ASCII key"),
        optional("Qpc key"),
        optional("Lines"),
    ];

    async fn prepare(actions: &Actions, change: &mut Change, tenant: &Tenant) -> Result<Self, StorageError> {
        let devices = change.devices(&tenant.id).await?;
        Ok(Self {
            inventory: change.inventory(&tenant.id).await?,
            lines: Lines::read(actions, change, tenant).await?,
            profile_keys: change.profile_keys(&tenant.id).await?,
            profiles: change
                .profiles(&tenant.id)
                .await?
                .into_iter()
                .map(|profile| (profile.name.to_string(), profile.id))
                .collect(),
            known: devices.into_iter().map(|device| (device.mac, device)).collect(),
            models: HashMap::new(),
            seen: HashSet::new(),
        })
    }

    async fn apply(
        &mut self,
        actions: &Actions,
        change: &mut Change,
        row: &Row<'_>,
    ) -> Result<RowResult, StorageError> {
        let wanted = match self.read(actions, row) {
            Ok(wanted) => wanted,
            Err(mistakes) => return Ok(Err(mistakes)),
        };
        if let Some(device) = self.known.get(&wanted.mac) {
            return Ok(self.compare(device, &wanted));
        }
        if change.device_by_mac(wanted.mac).await?.is_some() {
            return Ok(Err(vec![(
                Some("MAC"),
                "cannot be added here; if the phone is yours, ask the operator".to_owned(),
            )]));
        }
        let new = NewDevice {
            id: DeviceId::generate(&*actions.random),
            mac: wanted.mac,
            name: wanted.name,
            model: wanted.model,
            handle: DeviceHandle::generate(&*actions.random),
            web_password: Secret::generate_password(&*actions.random),
        };
        change.add_device(&new).await?;
        if let Some(profile) = &wanted.profile {
            change.set_profile(&new.id, Some(profile)).await?;
        }
        if wanted.inventory != Inventory::default() {
            change.set_inventory(&new.id, &wanted.inventory).await?;
        }
        for (line, name) in wanted.lines {
            if let Some(service) = self.lines.take(&name) {
                change.assign_line(&new.id, line, service).await?;
            }
        }
        actions.open_window(change, &new.id, new.mac).await?;
        Ok(Ok(Applied::Added))
    }
}

impl Devices {
    fn read(
        &mut self,
        actions: &Actions,
        row: &Row<'_>,
    ) -> Result<Wanted, Vec<(Option<&'static str>, String)>> {
        let mut mistakes: Vec<(Option<&'static str>, String)> = Vec::new();
        if !matches!(row.cell("Action").to_ascii_lowercase().as_str(), "add" | "+") {
            mistakes.push((Some("Action"), "is \"add\" or \"+\"".to_owned()));
        }
        let mac =
            Mac::parse(row.cell("MAC")).map_err(|wrong| mistakes.push((Some("MAC"), wrong.to_string()))).ok();
        if mac.is_some_and(|mac| !self.seen.insert(mac)) {
            mistakes.push((Some("MAC"), "stands in the file twice".to_owned()));
        }
        let model = self.model(actions, row.cell("Device model"));
        let model = model.map_err(|wrong| mistakes.push((Some("Device model"), wrong))).ok();
        let model_name = model.as_ref().and_then(|model| model.as_ref()).map(|model| model.name.as_str());
        let name = match (row.some("Name"), mac) {
            (Some(name), _) => PlainText::parse("the name", name),
            (None, Some(mac)) => default_name(model_name, mac),
            (None, None) => PlainText::parse("the name", ""),
        };
        let name = name.map_err(|wrong| mistakes.push((Some("Name"), wrong.to_string()))).ok();
        let profile = row.some("CPE profile").map(|name| self.profiles.get(name).cloned().ok_or(name));
        let profile = profile.transpose().map_err(|name| {
            mistakes.push((Some("CPE profile"), format!("there is no profile \"{name}\"")));
        });
        if let (Ok(Some(profile)), Some(Some(model))) = (&profile, &model) {
            let mut keys = self.profile_keys.get(profile).into_iter().flatten();
            let beyond = keys.find_map(|key| BeyondModel::check(model, key).err());
            mistakes.extend(beyond.map(|why| (Some("CPE profile"), format!("does not fit: {why}"))));
        }
        let mut text = |column: &'static str| {
            let text = row.some(column)?;
            Inventory::parse_text(text).map_err(|wrong| mistakes.push((Some(column), wrong.to_string()))).ok()
        };
        let inventory = Inventory {
            managed_by: text("Managed by"),
            inventory_id: text("Inventory ID"),
            description: text("Description"),
            ascii_key: text("ASCII key").map(Secret::new),
            qpc_key: text("Qpc key").map(Secret::new),
        };
        let of_model = model.as_ref().and_then(|model| model.as_ref());
        let lines = self.lines.parse(row.cell("Lines"), mac, of_model);
        let lines = lines.map_err(|wrong| mistakes.push((Some("Lines"), wrong))).ok();
        match (mac, name, model, profile, lines) {
            (Some(mac), Some(name), Some(model), Ok(profile), Some(lines)) if mistakes.is_empty() => {
                Ok(Wanted { mac, name, model: model.map(|model| model.name), profile, inventory, lines })
            }
            _ => Err(mistakes),
        }
    }

    /// The model that is called so; `auto` waits for the phone to show itself.
    fn model(&mut self, actions: &Actions, name: &str) -> Result<Option<ModelSize>, String> {
        if name == "auto" {
            return Ok(None);
        }
        if let Some(known) = self.models.get(name) {
            return known.clone().map(Some);
        }
        let model = actions.models.model(name).map_err(|unknown| unknown.to_string());
        self.models.insert(name.to_owned(), model.clone());
        model.map(Some)
    }

    /// A row about a device that is there must say what is there.
    fn compare(&self, device: &Device, wanted: &Wanted) -> RowResult {
        let has_inventory = self.inventory.get(&device.id).cloned().unwrap_or_default();
        // an export holds no keys for who may not see secrets
        let inventory = Inventory {
            ascii_key: wanted.inventory.ascii_key.clone().or_else(|| has_inventory.ascii_key.clone()),
            qpc_key: wanted.inventory.qpc_key.clone().or_else(|| has_inventory.qpc_key.clone()),
            ..wanted.inventory.clone()
        };
        let carries = wanted.lines.iter().all(|(line, name)| self.lines.carries(device.mac, *line, name));
        let differs = [
            ("Name", device.name != wanted.name),
            ("Device model", device.model != wanted.model),
            ("CPE profile", device.profile != wanted.profile),
            ("Inventory ID", inventory != has_inventory),
            ("Lines", !carries),
        ];
        let mistakes: Vec<_> = differs
            .into_iter()
            .filter(|(_, differs)| *differs)
            .map(|(column, _)| (Some(column), "differs from what the device has".to_owned()))
            .collect();
        if mistakes.is_empty() { Ok(Applied::Unchanged) } else { Err(mistakes) }
    }
}

/// The tenant's devices as rows. Keys with which configurations are encrypted are left out unless they may be seen.
pub(super) async fn rows(
    session: &mut Session,
    tenant: &Tenant,
    secrets: bool,
) -> Result<Vec<Vec<String>>, StorageError> {
    let mut inventory = session.inventory(&tenant.id).await?;
    let profiles: HashMap<_, _> =
        session.profiles(&tenant.id).await?.into_iter().map(|profile| (profile.id, profile.name)).collect();
    let mut lines = lines::cells(session, tenant).await?;
    let rows = session.devices(&tenant.id).await?.into_iter().map(|device| {
        let inventory = inventory.remove(&device.id).unwrap_or_default();
        let secret = |secret: Option<Secret>| {
            secret.filter(|_| secrets).map(|secret| secret.expose().to_owned()).unwrap_or_default()
        };
        let profile = device.profile.as_ref().and_then(|profile| profiles.get(profile));
        vec![
            "add".to_owned(),
            device.name.to_string(),
            device.model.unwrap_or_else(|| "auto".to_owned()),
            inventory.managed_by.unwrap_or_default(),
            profile.map(ToString::to_string).unwrap_or_default(),
            inventory.inventory_id.unwrap_or_default(),
            device.mac.to_string(),
            inventory.description.unwrap_or_default(),
            secret(inventory.ascii_key),
            secret(inventory.qpc_key),
            lines.remove(&device.mac).unwrap_or_default(),
        ]
    });
    Ok(rows.collect())
}
