//! What was done with an extension: the entries of the audit that name it.

use minijinja::{Value, context};

use super::{extension, heading};
use crate::admin::portal::{
    audit::entry_shown,
    door::{Place, page},
    failure::Failure,
    form::Filled,
    page::Answer,
    visit::Visit,
};

/// How many entries of the tenant are looked through.
const LOOKED_THROUGH: u32 = 500;

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/extensions/{number}/history", show)]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = extension(&visit).await?;
    let number = details.extension.number.as_str();
    let records = visit.actions.audit(Some(visit.slug()?), None, LOOKED_THROUGH).await?;
    let names_it = |detail: &str| detail.split([' ', ',', ':', '(', ')']).any(|word| word == number);
    let rows: Vec<Value> = records
        .iter()
        .filter(|record| names_it(&record.entry.detail))
        .map(|record| entry_shown(&visit, record))
        .collect();
    visit.page(
        "extensions/history.html",
        context! { form => Filled::default(), extension => heading(&details), rows, of => records.len() },
    )
}
