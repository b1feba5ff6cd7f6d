//! Add-ons: products that services have on top of their main one.

use std::collections::HashMap;

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
};
use crate::domain::{AddOn, DeviceId, Extension, ProductId, SeatPosition, ServiceId, TenantId};

/// Add-ons by the service that has them, each by product.
pub(super) type AddOns = HashMap<ServiceId, Vec<AddOn>>;

impl Session {
    /// The add-ons of the tenant's services.
    pub(super) async fn addons(&mut self, tenant: &TenantId) -> Result<AddOns, StorageError> {
        let rows = self
            .rows("SELECT * FROM addons WHERE tenant_id = $1 ORDER BY product", values![tenant.as_str()])
            .await?;
        by_service(&rows)
    }

    /// The add-ons of one service.
    pub(super) async fn addons_of(&mut self, service: &ServiceId) -> Result<AddOns, StorageError> {
        let rows = self
            .rows("SELECT * FROM addons WHERE service_id = $1 ORDER BY product", values![service.as_str()])
            .await?;
        by_service(&rows)
    }

    /// The add-ons of the services that lines of the device carry.
    pub(super) async fn addons_on(&mut self, device: &DeviceId) -> Result<AddOns, StorageError> {
        let rows = self
            .rows(
                "SELECT * FROM addons WHERE service_id IN \
                 (SELECT service_id FROM device_lines WHERE device_id = $1) ORDER BY product",
                values![device.as_str()],
            )
            .await?;
        by_service(&rows)
    }
}

impl Change {
    /// Gives a service an add-on with so many seats, in place of those that it may have had: they are as new as the last
    /// of them. The caller has counted the seats in this change.
    pub async fn add_addon(
        &mut self,
        service: &ServiceId,
        product: &ProductId,
        seats: u32,
    ) -> Result<(), StorageError> {
        let (revision, row) = (self.revision(), self.next_row());
        let tenant = self.tenant().clone();
        self.execute(
            "INSERT INTO addons (service_id, tenant_id, product, seats, seat_revision, seat_row) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (service_id, product) DO UPDATE SET \
             seats = excluded.seats, seat_revision = excluded.seat_revision, seat_row = excluded.seat_row",
            values![service.as_str(), tenant.as_str(), product.as_str(), i64::from(seats), revision, row],
        )
        .await?;
        self.touch_service(service).await
    }

    /// Leaves a service fewer seats of an add-on that it has; they keep their place.
    pub async fn lower_addon(
        &mut self,
        service: &ServiceId,
        product: &ProductId,
        seats: u32,
    ) -> Result<(), StorageError> {
        let values = values![i64::from(seats), service.as_str(), self.tenant().as_str(), product.as_str()];
        self.execute(
            "UPDATE addons SET seats = $1 WHERE service_id = $2 AND tenant_id = $3 AND product = $4",
            values,
        )
        .await?;
        self.touch_service(service).await
    }

    /// Takes an add-on from a service: its seats are free. Whether the service had it.
    pub async fn remove_addon(
        &mut self,
        service: &ServiceId,
        product: &ProductId,
    ) -> Result<bool, StorageError> {
        let values = values![service.as_str(), self.tenant().as_str(), product.as_str()];
        let removed = self
            .execute("DELETE FROM addons WHERE service_id = $1 AND tenant_id = $2 AND product = $3", values)
            .await?;
        self.touch_service(service).await?;
        Ok(removed > 0)
    }
}

/// Gives each extension its add-ons, of all that were read with them.
pub(super) fn distribute<'a>(extensions: impl IntoIterator<Item = &'a mut Extension>, all: &AddOns) {
    for extension in extensions {
        extension.addons = all.get(&extension.id).cloned().unwrap_or_default().into();
    }
}

fn by_service(rows: &[Row]) -> Result<AddOns, StorageError> {
    let mut all = AddOns::new();
    for row in rows {
        let (service, addon) = addon(row)?;
        all.entry(service).or_default().push(addon);
    }
    Ok(all)
}

fn addon(row: &Row) -> Result<(ServiceId, AddOn), StorageError> {
    let seats = row.int("seats")?;
    let addon = AddOn {
        product: row.parsed("product", ProductId::parse)?,
        seats: u32::try_from(seats)
            .map_err(|_| row.corrupt("seats", format!("{seats} is no number of seats")))?,
        seat: SeatPosition { revision: row.int("seat_revision")?, row: row.int("seat_row")? },
    };
    Ok((ServiceId::stored(&row.text("service_id")?), addon))
}
