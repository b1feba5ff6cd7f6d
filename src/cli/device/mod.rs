//! `offhook device`.

mod goodbye;
mod inventory;
mod preview;
mod sync;

pub use inventory::{InventoryFlags, InventoryWord};
pub use sync::SyncFlags;

use serde_json::json;

use super::{
    Answer, Desk, Failure,
    answer::{fields, table},
    parse_name,
    service::{ineffective_json, with_ineffective},
};
use crate::{
    admin::actions::{DeviceDetails, DeviceToAdd, LineDetails, SeenList},
    domain::{Admission, ExtensionNumber, LineNumber, Mac, PlainText, ServiceName, TenantSlug},
};

/// Phones.
#[derive(Debug, clap::Subcommand)]
pub enum DeviceCommand {
    /// Add a phone
    #[command(after_help = "Examples:
  offhook device add acme 00:15:65:aa:bb:cc --model \"Yealink SIP-T46U\"
  offhook device add acme 001565AABBCC --model auto --name \"Front desk\"")]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// MAC address, in any common spelling
        mac: Mac,
        /// Vendor and model, or `auto`: learned when the phone shows itself
        #[arg(long)]
        model: String,
        /// What people call it; made of vendor and MAC when not given
        #[arg(long, value_parser = parse_name)]
        name: Option<PlainText>,
    },
    /// List a tenant's phones
    List {
        /// The tenant's short name
        tenant: TenantSlug,
        /// With when each was last seen, and phones that used the tenant's URL without being its devices
        #[arg(long)]
        seen: bool,
        /// Phones that were removed or replaced within 90 days, and whether they have taken that
        #[arg(long, conflicts_with = "seen")]
        former: bool,
    },
    /// Show a phone with its lines, and what the inventory says of it
    Show {
        /// MAC address
        mac: Mac,
        /// Print its maker's keys; the audit keeps that
        #[arg(long)]
        show_keys: bool,
    },
    /// Say what the inventory says of a phone; nothing of it reaches the phone
    #[command(after_help = "Keys are never arguments: a file gives them.

Examples:
  offhook device set 00:15:65:aa:bb:cc --managed-by \"IT Frankfurt\" --inventory-id A-1729
  offhook device set 00:15:65:aa:bb:cc --ascii-key-file key.txt --clear description")]
    Set {
        /// MAC address
        mac: Mac,
        /// What it says.
        #[command(flatten)]
        inventory: InventoryFlags,
    },
    /// Show what a phone would get now, with every secret masked
    #[command(after_help = "Examples:
  offhook device preview 00:15:65:aa:bb:cc
  offhook device preview 00:15:65:aa:bb:cc --explain | grep account.1")]
    Preview {
        /// MAC address
        mac: Mac,
        /// One of its files, by the name the phone asks for; the first with secrets when not given
        file: Option<String>,
        /// Show where each line comes from: template, line, and the layer of each setting and key
        #[arg(long)]
        explain: bool,
    },
    /// Let a line of a phone carry an extension, or a line of a gateway a SIP trunk that registers
    #[command(after_help = "Examples:
  offhook device assign 00:15:65:aa:bb:cc 1 101
  offhook device assign c0:74:ad:aa:bb:cc 2 \"Fax gateway\"")]
    Assign {
        /// MAC address
        mac: Mac,
        /// Line, counted from 1
        line: LineNumber,
        /// The extension's number, or the SIP trunk's name
        service: ServiceName,
    },
    /// Free a line of a phone: what it carried gets another SIP password
    Release {
        /// MAC address
        mac: Mac,
        /// Line, counted from 1
        line: LineNumber,
        /// Keep the SIP password, for a PBX that learns of a new one too late; the phone can register until it is fetched
        #[arg(long)]
        keep_passwords: bool,
    },
    /// Change the model
    SetModel {
        /// MAC address
        mac: Mac,
        /// Vendor and model, or `auto`
        model: String,
    },
    /// Let a phone follow a profile, or none
    SetProfile {
        /// MAC address
        mac: Mac,
        /// The profile's name, or `none`
        #[arg(value_parser = parse_name)]
        profile: PlainText,
    },
    /// Put another phone in the place of a broken one: everything but the MAC and the passwords stays
    Replace {
        /// MAC address of the broken phone
        old: Mac,
        /// MAC address of its successor
        new: Mac,
        /// Keep the SIP passwords, for a PBX that learns of new ones too late; whoever has the broken phone can register
        #[arg(long)]
        keep_passwords: bool,
    },
    /// Have phones asked by SIP to fetch again now, although they may have what they should
    #[command(after_help = "After a change the phones that it touches are asked by themselves.

