//! Operations on the audit.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    problem::Problem,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::{AuditRecord, Verdict},
    domain::TenantSlug,
};

/// The largest whole number that every JSON reader takes.
const LARGEST: i64 = 9_007_199_254_740_991;

const BEFORE: QueryParameter = QueryParameter {
    name: "before",
    about: "Only entries before this place in the chain; from the newest on when absent.",
    schema: r#"{"type":"integer","minimum":1,"maximum":9007199254740991}"#,
    required: false,
};
const LIMIT: QueryParameter = QueryParameter {
    name: "limit",
    about: "How many.",
    schema: r#"{"type":"integer","minimum":1,"maximum":1000,"default":100}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/audit",
            "listOperatorAudit",
            "Lists what was done to the installation, the newest first. Operators only.",
            list,
        )
        .query(BEFORE)
        .query(LIMIT)
        .answers_list::<EntryShown>(),
        operation(
            Method::Get,
            "/tenants/{tenant}/audit",
            "listAudit",
            "Lists what was done to a tenant, refusals too, the newest first.",
            list,
        )
        .query(BEFORE)
        .query(LIMIT)
        .answers_list::<EntryShown>(),
        operation(
            Method::Get,
            "/tenants/{tenant}/audit/verification",
            "verifyAudit",
            "Tells whether every entry is as it was written.",
            verify,
        )
        .answers::<VerificationShown>(),
    ]
}

/// Something that was done, or refused.
#[derive(serde::Serialize, ToSchema)]
struct EntryShown {
    /// Its place in the chain.
    seq: i64,
    /// When.
    at: String,
    /// Who.
    actor: String,
    /// From which address; null: at a terminal.
    origin: Option<String>,
    /// What, as `noun.verb`.
    action: String,
    /// With what.
    detail: String,
    /// What it was before, where that can be said.
    #[schema(value_type = Option<Object>)]
    before: Option<serde_json::Value>,
    /// What it was then.
    #[schema(value_type = Option<Object>)]
    after: Option<serde_json::Value>,
    /// Whether it was refused.
    refused: bool,
    /// Its MAC, which covers the entry before it.
    mac: String,
}

impl EntryShown {
    fn of(record: &AuditRecord) -> Self {
        let entry = &record.entry;
        let json = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self {
            seq: record.seq,
            at: entry.at.to_string(),
            actor: entry.actor.clone(),
            origin: entry.origin.clone(),
            action: entry.action.clone(),
            detail: entry.detail.clone(),
            before: json(&entry.before),
            after: json(&entry.after),
            refused: entry.refused,
            mac: record.mac.clone(),
        }
    }
}

/// Whether a chain is whole.
#[derive(serde::Serialize, ToSchema)]
struct VerificationShown {
    /// Whether every entry is as it was written.
    whole: bool,
    /// The last entry; of a broken chain the first that is wrong.
    seq: i64,
    /// The MAC of the last entry: kept elsewhere, it shows later that nothing was cut off.
    mac: Option<String>,
    /// What is wrong.
    why: Option<String>,
}

fn tenant(call: &Call) -> Result<Option<TenantSlug>, Problem> {
    call.path.contains_key("tenant").then(|| call.path("tenant")).transpose()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let wrong = || Problem::mistake("query", "before", "is a place in the chain: a whole number from 1 on");
    let place = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|place| digits && (1..=LARGEST).contains(place))
    };
    let before = call.text("before").map(|text| place(text).ok_or_else(wrong)).transpose()?;
    let limit = u32::try_from(call.limit()?).unwrap_or(u32::MAX);
    let records = call.actions.audit(tenant(&call)?.as_ref(), before, limit).await?;
    Ok(Answer::of(&records.iter().map(EntryShown::of).collect::<Vec<_>>()))
}

async fn verify(call: Call) -> Result<Answer, Problem> {
    let verdicts = call.actions.verify_audit(tenant(&call)?.as_ref()).await?;
    let shown = match verdicts.into_iter().next().map(|chain| chain.verdict) {
        Some(Verdict::Broken { seq, why }) => {
            VerificationShown { whole: false, seq, mac: None, why: Some(why.to_owned()) }
        }
        Some(Verdict::Whole { last, mac, .. }) => {
            VerificationShown { whole: true, seq: last, mac: Some(mac), why: None }
        }
        None => VerificationShown { whole: true, seq: 0, mac: None, why: None },
    };
    Ok(Answer::of(&shown))
}
