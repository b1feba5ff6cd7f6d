//! `offhook attendant`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{
    Answer, Desk, Failure, WrongInput,
    answer::{fields, table},
    license::read_text,
    parse_name,
    service::{addons, block, has, in_words, numbers, products, remove, service_fields, service_json},
};
use crate::{
    admin::actions::{AddOnToSet, AttendantDetails, AttendantToAdd, CallStep, PlanChange},
    domain::{
        DidNumber, ExtensionNumber, PlainText, ProductId, ServiceKind, TenantSlug,
        attendant::{When, WrittenSchedule},
    },
};

const KIND: ServiceKind = ServiceKind::AutoAttendant;
/// Longer than any schedule, so that a wrong file is not read into memory.
const LONGEST_SCHEDULE: u64 = 1 << 20;

const SCHEDULE: &str = r##"A schedule is a TOML file; its times are those of the clock on the wall in its time zone:

  time_zone = "Europe/Berlin"
  hours = ["mon-fri 08:00-12:00", "mon-thu 13:00-17:00"]

  [open]
  greeting = "Welcome to Acme. For sales press 1, for the front desk 0."
  options = { 1 = "extension 101", 0 = "extension 100", "#" = "attendant 201" }
  otherwise = "voicemail 100"

  [closed]
  greeting = "Our office is closed."
  transfer = "voicemail 100"

  [[holidays]]
  name = "Christmas"
  from = "2026-12-24"
  to = "2026-12-26"
  yearly = true

A call goes to "extension 101", "attendant 200", "voicemail 101", "number +4930123456" or "hang-up"."##;

/// Receptionists that answer by business hours.
#[derive(Debug, clap::Subcommand)]
pub enum AttendantCommand {
    /// Add an auto-attendant, which takes a seat of its product
    #[command(after_help = SCHEDULE)]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Number inside the company: 1 to 5 digits
        number: ExtensionNumber,
        /// What people call it
        #[arg(long, value_parser = parse_name)]
        name: PlainText,
        /// Main product, by its id in the license
        #[arg(long, value_name = "ID")]
        product: ProductId,
        /// What it does when; `-` reads standard input
        #[arg(long, value_name = "FILE")]
        schedule: PathBuf,
        /// DID number that it answers; may be given more than once
        #[arg(long, value_name = "NUMBER")]
        did: Vec<DidNumber>,
    },
    /// List a tenant's auto-attendants and what they do now
    List {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Show an auto-attendant
    Show {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Show its schedule as a file, or give it another one
    #[command(after_help = SCHEDULE)]
    Schedule {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// The new schedule; `-` reads standard input
        file: Option<PathBuf>,
    },
    /// Tell what happens to a call at a time, and why
    #[command(after_help = "Examples:
  offhook attendant state acme 200
  offhook attendant state acme 200 \"2026-12-24 17:05\"
  offhook attendant state acme 200 2026-12-24T17:05:00+01:00")]
    State {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// The time, in the zone of the auto-attendant unless it says otherwise
        #[arg(value_name = "TIME", default_value = "now")]
        when: When,
    },
    /// Change its products, all of it or nothing
    Plan {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
        /// Another main product, by its id in the license
        product: Option<ProductId>,
        /// Add-on to switch on; may be given more than once
        #[arg(long, value_name = "ID")]
        add: Vec<AddOnToSet>,
        /// Add-on to switch off; may be given more than once
        #[arg(long, value_name = "ID")]
        remove: Vec<ProductId>,
    },
    /// Let it answer nothing; its seat stays
    Block {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Let it answer again
    Unblock {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
    /// Remove it: its seat and its DID numbers are free
    Remove {
        /// The tenant's short name
        tenant: TenantSlug,
        /// Its number
        number: ExtensionNumber,
    },
}

impl AttendantCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::Add { tenant, number, name, product, schedule, did } => {
                let schedule = read_schedule(&schedule)?;
                let new = AttendantToAdd { number, name, product, schedule, dids: did };
                Ok(shown(&actions.add_attendant(&tenant, new).await?))
            }
            Self::List { tenant } => {
                let attendants = actions.attendants(&tenant).await?;
                let mut rows = Vec::new();
                for details in &attendants {
                    let Some(number) = &details.service.service.number else { continue };
                    let now = actions.state_at(&tenant, number, When::Now).await?;
                    rows.push(row(details, now.first()));
                }
                let headers = ["number", "name", "product", "add-ons", "state", "DID numbers", "now"];
                let json = attendants.iter().map(described).collect();
                Ok(Answer::new(table(&headers, rows, "no auto-attendant yet"), json))
            }
            Self::Show { tenant, number } => Ok(shown(&actions.attendant(&tenant, &number).await?)),
            Self::Schedule { tenant, number, file: None } => {
                let details = actions.attendant(&tenant, &number).await?;
                let written = details.schedule.written();
                Ok(Answer::new(toml_of(written), json!(written)))
            }
            Self::Schedule { tenant, number, file: Some(file) } => {
                let written = read_schedule(&file)?;
                let changed = actions.set_schedule(&tenant, &number, written).await?;
                let what =
                    if changed { "follows the new schedule" } else { "followed that schedule already" };
                let json = json!({ "number": number, "changed": changed });
                Ok(Answer::new(format!("auto-attendant {number} {what}"), json))
            }
            Self::State { tenant, number, when } => {
                Ok(state(&actions.state_at(&tenant, &number, when).await?))
            }
            Self::Plan { tenant, number, product, add, remove } => {
                let asked = product.is_some() || !add.is_empty() || !remove.is_empty();
                let plan = PlanChange { product, add, remove };
                let name = number.clone().into();
                let changed = asked && actions.change_plan(&tenant, &KIND, &name, &plan).await?;
                let details = actions.attendant(&tenant, &number).await?;
                let (main, addons) = (&details.service.service.product, &details.service.addons);
                let text =
                    format!("auto-attendant {number} {} {}", has(asked, changed), products(main, addons));
                let mut json = described(&details);
                json["changed"] = changed.into();
                Ok(Answer::new(text, json))
            }
            Self::Block { tenant, number } => block(desk, &tenant, &KIND, &number.into(), true).await,
            Self::Unblock { tenant, number } => block(desk, &tenant, &KIND, &number.into(), false).await,
            Self::Remove { tenant, number } => remove(desk, &tenant, &KIND, &number.into()).await,
        }
    }
}

