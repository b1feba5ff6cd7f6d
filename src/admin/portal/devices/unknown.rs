//! Phones that asked with the tenant's URL and are no devices of it: each is claimed in two clicks.

use minijinja::{Value, context};

use crate::{
    admin::portal::{
        door::{Place, page},
        failure::Failure,
        page::Answer,
        visit::Visit,
    },
    catalog::Catalog,
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/devices/unknown", list)]
}

/// The model as the catalog calls it that a phone says it is.
fn model_of(catalog: &Catalog, vendor: Option<&str>, model: Option<&str>) -> Option<String> {
    let said = model?;
    let full = vendor.map_or_else(|| said.to_owned(), |vendor| format!("{vendor} {said}"));
    let found = catalog.model(said).or_else(|_| catalog.model(&full)).ok();
    found.map(crate::catalog::Model::full_name)
}

async fn list(visit: Visit) -> Result<Answer, Failure> {
    let unknown = visit.actions.unknown_phones(visit.slug()?).await?;
    let catalog = (visit.portal.shown.catalog)();
    let phones: Vec<Value> = unknown
        .iter()
        .map(|(mac, phone)| {
            context! {
                mac => mac.to_string(),
                shown => mac.colons(),
                vendor => phone.vendor.as_deref(),
                said => phone.model.as_deref(),
                model => model_of(&catalog, phone.vendor.as_deref(), phone.model.as_deref()),
                firmware => phone.firmware.as_deref(),
                address => phone.address.as_str(),
                at => visit.when(phone.at),
            }
        })
        .collect();
    visit.page("devices/unknown.html", context! { phones })
}
