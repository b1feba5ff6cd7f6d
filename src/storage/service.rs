//! What extensions, auto-attendants and SIP trunks have in common: their row, which is their main product's seat.

use std::collections::BTreeSet;

use super::{
    Change, Session, StorageError,
    addon::AddOns,
    engine::{Row, values},
};
use crate::domain::{
    ExtensionNumber, PlainText, ProductId, SeatPosition, Service, ServiceId, ServiceKind, ServiceName,
    TenantId, Timestamp,
};

/// What is needed to make a service of any kind.
#[derive(Clone, Debug)]
pub struct NewService {
    /// Its id.
    pub id: ServiceId,
    /// What it is.
    pub kind: ServiceKind,
    /// The number that people dial; none for a trunk.
    pub number: Option<ExtensionNumber>,
    /// Whose or what it is.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
}

impl Session {
    /// The tenant's services of one kind, or all: by number, trunks last by name.
    pub async fn services(
        &mut self,
        tenant: &TenantId,
        kind: Option<&ServiceKind>,
    ) -> Result<Vec<Service>, StorageError> {
        let kind = kind.map(ServiceKind::as_str);
        let rows = self
            .rows(
                "SELECT * FROM services WHERE tenant_id = $1 AND ($2 IS NULL OR kind = $2) \
                 ORDER BY number IS NULL, number, name",
                values![tenant.as_str(), kind],
            )
            .await?;
        let addons = self.addons(tenant).await?;
        rows.iter().map(|row| service(row, &addons)).collect()
    }

    /// The tenant's service that is called so.
    pub async fn service(
        &mut self,
        tenant: &TenantId,
        name: &ServiceName,
    ) -> Result<Option<Service>, StorageError> {
        let row = match name {
            ServiceName::Number(number) => {
                self.row(
                    "SELECT * FROM services WHERE tenant_id = $1 AND number = $2",
                    values![tenant.as_str(), number.as_str()],
                )
                .await?
            }
            ServiceName::Trunk(name) => {
                self.row(
                    "SELECT * FROM services WHERE tenant_id = $1 AND name = $2 AND kind = 'trunk'",
                    values![tenant.as_str(), name.as_str()],
                )
                .await?
            }
        };
        let Some(row) = row else { return Ok(None) };
        let addons = self.addons_of(&ServiceId::stored(&row.text("id")?)).await?;
        service(&row, &addons).map(Some)
    }

    /// What the service with this id is called, and its kind.
    pub async fn service_called(
        &mut self,
        id: &ServiceId,
    ) -> Result<Option<(ServiceName, ServiceKind)>, StorageError> {
        let statement =
            "SELECT kind, number AS service_number, name AS service_name FROM services WHERE id = $1";
        let Some(row) = self.row(statement, values![id.as_str()]).await? else { return Ok(None) };
        called(&row).map(Some)
    }

    /// The tenant's services that the operator blocked.
    pub async fn operator_blocks(&mut self, tenant: &TenantId) -> Result<BTreeSet<ServiceId>, StorageError> {
        self.rows("SELECT service_id FROM operator_blocks WHERE tenant_id = $1", values![tenant.as_str()])
            .await?
            .iter()
            .map(|row| Ok(ServiceId::stored(&row.text("service_id")?)))
            .collect()
    }

    /// Whether the operator blocked the service.
    pub async fn is_blocked_by_operator(&mut self, id: &ServiceId) -> Result<bool, StorageError> {
        let row =
            self.row("SELECT 1 AS blocked FROM operator_blocks WHERE service_id = $1", values![id.as_str()]);
        Ok(row.await?.is_some())
    }
}

impl Change {
    /// Makes a service, which takes a seat of its product. The caller has counted the seats in this change.
    pub(super) async fn add_service(&mut self, new: &NewService) -> Result<(), StorageError> {
        let (revision, row) = (self.revision(), self.next_row());
        let values = values![
            new.id.as_str(),
            self.tenant().as_str(),
            new.kind.as_str(),
            new.number.as_ref().map(ExtensionNumber::as_str),
            new.name.as_str(),
            new.product.as_str(),
            revision,
            row,
            false
        ];
        self.execute(
            "INSERT INTO services (id, tenant_id, kind, number, name, product, seat_revision, seat_row, blocked, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7)",
            values,
        )
        .await
        .map(drop)
    }

