//! Who did what: the audit of a tenant, or of the installation, the newest first.

use minijinja::{Value, context};

use super::{
    door::{Place, page},
    failure::Failure,
    page::Answer,
    visit::Visit,
};
use crate::storage::AuditRecord;

/// How many entries a page has.
const ROWS: u32 = 50;

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/audit", show), page("/audit", show)]
}

/// An entry as pages show it.
pub(super) fn entry_shown(visit: &Visit, record: &AuditRecord) -> Value {
    let entry = &record.entry;
    context! {
        seq => record.seq,
        at => visit.when(entry.at),
        actor => entry.actor.as_str(),
        origin => entry.origin.as_deref(),
        action => entry.action.as_str(),
        detail => entry.detail.as_str(),
        before => entry.before.as_deref(),
        after => entry.after.as_deref(),
        refused => entry.refused,
    }
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let slug = visit.tenant.as_ref().map(|(slug, _)| slug);
    let before = visit.query.given("before").and_then(|text| text.parse::<i64>().ok());
    let records = visit.actions.audit(slug, before, ROWS).await?;
    let next =
        records.last().filter(|last| records.len() == ROWS as usize && last.seq > 1).map(|last| last.seq);
    let rows: Vec<Value> = records.iter().map(|record| entry_shown(&visit, record)).collect();
    let here = slug.map_or_else(|| "/audit".to_owned(), |slug| format!("/t/{slug}/audit"));
    visit.page("audit.html", context! { rows, next, first => before.is_none(), here })
}
