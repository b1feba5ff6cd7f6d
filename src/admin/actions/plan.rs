//! Plans: which main product and which add-ons a service has.

use super::{
    AccessError, ActionError, Actions, FailureKind, LicenseState, SeatRefusal,
    error::may_fail_in_the_store,
    license_state::Wanted,
    service::{component, find_any_service, find_service, noun},
};
use crate::{
    domain::{
        ProductId, ProductKind, Service, ServiceKind, ServiceName, TenantId, TenantSlug, WrongProductId,
    },
    storage::Change,
};

/// What a service is to have: nothing given leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct PlanChange {
    /// Another main product.
    pub product: Option<ProductId>,
    /// Add-ons to switch on.
    pub add: Vec<AddOnToSet>,
    /// Add-ons to switch off.
    pub remove: Vec<ProductId>,
}

/// An add-on that a service is to have, with so many seats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOnToSet {
    /// The product.
    pub product: ProductId,
    /// How many: 1, or more of a product that grants channels.
    pub seats: u32,
}

impl std::str::FromStr for AddOnToSet {
    type Err = String;

    /// `voicemail`, `channels=4`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (product, seats) = text.split_once('=').unwrap_or((text, "1"));
        let seats = seats.parse().ok().filter(|seats| *seats > 0);
        let seats =
            seats.ok_or_else(|| format!("\"{text}\" gives no number of seats, such as channels=4"))?;
        Ok(Self { product: product.parse().map_err(|wrong: WrongProductId| wrong.to_string())?, seats })
    }
}

/// Why a service's products were not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no seat of a product that it is to have.
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    /// It would be carried by more device lines than its products grant.
    #[error(
        "{service} is carried by {carried} device lines, its products would allow {allowed}; release some first"
    )]
    TooManyLines {
        /// The extension.
        service: ServiceName,
        /// The lines that carry it.
        carried: u64,
        /// The lines that its products would grant.
        allowed: u32,
    },
    /// An add-on is to be switched off that it does not have.
    #[error("{service} has no add-on \"{product}\"; it has {}", listed(present))]
    NoAddOn {
        /// The service.
        service: ServiceName,
        /// The add-on.
        product: ProductId,
        /// The add-ons that it has.
        present: Vec<ProductId>,
    },
    /// An add-on is to be switched on and off.
    #[error("\"{0}\" cannot be both added and removed")]
    Both(ProductId),
    /// Of most add-ons a service has one seat.
    #[error("of \"{product}\" a service has one seat, not {seats}: it grants no channels")]
    OneSeat {
        /// The product.
        product: ProductId,
        /// How many were asked for.
        seats: u32,
    },
    /// The service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for PlanError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Seat(_) | Self::TooManyLines { .. } | Self::OneSeat { .. } => FailureKind::Refused,
            Self::NoAddOn { .. } => FailureKind::NotFound,
            Self::Both(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Seat(refusal) => refusal.code(),
            Self::TooManyLines { .. } => "too_many_lines",
            Self::NoAddOn { .. } => "addon_not_found",
            Self::OneSeat { .. } => "addon_has_one_seat",
            Self::Both(_) => "addon_added_and_removed",
            Self::Access(access) => access.code(),
        }
    }

    fn refused_seat(&self) -> Option<&SeatRefusal> {
        match self {
            Self::Seat(refusal) => Some(refusal),
            _ => None,
        }
    }
}

may_fail_in_the_store!(PlanError);

fn listed(products: &[ProductId]) -> String {
    match products {
        [] => "none".to_owned(),
        some => some.iter().map(ProductId::as_str).collect::<Vec<_>>().join(", "),
    }
}

impl Actions {
    /// Changes the products of a service of `kind`, all of it or nothing: the seat of another main product moves, add-ons
    /// take and free theirs. Whether that changed anything.
    pub async fn change_plan(
        &self,
        slug: &TenantSlug,
        kind: &ServiceKind,
        name: &ServiceName,
        plan: &PlanChange,
    ) -> Result<bool, PlanError> {
        let (mut change, _) = self.change_tenant(slug, component(kind)).await?;
        let changed = self.change_plan_in(&mut change, kind, name, plan).await?;
        if changed {
            change.commit().await?;
        }
        Ok(changed)
    }

