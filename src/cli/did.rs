//! `offhook did`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table, service::word};
use crate::{
    admin::actions::DidDetails,
    domain::{DidNumber, ServiceName, TenantSlug},
};

/// Public numbers.
#[derive(Debug, clap::Subcommand)]
pub enum DidCommand {
    /// Give a tenant public numbers, all of them or none
    #[command(after_help = "Example:
  offhook did add acme +4930123456 +4930123457")]
    Add {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The numbers, with + and country code
        #[arg(required = true)]
        numbers: Vec<DidNumber>,
    },
    /// List a tenant's public numbers and who answers them
    List {
        /// The tenant's short name
        tenant: TenantSlug,
    },
    /// Let a service answer a public number
    #[command(after_help = "Examples:
  offhook did assign acme +4930123456 200
  offhook did assign acme +4930123457 Carrier")]
    Assign {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The public number
        number: DidNumber,
        /// The number of an extension or auto-attendant, or the name of a SIP trunk
        service: ServiceName,
    },
    /// Let nobody answer a public number
    Release {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The public number
        number: DidNumber,
    },
    /// Take a public number that nobody answers from a tenant
    Remove {
        /// The tenant's short name
        tenant: TenantSlug,
        /// The public number
        number: DidNumber,
    },
}

impl DidCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        Ok(match self {
            Self::Add { tenant, numbers } => {
                actions.add_dids(&tenant, &numbers).await?;
                let text = format!("added {}", super::service::numbers(&numbers));
                Answer::new(text, json!({ "added": numbers }))
            }
            Self::List { tenant } => listed(&actions.dids(&tenant).await?),
            Self::Assign { tenant, number, service } => {
                let changed = actions.assign_did(&tenant, &number, &service).await?;
                let what = if changed { "is answered by" } else { "was answered already by" };
                let json = json!({ "number": number, "service": service, "changed": changed });
                Answer::new(format!("{number} {what} {service}"), json)
            }
            Self::Release { tenant, number } => {
                let by = actions.release_did(&tenant, &number).await?;
                let json = json!({ "number": number, "answered_by": by });
                Answer::new(format!("{number} was answered by {by} and is free"), json)
            }
            Self::Remove { tenant, number } => {
                actions.remove_did(&tenant, &number).await?;
                Answer::new(format!("removed {number}"), json!({ "removed": number }))
            }
        })
    }
}

fn listed(dids: &[DidDetails]) -> Answer {
    let rows = dids.iter().map(|did| {
        let by = did.service.as_ref();
        vec![
            did.number.to_string(),
            by.map_or_else(|| "-".to_owned(), |(name, kind)| format!("{} {name}", word(kind))),
        ]
    });
    let json = dids.iter().map(|did| {
        let by = did.service.as_ref();
        json!({
            "number": did.number,
            "service": by.map(|(name, _)| name),
            "kind": by.map(|(_, kind)| kind),
        })
    });
    Answer::new(table(&["number", "answered by"], rows.collect(), "no DID number yet"), json.collect())
}
