//! A tenant's licenses at one time: whether a seat may be taken, and which services have theirs.

use std::collections::BTreeMap;

use super::{AccessError, Fitting, SeatRefusal, Undecidable};
use crate::{
    domain::{
        AddOn, Admission, Cutoff, Extension, Grants, Language, Product, ProductId, ProductKind, Quantity,
        RELEASED, SeatPosition, Service, ServiceKind, TenantId, Timestamp, Withheld, doubt,
        license::{
            License, LicenseError, PublicKeys, Standing, governing, read_unverified, verify, withheld,
        },
    },
    storage::{InstalledLicense, SeatCount, Session, StorageError},
};

/// Seats that somebody wants.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// What is to have them.
    pub(super) service: &'a ServiceKind,
    /// Of a main product or of an add-on.
    pub(super) kind: ProductKind,
    pub(super) product: &'a ProductId,
    pub(super) seats: u32,
}

impl<'a> Wanted<'a> {
    /// The one seat of a main product.
    pub(super) const fn main(service: &'a ServiceKind, product: &'a ProductId) -> Self {
        Self { service, kind: ProductKind::Main, product, seats: 1 }
    }
}

/// The licenses of one tenant at one time.
pub(super) struct LicenseState {
    /// In the order in which they were installed; those that could be read.
    pub(super) installed: Vec<(InstalledLicense, License)>,
    pub(super) governing: Option<License>,
    pub(super) undecidable: Option<Undecidable>,
    now: Timestamp,
    /// In which language products are called by their names.
    language: Language,
}

impl LicenseState {
    pub(super) async fn read(
        session: &mut Session,
        tenant: &TenantId,
        keys: &PublicKeys,
        (now, language): (Timestamp, Language),
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
        Ok(Self { installed, governing: governs, undecidable: clock.or(unreadable).or(wrong), now, language })
    }

    /// Whether a service may take more seats of a product. Exact when `session` is a change.
    pub(super) async fn admit_new_seats(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        wanted: Wanted<'_>,
    ) -> Result<Result<(), SeatRefusal>, StorageError> {
        let used = session.seats_of(tenant, wanted.product).await?;
        Ok(self.judge_new_seats(wanted, used))
    }

    /// Whether they may be taken beside `used` seats.
    pub(super) fn judge_new_seats(&self, wanted: Wanted<'_>, used: u64) -> Result<(), SeatRefusal> {
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
        let product = fitting_product(license, wanted)?;
        if let Some(until) = grace {
            return Err(SeatRefusal::Grace { until });
        }
        let limit = license.effective(wanted.product, self.now).new_seats;
        if limit.has_room_for(wanted.seats, used) {
            return Ok(());
        }
        let (product, name) = (product.id.clone(), product.name(self.language.tag()).to_owned());
        Err(SeatRefusal::NoSeatLeft { product, name, used, limit, wanted: wanted.seats })
    }

    /// What people call a product, where the license that counts has it.
    pub(super) fn name_of(&self, id: &ProductId) -> Option<String> {
        self.product(id).map(|product| product.name(self.language.tag()).to_owned())
    }

    /// The product as the license that counts describes it, where one can be read.
    pub(super) fn product(&self, id: &ProductId) -> Option<&Product> {
        self.governing.as_ref().and_then(|license| license.product(id))
    }