    /// Changes the products of a service as a part of a change. Whether that changed anything.
    pub(super) async fn change_plan_in(
        &self,
        change: &mut Change,
        kind: &ServiceKind,
        name: &ServiceName,
        plan: &PlanChange,
    ) -> Result<bool, PlanError> {
        let tenant = change.tenant().clone();
        let service = find_service(change, &tenant, kind, name).await?;
        self.unchanged(service.revision)?;
        let state = self.license_state(change, &tenant).await?;
        let mut added = plan.add.iter().map(|addon| &addon.product);
        if let Some(both) = added.find(|product| plan.remove.contains(product)) {
            return Err(PlanError::Both(both.clone()));
        }
        let others_move_up = state.is_oversubscribed(change, &tenant).await?;
        let (granted, mut done) = (state.lines_granted(products(&service)), Vec::new());
        // what is freed first may be what is taken next
        for product in &plan.remove {
            if !change.remove_addon(&service.id, product).await? {
                let present = service.addons.iter().map(|addon| addon.product.clone()).collect();
                return Err(PlanError::NoAddOn { service: name.clone(), product: product.clone(), present });
            }
            done.push(format!("without {product}"));
        }
        if let Some(product) = plan.product.as_ref().filter(|product| **product != service.product) {
            state.admit_new_seats(change, &tenant, Wanted::main(kind, product)).await??;
            change.change_product(&service.id, product).await?;
            done.push(format!("from {} to {product}", service.product));
        }
        for wish in &plan.add {
            done.extend(set_addon(change, &state, &tenant, name, wish).await?);
        }
        let before = service;
        let service = find_any_service(change, &tenant, name).await?;
        let carried = change.lines_of_extension(&service.id).await?;
        let allowed = state.lines_granted(products(&service));
        if allowed < granted && carried > u64::from(allowed) {
            return Err(PlanError::TooManyLines { service: name.clone(), carried, allowed });
        }
        if done.is_empty() {
            return Ok(false);
        }
        if others_move_up {
            change.touch_all().await?;
        }
        let action = format!("{}.plan-changed", noun(kind));
        let plans = (plan_of(&before), plan_of(&service));
        self.note_change(change, &action, format!("{name} {}", done.join(", ")), plans).await?;
        Ok(true)
    }
}

/// Gives the service an add-on, or another number of seats of it; what was done, if something was.
async fn set_addon(
    change: &mut Change,
    state: &LicenseState,
    tenant: &TenantId,
    name: &ServiceName,
    wish: &AddOnToSet,
) -> Result<Option<String>, PlanError> {
    // read again, because the same product may stand in a wish twice
    let service = find_any_service(change, tenant, name).await?;
    let (product, has) = (&wish.product, service.addon(&wish.product).map_or(0, |addon| addon.seats));
    if wish.seats == has {
        return Ok(None);
    }
    if wish.seats > has {
        let (kind, seats) = (ProductKind::Addon, wish.seats - has);
        let wanted = Wanted { service: &service.kind, kind, product, seats };
        state.admit_new_seats(change, tenant, wanted).await??;
        let several = state.product(product).is_some_and(|product| product.grants.channels.is_some());
        if wish.seats > 1 && !several {
            return Err(PlanError::OneSeat { product: product.clone(), seats: wish.seats });
        }
        change.add_addon(&service.id, product, wish.seats).await?;
    } else {
        change.lower_addon(&service.id, product, wish.seats).await?;
    }
    Ok(Some(if wish.seats == 1 && has == 0 {
        format!("with {product}")
    } else {
        format!("with {} {product} instead of {has}", wish.seats)
    }))
}

/// The products as the audit keeps them.
fn plan_of(service: &Service) -> serde_json::Value {
    let addons = service.addons.iter().map(|addon| (addon.product.to_string(), addon.seats.into()));
    let addons: serde_json::Map<String, serde_json::Value> = addons.collect();
    serde_json::json!({ "product": service.product, "addons": addons })
}

/// The main product, then the add-ons.
pub(super) fn products(service: &Service) -> impl Iterator<Item = &ProductId> {
    std::iter::once(&service.product).chain(service.addons.iter().map(|addon| &addon.product))
}
