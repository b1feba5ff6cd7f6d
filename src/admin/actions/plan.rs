//! Plans: which main product and which add-ons an extension has.

use super::{
    AccessError, ActionError, Actions, ExtensionDetails, FailureKind, SeatRefusal,
    error::may_fail_in_the_store, find_extension,
};
use crate::domain::{ExtensionNumber, ProductId, ProductKind, TenantSlug};

/// What an extension is to have: nothing given leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct PlanChange {
    /// Another main product.
    pub product: Option<ProductId>,
    /// Add-ons to switch on.
    pub add: Vec<ProductId>,
    /// Add-ons to switch off.
    pub remove: Vec<ProductId>,
}

/// Why an extension's products were not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no seat of a product that it is to have.
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    /// It would be carried by more device lines than its products grant.
    #[error(
        "extension {number} is carried by {carried} device lines, its products would allow {allowed}; release some first"
    )]
    TooManyLines {
        /// The extension.
        number: ExtensionNumber,
        /// The lines that carry it.
        carried: u64,
        /// The lines that its products would grant.
        allowed: u32,
    },
    /// An add-on is to be switched off that it does not have.
    #[error("extension {number} has no add-on \"{product}\"; it has {}", listed(present))]
    NoAddOn {
        /// The extension.
        number: ExtensionNumber,
        /// The add-on.
        product: ProductId,
        /// The add-ons that it has.
        present: Vec<ProductId>,
    },
    /// An add-on is to be switched on and off.
    #[error("\"{0}\" cannot be both added and removed")]
    Both(ProductId),
    /// The extension is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for PlanError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Seat(_) | Self::TooManyLines { .. } => FailureKind::Refused,
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
            Self::Both(_) => "addon_added_and_removed",
            Self::Access(access) => access.code(),
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
    /// Changes the extension's products, all of it or nothing: the seat of another main product moves, add-ons take and
    /// free theirs. Whether that changed anything; the extension as it is then.
    pub async fn change_plan(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        plan: &PlanChange,
    ) -> Result<(bool, ExtensionDetails), PlanError> {
        let (mut change, tenant) = self.change_tenant(slug).await?;
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        let state = self.license_state(&mut change, &tenant.id).await?;
        if let Some(both) = plan.add.iter().find(|product| plan.remove.contains(product)) {
            return Err(PlanError::Both(both.clone()));
        }
        let (granted, mut done) = (state.lines_granted(extension.products()), Vec::new());
        // what is freed first may be what is taken next
        for product in &plan.remove {
            if !change.remove_addon(&extension.id, product).await? {
                let present = extension.addons.iter().map(|addon| addon.product.clone()).collect();
                return Err(PlanError::NoAddOn { number: number.clone(), product: product.clone(), present });
            }
            done.push(format!("without {product}"));
        }
        if let Some(product) = plan.product.as_ref().filter(|product| **product != extension.product) {
            state.admit_new_seat(&mut change, &tenant.id, ProductKind::Main, product).await??;
            change.change_product(&extension.id, product).await?;
            done.push(format!("from {} to {product}", extension.product));
        }
        for product in &plan.add {
            if find_extension(&mut change, &tenant.id, number).await?.products().any(|has| has == product) {
                continue;
            }
            state.admit_new_seat(&mut change, &tenant.id, ProductKind::Addon, product).await??;
            change.add_addon(&extension.id, product, 1).await?;
            done.push(format!("with {product}"));
        }
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        let carried = change.lines_of_extension(&extension.id).await?;
        let allowed = state.lines_granted(extension.products());
        if allowed < granted && carried > u64::from(allowed) {
            return Err(PlanError::TooManyLines { number: number.clone(), carried, allowed });
        }
        let details = self.details(&mut change, &tenant.id, vec![extension]).await?.pop();
        let details = details.ok_or_else(|| AccessError::Extension(number.clone()))?;
        if done.is_empty() {
            return Ok((false, details));
        }
        self.note(&mut change, "extension.plan-changed", format!("{number} {}", done.join(", "))).await?;
        change.commit().await?;
        Ok((true, details))
    }
}
