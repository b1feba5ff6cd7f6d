//! The plan of an extension: its main product and its add-ons, with what is left of each.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{choice, extension, heading};
use crate::{
    admin::{
        actions::{ActionError, AddOnToSet, ExtensionDetails, FailureKind, PhoneFiles, PlanChange},
        portal::{
            door::{Place, deed, page},
            failure::{self, Failure},
            form::Filled,
            page::Answer,
            visit::Visit,
        },
    },
    domain::{ExtensionNumber, ProductId, ProductKind, ServiceKind},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/extensions/{number}/plan", show).takes(change),
        deed("/t/{tenant}/extensions/{number}/plan/effect", effect),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = extension(&visit).await?;
    tab(&visit, StatusCode::OK, &details, Filled::default(), None).await
}

/// The page; `wanted` is what was chosen and not taken.
async fn tab(
    visit: &Visit,
    status: StatusCode,
    details: &ExtensionDetails,
    form: Filled,
    wanted: Option<(&ProductId, &[ProductId])>,
) -> Result<Answer, Failure> {
    let offered = visit.actions.offered_products(visit.slug()?, &ServiceKind::Extension).await?;
    let held = &details.extension;
    let has = |product: &ProductId| held.addons.iter().any(|addon| addon.product == *product);
    let main: Vec<Value> = offered
        .iter()
        .filter(|offered| offered.kind == ProductKind::Main)
        .map(|offered| {
            let id = &offered.product.id;
            let chosen = wanted.map_or(*id == held.product, |(product, _)| product == id);
            context! { chosen, ..choice(visit, offered, *id == held.product) }
        })
        .collect();
    let addons: Vec<Value> = offered
        .iter()
        .filter(|offered| offered.kind == ProductKind::Addon)
        .map(|offered| {
            let id = &offered.product.id;
            let chosen = wanted.map_or_else(|| has(id), |(_, addons)| addons.contains(id));
            context! { chosen, ..choice(visit, offered, has(id)) }
        })
        .collect();
    // what the license does not hold any more can be given up, and not taken again
    let gone: Vec<String> = held
        .addons
        .iter()
        .map(|addon| &addon.product)
        .filter(|product| offered.iter().all(|offered| offered.product.id != **product))
        .map(ToString::to_string)
        .collect();
    let context = context! {
        form, main, addons, gone,
        extension => heading(details),
        phones => details.carriers.len(),
        product => held.product.as_str(),
    };
    visit.page_as(status, "extensions/plan.html", context)
}

/// What the form asks for, beside what the extension has.
fn wanted(visit: &Visit, details: &ExtensionDetails) -> Option<(ProductId, Vec<ProductId>, PlanChange)> {
    let product = ProductId::parse(visit.form.text("product")).ok()?;
    let addons: Vec<ProductId> = visit.form.all("addon").filter_map(|id| ProductId::parse(id).ok()).collect();
    let held: Vec<&ProductId> = details.extension.addons.iter().map(|addon| &addon.product).collect();
    let add = addons.iter().filter(|product| !held.contains(product));
    let change = PlanChange {
        product: (product != details.extension.product).then(|| product.clone()),
        add: add.map(|product| AddOnToSet { product: product.clone(), seats: 1 }).collect(),
        remove: held.into_iter().filter(|product| !addons.contains(product)).cloned().collect(),
    };
    Some((product, addons, change))
}

async fn change(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let details = extension(&visit).await?;
    let Some((product, addons, plan)) = wanted(&visit, &details) else {
        let mut form = Filled::default();
        form.say("product", visit.text("rule-product"));
        return tab(&visit, StatusCode::UNPROCESSABLE_ENTITY, &details, form, None).await;
    };
    let called = number.clone().into();
    match visit.as_seen().change_plan(visit.slug()?, &ServiceKind::Extension, &called, &plan).await {
        Ok(_) => Ok(visit.go_to(&format!("/extensions/{number}/plan"), Some("saved"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let mut form = Filled { message: Some(visit.refused(&error).await), ..Filled::default() };
            let details = extension(&visit).await?;
            if error.kind() == FailureKind::Changed {
                // the boxes show what it is now: who was second decides again
                form.values.insert("theirs".to_owned(), "true".to_owned());
                return tab(&visit, StatusCode::CONFLICT, &details, form, None).await;
            }
            tab(&visit, StatusCode::CONFLICT, &details, form, Some((&product, &addons))).await
        }
    }
}

/// What saving would do to the phones.
async fn effect(visit: Visit) -> Result<Answer, Failure> {
    let details = extension(&visit).await?;
    let Some((_, _, plan)) = wanted(&visit, &details) else { return Err(Failure::Nowhere) };
    let changes = plan.product.is_some() || !plan.add.is_empty() || !plan.remove.is_empty();
    if !changes {
        return visit.page("extensions/effect.html", context! { changes });
    }
    let shown = &visit.portal.shown;
    let catalog = (shown.catalog)();
    let files = PhoneFiles { catalog: &catalog, server: &shown.server, url_base: &shown.url_base };
    let name = details.extension.number.clone().into();
    match visit.actions.plan_effect(files, visit.slug()?, (&ServiceKind::Extension, &name), &plan).await {
        Ok(effect) => {
            let files: Vec<Value> = effect
                .files
                .iter()
                .map(|file| {
                    context! {
                        mac => file.mac.colons(),
                        file => file.file.as_str(),
                        before => &file.before,
                        after => &file.after,
                    }
                })
                .collect();
            let touched =
                effect.files.iter().filter(|file| !file.before.is_empty() || !file.after.is_empty());
            let touched = touched.count() + effect.phones.saturating_sub(effect.files.len());
            visit
                .page("extensions/effect.html", context! { changes, phones => effect.phones, touched, files })
        }
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        // looking changes nothing, so the audit does not keep it
        Err(error) => {
            let refused = failure::in_words(&visit, &error);
            visit.page("extensions/effect.html", context! { changes, refused })
        }
    }
}
