//! Extensions: the list, adding one with its phone, and the tabs of one.

mod add;
mod device;
mod history;
mod list;
mod plan;
mod show;

use minijinja::{Value, context};

use super::{door::Place, failure::Failure, overview::product_shown, visit::Visit};
use crate::{
    admin::actions::{ExtensionDetails, OfferedProduct},
    domain::{Admission, ExtensionNumber, ProductKind, ServiceKind, Withheld},
};

pub(super) fn pages() -> Vec<Place> {
    [list::pages(), add::pages(), show::pages(), plan::pages(), device::pages(), history::pages()]
        .into_iter()
        .flatten()
        .collect()
}

/// The extension that the path names.
async fn extension(visit: &Visit) -> Result<ExtensionDetails, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    Ok(visit.actions.extension(visit.slug()?, &number, false).await?)
}

/// What every tab of an extension shows.
fn heading(details: &ExtensionDetails) -> Value {
    let extension = &details.extension;
    context! {
        number => extension.number.as_str(),
        name => extension.name.as_str(),
        state => state(details),
        revision => extension.revision,
        blocked => extension.blocked,
        blocked_by_operator => details.blocked_by_operator,
    }
}

/// Whether the extension works, in a word.
pub(super) fn state(details: &ExtensionDetails) -> &'static str {
    admission_word(details.admission)
}

/// Whether something works, in a word.
pub(super) const fn admission_word(admission: Option<Admission>) -> &'static str {
    match admission {
        None => "undecidable",
        Some(Admission::Admitted) => "works",
        Some(Admission::Withheld(Withheld::NoLicense)) => "no-license",
        Some(Admission::Withheld(Withheld::NotYetValid)) => "not-yet-valid",
        Some(Admission::Withheld(Withheld::Expired)) => "expired",
        Some(Admission::Withheld(Withheld::ProductMissing)) => "product-missing",
        Some(Admission::Withheld(Withheld::SeatsExceeded)) => "seats-exceeded",
        Some(Admission::Withheld(Withheld::Blocked)) => "blocked",
    }
}

/// The main products that an extension can have, each with whether it can be chosen.
async fn main_products(visit: &Visit, chosen: Option<&str>) -> Result<Vec<Value>, Failure> {
    let offered = visit.actions.offered_products(visit.slug()?, &ServiceKind::Extension).await?;
    let main = offered.iter().filter(|offered| offered.kind == ProductKind::Main);
    Ok(main.map(|offered| choice(visit, offered, chosen == Some(offered.product.id.as_str()))).collect())
}

/// A product as a choice: one that is exhausted cannot be taken, unless it is held already.
pub(super) fn choice(visit: &Visit, offered: &OfferedProduct, held: bool) -> Value {
    context! {
        shown => product_shown(visit, &offered.product),
        held,
        open => held || offered.refusal.is_none(),
    }
}
