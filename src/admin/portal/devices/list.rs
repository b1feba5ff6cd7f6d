//! The list of devices.

use minijinja::{Value, context, value::Serde};

use super::enrollment_word;
use crate::admin::portal::{
    door::{Place, page},
    failure::Failure,
    page::{Answer, encoded},
    visit::Visit,
};

/// How many rows a page of a list has.
const ROWS: usize = 50;

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/devices", list)]
}

async fn list(visit: Visit) -> Result<Answer, Failure> {
    let (search, after) = (visit.query.given("q"), visit.query.text("after"));
    let found = visit.actions.find_devices(visit.slug()?, search, after, ROWS).await?;
    let next = found.items.last().filter(|_| found.more).map(|last| {
        let search = search.map(|search| format!("&q={}", encoded(search))).unwrap_or_default();
        format!("?after={}{search}", last.details.device.mac)
    });
    let rows: Vec<Value> = found
        .items
        .iter()
        .map(|listed| {
            let details = &listed.details;
            let device = &details.device;
            context! {
                mac => device.mac.to_string(),
                shown => device.mac.colons(),
                name => device.name.as_str(),
                model => device.model.as_deref(),
                used => details.lines.len(),
                lines => details.model_lines,
                blocked => device.blocked,
                enrollment => enrollment_word(&listed.state, listed.open_until),
                sync => Value::from(Serde(details.following.state)),
                seen => listed.note.as_ref().map(|note| visit.when(note.seen.at)),
                firmware => listed.note.as_ref().and_then(|note| note.seen.firmware.as_deref()),
            }
        })
        .collect();
    let context = context! { rows, of => found.of, next, first => after.is_empty(), search => search.unwrap_or_default() };
    let template = if visit.part { "devices/rows.html" } else { "devices/list.html" };
    visit.page(template, context)
}
