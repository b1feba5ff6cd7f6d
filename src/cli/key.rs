//! `offhook key`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table, parse_name};
use crate::{
    admin::actions::KeyToSet,
    domain::{Key, KeyKind, KeyPosition, LineNumber, Mac, PlainText},
};

/// Programmable keys.
#[derive(Debug, clap::Subcommand)]
pub enum KeyCommand {
    /// Program a key
    #[command(after_help = "Examples:
  offhook key set 00:15:65:aa:bb:cc 1 line
  offhook key set 00:15:65:aa:bb:cc 2 blf --value 102 --label Ann
  offhook key set 00:15:65:aa:bb:cc 3 speed-dial --value +41446681800 --label Bank
  offhook key set 00:15:65:aa:bb:cc 4 record")]
    Set {
        /// MAC address of the phone
        mac: Mac,
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
        /// MAC address of the phone
        mac: Mac,
        /// Position, counted from 1
        position: KeyPosition,
    },
    /// Show the programmed keys
    Show {
        /// MAC address of the phone
        mac: Mac,
    },
}

impl KeyCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Set { mac, position, kind, line, value, label } => {
                let key = KeyToSet { position, kind, line, value, label };
                let key = desk.actions.set_key(mac, key).await?;
                let text = format!("key {position} of {} is {}", mac.colons(), kind.as_str());
                Ok(Answer::new(text, described(&key)))
            }
            Self::Unset { mac, position } => {
                desk.actions.unset_key(mac, position).await?;
                let text = format!("key {position} of {} is clear", mac.colons());
                Ok(Answer::new(text, json!({ "mac": mac, "cleared": position })))
            }
            Self::Show { mac } => {
                let keys = desk.actions.keys(mac).await?;
                let rows = keys.iter().map(|key| {
                    vec![
                        key.position.to_string(),
                        key.kind.as_str().to_owned(),
                        key.line.to_string(),
                        key.value.clone().unwrap_or_default(),
                        key.label.as_ref().map(ToString::to_string).unwrap_or_default(),
                    ]
                });
                let headers = ["key", "kind", "line", "value", "label"];
                let text = table(&headers, rows.collect(), "no key is programmed");
                Ok(Answer::new(text, keys.iter().map(described).collect()))
            }
        }
    }
}

fn described(key: &Key) -> serde_json::Value {
    json!({
        "position": key.position,
        "kind": key.kind,
        "line": key.line,
        "value": key.value,
        "label": key.label,
    })
}
