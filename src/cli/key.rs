//! `offhook key`.

use serde_json::json;

use super::{Answer, Desk, Failure, WrongInput, answer::table, parse_name};
use crate::{
    admin::actions::KeyToSet,
    domain::{Key, KeyKind, KeyPosition, Layer, LineNumber, Mac, PlainText, TenantSlug},
};

/// Programmable keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Program a key; a phone's own wins over its profile's
    #[command(after_help = "Examples:
  offhook key set 00:15:65:aa:bb:cc 1 line
  offhook key set 00:15:65:aa:bb:cc 2 blf --value 102 --label Ann
  offhook key set 00:15:65:aa:bb:cc 4 record
  offhook key set acme 3 speed-dial --value +41446681800 --label Bank --profile Reception")]
    Set {
        /// On what.
        #[command(flatten)]
        on: KeyOwner,
        /// Position, counted from 1 and on through expansion modules
        position: KeyPosition,
        /// line, blf, speed-dial or record
        kind: KeyKind,
        /// The line it acts on
        #[arg(long, default_value = "1")]
        line: LineNumber,
        /// The number it watches or dials
        #[arg(long)]
        value: Option<String>,
        /// What stands beside it
        #[arg(long, value_parser = parse_name)]
        label: Option<PlainText>,
    },
    /// Clear a key
    Unset {
        /// On what.
        #[command(flatten)]
        on: KeyOwner,
        /// Position, counted from 1
        position: KeyPosition,
    },
    /// Replace the master key, while the server runs: the key outside of the database, not a phone's
    #[command(
        after_help = "The master key opens the keys in the database, and those the secrets. A new one is written into the key file
and the old one is kept beside it, as FILE.ID: backups that were made before need it. Move it to where you keep keys.

Where others hold the key as well (PostgreSQL with several nodes, a systemd credential, OFFHOOK_MASTER_KEY), put the new
one (openssl rand -hex 32) on a line before the old one everywhere, restart the nodes one after the other, and then run
this once; after it take the old one away everywhere.

With --secrets the secrets get a new key too, and each is sealed again: if somebody may have seen a copy of the database
together with the old master key. What was ended half-way is finished by the same command.

Examples:
  offhook key rotate
  offhook key rotate --secrets"
    )]
    Rotate {
        /// Seal every secret again with a new key as well
        #[arg(long)]
        secrets: bool,
        /// How many secrets to seal again in one transaction; others who write wait for each
        #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=10_000), requires = "secrets")]
        batch: u32,
    },
    /// Show the programmed keys; of a phone also its profile's
    Show {
        /// On what.
        #[command(flatten)]
        on: KeyOwner,
    },
}

/// On what a key is programmed.
#[derive(Clone, Debug, clap::Args)]
pub struct KeyOwner {
    /// MAC address of the phone; with --profile the tenant's short name
    #[arg(value_name = "MAC|TENANT")]
    on: String,
    /// The profile: its keys are those of every phone that follows it
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    profile: Option<PlainText>,
}

enum Target {
    Device(Mac),
    Profile(TenantSlug, PlainText),
}

impl KeyOwner {
    fn target(self) -> Result<Target, WrongInput> {
        Ok(match self.profile {
            Some(profile) => Target::Profile(TenantSlug::parse(&self.on).map_err(WrongInput::new)?, profile),
            None => Target::Device(Mac::parse(&self.on).map_err(WrongInput::new)?),
        })
    }
}

impl Target {
    fn text(&self) -> String {
        match self {
            Self::Device(mac) => mac.colons(),
            Self::Profile(_, name) => format!("profile {name}"),
        }
    }
}

impl KeyCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::Set { on, position, kind, line, value, label } => {
                let (key, target) = (KeyToSet { position, kind, line, value, label }, on.target()?);
                let key = match &target {
                    Target::Device(mac) => actions.set_key(*mac, key).await?,
                    Target::Profile(slug, name) => actions.set_profile_key(slug, name, key).await?,
                };
                let text = format!("key {position} of {} is {}", target.text(), kind.as_str());
                Ok(Answer::new(text, described(&key, None)))
            }
            Self::Unset { on, position } => {
                let target = on.target()?;
                let json = match &target {
                    Target::Device(mac) => {
                        actions.unset_key(*mac, position).await?;
                        json!({ "mac": mac, "cleared": position })
                    }
                    Target::Profile(slug, name) => {
                        actions.unset_profile_key(slug, name, position).await?;
                        json!({ "profile": name, "cleared": position })
                    }
                };
                Ok(Answer::new(format!("key {position} of {} is clear", target.text()), json))
            }
            Self::Rotate { secrets, batch } => super::rotation::rotate(desk, secrets.then_some(batch)).await,
            Self::Show { on } => match on.target()? {
                Target::Device(mac) => {
                    let held = actions.held_keys(mac).await?;
                    let held: Vec<_> = held.into_iter().map(|held| (held.key, held.layer)).collect();
                    Ok(shown(&held))
                }
                Target::Profile(slug, name) => {
                    let keys = actions.profile_keys(&slug, &name).await?;
                    let keys: Vec<_> = keys.into_iter().map(|key| (key, Layer::Profile)).collect();
                    Ok(shown(&keys))
                }
            },
        }
    }
}

fn shown(keys: &[(Key, Layer)]) -> Answer {
    let rows = keys.iter().map(|(key, layer)| {
        vec![
            key.position.to_string(),
            key.kind.as_str().to_owned(),
            key.line.to_string(),
            key.value.clone().unwrap_or_default(),
            key.label.as_ref().map(ToString::to_string).unwrap_or_default(),
            layer.as_str().to_owned(),
        ]
    });
    let headers = ["key", "kind", "line", "value", "label", "from"];
    let text = table(&headers, rows.collect(), "no key is programmed");
    Answer::new(text, keys.iter().map(|(key, layer)| described(key, Some(*layer))).collect())
}

/// A key, and where it was programmed where that can differ.
fn described(key: &Key, layer: Option<Layer>) -> serde_json::Value {
    let mut json = json!({
        "position": key.position,
        "kind": key.kind,
        "line": key.line,
        "value": key.value,
        "label": key.label,
    });
    if let Some(layer) = layer {
        json["layer"] = json!(layer);
    }
    json
}
