//! A tenant's licenses at one time: whether a seat may be taken, and which extensions have theirs.

use std::collections::BTreeMap;

use super::AccessError;
use crate::{
    domain::{
        Admission, ClockDoubt, Cutoff, Extension, Product, ProductId, ProductKind, Quantity, RELEASED,
        ServiceKind, TenantId, Timestamp, Withheld, doubt,
        license::{
            KeyId, License, LicenseError, PublicKeys, Standing, governing, read_unverified, verify, withheld,
        },
    },
    storage::{InstalledLicense, Session, StorageError},
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
    #[error("no license is installed, so no extension can be added")]
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
    #[error("product \"{product}\" is not in the license; {}", choices(fitting))]
    UnknownProduct {
        /// The product that was asked for.
        product: ProductId,
        /// The main products for extensions.
        fitting: Vec<ProductId>,
    },
    /// An add-on makes no extension.
    #[error("product \"{product}\" is an add-on: it comes on top of a main product; {}", choices(fitting))]
    AddOn {
        /// The product that was asked for.
        product: ProductId,
        /// The main products for extensions.
        fitting: Vec<ProductId>,
    },
    /// A main product of another kind of service.
    #[error("product \"{product}\" is not for extensions but for {services}; {}", choices(fitting))]
    OtherService {
        /// The product that was asked for.
        product: ProductId,
        /// What it is for.
        services: String,
        /// The main products for extensions.
        fitting: Vec<ProductId>,
    },
    /// All seats are used.
    #[error("{name}: {used} of {limit} seats used")]
    NoSeatLeft {
        /// The product's name.
        name: String,
        /// The seats in use.
        used: u64,
        /// The seats there are.
        limit: Quantity,
    },
    /// Nobody can know what the license says.
    #[error(transparent)]
    Undecidable(#[from] Undecidable),
}

fn choices(fitting: &[ProductId]) -> String {
    let ids: Vec<&str> = fitting.iter().map(ProductId::as_str).collect();
    if ids.is_empty() {
        "the license has no product for extensions".to_owned()
    } else {
        format!("for extensions there is {}", ids.join(", "))
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
            Self::OtherService { .. } => "product_for_other_service",
            Self::NoSeatLeft { .. } => "no_seat_left",
            Self::Undecidable(_) => "license_undecidable",
        }
    }
}

/// The licenses of one tenant at one time.
pub(super) struct LicenseState {
    /// In the order in which they were installed; those that could be read.
    pub(super) installed: Vec<(InstalledLicense, License)>,
    pub(super) governing: Option<License>,
    pub(super) undecidable: Option<Undecidable>,
    now: Timestamp,
}

impl LicenseState {
    pub(super) async fn read(
        session: &mut Session,
        tenant: &TenantId,
        keys: &PublicKeys,
        now: Timestamp,
    ) -> Result<Self, StorageError> {
        let clock = doubt(now, RELEASED, session.newest_time().await?).map(Undecidable::Clock);
        let mut unreadable = None;
        let mut installed = Vec::new();
        for row in session.licenses(tenant).await? {
            match read_unverified(&row.jws) {
                Ok((_, license)) => installed.push((row, license)),
                Err(error) => unreadable = Some(Undecidable::Unverifiable(error)),
            }
        }
        let governs = governing(installed.iter().map(|(_, license)| license), now).cloned();
        // only the license that counts has to be verified: one that waits, or is past, decides nothing now
        let wrong = governs.as_ref().and_then(|license| {
            let (row, _) = installed.iter().find(|(_, found)| found == license)?;
            match verify(&row.jws, keys) {
                Ok(_) => None,
                Err(LicenseError::UnknownKey { kid }) => Some(Undecidable::KeyGone { kid }),
                Err(error) => Some(Undecidable::Unverifiable(error)),
            }
        });
        Ok(Self { installed, governing: governs, undecidable: clock.or(unreadable).or(wrong), now })
    }

