//! The list of extensions.

use minijinja::{Value, context};

use super::state;
use crate::admin::portal::{
    door::{Place, page},
    failure::Failure,
    page::{Answer, encoded},
    visit::Visit,
};

/// How many rows a page of a list has.
const ROWS: usize = 50;

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/extensions", list)]
}

async fn list(visit: Visit) -> Result<Answer, Failure> {
    let (search, after) = (visit.query.given("q"), visit.query.text("after"));
    let found = visit.actions.find_extensions(visit.slug()?, search, after, ROWS).await?;
    let next = found.items.last().filter(|_| found.more).map(|last| {
        let search = search.map(|search| format!("&q={}", encoded(search))).unwrap_or_default();
        format!("?after={}{search}", encoded(last.extension.number.as_str()))
    });
    let rows: Vec<Value> = found
        .items
        .iter()
        .map(|details| {
            let extension = &details.extension;
            let addons = details.addons.iter().map(|addon| addon.name.clone().unwrap_or_else(|| addon.product.to_string()));
            context! {
                number => extension.number.as_str(),
                name => extension.name.as_str(),
                product => details.product_name.as_deref().unwrap_or_else(|| extension.product.as_str()),
                addons => addons.collect::<Vec<_>>(),
                dids => details.dids.iter().map(ToString::to_string).collect::<Vec<_>>(),
                carriers => details.carriers.iter()
                    .map(|carrier| context! { mac => carrier.mac.to_string(), shown => carrier.mac.colons(), line => carrier.line.get() })
                    .collect::<Vec<_>>(),
                state => state(details),
            }
        })
        .collect();
    let context = context! { rows, of => found.of, next, first => after.is_empty(), search => search.unwrap_or_default() };
    let template = if visit.part { "extensions/rows.html" } else { "extensions/list.html" };
    visit.page(template, context)
}
