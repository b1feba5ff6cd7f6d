//! What commands on devices show of them.

use serde_json::json;

use super::{
    super::{
        Answer,
        answer::{fields, table},
        service::{ineffective_json, with_ineffective},
    },
    goodbye, inventory, sync,
};
use crate::{
    admin::actions::{DeviceDetails, LineDetails, SeenList},
    domain::{Admission, ExtensionNumber, Mac, PlainText, ServiceName},
};

/// What a line carries, for programs: the extension's number, or the SIP trunk's name.
pub(super) const fn apart(carries: &ServiceName) -> (Option<&ExtensionNumber>, Option<&PlainText>) {
    match carries {
        ServiceName::Number(number) => (Some(number), None),
        ServiceName::Trunk(name) => (None, Some(name)),
    }
}

fn carried(line: &LineDetails) -> String {
    let state = match line.admission {
        Some(Admission::Admitted) => String::new(),
        Some(Admission::Withheld(why)) => format!(" (withheld: {why})"),
        None => " (undecidable)".to_owned(),
    };
    match &line.carries {
        ServiceName::Number(number) => format!("{}: {number} {}{state}", line.line, line.name),
        ServiceName::Trunk(_) => format!("{}: {}{state}", line.line, line.carries.in_words()),
    }
}

pub(super) fn listed(devices: &[DeviceDetails], seen: Option<&SeenList>) -> Answer {
    let note_of = |mac: Mac| {
        let note = seen?.devices.iter().find(|(of, _)| *of == mac)?;
        Some(&note.1)
    };
    let certificate_of = |mac: Mac| {
        let shown = seen?.certificates.iter().find(|(of, _)| *of == mac)?;
        Some(&shown.1)
    };
    let rows = devices.iter().map(|details| {
        let device = &details.device;
        let numbers: Vec<_> =
            details.lines.iter().map(|line| format!("{}: {}", line.line, line.carries)).collect();
        let mut row = vec![
            device.mac.colons(),
            device.name.to_string(),
            device.model.clone().unwrap_or_else(|| "auto".to_owned()),
            numbers.join(", "),
            if device.blocked { "blocked".to_owned() } else { String::new() },
            sync::in_words(&details.following),
        ];
        if seen.is_some() {
            let note = note_of(device.mac);
            let last = note.map(|note| format!("{} {} {}", note.seen.at, note.seen.address, note.outcome));
            row.push(last.unwrap_or_else(|| "never".to_owned()));
            let shown = certificate_of(device.mac);
            row.push(shown.map_or_else(|| "none".to_owned(), |shown| shown.judged.clone()));
        }
        row
    });
    let mut headers = vec!["MAC", "name", "model", "lines", "state", "provisioned"];
    if seen.is_some() {
        headers.extend(["last seen", "certificate"]);
    }
    let mut text = table(&headers, rows.collect(), "no device yet");
    let strangers = seen.map(|seen| {
        seen.unknown.iter().map(|(mac, phone)| {
            let model = phone.model.clone().unwrap_or_else(|| "unknown".to_owned());
            vec![mac.colons(), model, phone.address.clone(), phone.at.to_string()]
        })
    });
    let strangers: Vec<_> = strangers.into_iter().flatten().collect();
    if !strangers.is_empty() {
        text.push_str("\n\nseen with this tenant's URL, but no device:\n");
        text.push_str(&table(&["MAC", "model", "address", "last seen"], strangers, ""));
    }
    let devices: Vec<_> = devices
        .iter()
        .map(|details| {
            let mut json = described(details, false);
            if let Some(note) = note_of(details.device.mac) {
                json["seen"] = json!(note);
                json["seen"]["at"] = note.seen.at.to_string().into();
            }
            if let Some(shown) = certificate_of(details.device.mac) {
                json["seen"]["certificate"] = json!({ "at": shown.at.to_string(), "judged": shown.judged });
            }
            json
        })
        .collect();
    let Some(seen) = seen else { return Answer::new(text, devices.into()) };
    let unknown = seen.unknown.iter().map(|(mac, phone)| {
        let mut json = json!(phone);
        json["mac"] = json!(mac);
        json["at"] = phone.at.to_string().into();
        json
    });
    Answer::new(text, json!({ "devices": devices, "unknown": unknown.collect::<Vec<_>>() }))
}

pub(super) fn shown(details: &DeviceDetails, keys: bool) -> Answer {
    Answer::new(told(details, keys), described(details, keys))
}

pub(super) fn told(details: &DeviceDetails, keys: bool) -> String {
    let device = &details.device;
    let free = details.model_lines.map(|lines| usize::from(lines).saturating_sub(details.lines.len()));
    let used = match free {
        Some(free) => format!("{} used / {free} free", details.lines.len()),
        None => format!("{} used", details.lines.len()),
    };
    let mut lines = vec![
        ("MAC", device.mac.colons()),
        ("tenant", details.tenant.slug.to_string()),
        ("name", device.name.to_string()),
        ("model", device.model.clone().unwrap_or_else(|| "auto".to_owned())),
        ("profile", details.profile.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)),
        ("state", if device.blocked { "blocked" } else { "not blocked" }.to_owned()),
        ("provisioned", sync::in_words(&details.following)),
        ("lines", used),
    ];
    lines.extend(details.lines.iter().map(|line| ("line", carried(line))));
    lines.extend(details.freed.iter().map(|freed| ("freed", goodbye::line(freed))));
    lines.push(("keys", format!("{} programmed", details.keys.len())));
    lines.extend(inventory::lines(&details.inventory, keys));
    let ineffective: Vec<_> = details.lines.iter().flat_map(|line| &line.ineffective).cloned().collect();
    with_ineffective(&fields(&lines), &ineffective)
}

pub(super) fn described(details: &DeviceDetails, keys: bool) -> serde_json::Value {
    let device = &details.device;
    let lines = details.lines.iter().map(|line| {
        let (admitted, withheld) = match line.admission {
            None => (None, None),
            Some(Admission::Admitted) => (Some(true), None),
            Some(Admission::Withheld(why)) => (Some(false), Some(why)),
        };
        let (number, trunk) = apart(&line.carries);
        json!({
            "line": line.line,
            "number": number,
            "trunk": trunk,
            "name": line.name,
            "admitted": admitted,
            "withheld": withheld,
            "ineffective": ineffective_json(&line.ineffective),
        })
    });
    json!({
        "mac": device.mac,
        "tenant": details.tenant.slug,
        "name": device.name,
        "model": device.model,
        "model_lines": details.model_lines,
        "profile": details.profile,
        "blocked": device.blocked,
        "lines": lines.collect::<Vec<_>>(),
        "freed": details.freed.iter().map(goodbye::line_json).collect::<Vec<_>>(),
        "keys": details.keys.len(),
        "provisioned": sync::described(&details.following),
        "inventory": inventory::described(&details.inventory, keys),
    })
}
