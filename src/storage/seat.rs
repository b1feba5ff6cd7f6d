//! Counting seats, and finding the last one that a quantity keeps.

use super::{Session, StorageError, engine::values};
use crate::domain::{Cutoff, ProductId, Quantity, SeatPosition, TenantId};

/// How many seats of one product are used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeatCount {
    /// The product.
    pub product: ProductId,
    /// Its used seats.
    pub used: u64,
}

impl Session {
    /// The used seats of every product that has any. Exact inside a [`super::Change`].
    pub async fn seats(&mut self, tenant: &TenantId) -> Result<Vec<SeatCount>, StorageError> {
        self.rows(
            "SELECT product, COUNT(*) AS used FROM services WHERE tenant_id = $1 GROUP BY product ORDER BY product",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| {
            Ok(SeatCount { product: row.parsed("product", ProductId::parse)?, used: row.int("used")?.unsigned_abs() })
        })
        .collect()
    }

    /// The used seats of one product. Exact inside a [`super::Change`].
    pub async fn seats_of(&mut self, tenant: &TenantId, product: &ProductId) -> Result<u64, StorageError> {
        let row = self
            .row(
                "SELECT COUNT(*) AS used FROM services WHERE tenant_id = $1 AND product = $2",
                values![tenant.as_str(), product.as_str()],
            )
            .await?;
        row.map_or(Ok(0), |row| Ok(row.int("used")?.unsigned_abs()))
    }

    /// Up to which seat `quantity` keeps the seats of `product`.
    pub async fn cutoff(
        &mut self,
        tenant: &TenantId,
        product: &ProductId,
        quantity: Quantity,
    ) -> Result<Cutoff, StorageError> {
        let Quantity::Limited(limit) = quantity else { return Ok(Cutoff::All) };
        if self.seats_of(tenant, product).await? <= u64::from(limit) {
            return Ok(Cutoff::All);
        }
        if limit == 0 {
            return Ok(Cutoff::None);
        }
        let last = self
            .row(
                "SELECT seat_revision, seat_row FROM services WHERE tenant_id = $1 AND product = $2 \
                 ORDER BY seat_revision, seat_row LIMIT 1 OFFSET $3",
                values![tenant.as_str(), product.as_str(), i64::from(limit) - 1],
            )
            .await?;
        last.map_or(Ok(Cutoff::All), |row| {
            Ok(Cutoff::Through(SeatPosition {
                revision: row.int("seat_revision")?,
                row: row.int("seat_row")?,
            }))
        })
    }
}
