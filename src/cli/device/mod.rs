//! `offhook device`.

mod goodbye;
mod inventory;
mod preview;
mod shown;
mod sync;

pub use inventory::{InventoryFlags, InventoryWord};
pub use sync::SyncFlags;

use serde_json::json;

use super::{
    Answer, Desk, Failure,
    answer::fields,
    parse_name,
    service::{ineffective_json, with_ineffective},
};
use crate::{
    admin::actions::DeviceToAdd,
    domain::{LineNumber, Mac, PlainText, ServiceName, TenantSlug},
};
use shown::{apart, described, listed, shown};

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
