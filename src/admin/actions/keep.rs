//! Who keeps a seat where more are used than the license has: the order of the seats of one product.

use super::{
    AccessError, ActionError, Actions, FailureKind, ServiceDetails, error::may_fail_in_the_store,
    service::find_any_service,
};
use crate::domain::{
    Admission, Component, PlainText, ProductId, SeatPosition, Service, ServiceId, ServiceKind, ServiceName,
    TenantSlug,
};

/// The seats that a service has of a product.
#[derive(Clone, Debug)]
pub struct HeldSeat {
    /// What the service is called.
    pub service: ServiceName,
    /// What it is.
    pub kind: ServiceKind,
    /// Whose it is.
    pub name: PlainText,
    /// How many seats.
    pub seats: u32,
    /// Whether they count; none while that is undecidable.
    pub admission: Option<Admission>,
}

/// Why the order of seats was not changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// Services are to be kept that have no seat of the product.
    #[error("no seat of \"{product}\" is taken by {}", listed(services))]
    NoSeat {
        /// The product.
        product: ProductId,
        /// Those without a seat of it.
        services: Vec<ServiceName>,
    },
    /// The tenant or a service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(services: &[ServiceName]) -> String {
    services.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
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
        let (mut session, tenant) = self.open_tenant(slug, Component::Licenses).await?;
        let mut services = session.services(&tenant.id, None).await?;
        services.retain(|service| seat_of(service, product).is_some());
        let details = self.service_details(&mut session, &tenant.id, services).await?;
        let mut seats: Vec<_> = details
            .into_iter()
            .filter_map(|details| Some((seat_of(&details.service, product)?, held(details, product))))
            .collect();
        seats.sort_by_key(|(position, _)| *position);
        Ok(seats.into_iter().map(|(_, seat)| seat).collect())
    }

    /// Puts the seats of these services before all others of the product, in this order: where more are used than the
    /// license has, they are kept.
    pub async fn keep_seats(
        &self,
        slug: &TenantSlug,
        product: &ProductId,
        services: &[ServiceName],
    ) -> Result<Vec<HeldSeat>, KeepError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Licenses).await?;
        let (mut first, mut without) = (Vec::<ServiceId>::new(), Vec::new());
        for name in services {
            let service = find_any_service(&mut change, &tenant.id, name).await?;
            match seat_of(&service, product) {
                Some(_) if first.contains(&service.id) => {}
                Some(_) => first.push(service.id),
                None => without.push(name.clone()),
            }
        }
        if !without.is_empty() {
            return Err(KeepError::NoSeat { product: product.clone(), services: without });
        }
        change.put_seats_first(product, &first).await?;
        self.note(&mut change, "license.kept", format!("{product}: {} first", listed(services))).await?;
        change.commit().await?;
        Ok(self.seat_order(slug, product).await?)
    }
}

/// When the service took its seats of the product, if it has any.
fn seat_of(service: &Service, product: &ProductId) -> Option<SeatPosition> {
    if service.product == *product {
        return Some(service.seat);
    }
    service.addon(product).map(|addon| addon.seat)
}

fn held(details: ServiceDetails, product: &ProductId) -> HeldSeat {
    let addon = details.addons.iter().find(|addon| addon.product == *product);
    HeldSeat {
        admission: addon.map_or(details.admission, |addon| addon.admission),
        seats: addon.map_or(1, |addon| addon.seats),
        service: details.service.called(),
        kind: details.service.kind,
        name: details.service.name,
    }
}
