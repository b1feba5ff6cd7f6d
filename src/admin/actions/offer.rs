//! What a license offers for a kind of service: the products that fit it, and of which of them a seat can be taken.

use super::{AccessError, Actions, ProductUse, SeatRefusal, license_state::Wanted, service::component};
use crate::domain::{ProductKind, ServiceKind, TenantSlug};

/// A product that a service could have.
#[derive(Clone, Debug)]
pub struct OfferedProduct {
    /// The product beside what is used of it.
    pub product: ProductUse,
    /// Main product or add-on.
    pub kind: ProductKind,
    /// Why no seat of it can be taken now; none where one can.
    pub refusal: Option<SeatRefusal>,
}

impl Actions {
    /// The products that fit a kind of service, in the order of the license, for who may see such services.
    pub async fn offered_products(
        &self,
        slug: &TenantSlug,
        service: &ServiceKind,
    ) -> Result<Vec<OfferedProduct>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, component(service)).await?;
        let state = self.license_state(&mut session, &tenant.id).await?;
        let counts = session.seats(&tenant.id).await?;
        let Some(license) = &state.governing else { return Ok(Vec::new()) };
        let fitting = license.products().iter().filter(|product| product.services.contains(service));
        let offered = fitting.map(|product| {
            let found = counts.iter().find(|count| count.product == product.id);
            let (used, kind) = (found.map_or(0, |count| count.used), product.kind);
            let wanted = Wanted { service, kind, product: &product.id, seats: 1 };
            OfferedProduct {
                refusal: state.judge_new_seats(wanted, used).err(),
                kind,
                product: ProductUse {
                    id: product.id.clone(),
                    limit: state.kept(&product.id),
                    product: Some(product.clone()),
                    used,
                    withheld: 0,
                },
            }
        });
        Ok(offered.collect())
    }
}