    /// Moves the service's seat to another product, in this one statement: never two seats, never none.
    pub async fn change_product(&mut self, id: &ServiceId, product: &ProductId) -> Result<(), StorageError> {
        let (revision, row) = (self.revision(), self.next_row());
        let values = values![product.as_str(), revision, row, id.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE services SET product = $1, seat_revision = $2, seat_row = $3, revision = $2 \
             WHERE id = $4 AND tenant_id = $5",
            values,
        )
        .await?;
        self.touch_devices_of(id).await
    }

    /// Calls the service otherwise.
    pub async fn rename_service(&mut self, id: &ServiceId, name: &PlainText) -> Result<(), StorageError> {
        let values = values![name.as_str(), self.revision(), id.as_str(), self.tenant().as_str()];
        self.execute("UPDATE services SET name = $1, revision = $2 WHERE id = $3 AND tenant_id = $4", values)
            .await?;
        self.touch_devices_of(id).await
    }

    /// Blocks or unblocks a service; its seat stays. A block is the operator's or the administrator's.
    pub async fn block_service(
        &mut self,
        id: &ServiceId,
        blocked: bool,
        by_operator: bool,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let values = values![blocked, self.revision(), id.as_str(), tenant.as_str()];
        self.execute(
            "UPDATE services SET blocked = $1, revision = $2 WHERE id = $3 AND tenant_id = $4",
            values,
        )
        .await?;
        self.execute("DELETE FROM operator_blocks WHERE service_id = $1", values![id.as_str()]).await?;
        if blocked && by_operator {
            self.execute(
                "INSERT INTO operator_blocks (service_id, tenant_id) VALUES ($1, $2)",
                values![id.as_str(), tenant.as_str()],
            )
            .await?;
        }
        self.touch_devices_of(id).await
    }

    /// Removes a service: its seats, its lines and its public numbers are free.
    pub async fn remove_service(&mut self, id: &ServiceId, now: Timestamp) -> Result<(), StorageError> {
        self.bury(id, now).await?;
        self.touch_devices_of(id).await?;
        self.execute("DELETE FROM device_lines WHERE service_id = $1", values![id.as_str()]).await?;
        let values = values![id.as_str(), self.tenant().as_str()];
        self.execute("DELETE FROM services WHERE id = $1 AND tenant_id = $2", values).await.map(drop)
    }

    /// Says that this change is the service's last, and touches the documents of the devices that carry it.
    pub(super) async fn touch_service(&mut self, id: &ServiceId) -> Result<(), StorageError> {
        let values = values![self.revision(), id.as_str(), self.tenant().as_str()];
        self.execute("UPDATE services SET revision = $1 WHERE id = $2 AND tenant_id = $3", values).await?;
        self.touch_devices_of(id).await
    }

    /// Says that this change touches the documents of the devices that carry the service.
    async fn touch_devices_of(&mut self, id: &ServiceId) -> Result<(), StorageError> {
        let values = values![self.revision(), id.as_str()];
        self.execute(
            "UPDATE devices SET revision = $1 WHERE id IN (SELECT device_id FROM device_lines WHERE service_id = $2)",
            values,
        )
        .await
        .map(drop)
    }
}

/// The service in a row, with its add-ons.
/// What the service in a row is called, and its kind.
pub(super) fn called(row: &Row) -> Result<(ServiceName, ServiceKind), StorageError> {
    let name = match row.text_or_none("service_number")? {
        Some(_) => ServiceName::Number(row.parsed("service_number", ExtensionNumber::parse)?),
        None => ServiceName::Trunk(PlainText::stored(row.text("service_name")?)),
    };
    Ok((name, ServiceKind::from(row.text("kind")?)))
}

pub(super) fn service(row: &Row, addons: &AddOns) -> Result<Service, StorageError> {
    let id = ServiceId::stored(&row.text("id")?);
    let number = row.text_or_none("number")?;
    let number = number.map(|number| ExtensionNumber::parse(&number)).transpose();
    Ok(Service {
        kind: ServiceKind::from(row.text("kind")?),
        number: number.map_err(|why| row.corrupt("number", why.to_string()))?,
        name: PlainText::stored(row.text("name")?),
        product: row.parsed("product", ProductId::parse)?,
        seat: SeatPosition { revision: row.int("seat_revision")?, row: row.int("seat_row")? },
        addons: addons.get(&id).cloned().unwrap_or_default().into(),
        blocked: row.flag("blocked")?,
        revision: row.int("revision")?,
        id,
    })
}
