//! `offhook audit`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::table};
use crate::{
    admin::actions::{AuditRecord, ChainVerdict, Verdict},
    domain::TenantSlug,
};

/// Who did what.
#[derive(Debug, clap::Subcommand)]
pub enum AuditCommand {
    /// Show the newest entries of a tenant, or of the whole installation
    List {
        /// The tenant's short name
        tenant: Option<TenantSlug>,
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Verify that no entry was altered, removed or put in; of all tenants unless one is named
    #[command(
        after_help = "It prints the last entry and its MAC. Kept elsewhere, they show later that nothing was cut off at the end."
    )]
    Verify {
        /// The tenant's short name
        tenant: Option<TenantSlug>,
    },
    /// Print all entries, a JSON object a line, the oldest first
    Export {
        /// The tenant's short name; the whole installation's own entries when not given
        tenant: Option<TenantSlug>,
    },
    /// Remove old entries; the chain stays verifiable
    Prune {
        /// The tenant's short name; the whole installation's own entries when not given
        tenant: Option<TenantSlug>,
        /// Remove what is older than so many days
        #[arg(long, value_name = "DAYS")]
        older_than: u32,
    },
}

impl AuditCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        match self {
            Self::List { tenant, limit } => Ok(listed(&actions.audit(tenant.as_ref(), None, limit).await?)),
            Self::Verify { tenant } => verified(&actions.verify_audit(tenant.as_ref()).await?),
            Self::Export { tenant } => {
                let mut all = actions.audit(tenant.as_ref(), None, u32::MAX).await?;
                all.reverse();
                let lines = all.iter().map(|record| described(record).to_string());
                Ok(Answer::new(lines.collect::<Vec<_>>().join("\n"), all.iter().map(described).collect()))
            }
            Self::Prune { tenant, older_than } => {
                let removed = actions.prune_audit(tenant.as_ref(), older_than).await?;
                Ok(Answer::new(format!("removed {removed} entries"), json!({ "removed": removed })))
            }
        }
    }
}

fn listed(records: &[AuditRecord]) -> Answer {
    let rows = records.iter().map(|record| {
        let entry = &record.entry;
        let action = if entry.refused { format!("REFUSED {}", entry.action) } else { entry.action.clone() };
        let from = entry.origin.clone().unwrap_or_else(|| "terminal".to_owned());
        vec![
            record.seq.to_string(),
            entry.at.to_string(),
            entry.actor.clone(),
            from,
            action,
            entry.detail.clone(),
        ]
    });
    let headers = ["no.", "at", "who", "from", "what", "with"];
    Answer::new(table(&headers, rows.collect(), "no entry"), records.iter().map(described).collect())
}

fn described(record: &AuditRecord) -> serde_json::Value {
    let entry = &record.entry;
    let json = |text: &Option<String>| {
        text.as_deref().and_then(|text| serde_json::from_str::<serde_json::Value>(text).ok())
    };
    json!({
        "seq": record.seq,
        "at": entry.at.to_string(),
        "actor": entry.actor,
        "origin": entry.origin,
        "action": entry.action,
        "detail": entry.detail,
        "before": json(&entry.before),
        "after": json(&entry.after),
        "refused": entry.refused,
        "mac": record.mac,
    })
}

fn verified(chains: &[ChainVerdict]) -> Result<Answer, Failure> {
    let name = |chain: &ChainVerdict| chain.tenant.clone().unwrap_or_else(|| "the installation".to_owned());
    let broken: Vec<String> = chains
        .iter()
        .filter_map(|chain| match &chain.verdict {
            Verdict::Broken { seq, why } => Some(format!("{}: entry {seq}: {why}", name(chain))),
            Verdict::Whole { .. } => None,
        })
        .collect();
    if !broken.is_empty() {
        return Err(Failure::found(
            "audit_broken",
            format!("the audit was tampered with\n{}", broken.join("\n")),
        ));
    }
    let rows = chains.iter().filter_map(|chain| match &chain.verdict {
        Verdict::Whole { first, last, mac } => {
            Some(vec![name(chain), first.to_string(), last.to_string(), mac.clone()])
        }
        Verdict::Broken { .. } => None,
    });
    let json = chains.iter().filter_map(|chain| match &chain.verdict {
        Verdict::Whole { first, last, mac } => {
            Some(json!({ "tenant": chain.tenant, "first": first, "last": last, "mac": mac }))
        }
        Verdict::Broken { .. } => None,
    });
    let text = table(&["chain", "first", "last", "mac of the last"], rows.collect(), "no entry");
    Ok(Answer::new(format!("every entry is as it was written\n\n{text}"), json.collect()))
}
