//! An add-on that a service has: a product on top of its main one, and the seats of it.

use super::{ProductId, SeatPosition};

/// One add-on product of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddOn {
    /// The product.
    pub product: ProductId,
    /// How many seats of it: 1, or as many as there are to have more of, such as channels of a SIP trunk.
    pub seats: u32,
    /// When they were taken, all at once.
    pub seat: SeatPosition,
}