Examples:
  offhook device sync 00:15:65:aa:bb:cc --wait
  offhook device sync --all acme")]
    Sync {
        /// Which, and whether it is waited for them.
        #[command(flatten)]
        sync: SyncFlags,
    },
    /// Refuse its requests; the phone keeps what it has
    Block {
        /// MAC address
        mac: Mac,
    },
    /// Answer its requests again
    Unblock {
        /// MAC address
        mac: Mac,
    },
    /// Remove a phone that carries nothing; for 90 days it gets blank documents
    Remove {
        /// MAC address
        mac: Mac,
        /// Release its lines with it: what they carried gets another SIP password
        #[arg(long)]
        release: bool,
        /// Keep the SIP passwords, for a PBX that learns of new ones too late; whoever has the phone can register
        #[arg(long, requires = "release")]
        keep_passwords: bool,
    },
}

impl DeviceCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::Add { tenant, mac, model, name } => {
                let new = DeviceToAdd { mac, model: unless("auto", model), name };
                Ok(shown(&actions.add_device(&tenant, new).await?, false))
            }
            Self::List { tenant, former: true, .. } => goodbye::former(actions, &tenant).await,
            Self::List { tenant, seen, .. } => {
                let devices = actions.devices(&tenant).await?;
                let seen = if seen { Some(actions.seen(&tenant).await?) } else { None };
                Ok(listed(&devices, seen.as_ref()))
            }
            Self::Show { mac, show_keys } => {
                let mut details = actions.device(mac).await?;
                if show_keys {
                    details.inventory = actions.reveal_inventory(mac).await?;
                }
                Ok(shown(&details, show_keys))
            }
            Self::Set { mac, inventory } => {
                let changed = actions.edit_inventory(mac, inventory.edit()?).await?;
                let details = actions.device(mac).await?;
                let said = inventory::lines(&details.inventory, false);
                let told = if said.is_empty() {
                    "the inventory says nothing of it".to_owned()
                } else {
                    fields(&said)
                };
                let mut json = described(&details, false);
                json["changed"] = changed.into();
                Ok(Answer::new(told, json))
            }
            Self::Preview { mac, file, explain } => {
                let place = &desk.installation;
                let catalog = desk.packs.catalog()?;
                let (server, url) = (&place.server_name, &place.url_base);
                let preview = actions.preview(&catalog, server, url, mac, file.as_deref()).await?;
                Ok(preview::shown(&preview, explain))
            }
            Self::Assign { mac, line, service } => {
                actions.assign_line(mac, line, &service).await?;
                let details = actions.device(mac).await?;
                let assigned = details.lines.into_iter().find(|assigned| assigned.line == line);
                let ineffective = assigned.map(|assigned| assigned.ineffective).unwrap_or_default();
                let text = format!("line {line} of {} carries {}", mac.colons(), service.in_words());
                let told = ineffective_json(&ineffective);
                let (number, trunk) = apart(&service);
                let json = json!({
                    "mac": mac, "line": line, "number": number, "trunk": trunk, "ineffective": told
                });
                Ok(Answer::new(with_ineffective(&text, &ineffective), json))
            }
            Self::Release { mac, line, keep_passwords } => {
                goodbye::release(actions, (mac, line), keep_passwords).await
            }
            Self::SetModel { mac, model } => {
                actions.set_model(mac, unless("auto", model).as_deref()).await?;
                Ok(shown(&actions.device(mac).await?, false))
            }
            Self::SetProfile { mac, profile } => {
                let profile = Some(profile).filter(|profile| profile.as_str() != "none");
                actions.set_profile(mac, profile.as_ref()).await?;
                Ok(shown(&actions.device(mac).await?, false))
            }
            Self::Replace { old, new, keep_passwords } => {
                goodbye::replace(actions, (old, new), keep_passwords).await
            }
            Self::Sync { sync } => sync.run(actions).await,
            Self::Block { mac } => block(desk, mac, true).await,
            Self::Unblock { mac } => block(desk, mac, false).await,
            Self::Remove { mac, release, keep_passwords } => {
                goodbye::remove(actions, mac, release, keep_passwords).await
            }
        }
    }
}

fn unless(word: &str, text: String) -> Option<String> {
    Some(text).filter(|text| text != word)
}

async fn block(desk: &Desk, mac: Mac, blocked: bool) -> Result<Answer, Failure> {
    let changed = desk.actions.block_device(mac, blocked).await?;
    let state = if blocked { "blocked" } else { "not blocked" };
    let already = if changed { "" } else { " already" };
    let text = format!("device {} is {state}{already}", mac.colons());
    Ok(Answer::new(text, json!({ "mac": mac, "blocked": blocked, "changed": changed })))
}

/// What a line carries, for programs: the extension's number, or the SIP trunk's name.
const fn apart(carries: &ServiceName) -> (Option<&ExtensionNumber>, Option<&PlainText>) {
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

fn listed(devices: &[DeviceDetails], seen: Option<&SeenList>) -> Answer {
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

fn shown(details: &DeviceDetails, keys: bool) -> Answer {
    Answer::new(told(details, keys), described(details, keys))
}

fn told(details: &DeviceDetails, keys: bool) -> String {
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

fn described(details: &DeviceDetails, keys: bool) -> serde_json::Value {
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