/// The schedule in a file; a mistake in its form comes with line and column.
fn read_schedule(path: &Path) -> Result<WrittenSchedule, Failure> {
    let text = read_text(path, LONGEST_SCHEDULE)?;
    let wrong = |error: toml::de::Error| {
        WrongInput::new(format_args!("{}: {}", path.display(), error.to_string().trim_end()))
    };
    Ok(toml::from_str(&text).map_err(wrong)?)
}

#[expect(clippy::expect_used, reason = "texts, flags and lists of them have a TOML form")]
fn toml_of(written: &WrittenSchedule) -> String {
    toml::to_string(written).expect("a schedule is texts").trim_end().to_owned()
}

fn row(details: &AttendantDetails, now: Option<&CallStep>) -> Vec<String> {
    let service = &details.service;
    vec![
        service.service.called().to_string(),
        service.service.name.to_string(),
        service.service.product.to_string(),
        addons(&service.addons),
        in_words(service.admission),
        numbers(&service.dids),
        now.map(|step| format!("{}: {}", step.state, step.action)).unwrap_or_default(),
    ]
}

fn shown(details: &AttendantDetails) -> Answer {
    let mut lines = service_fields(&details.service);
    lines.push(("time zone", details.schedule.written().time_zone.clone()));
    let hours = details.schedule.hours().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    lines.push(("open", if hours.is_empty() { "never".to_owned() } else { hours }));
    let actions: Vec<_> = details.schedule.actions().collect();
    let named: Vec<_> = actions.iter().map(|(field, action)| (field.as_str(), action.to_string())).collect();
    Answer::new(format!("{}\n\n{}", fields(&lines), fields(&named)), described(details))
}

fn described(details: &AttendantDetails) -> serde_json::Value {
    let mut json = service_json(&details.service);
    json["schedule"] = json!(details.schedule.written());
    json
}

fn state(steps: &[CallStep]) -> Answer {
    let told = steps.iter().map(|step| {
        let until = step.until.map_or_else(String::new, |until| format!(", until {until}"));
        format!("{} at {}: {}{until}\n  {}", step.number, step.local, step.why, step.action)
    });
    let json = steps.iter().map(|step| {
        json!({
            "number": step.number,
            "local": step.local,
            "state": step.state,
            "why": step.why,
            "action": step.action.to_string(),
            "until": step.until.map(|until| until.to_string()),
        })
    });
    Answer::new(told.collect::<Vec<_>>().join("\n"), json.collect())
}
