//! Why no seat can be taken, in words for whoever asked for one.

use crate::domain::{
    ClockDoubt, ProductId, Quantity, ServiceKind, Timestamp,
    license::{KeyId, LicenseError},
};

/// Why nobody can know what the license says. Removing and blocking still work; taking a seat does not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undecidable {
    /// The key that signed the license is not among the operator's public keys any more.
    #[error(
        "the license cannot be verified: key {kid} is not among the operator's public keys; put its file back"
    )]
    KeyGone {
        /// The key's id.
        kid: KeyId,
    },
    /// What is stored is not what was installed.
    #[error("the license cannot be verified: {0}")]
    Unverifiable(LicenseError),
    /// The clock cannot be believed.
    #[error("{0}; set the clock, or confirm that it is right with \"offhook license trust-clock\"")]
    Clock(ClockDoubt),
}

/// Why no seat can be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeatRefusal {
    /// No license was ever installed.
    #[error("no license is installed, so nothing can be added")]
    NoLicense,
    /// The license has not begun.
    #[error("the license is not yet valid: it begins {from}")]
    NotYetValid {
        /// When it begins.
        from: Timestamp,
    },
    /// The license expired and grace is over.
    #[error("the license has expired and its grace was over {since}")]
    Expired {
        /// When grace was over.
        since: Timestamp,
    },
    /// The license expired; phones work on, nothing can be added.
    #[error("the license has expired: until {until} phones go on working, but no seat can be taken")]
    Grace {
        /// When grace is over.
        until: Timestamp,
    },
    /// The license holds no such product.
    #[error("product \"{product}\" is not in the license; {fitting}")]
    UnknownProduct {
        /// The product that was asked for.
        product: ProductId,
        /// What would do.
        fitting: Fitting,
    },
    /// An add-on makes no service.
    #[error("product \"{product}\" is an add-on: it comes on top of a main product; {fitting}")]
    AddOn {
        /// The product that was asked for.
        product: ProductId,
        /// What would do.
        fitting: Fitting,
    },
    /// A main product is no add-on.
    #[error("product \"{product}\" is a main product, of which {} has exactly one; {fitting}", fitting.service.one())]
    Main {
        /// The product that was asked for.
        product: ProductId,
        /// What would do.
        fitting: Fitting,
    },
    /// A product of another kind of service.
    #[error("product \"{product}\" is not for {} but for {services}; {fitting}", fitting.service.many())]
    OtherService {
        /// The product that was asked for.
        product: ProductId,
        /// What it is for.
        services: String,
        /// What would do.
        fitting: Fitting,
    },
    /// All seats are used.
    #[error("{name}: {used} of {limit} seats used{}", more(*wanted))]
    NoSeatLeft {
        /// The product's id.
        product: ProductId,
        /// The product's name.
        name: String,
        /// The seats in use.
        used: u64,
        /// The seats there are.
        limit: Quantity,
        /// The seats that were asked for.
        wanted: u32,
    },
    /// Nobody can know what the license says.
    #[error(transparent)]
    Undecidable(#[from] Undecidable),
}

/// Of one is not said that it is wanted.
fn more(wanted: u32) -> String {
    if wanted == 1 { String::new() } else { format!(", {wanted} more are wanted") }
}

/// The products of a license that a service could have in place of the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitting {
    /// The kind of service.
    pub service: ServiceKind,
    /// The products of the wanted kind that fit it.
    pub products: Vec<ProductId>,
}

impl std::fmt::Display for Fitting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids: Vec<&str> = self.products.iter().map(ProductId::as_str).collect();
        if ids.is_empty() {
            write!(f, "the license has none for {}", self.service.many())
        } else {
            write!(f, "for {} there is {}", self.service.many(), ids.join(", "))
        }
    }
}

impl SeatRefusal {
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::NoLicense => "no_license",
            Self::NotYetValid { .. } => "license_not_yet_valid",
            Self::Expired { .. } => "license_expired",
            Self::Grace { .. } => "license_in_grace",
            Self::UnknownProduct { .. } => "product_unknown",
            Self::AddOn { .. } => "product_is_addon",
            Self::Main { .. } => "product_is_main",
            Self::OtherService { .. } => "product_for_other_service",
            Self::NoSeatLeft { .. } => "no_seat_left",
            Self::Undecidable(_) => "license_undecidable",
        }
    }
}
