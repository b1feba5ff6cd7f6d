//! Extensions: a service's row and the SIP credentials beside it.

use super::{
    Change, Session, StorageError,
    addon::distribute,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{
    Extension, ExtensionNumber, PlainText, ProductId, SeatPosition, Secret, ServiceId, ServiceKind, SipUser,
    TenantId,
};

const SIP_PASSWORD: &str = "SIP password";

/// What is needed to make an extension.
#[derive(Clone, Debug)]
pub struct NewExtension {
    /// Its id.
    pub id: ServiceId,
    /// The number that people dial.
    pub number: ExtensionNumber,
    /// Whose it is.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// The user part of its SIP address.
    pub sip_user: SipUser,
    /// Its SIP password.
    pub sip_password: Secret,
}

impl Session {
    /// The tenant's extensions, by number.
    pub async fn extensions(&mut self, tenant: &TenantId) -> Result<Vec<Extension>, StorageError> {
        let rows = self
            .rows(
                "SELECT s.id, s.tenant_id, s.number, s.name, s.product, s.seat_revision, s.seat_row, s.blocked, s.revision, \
                 e.sip_user, e.sip_password FROM services s JOIN extensions e ON e.service_id = s.id \
                 WHERE s.tenant_id = $1 ORDER BY s.number",
                values![tenant.as_str()],
            )
            .await?;
        let mut extensions: Vec<_> = rows.iter().map(|row| self.extension(row)).collect::<Result<_, _>>()?;
        distribute(&mut extensions, &self.addons(tenant).await?);
        Ok(extensions)
    }

    /// The tenant's extension with this number.
    pub async fn extension_by_number(
        &mut self,
        tenant: &TenantId,
        number: &ExtensionNumber,
    ) -> Result<Option<Extension>, StorageError> {
        let row = self
            .row(
                "SELECT s.id, s.tenant_id, s.number, s.name, s.product, s.seat_revision, s.seat_row, s.blocked, s.revision, \
                 e.sip_user, e.sip_password FROM services s JOIN extensions e ON e.service_id = s.id \
                 WHERE s.tenant_id = $1 AND s.number = $2",
                values![tenant.as_str(), number.as_str()],
            )
            .await?;
        let mut extension = row.as_ref().map(|row| self.extension(row)).transpose()?;
        if let Some(extension) = &mut extension {
            let addons = self.addons_of(&extension.id).await?;
            distribute([extension], &addons);
        }
        Ok(extension)
    }

    /// How many device lines carry the extension.
    pub async fn lines_of_extension(&mut self, id: &ServiceId) -> Result<u64, StorageError> {
        let row = self
            .row("SELECT COUNT(*) AS carried FROM device_lines WHERE service_id = $1", values![id.as_str()])
            .await?;
        row.map_or(Ok(0), |row| Ok(row.int("carried")?.unsigned_abs()))
    }

    /// The extension in a row, its add-ons not yet read.
    pub(super) fn extension(&self, row: &Row) -> Result<Extension, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        let place = Place { purpose: SIP_PASSWORD, tenant: &tenant, row: &id };
        Ok(Extension {
            number: row.parsed("number", ExtensionNumber::parse)?,
            name: PlainText::stored(row.text("name")?),
            product: row.parsed("product", ProductId::parse)?,
            seat: SeatPosition { revision: row.int("seat_revision")?, row: row.int("seat_row")? },
            addons: Box::default(),
            blocked: row.flag("blocked")?,
            sip_user: row.parsed("sip_user", SipUser::parse)?,
            sip_password: self.sealer.open(place, &row.text("sip_password")?)?,
            revision: row.int("revision")?,
            id: ServiceId::stored(&id),
        })
    }
}

impl Change {
    /// Makes an extension, which takes a seat of its product. The caller has counted the seats in this change.
    pub async fn add_extension(&mut self, new: &NewExtension) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let (revision, row) = (self.revision(), self.next_row());
        self.execute(
            "INSERT INTO services (id, tenant_id, kind, number, name, product, seat_revision, seat_row, blocked, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7)",
            values![
                new.id.as_str(),
                tenant.as_str(),
                ServiceKind::Extension.as_str(),
                new.number.as_str(),
                new.name.as_str(),
                new.product.as_str(),
                revision,
                row,
                false
            ],
        )
        .await?;
        let place = Place { purpose: SIP_PASSWORD, tenant: tenant.as_str(), row: new.id.as_str() };
        let sealed = self.sealer.seal(place, &new.sip_password);
        self.execute(
            "INSERT INTO extensions (service_id, tenant_id, sip_user, sip_password) VALUES ($1, $2, $3, $4)",
            values![new.id.as_str(), tenant.as_str(), new.sip_user.as_str(), sealed],
        )
        .await
        .map(drop)
    }

    /// Moves the extension's seat to another product, in this one statement: never two seats, never none.
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

    /// Blocks or unblocks an extension; its seat stays.
    pub async fn block_extension(&mut self, id: &ServiceId, blocked: bool) -> Result<(), StorageError> {
        let values = values![blocked, self.revision(), id.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE services SET blocked = $1, revision = $2 WHERE id = $3 AND tenant_id = $4",
            values,
        )
        .await?;
        self.touch_devices_of(id).await
    }

    /// Removes an extension: its seat and its lines are free.
    pub async fn remove_extension(&mut self, id: &ServiceId) -> Result<(), StorageError> {
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

    /// Says that this change touches the documents of the devices that carry the extension.
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
