//! Programmed keys of devices: a key that is programmed otherwise gets what the file says.

use std::collections::{HashMap, HashSet};

use super::{
    super::Actions,
    Applied, Importer, RowResult,
    sheet::{Column, Row, optional, required},
};
use crate::{
    domain::{Device, Key, KeyKind, KeyPosition, LineNumber, Mac, PlainText},
    storage::{Change, Session, StorageError, Tenant},
};

pub(super) struct Keys {
    devices: HashMap<Mac, Device>,
    programmed: HashMap<(Mac, KeyPosition), Key>,
    seen: HashSet<(Mac, KeyPosition)>,
}

impl Importer for Keys {
    const COLUMNS: &'static [Column] = &[
        required("MAC"),
        required("Position"),
        required("Kind"),
        optional("Line"),
        optional("Value"),
        optional("Label"),
    ];

    async fn prepare(_actions: &Actions, change: &mut Change, tenant: &Tenant) -> Result<Self, StorageError> {
        let (mut devices, mut programmed) = (HashMap::new(), HashMap::new());
        for device in change.devices(&tenant.id).await? {
            for key in change.keys(&device.id).await? {
                programmed.insert((device.mac, key.position), key);
            }
            devices.insert(device.mac, device);
        }
        Ok(Self { devices, programmed, seen: HashSet::new() })
    }

    async fn apply(
        &mut self,
        actions: &Actions,
        change: &mut Change,
        row: &Row<'_>,
    ) -> Result<RowResult, StorageError> {
        let mut mistakes: Vec<(Option<&'static str>, String)> = Vec::new();
        let mut note = |column: &'static str, wrong: String| mistakes.push((Some(column), wrong));
        let mac = Mac::parse(row.cell("MAC")).map_err(|wrong| note("MAC", wrong.to_string())).ok();
        let device = mac.and_then(|mac| self.devices.get(&mac));
        if mac.is_some() && device.is_none() {
            note("MAC", "the tenant has no such device".to_owned());
        }
        let position = row.cell("Position").parse::<KeyPosition>().ok().filter(|position| *position > 0);
        if position.is_none() {
            note("Position", "is a whole number from 1 on".to_owned());
        }
        let kind = row.cell("Kind").parse::<KeyKind>().map_err(|wrong| note("Kind", wrong.to_string())).ok();
        let line = row.some("Line").unwrap_or("1").parse::<LineNumber>();
        let line = line.map_err(|wrong| note("Line", wrong.to_string())).ok();
        let label = row.some("Label").map(|label| PlainText::parse("the label", label)).transpose();
        let label = label.map_err(|wrong| note("Label", wrong.to_string())).ok().flatten();
        let size = device.and_then(|device| actions.model_of(device));
        if let (Some(size), Some(position)) = (&size, position)
            && position > size.keys
        {
            note(
                "Position",
                format!("key {position} is not there: {} has keys 1 to {}", size.name, size.keys),
            );
        }
        if let (Some(size), Some(line)) = (&size, line)
            && line.get() > size.lines
        {
            note("Line", format!("line {line} is not there: {} has {} lines", size.name, size.lines));
        }
        if let (Some(mac), Some(position)) = (mac, position)
            && !self.seen.insert((mac, position))
        {
            note("Position", "stands in the file twice".to_owned());
        }
        let (Some(device), Some(position), Some(kind), Some(line), true) =
            (device, position, kind, line, mistakes.is_empty())
        else {
            return Ok(Err(mistakes));
        };
        let key = match Key::new(position, kind, line, row.some("Value").map(str::to_owned), label) {
            Ok(key) => key,
            Err(wrong) => return Ok(Err(vec![(Some("Value"), wrong.to_string())])),
        };
        if self.programmed.get(&(device.mac, position)) == Some(&key) {
            return Ok(Ok(Applied::Unchanged));
        }
        change.set_key(&device.id, &key).await?;
        Ok(Ok(Applied::Added))
    }
}

/// The programmed keys of the tenant's devices as rows.
pub(super) async fn rows(session: &mut Session, tenant: &Tenant) -> Result<Vec<Vec<String>>, StorageError> {
    let mut rows = Vec::new();
    for device in session.devices(&tenant.id).await? {
        for key in session.keys(&device.id).await? {
            rows.push(vec![
                device.mac.to_string(),
                key.position.to_string(),
                key.kind.as_str().to_owned(),
                key.line.to_string(),
                key.value.unwrap_or_default(),
                key.label.map(|label| label.to_string()).unwrap_or_default(),
            ]);
        }
    }
    Ok(rows)
}
