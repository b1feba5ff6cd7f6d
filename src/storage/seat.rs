//! Counting seats, and finding the last one that a quantity keeps.
//!
//! A main product's seat is the row of its service, the seats of an add-on are one row for each service that has it.

use super::{Change, Session, StorageError, engine::values};
use crate::domain::{Cutoff, ProductId, Quantity, SeatPosition, ServiceId, TenantId};

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
            "SELECT product, CAST(SUM(seats) AS BIGINT) AS used FROM \
             (SELECT product, COUNT(*) AS seats FROM services WHERE tenant_id = $1 GROUP BY product \
             UNION ALL SELECT product, seats FROM addons WHERE tenant_id = $1) AS taken \
             GROUP BY product ORDER BY product",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| {
            let product = row.parsed("product", ProductId::parse)?;
            Ok(SeatCount { product, used: row.int("used")?.unsigned_abs() })
        })
        .collect()
    }

    /// The used seats of one product. Exact inside a [`super::Change`].
    pub async fn seats_of(&mut self, tenant: &TenantId, product: &ProductId) -> Result<u64, StorageError> {
        let row = self
            .row(
                "SELECT (SELECT COUNT(*) FROM services WHERE tenant_id = $1 AND product = $2) + \
                 (SELECT CAST(COALESCE(SUM(seats), 0) AS BIGINT) FROM addons \
                 WHERE tenant_id = $1 AND product = $2) AS used",
                values![tenant.as_str(), product.as_str()],
            )
            .await?;
        row.map_or(Ok(0), |row| Ok(row.int("used")?.unsigned_abs()))
    }

    /// Up to which seat `quantity` keeps the seats of `product`: those of one service are kept together or not at all.
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
        let last = self
            .row(
                "SELECT seat_revision, seat_row FROM (SELECT seat_revision, seat_row, \
                 SUM(seats) OVER (ORDER BY seat_revision, seat_row) AS so_far FROM \
                 (SELECT seat_revision, seat_row, 1 AS seats FROM services WHERE tenant_id = $1 AND product = $2 \
                 UNION ALL SELECT seat_revision, seat_row, seats FROM addons \
                 WHERE tenant_id = $1 AND product = $2) AS taken) AS counted \
                 WHERE so_far <= $3 ORDER BY seat_revision DESC, seat_row DESC LIMIT 1",
                values![tenant.as_str(), product.as_str(), i64::from(limit)],
            )
            .await?;
        last.map_or(Ok(Cutoff::None), |row| {
            Ok(Cutoff::Through(SeatPosition {
                revision: row.int("seat_revision")?,
                row: row.int("seat_row")?,
            }))
        })
    }
}

impl Change {
    /// Puts the seats that these services have of `product` before all others, in this order. That touches every
    /// document, because others are withheld for them.
    pub async fn put_seats_first(
        &mut self,
        product: &ProductId,
        services: &[ServiceId],
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let first = self
            .row(
                "SELECT seat_revision, seat_row FROM \
                 (SELECT seat_revision, seat_row FROM services WHERE tenant_id = $1 AND product = $2 \
                 UNION ALL SELECT seat_revision, seat_row FROM addons \
                 WHERE tenant_id = $1 AND product = $2) AS taken ORDER BY seat_revision, seat_row LIMIT 1",
                values![tenant.as_str(), product.as_str()],
            )
            .await?;
        let Some(first) = first else { return Ok(()) };
        let (revision, row) = (first.int("seat_revision")?, first.int("seat_row")?);
        // rows count down without end, so there is always room before the first
        for (service, row) in services.iter().rev().zip((i64::MIN..row).rev()) {
            let values = || values![revision, row, service.as_str(), tenant.as_str(), product.as_str()];
            for statement in [
                "UPDATE services SET seat_revision = $1, seat_row = $2 \
                 WHERE id = $3 AND tenant_id = $4 AND product = $5",
                "UPDATE addons SET seat_revision = $1, seat_row = $2 \
                 WHERE service_id = $3 AND tenant_id = $4 AND product = $5",
            ] {
                self.execute(statement, values()).await?;
            }
        }
        self.touch_all().await
    }
}
