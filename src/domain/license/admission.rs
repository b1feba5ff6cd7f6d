//! Whether a seat that was taken still counts: the one rule behind documents and overviews.

use super::super::{
    clock::Timestamp,
    product::{ProductId, ServiceKind},
    seat::{Cutoff, SeatPosition, Withheld},
};
use super::{License, Standing};

/// Why the lines of an extension are withheld at `now`, if they are, by the license that `governs` then.
///
/// Its seat of `product` was taken at `seat`; `cutoff` is up to where the license keeps the seats of that product.
#[must_use]
pub fn withheld(
    governs: Option<&License>,
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
    if !license.product(product).is_some_and(|product| product.is_main_for(&ServiceKind::Extension)) {
        return Some(Withheld::ProductMissing);
    }
    let kept = cutoff.is_some_and(|cutoff| cutoff.keeps(seat));
    (!kept).then_some(Withheld::SeatsExceeded)
}
