//! `offhook profile`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table, parse_name};
use crate::domain::{PlainText, TenantSlug};

/// Named sets of settings and keys.
#[derive(Debug, clap::Subcommand)]
pub enum ProfileCommand {
    /// Make a profile
    #[command(after_help = "Example:
  offhook profile add acme Reception
  offhook setting set profile acme Reception phone.language de
  offhook key set acme 2 blf --value 102 --profile Reception
  offhook device set-profile 00:15:65:aa:bb:cc Reception")]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_profile)]
        name: PlainText,
    },
    /// List a tenant's profiles
    List {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Remove a profile that no phone follows
    Remove {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its name
        #[arg(value_parser = parse_name)]
        name: PlainText,
    },
}

/// `none` is how a device is told to follow no profile.
fn parse_profile(text: &str) -> Result<PlainText, String> {
    let name = parse_name(text).map_err(|error| error.to_string())?;
    if name.as_str() == "none" { Err("no profile can be called \"none\"".to_owned()) } else { Ok(name) }
}

impl ProfileCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Add { tenant, name } => {
                desk.actions.add_profile(&tenant, &name).await?;
                Ok(Answer::new(format!("added profile {name}"), json!({ "added": name })))
            }
            Self::List { tenant } => {
                let profiles = desk.actions.profiles(&tenant).await?;
                let rows = profiles
                    .iter()
                    .map(|profile| vec![profile.name.to_string(), profile.devices.to_string()]);
                let text = table(&["profile", "devices"], rows.collect(), "no profile yet");
                let json = profiles
                    .iter()
                    .map(|profile| json!({ "name": profile.name, "devices": profile.devices }));
                Ok(Answer::new(text, json.collect()))
            }
            Self::Remove { tenant, name } => {
                desk.actions.remove_profile(&tenant, &name).await?;
                Ok(Answer::new(format!("removed profile {name}"), json!({ "removed": name })))
            }
        }
    }
}
