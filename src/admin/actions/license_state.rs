//! A tenant's licenses at one time: whether a seat may be taken, and which extensions have theirs.

use std::collections::BTreeMap;

use super::AccessError;
use crate::{
    domain::{
        AddOn, Admission, ClockDoubt, Cutoff, Extension, Grants, Product, ProductId, ProductKind, Quantity,
        RELEASED, SeatPosition, ServiceKind, TenantId, Timestamp, Withheld, doubt,
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
        /// The products of the wanted kind for extensions.
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
    /// A main product is no add-on.
    #[error(
        "product \"{product}\" is a main product, of which an extension has exactly one; {}",
        choices(fitting)
    )]
    Main {
        /// The product that was asked for.
        product: ProductId,
        /// The add-ons for extensions.
        fitting: Vec<ProductId>,
    },
    /// A product of another kind of service.
    #[error("product \"{product}\" is not for extensions but for {services}; {}", choices(fitting))]
    OtherService {
        /// The product that was asked for.
        product: ProductId,
        /// What it is for.
        services: String,
        /// The products of the wanted kind for extensions.
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
        "the license has none for extensions".to_owned()
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
            Self::Main { .. } => "product_is_main",
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

    /// Whether an extension may take one more seat of `product`, which is to be one of `kind`. Exact when `session` is a
    /// change.
    pub(super) async fn admit_new_seat(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        kind: ProductKind,
        product: &ProductId,
    ) -> Result<Result<(), SeatRefusal>, StorageError> {
        let used = session.seats_of(tenant, product).await?;
        Ok(self.judge_new_seat(kind, product, used))
    }

    fn judge_new_seat(&self, kind: ProductKind, id: &ProductId, used: u64) -> Result<(), SeatRefusal> {
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
        let product = product_for_extensions(license, kind, id)?;
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

    /// On how many device lines an extension may be carried that has these products.
    pub(super) fn lines_granted<'a>(&self, products: impl IntoIterator<Item = &'a ProductId>) -> u32 {
        if self.undecidable.is_some() {
            return 1;
        }
        let granted = products.into_iter().filter_map(|id| self.product(id)).map(|product| &product.grants);
        granted.fold(Grants::default(), Grants::and).lines()
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
        self.judge(ProductKind::Main, &extension.product, extension.seat, cutoffs)
    }

    /// Whether an add-on of an extension has its effect, as far as the license goes; none when it is undecidable.
    pub(super) fn addon_admission(
        &self,
        addon: &AddOn,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        self.judge(ProductKind::Addon, &addon.product, addon.seat, cutoffs)
    }

    fn judge(
        &self,
        kind: ProductKind,
        product: &ProductId,
        seat: SeatPosition,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        if self.undecidable.is_some() {
            return None;
        }
        let cutoff = cutoffs.get(product).copied();
        let why = withheld(self.governing.as_ref(), kind, product, seat, cutoff, self.now);
        Some(why.map_or(Admission::Admitted, Admission::Withheld))
    }
}

/// The product of the license that is of `kind` and for extensions.
fn product_for_extensions<'a>(
    license: &'a License,
    kind: ProductKind,
    id: &ProductId,
) -> Result<&'a Product, SeatRefusal> {
    let fitting = || {
        let fits = |product: &&Product| product.fits(kind, &ServiceKind::Extension);
        license.products().iter().filter(fits).map(|product| product.id.clone()).collect()
    };
    match license.product(id) {
        None => Err(SeatRefusal::UnknownProduct { product: id.clone(), fitting: fitting() }),
        Some(product) if product.kind != kind => Err(match kind {
            ProductKind::Main => SeatRefusal::AddOn { product: id.clone(), fitting: fitting() },
            ProductKind::Addon => SeatRefusal::Main { product: id.clone(), fitting: fitting() },
        }),
        Some(product) if !product.fits(kind, &ServiceKind::Extension) => {
            let services: Vec<_> = product.services.iter().map(ServiceKind::as_str).collect();
            let services = services.join(", ");
            Err(SeatRefusal::OtherService { product: id.clone(), services, fitting: fitting() })
        }
        Some(product) => Ok(product),
    }
}
