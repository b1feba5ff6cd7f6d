//! Devices: the ten columns of the administrator's upload, and the lines that carry extensions.

use std::collections::{HashMap, HashSet};

use super::{
    super::{Actions, BeyondModel, ModelSize, device::default_name},
    Applied, Importer, RowResult,
    sheet::{Column, Row, optional, required},
};
use crate::{
    domain::{
        Device, DeviceHandle, DeviceId, ExtensionNumber, Inventory, Key, LineNumber, Mac, PlainText,
        ProfileId, Secret, ServiceId,
    },
    storage::{Change, NewDevice, Session, StorageError, Tenant},
};

pub(super) struct Devices {
    known: HashMap<Mac, Device>,
    inventory: HashMap<DeviceId, Inventory>,
    lines: HashMap<Mac, Vec<(LineNumber, ServiceId)>>,
    profiles: HashMap<String, ProfileId>,
    profile_keys: HashMap<ProfileId, Vec<Key>>,
    /// For each extension its id, how many lines may carry it and how many do.
    extensions: HashMap<ExtensionNumber, (ServiceId, u32, u32)>,
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
    lines: Vec<(LineNumber, ExtensionNumber)>,
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
        let state = actions.license_state(change, &tenant.id).await?;
        let (mut lines, mut carried): (HashMap<Mac, Vec<_>>, HashMap<ServiceId, u32>) = Default::default();
        for (service, mac, line) in change.carriers(&tenant.id).await? {
            *carried.entry(service.clone()).or_default() += 1;
            lines.entry(mac).or_default().push((line, service));
        }
        let extensions = change.extensions(&tenant.id).await?.into_iter().map(|extension| {
            let allowed = state.lines_granted(extension.products());
            let carried = carried.get(&extension.id).copied().unwrap_or(0);
            (extension.number, (extension.id, allowed, carried))
        });
        Ok(Self {
            extensions: extensions.collect(),
            inventory: change.inventory(&tenant.id).await?,
            lines,
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
        for (line, number) in wanted.lines {
            if let Some((service, _, carried)) = self.extensions.get_mut(&number) {
                *carried += 1;
                change.assign_line(&new.id, line, service).await?;
            }
        }
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
        let lines = self.read_lines(
            row.cell("Lines"),
            mac,
            model.as_ref().and_then(|model| model.as_ref()).map(|model| model.lines),
        );
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

    /// `1=101 2=102`.
    fn read_lines(
        &self,
        text: &str,
        mac: Option<Mac>,
        most: Option<u16>,
    ) -> Result<Vec<(LineNumber, ExtensionNumber)>, String> {
        let mut lines: Vec<(LineNumber, ExtensionNumber)> = Vec::new();
        for part in text.split_whitespace() {
            let (line, number) =
                part.split_once('=').ok_or_else(|| format!("\"{part}\" is no line, such as 1=101"))?;
            let line: LineNumber =
                line.parse().map_err(|wrong: crate::domain::WrongLineNumber| wrong.to_string())?;
            let number: ExtensionNumber =
                number.parse().map_err(|wrong: crate::domain::WrongExtensionNumber| wrong.to_string())?;
            if most.is_some_and(|most| line.get() > most) {
                return Err(format!("line {line} is not there: the model has {}", most.unwrap_or_default()));
            }
            if lines.iter().any(|(taken, _)| *taken == line) {
                return Err(format!("line {line} stands there twice"));
            }
            let (service, allowed, carried) = self
                .extensions
                .get(&number)
                .ok_or_else(|| format!("the tenant has no extension {number}"))?;
            let here = mac
                .and_then(|mac| self.lines.get(&mac))
                .is_some_and(|lines| lines.contains(&(line, service.clone())));
            let again = lines.iter().filter(|(_, other)| *other == number).count();
            if !here && u64::from(*carried) + again as u64 >= u64::from(*allowed) {
                return Err(format!("extension {number} is carried by {} already", counted(*allowed)));
            }
            lines.push((line, number));
        }
        Ok(lines)
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
        let has = self.lines.get(&device.mac).map(Vec::as_slice).unwrap_or_default();
        let carries = wanted.lines.iter().all(|(line, number)| {
            self.extensions.get(number).is_some_and(|(service, ..)| has.contains(&(*line, service.clone())))
        });
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

fn counted(lines: u32) -> String {
    if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") }
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
    let numbers: HashMap<_, _> = session
        .services(&tenant.id, None)
        .await?
        .into_iter()
        .filter_map(|service| Some((service.id, service.number?)))
        .collect();
    let mut lines: HashMap<Mac, Vec<String>> = HashMap::new();
    for (service, mac, line) in session.carriers(&tenant.id).await? {
        if let Some(number) = numbers.get(&service) {
            lines.entry(mac).or_default().push(format!("{line}={number}"));
        }
    }
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
            lines.remove(&device.mac).unwrap_or_default().join(" "),
        ]
    });
    Ok(rows.collect())
}