    /// On how many device lines a service may be carried that has these products.
    pub(super) fn lines_granted<'a>(&self, products: impl IntoIterator<Item = &'a ProductId>) -> u32 {
        if self.undecidable.is_some() {
            return 1;
        }
        let granted = products.into_iter().filter_map(|id| self.product(id)).map(|product| &product.grants);
        granted.fold(Grants::default(), Grants::and).lines()
    }

    /// What a service has of its products together, as far as they are admitted.
    pub(super) fn granted(&self, service: &Service, cutoffs: &BTreeMap<ProductId, Cutoff>) -> Grants {
        if self.service_admission(service, cutoffs) != Some(Admission::Admitted) {
            return Grants::default();
        }
        self.together(&service.kind, (&service.product, &service.addons), cutoffs)
    }

    /// What an extension has of its products together, as far as they are admitted.
    pub(super) fn granted_to(&self, extension: &Extension, cutoffs: &BTreeMap<ProductId, Cutoff>) -> Grants {
        if self.admission(extension, cutoffs) != Some(Admission::Admitted) {
            return Grants::default();
        }
        self.together(&ServiceKind::Extension, (&extension.product, &extension.addons), cutoffs)
    }

    fn together(
        &self,
        service: &ServiceKind,
        (main, addons): (&ProductId, &[AddOn]),
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Grants {
        let grants =
            |id: &ProductId| self.product(id).map(|product| product.grants.clone()).unwrap_or_default();
        let has_effect =
            |addon: &&AddOn| self.addon_admission(service, addon, cutoffs) == Some(Admission::Admitted);
        let addons = addons.iter().filter(has_effect);
        addons.fold(grants(main), |all, addon| all.and(&grants(&addon.product).times(addon.seats)))
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

    /// Whether more seats of a product are used than phones may use: when one is freed, another counts.
    pub(super) async fn is_oversubscribed(
        &self,
        session: &mut Session,
        tenant: &TenantId,
    ) -> Result<bool, StorageError> {
        let over = |count: &SeatCount| !self.kept(&count.product).has_room_for(0, count.used);
        Ok(session.seats(tenant).await?.iter().any(over))
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
        let (product, seat) = (&extension.product, extension.seat);
        self.judge(&ServiceKind::Extension, ProductKind::Main, product, seat, cutoffs)
    }

    /// Whether the service is admitted; none when it is undecidable.
    pub(super) fn service_admission(
        &self,
        service: &Service,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        if service.blocked {
            return Some(Admission::Withheld(Withheld::Blocked));
        }
        self.judge(&service.kind, ProductKind::Main, &service.product, service.seat, cutoffs)
    }

    /// Whether an add-on of a service has its effect, as far as the license goes; none when it is undecidable.
    pub(super) fn addon_admission(
        &self,
        service: &ServiceKind,
        addon: &AddOn,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        self.judge(service, ProductKind::Addon, &addon.product, addon.seat, cutoffs)
    }

    fn judge(
        &self,
        service: &ServiceKind,
        kind: ProductKind,
        product: &ProductId,
        seat: SeatPosition,
        cutoffs: &BTreeMap<ProductId, Cutoff>,
    ) -> Option<Admission> {
        if self.undecidable.is_some() {
            return None;
        }
        let cutoff = cutoffs.get(product).copied();
        let why = withheld(self.governing.as_ref(), service, kind, product, seat, cutoff, self.now);
        Some(why.map_or(Admission::Admitted, Admission::Withheld))
    }
}

/// The product of the license that is wanted, if it fits.
fn fitting_product<'a>(license: &'a License, wanted: Wanted<'_>) -> Result<&'a Product, SeatRefusal> {
    let Wanted { service, kind, product: id, .. } = wanted;
    let fitting = || {
        let products = license.products().iter().filter(|product| product.fits(kind, service));
        Fitting { service: service.clone(), products: products.map(|product| product.id.clone()).collect() }
    };
    match license.product(id) {
        None => Err(SeatRefusal::UnknownProduct { product: id.clone(), fitting: fitting() }),
        Some(product) if product.kind != kind => Err(match kind {
            ProductKind::Main => SeatRefusal::AddOn { product: id.clone(), fitting: fitting() },
            ProductKind::Addon => SeatRefusal::Main { product: id.clone(), fitting: fitting() },
        }),
        Some(product) if !product.fits(kind, service) => {
            let services = product.services.iter().map(ServiceKind::many).collect::<Vec<_>>().join(" and ");
            Err(SeatRefusal::OtherService { product: id.clone(), services, fitting: fitting() })
        }
        Some(product) => Ok(product),
    }
}
