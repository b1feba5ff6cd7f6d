//! Extensions: a service's row and the SIP credentials beside it, which trunks that register have too.

use std::collections::HashMap;

use super::{
    Change, Session, StorageError,
    addon::distribute,
    engine::{Row, values},
    seal::Place,
    service::NewService,
};
use crate::domain::{
    Extension, ExtensionNumber, PlainText, ProductId, SeatPosition, Secret, ServiceId, ServiceKind,
    ServiceName, SipUser, TenantId,
};

pub(super) const SIP_PASSWORD: &str = "SIP password";

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
                 e.sip_user, e.sip_password, p.pin FROM services s JOIN extensions e ON e.service_id = s.id \
                 LEFT JOIN extension_pins p ON p.service_id = s.id \
                 WHERE s.tenant_id = $1 AND s.kind = 'extension' ORDER BY s.number",
                values![tenant.as_str()],
            )
            .await?;
        let mut extensions: Vec<_> = rows.iter().map(|row| self.extension(row)).collect::<Result<_, _>>()?;
        distribute(&mut extensions, &self.addons(tenant).await?);
        Ok(extensions)
    }

    /// Some of the tenant's extensions by number: so many after that number.
    pub async fn extensions_after(
        &mut self,
        tenant: &TenantId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Extension>, StorageError> {
        let rows = self
            .rows(
                "SELECT s.id, s.tenant_id, s.number, s.name, s.product, s.seat_revision, s.seat_row, s.blocked, s.revision, \
                 e.sip_user, e.sip_password, p.pin FROM services s JOIN extensions e ON e.service_id = s.id \
                 LEFT JOIN extension_pins p ON p.service_id = s.id \
                 WHERE s.tenant_id = $1 AND s.kind = 'extension' AND s.number > $2 ORDER BY s.number LIMIT $3",
                values![tenant.as_str(), after, limit],
            )
            .await?;
        let mut extensions = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut extension = self.extension(row)?;
            let addons = self.addons_of(&extension.id).await?;
            distribute([&mut extension], &addons);
            extensions.push(extension);
        }
        Ok(extensions)
    }

    /// The number, name and product of each of the tenant's extensions, by number.
    pub async fn extension_names(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(ExtensionNumber, String, ProductId)>, StorageError> {
        let rows = self
            .rows(
                "SELECT number, name, product FROM services WHERE tenant_id = $1 AND kind = 'extension' ORDER BY number",
                values![tenant.as_str()],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let number = row.parsed("number", ExtensionNumber::parse)?;
                Ok((number, row.text("name")?, row.parsed("product", ProductId::parse)?))
            })
            .collect()
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
                 e.sip_user, e.sip_password, p.pin FROM services s JOIN extensions e ON e.service_id = s.id \
                 LEFT JOIN extension_pins p ON p.service_id = s.id \
                 WHERE s.tenant_id = $1 AND s.number = $2 AND s.kind = 'extension'",
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

    /// Who has this SIP user.
    pub async fn owner_of_sip_user(
        &mut self,
        tenant: &TenantId,
        user: &SipUser,
    ) -> Result<Option<ServiceName>, StorageError> {
        let row = self
            .row(
                "SELECT s.id, s.number, s.name FROM extensions e JOIN services s ON s.id = e.service_id \
                 WHERE e.tenant_id = $1 AND e.sip_user = $2",
                values![tenant.as_str(), user.as_str()],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.text_or_none("number")?.is_none() {
            return Ok(Some(ServiceName::Trunk(PlainText::stored(row.text("name")?))));
        }
        row.parsed("number", ExtensionNumber::parse).map(|number| Some(ServiceName::Number(number)))
    }

    /// The SIP users and passwords of the tenant's services that register.
    pub async fn credentials(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<ServiceId, (SipUser, Secret)>, StorageError> {
        let rows =
            self.rows("SELECT * FROM extensions WHERE tenant_id = $1", values![tenant.as_str()]).await?;
        rows.iter()
            .map(|row| {
                let id = row.text("service_id")?;
                let password = self.sip_password(row, tenant.as_str(), &id)?;
                Ok((ServiceId::stored(&id), (row.parsed("sip_user", SipUser::parse)?, password)))
            })
            .collect()
    }

    /// How many device lines carry the extension or SIP trunk.
    pub async fn lines_of_extension(&mut self, id: &ServiceId) -> Result<u64, StorageError> {
        let row = self
            .row("SELECT COUNT(*) AS carried FROM device_lines WHERE service_id = $1", values![id.as_str()])
            .await?;
        row.map_or(Ok(0), |row| Ok(row.int("carried")?.unsigned_abs()))
    }

    /// The password in a row of credentials.
    pub(super) fn sip_password(&self, row: &Row, tenant: &str, id: &str) -> Result<Secret, StorageError> {
        let place = Place { purpose: SIP_PASSWORD, tenant, row: id };
        self.sealer.open(place, &row.text("sip_password")?)
    }

    /// The extension in a row, its add-ons not yet read.
    pub(super) fn extension(&self, row: &Row) -> Result<Extension, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        Ok(Extension {
            number: row.parsed("number", ExtensionNumber::parse)?,
            name: PlainText::stored(row.text("name")?),
            product: row.parsed("product", ProductId::parse)?,
            seat: SeatPosition { revision: row.int("seat_revision")?, row: row.int("seat_row")? },
            addons: Box::default(),
            blocked: row.flag("blocked")?,
            sip_user: row.parsed("sip_user", SipUser::parse)?,
            sip_password: self.sip_password(row, &tenant, &id)?,
            pin: self.pin(row, &tenant, &id)?,
            revision: row.int("revision")?,
            id: ServiceId::stored(&id),
        })
    }
}

impl Change {
    /// Makes an extension, which takes a seat of its product. The caller has counted the seats in this change.
    pub async fn add_extension(&mut self, new: &NewExtension) -> Result<(), StorageError> {
        let service = NewService {
            id: new.id.clone(),
            kind: ServiceKind::Extension,
            number: Some(new.number.clone()),
            name: new.name.clone(),
            product: new.product.clone(),
        };
        self.add_service(&service).await?;
        self.add_credentials(&new.id, &new.sip_user, &new.sip_password).await
    }

    /// Gives a service that registers its credentials.
    pub(super) async fn add_credentials(
        &mut self,
        id: &ServiceId,
        user: &SipUser,
        password: &Secret,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        self.unearth(user).await?;
        let place = Place { purpose: SIP_PASSWORD, tenant: tenant.as_str(), row: id.as_str() };
        let sealed = self.sealer.seal(place, password);
        self.execute(
            "INSERT INTO extensions (service_id, tenant_id, sip_user, sip_password) VALUES ($1, $2, $3, $4)",
            values![id.as_str(), tenant.as_str(), user.as_str(), sealed],
        )
        .await
        .map(drop)
    }

    /// Gives a service that registers another password. Whether it is one.
    pub async fn set_sip_password(
        &mut self,
        id: &ServiceId,
        password: &Secret,
    ) -> Result<bool, StorageError> {
        let tenant = self.tenant().clone();
        let place = Place { purpose: SIP_PASSWORD, tenant: tenant.as_str(), row: id.as_str() };
        let sealed = self.sealer.seal(place, password);
        let changed = self
            .execute(
                "UPDATE extensions SET sip_password = $1 WHERE service_id = $2 AND tenant_id = $3",
                values![sealed, id.as_str(), tenant.as_str()],
            )
            .await?;
        self.touch_service(id).await?;
        Ok(changed > 0)
    }
}
