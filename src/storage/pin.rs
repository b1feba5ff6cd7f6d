//! PINs of extensions: sealed beside their credentials, only where there is one.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{Pin, ServiceId};

pub(super) const PIN: &str = "PIN";

impl Session {
    /// The PIN in a row that may have one.
    pub(super) fn pin(&self, row: &Row, tenant: &str, id: &str) -> Result<Option<Pin>, StorageError> {
        let Some(sealed) = row.text_or_none("pin")? else { return Ok(None) };
        let digits = self.sealer.open(Place { purpose: PIN, tenant, row: id }, &sealed)?;
        Pin::parse(digits.expose()).map(Some).map_err(|why| row.corrupt("pin", why.to_string()))
    }
}

impl Change {
    /// Gives an extension a PIN in place of what it had.
    pub async fn set_pin(&mut self, id: &ServiceId, pin: &Pin) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let place = Place { purpose: PIN, tenant: tenant.as_str(), row: id.as_str() };
        let sealed = self.sealer.seal(place, pin.secret());
        self.execute(
            "INSERT INTO extension_pins (service_id, tenant_id, pin) VALUES ($1, $2, $3) \
             ON CONFLICT (service_id) DO UPDATE SET pin = excluded.pin",
            values![id.as_str(), tenant.as_str(), sealed],
        )
        .await?;
        self.touch_service(id).await
    }

    /// Takes an extension's PIN away; whether it had one.
    pub async fn clear_pin(&mut self, id: &ServiceId) -> Result<bool, StorageError> {
        let values = values![id.as_str(), self.tenant().as_str()];
        let cleared = self
            .execute("DELETE FROM extension_pins WHERE service_id = $1 AND tenant_id = $2", values)
            .await?;
        self.touch_service(id).await?;
        Ok(cleared > 0)
    }
}
