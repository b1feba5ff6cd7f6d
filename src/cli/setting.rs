//! `offhook setting`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table, parse_name};
use crate::{
    admin::actions::SettingTarget,
    domain::{DEFINITIONS, Mac, PlainText, TenantSlug},
};

/// Settings.
#[derive(Debug, clap::Subcommand)]
pub enum SettingCommand {
    /// Set a setting; a phone's own wins over its profile's, its model's and its tenant's
    #[command(
        subcommand,
        after_help = "Examples:
  offhook setting set tenant acme time.zone Europe/Zurich
  offhook setting set model acme \"Yealink SIP-T46U\" audio.codecs opus,g722,pcma
  offhook setting set device 00:15:65:aa:bb:cc network.vlan 40"
    )]
    Set(On<NameAndValue>),
    /// Take a setting back
    #[command(subcommand)]
    Unset(On<Name>),
    /// Show what holds, and where each value comes from
    #[command(subcommand)]
    Show(On<Nothing>),
    /// List what is set there, and nowhere else
    #[command(subcommand)]
    List(On<Nothing>),
    /// Explain every setting there is
    Names,
}

/// On what, and what comes after it.
#[derive(Debug, clap::Subcommand)]
pub enum On<Rest: clap::Args> {
    /// All phones of a tenant
    Tenant {
        /// The tenant's short name
        tenant: TenantSlug,
        /// What comes after it.
        #[command(flatten)]
        rest: Rest,
    },
    /// A tenant's phones of one model
    Model {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Vendor and model
        model: String,
        /// What comes after it.
        #[command(flatten)]
        rest: Rest,
    },
    /// The phones that follow a profile
    Profile {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The profile's name
        #[arg(value_parser = parse_name)]
        profile: PlainText,
        /// What comes after it.
        #[command(flatten)]
        rest: Rest,
    },
    /// One phone
    Device {
        /// MAC address
        mac: Mac,
        /// What comes after it.
        #[command(flatten)]
        rest: Rest,
    },
}

/// Nothing more.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Nothing {}

/// A setting's name.
#[derive(Clone, Debug, clap::Args)]
pub struct Name {
    /// The setting
    pub name: String,
}

/// A setting's name and value.
#[derive(Clone, Debug, clap::Args)]
pub struct NameAndValue {
    /// The setting
    pub name: String,
    /// Its value
    pub value: String,
}

impl<Rest: clap::Args> On<Rest> {
    fn into_parts(self) -> (SettingTarget, Rest) {
        match self {
            Self::Tenant { tenant, rest } => (SettingTarget::Tenant(tenant), rest),
            Self::Model { tenant, model, rest } => (SettingTarget::Model(tenant, model), rest),
            Self::Profile { tenant, profile, rest } => (SettingTarget::Profile(tenant, profile), rest),
            Self::Device { mac, rest } => (SettingTarget::Device(mac), rest),
        }
    }
}

impl SettingCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Set(on) => {
                let (target, NameAndValue { name, value }) = on.into_parts();
                let set = desk.actions.set_setting(&target, &name, &value).await?;
                let text = format!("{name} = {}", set.value);
                Ok(Answer::new(text, json!({ "name": set.name, "value": set.value })))
            }
            Self::Unset(on) => {
                let (target, Name { name }) = on.into_parts();
                desk.actions.unset_setting(&target, &name).await?;
                Ok(Answer::new(format!("{name} is no longer set there"), json!({ "unset": name })))
            }
            Self::Show(on) => show(desk, &on.into_parts().0).await,
            Self::List(on) => list(desk, &on.into_parts().0).await,
            Self::Names => Ok(names()),
        }
    }
}

async fn show(desk: &Desk, target: &SettingTarget) -> Result<Answer, Failure> {
    let settings = desk.actions.settings_of(target).await?;
    let row = |(name, setting): (crate::domain::SettingName, &crate::domain::Setting)| {
        vec![name.as_str().to_owned(), setting.value.to_string(), setting.layer.as_str().to_owned()]
    };
    let text = table(&["setting", "value", "from"], settings.iter().map(row).collect(), "nothing is set");
    let json = settings
        .iter()
        .map(|(name, setting)| json!({ "name": name, "value": setting.value, "layer": setting.layer }));
    Ok(Answer::new(text, json.collect()))
}

async fn list(desk: &Desk, target: &SettingTarget) -> Result<Answer, Failure> {
    let settings = desk.actions.settings_on(target).await?;
    let rows =
        settings.iter().map(|setting| vec![setting.name.as_str().to_owned(), setting.value.to_string()]);
    let text = table(&["setting", "value"], rows.collect(), "nothing is set there");
    let json = settings.iter().map(|setting| json!({ "name": setting.name, "value": setting.value }));
    Ok(Answer::new(text, json.collect()))
}

fn names() -> Answer {
    let rows = DEFINITIONS.iter().map(|definition| {
        vec![
            definition.name.to_owned(),
            definition.about.to_owned(),
            definition.kind.rule(),
            definition.default.unwrap_or("-").to_owned(),
        ]
    });
    let text = table(&["setting", "what", "value", "default"], rows.collect(), "");
    let json = DEFINITIONS.iter().map(|definition| {
        json!({
            "name": definition.name,
            "about": definition.about,
            "rule": definition.kind.rule(),
            "default": definition.default,
        })
    });
    Answer::new(text, json.collect())
}