    /// Whether an extension may take one more seat of `product`. Exact when `session` is a change.
    pub(super) async fn admit_new_seat(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        product: &ProductId,
    ) -> Result<Result<(), SeatRefusal>, StorageError> {
        let used = session.seats_of(tenant, product).await?;
        Ok(self.judge_new_seat(product, used))
    }

    fn judge_new_seat(&self, id: &ProductId, used: u64) -> Result<(), SeatRefusal> {
        if let Some(undecidable) = &self.undecidable {
            return Err(undecidable.clone().into());
        }
        let license = self.governing.as_ref().ok_or(SeatRefusal::NoLicense)?;
        let grace = match license.standing(self.now) {
            Standing::NotYet { from } => return Err(SeatRefusal::NotYetValid { from }),
            Standing::Expired { since } => return Err(SeatRefusal::Expired { since }),
            Standing::Grace { until } => Some(until),
            Standing::Valid { .. } => None,
        };
        let product = main_product_for_extensions(license, id)?;
        if let Some(until) = grace {
            return Err(SeatRefusal::Grace { until });
        }
        let limit = license.effective(id, self.now).new_seats;
        if limit.has_room_beside(used) {
            Ok(())
        } else {
            Err(SeatRefusal::NoSeatLeft { name: product.name("en").to_owned(), used, limit })
        }
    }

    /// The product as the license that counts describes it, where one can be read.
    pub(super) fn product(&self, id: &ProductId) -> Option<&Product> {
        self.governing.as_ref().and_then(|license| license.product(id))
    }

    /// On how many device lines an extension with this product may be carried.
    pub(super) fn lines_granted(&self, id: &ProductId) -> u32 {
        match (&self.undecidable, self.product(id)) {
            (None, Some(product)) => product.grants.lines(),
            _ => 1,
        }
    }

    /// Up to which seat each product's seats are kept, for [`Self::admission`].
    pub(super) async fn cutoffs(
        &self,
        session: &mut Session,
        tenant: &TenantId,
    ) -> Result<BTreeMap<ProductId, Cutoff>, AccessError> {
        let mut cutoffs = BTreeMap::new();
        for count in session.seats(tenant).await? {
            let quantity = self.kept(&count.product);
            let cutoff = session.cutoff(tenant, &count.product, quantity).await?;
            cutoffs.insert(count.product, cutoff);
        }
        Ok(cutoffs)
    }

    /// How many seats of the product phones may use now.
    pub(super) fn kept(&self, product: &ProductId) -> Quantity {
        let license = self.governing.as_ref();
        license.map_or(Quantity::Limited(0), |license| license.effective(product, self.now).phones)
    }

    /// Whether the extension's lines are admitted; none when it is undecidable.
    pub(super) fn admission(
        &self,
        extension: &Extension,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        if extension.blocked {
            return Some(Admission::Withheld(Withheld::Blocked));
        }
        if self.undecidable.is_some() {
            return None;
        }
        let cutoff = cutoffs.get(&extension.product).copied();
        let why = withheld(self.governing.as_ref(), &extension.product, extension.seat, cutoff, self.now);
        Some(why.map_or(Admission::Admitted, Admission::Withheld))
    }
}

fn main_product_for_extensions<'a>(license: &'a License, id: &ProductId) -> Result<&'a Product, SeatRefusal> {
    let fitting = || {
        let fits = |product: &&Product| product.is_main_for(&ServiceKind::Extension);
        license.products().iter().filter(fits).map(|product| product.id.clone()).collect()
    };
    match license.product(id) {
        None => Err(SeatRefusal::UnknownProduct { product: id.clone(), fitting: fitting() }),
        Some(product) if product.kind == ProductKind::Addon => {
            Err(SeatRefusal::AddOn { product: id.clone(), fitting: fitting() })
        }
        Some(product) if !product.is_main_for(&ServiceKind::Extension) => {
            let services: Vec<_> = product.services.iter().map(ServiceKind::as_str).collect();
            let services = services.join(", ");
            Err(SeatRefusal::OtherService { product: id.clone(), services, fitting: fitting() })
        }
        Some(product) => Ok(product),
    }
}
