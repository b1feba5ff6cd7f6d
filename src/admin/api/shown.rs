//! What answers have in common: how a service, its add-ons and its admission are shown.

use utoipa::ToSchema;

use super::{
    call::{Call, only},
    field::{Fields, GivenName, GivenProduct, whole},
    problem::{Problem, is_repeated},
};
use crate::{
    admin::actions::{ActionError, AddOnDetails, AddOnToSet, PlanChange, ServiceDetails},
    domain::{Admission, Ineffective, LineNumber, ServiceKind, ServiceName, TenantSlug},
};

/// An add-on of a service.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct AddOnShown {
    /// The product's id.
    product: String,
    /// The product's name, where the license has it.
    name: Option<String>,
    /// Its seats.
    seats: u32,
    /// Whether it has its effect; null while that is undecidable.
    admitted: Option<bool>,
    /// Why it has none.
    withheld: Option<String>,
}

impl AddOnShown {
    pub(super) fn of(addon: &AddOnDetails) -> Self {
        let (admitted, withheld) = judged(addon.admission);
        let (product, name) = (addon.product.to_string(), addon.name.clone());
        Self { product, name, seats: addon.seats, admitted, withheld }
    }
}

/// What every service has.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct ServiceShown {
    /// Its number; a SIP trunk has none.
    pub(super) number: Option<String>,
    /// Whose or what it is.
    pub(super) name: String,
    /// Its main product's id.
    product: String,
    /// Its main product's name, where the license has it.
    product_name: Option<String>,
    /// What it has besides.
    addons: Vec<AddOnShown>,
    /// Whether it is blocked.
    blocked: bool,
    /// Whether the operator blocked it, who alone can unblock it.
    blocked_by_operator: bool,
    /// Whether it works as far as license and blocks go; null while that is undecidable.
    admitted: Option<bool>,
    /// Why it does not: `blocked`, `no-license`, `not-yet-valid`, `expired`, `product-missing`, `seats-exceeded`.
    withheld: Option<String>,
    /// Why it is undecidable.
    undecidable: Option<String>,
    /// The public numbers that it answers.
    dids: Vec<String>,
    /// Its revision, which is its `ETag`.
    revision: i64,
}

impl ServiceShown {
    pub(super) fn of(details: &ServiceDetails) -> Self {
        let service = &details.service;
        let (admitted, withheld) = judged(details.admission);
        Self {
            number: service.number.as_ref().map(ToString::to_string),
            name: service.name.to_string(),
            product: service.product.to_string(),
            product_name: details.product_name.clone(),
            addons: details.addons.iter().map(AddOnShown::of).collect(),
            blocked: service.blocked,
            blocked_by_operator: details.blocked_by_operator,
            admitted,
            withheld,
            undecidable: details.undecidable.as_ref().map(ToString::to_string),
            dids: details.dids.iter().map(ToString::to_string).collect(),
            revision: service.revision,
        }
    }
}

/// Something that is granted and shows nothing on a phone.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct IneffectiveShown {
    /// What is granted: `pin_protection` or `call_recording`.
    effect: String,
    /// Why it shows nothing: `model` (it cannot), `no-pin` or `not-first-line` (another line decides).
    why: String,
    /// On which device; null: on any.
    mac: Option<String>,
    /// On which line of it.
    line: Option<u16>,
    /// The same in words.
    message: String,
}

impl IneffectiveShown {
    pub(super) fn of(what: &Ineffective) -> Self {
        let (mac, line) = what.place.unzip();
        Self {
            effect: what.effect.as_str().to_owned(),
            why: what.why.as_str().to_owned(),
            mac: mac.map(|mac| mac.to_string()),
            line: line.map(LineNumber::get),
            message: what.to_string(),
        }
    }
}

/// Whether something is admitted, and the word for why not.
pub(super) fn judged(admission: Option<Admission>) -> (Option<bool>, Option<String>) {
    let word = |why| serde_json::to_value(why).ok().and_then(|word| word.as_str().map(str::to_owned));
    match admission {
        None => (None, None),
        Some(Admission::Admitted) => (Some(true), None),
        Some(Admission::Withheld(why)) => (Some(false), word(why)),
    }
}

/// Changes of a service's products: all of them, or none.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    /// Another main product.
    product: Option<GivenProduct>,
    /// Add-ons to have.
    #[serde(default)]
    #[schema(max_items = 50)]
    add: Vec<AddOn>,
    /// Add-ons to switch off.
    #[serde(default)]
    #[schema(max_items = 50)]
    remove: Vec<GivenProduct>,
}

/// An add-on to have.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AddOn {
    /// The product's id.
    product: GivenProduct,
    /// How many seats of it; more than one only of products that grant channels.
    #[serde(default = "one", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    seats: u32,
}

const fn one() -> u32 {
    1
}

/// Changes the products of a service.
pub(super) async fn plan(
    call: &Call,
    slug: &TenantSlug,
    kind: &ServiceKind,
    name: &ServiceName,
) -> Result<(), Problem> {
    let body: Plan = call.body()?;
    let mut fields = Fields::default();
    let product = fields.maybe("/product", body.product);
    let mut add = Vec::new();
    for (index, wish) in body.add.into_iter().enumerate() {
        let product = fields.take(&format!("/add/{index}/product"), wish.product);
        if !(1..=1_000_000).contains(&wish.seats) {
            fields.wrong(&format!("/add/{index}/seats"), "is a number from 1 to 1000000");
        }
        add.extend(product.map(|product| AddOnToSet { product, seats: wish.seats }));
    }
    let remove = fields.list("/remove", body.remove);
    fields.finish(Some(()))?;
    call.actions.change_plan(slug, kind, name, &PlanChange { product, add, remove }).await?;
    Ok(())
}

/// Whether a service or a device is to be blocked.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Blocked {
    /// Whether it is blocked.
    pub(super) blocked: bool,
}

pub(super) async fn block(
    call: &Call,
    slug: &TenantSlug,
    kind: &ServiceKind,
    name: &ServiceName,
) -> Result<(), Problem> {
    let body: Blocked = call.body()?;
    call.actions.block_service(slug, kind, name, body.blocked).await?;
    Ok(())
}

/// Another name.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Renamed {
    /// The new name.
    name: GivenName,
}

pub(super) async fn rename(
    call: &Call,
    slug: &TenantSlug,
    kind: &ServiceKind,
    name: &ServiceName,
) -> Result<(), Problem> {
    let body: Renamed = call.body()?;
    let new = only("/name", body.name)?;
    call.actions.rename_service(slug, kind, name, &new).await?;
    Ok(())
}

/// Lets a request pass that was carried out before; what to answer if what it made is gone.
pub(super) fn made_before<T, E: ActionError>(outcome: Result<T, E>) -> Result<Option<Problem>, Problem> {
    match outcome.map_err(Problem::from) {
        Ok(_) => Ok(None),
        Err(problem) if is_repeated(&problem) => Ok(Some(problem)),
        Err(problem) => Err(problem),
    }
}
