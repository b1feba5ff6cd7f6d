//! The column `Lines` of devices: `1=101 2="Fax gateway"`, an extension by its number, a SIP trunk by its name in quotes.

use std::{collections::HashMap, fmt::Write as _};

use super::super::{Actions, ModelSize, TrunkRefusal, plan::products};
use crate::{
    domain::{ExtensionNumber, LineNumber, Mac, PlainText, ServiceId, ServiceKind, ServiceName},
    storage::{Change, Session, StorageError, Tenant},
};

/// What lines of the tenant's devices carry and can carry.
pub(super) struct Lines {
    carried: HashMap<Mac, Vec<(LineNumber, ServiceId)>>,
    services: HashMap<ServiceName, Carriable>,
}

/// An extension or a SIP trunk.
struct Carriable {
    id: ServiceId,
    /// How many lines may carry it.
    allowed: u32,
    /// How many do.
    carried: u32,
    /// Why no line can.
    refusal: Option<TrunkRefusal>,
}

impl Lines {
    pub(super) async fn read(
        actions: &Actions,
        change: &mut Change,
        tenant: &Tenant,
    ) -> Result<Self, StorageError> {
        let state = actions.license_state(change, &tenant.id).await?;
        let (mut lines, mut counts): (HashMap<Mac, Vec<_>>, HashMap<ServiceId, u32>) = Default::default();
        for (service, mac, line) in change.carriers(&tenant.id).await? {
            *counts.entry(service.clone()).or_default() += 1;
            lines.entry(mac).or_default().push((line, service));
        }
        let peers = change.trunk_peers(&tenant.id).await?;
        let mut services = change.services(&tenant.id, None).await?;
        services.retain(|service| matches!(service.kind, ServiceKind::Extension | ServiceKind::Trunk));
        let services = services.into_iter().map(|service| {
            let carriable = Carriable {
                allowed: state.lines_granted(products(&service)),
                carried: counts.get(&service.id).copied().unwrap_or(0),
                refusal: TrunkRefusal::unless_registering(&service, &peers).err(),
                id: service.id.clone(),
            };
            (service.called(), carriable)
        });
        Ok(Self { services: services.collect(), carried: lines })
    }

    /// The lines that a cell gives the device with this MAC, of this model.
    pub(super) fn parse(
        &self,
        cell: &str,
        mac: Option<Mac>,
        model: Option<&ModelSize>,
    ) -> Result<Vec<(LineNumber, ServiceName)>, String> {
        let mut lines: Vec<(LineNumber, ServiceName)> = Vec::new();
        for (line, name) in read_lines(cell)? {
            if let Some(model) = model.filter(|model| line.get() > model.lines) {
                return Err(format!("line {line} is not there: the model has {}", model.lines));
            }
            let service =
                self.services.get(&name).ok_or_else(|| format!("the tenant has no {}", name.of_account()))?;
            if let ServiceName::Trunk(_) = name {
                let refusal = service.refusal.clone().map_or(Ok(()), Err);
                refusal.and_then(|()| TrunkRefusal::unless_gateway(model)).map_err(|why| why.to_string())?;
            }
            let here = mac.is_some_and(|mac| self.carries(mac, line, &name));
            let again = lines.iter().filter(|(_, other)| *other == name).count();
            if !here && u64::from(service.carried) + again as u64 >= u64::from(service.allowed) {
                let allowed = service.allowed;
                let lines = if allowed == 1 { "line" } else { "lines" };
                return Err(format!("{} is carried by {allowed} {lines} already", name.of_account()));
            }
            lines.push((line, name));
        }
        Ok(lines)
    }

    /// Whether that line of the device carries it.
    pub(super) fn carries(&self, mac: Mac, line: LineNumber, name: &ServiceName) -> bool {
        let carried = self.carried.get(&mac).map(Vec::as_slice).unwrap_or_default();
        self.services.get(name).is_some_and(|service| carried.contains(&(line, service.id.clone())))
    }

    /// Counts another line that carries it; what it is in the store.
    pub(super) fn take(&mut self, name: &ServiceName) -> Option<&ServiceId> {
        let service = self.services.get_mut(name)?;
        service.carried += 1;
        Some(&service.id)
    }
}

/// What a cell of the column `Lines` says, before a tenant is asked whether it can be so.
pub fn read_lines(cell: &str) -> Result<Vec<(LineNumber, ServiceName)>, String> {
    let mut lines: Vec<(LineNumber, ServiceName)> = Vec::new();
    let mut rest = cell.trim();
    while !rest.is_empty() {
        let (line, name, after) = first(rest)?;
        rest = after;
        if lines.iter().any(|(taken, _)| *taken == line) {
            return Err(format!("line {line} stands there twice"));
        }
        lines.push((line, name));
    }
    Ok(lines)
}

/// The first line of a cell's text that has one, and the text after it.
fn first(text: &str) -> Result<(LineNumber, ServiceName, &str), String> {
    let word = text.split_whitespace().next().unwrap_or_default();
    let (line, _) = word.split_once('=').ok_or_else(|| format!("\"{word}\" is no line, such as 1=101"))?;
    let value = &text[line.len() + 1..];
    let line: LineNumber = line.parse().map_err(|wrong: crate::domain::WrongLineNumber| wrong.to_string())?;
    let Some(quoted) = value.strip_prefix('"') else {
        let number = value.split_whitespace().next().filter(|_| !value.starts_with(char::is_whitespace));
        let number = number.unwrap_or_default();
        let name: ExtensionNumber =
            number.parse().map_err(|wrong: crate::domain::WrongExtensionNumber| wrong.to_string())?;
        return Ok((line, name.into(), value[number.len()..].trim_start()));
    };
    // a quote within the name stands there twice
    let (mut name, mut rest) = (String::new(), quoted);
    loop {
        let (before, after) =
            rest.split_once('"').ok_or_else(|| format!("the name on line {line} has no closing quote"))?;
        name.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None if after.is_empty() || after.starts_with(char::is_whitespace) => {
                let name = PlainText::parse("the name", &name).map_err(|wrong| wrong.to_string())?;
                return Ok((line, ServiceName::Trunk(name), after.trim_start()));
            }
            None => return Err(format!("after the name on line {line} a space is missing")),
        }
    }
}

/// The tenant's carried lines as cells, by device.
pub(super) async fn cells(
    session: &mut Session,
    tenant: &Tenant,
) -> Result<HashMap<Mac, String>, StorageError> {
    let services = session.services(&tenant.id, None).await?;
    let names: HashMap<_, _> = services.iter().map(|service| (&service.id, service.called())).collect();
    let mut cells: HashMap<Mac, String> = HashMap::new();
    for (service, mac, line) in session.carriers(&tenant.id).await? {
        let Some(name) = names.get(&service) else { continue };
        let cell = cells.entry(mac).or_default();
        let gap = if cell.is_empty() { "" } else { " " };
        let _ = match name {
            ServiceName::Number(number) => write!(cell, "{gap}{line}={number}"),
            ServiceName::Trunk(name) => {
                write!(cell, "{gap}{line}=\"{}\"", name.as_str().replace('"', "\"\""))
            }
        };
    }
    Ok(cells)
}
