//! Whether a seat that was taken still counts: the one rule behind documents and overviews.

use super::super::{
    clock::Timestamp,
    product::{ProductId, ProductKind},
    seat::{Cutoff, SeatPosition, Withheld},
    service::ServiceKind,
};
use super::{License, Standing};

/// Why what a service has of `product`, its main product or an add-on, is withheld at `now`, if it is, by the license
/// that `governs` then.
///
/// Its seat was taken at `seat`; `cutoff` is up to where the license keeps the seats of that product.
#[must_use]
pub fn withheld(
    governs: Option<&License>,
    service: &ServiceKind,
    kind: ProductKind,
    product: &ProductId,
    seat: SeatPosition,
    cutoff: Option<Cutoff>,
    now: Timestamp,
) -> Option<Withheld> {
    let Some(license) = governs else { return Some(Withheld::NoLicense) };
    match license.standing(now) {
        Standing::NotYet { .. } => return Some(Withheld::NotYetValid),
        Standing::Expired { .. } => return Some(Withheld::Expired),
        Standing::Valid { .. } | Standing::Grace { .. } => {}
    }
    if !license.product(product).is_some_and(|product| product.fits(kind, service)) {
        return Some(Withheld::ProductMissing);
    }
    let kept = cutoff.is_some_and(|cutoff| cutoff.keeps(seat));
    (!kept).then_some(Withheld::SeatsExceeded)
}
