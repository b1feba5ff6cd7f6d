//! Who keeps a seat where more are used than the license has: the order of the seats of one product.

use super::{
    AccessError, ActionError, Actions, ExtensionDetails, FailureKind, error::may_fail_in_the_store,
    find_extension, find_tenant,
};
use crate::domain::{
    Admission, Extension, ExtensionNumber, PlainText, ProductId, SeatPosition, ServiceId, TenantSlug,
};

/// A seat of a product, and who has it.
#[derive(Clone, Debug)]
pub struct HeldSeat {
    /// The extension's number.
    pub number: ExtensionNumber,
    /// Whose it is.
    pub name: PlainText,
    /// Whether it counts; none while that is undecidable.
    pub admission: Option<Admission>,
}

/// Why the order of seats was not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Extensions are to be kept that have no seat of the product.
    #[error("no seat of \"{product}\" is taken by {}", listed(numbers))]
    NoSeat {
        /// The product.
        product: ProductId,
        /// Those without a seat of it.
        numbers: Vec<ExtensionNumber>,
    },
    /// The tenant or an extension is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(numbers: &[ExtensionNumber]) -> String {
    numbers.iter().map(ExtensionNumber::as_str).collect::<Vec<_>>().join(", ")
}

impl ActionError for KeepError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::NoSeat { .. } => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSeat { .. } => "seat_not_found",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(KeepError);

impl Actions {
    /// The seats of a product in the order in which they are kept.
    pub async fn seat_order(
        &self,
        slug: &TenantSlug,
        product: &ProductId,
    ) -> Result<Vec<HeldSeat>, AccessError> {
        let mut session = self.store.read().await?;
        let tenant = find_tenant(&mut session, slug).await?;
        let extensions = session.extensions(&tenant.id).await?;
        let details = self.details(&mut session, &tenant.id, extensions).await?;
        let mut seats: Vec<_> = details
            .into_iter()
            .filter_map(|details| Some((seat_of(&details.extension, product)?, held(details, product))))
            .collect();
        seats.sort_by_key(|(position, _)| *position);
        Ok(seats.into_iter().map(|(_, seat)| seat).collect())
    }

    /// Puts the seats of these extensions before all others of the product, in this order: where more are used than the
    /// license has, they are kept.
    pub async fn keep_seats(
        &self,
        slug: &TenantSlug,
        product: &ProductId,
        numbers: &[ExtensionNumber],
    ) -> Result<Vec<HeldSeat>, KeepError> {
        let (mut change, tenant) = self.change_tenant(slug).await?;
        let (mut first, mut without) = (Vec::<ServiceId>::new(), Vec::new());
        for number in numbers {
            let extension = find_extension(&mut change, &tenant.id, number).await?;
            match seat_of(&extension, product) {
                Some(_) if first.contains(&extension.id) => {}
                Some(_) => first.push(extension.id),
                None => without.push(number.clone()),
            }
        }
        if !without.is_empty() {
            return Err(KeepError::NoSeat { product: product.clone(), numbers: without });
        }
        change.put_seats_first(product, &first).await?;
        self.note(&mut change, "license.kept", format!("{product}: {} first", listed(numbers))).await?;
        change.commit().await?;
        Ok(self.seat_order(slug, product).await?)
    }
}

/// When the extension took its seat of the product, if it has one.
fn seat_of(extension: &Extension, product: &ProductId) -> Option<SeatPosition> {
    if extension.product == *product {
        return Some(extension.seat);
    }
    extension.addons.iter().find(|addon| addon.product == *product).map(|addon| addon.seat)
}

fn held(details: ExtensionDetails, product: &ProductId) -> HeldSeat {
    let addon = details.addons.iter().find(|addon| addon.product == *product);
    HeldSeat {
        admission: addon.map_or(details.admission, |addon| addon.admission),
        number: details.extension.number,
        name: details.extension.name,
    }
}
