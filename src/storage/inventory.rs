//! What an inventory says of devices.

use std::collections::HashMap;

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{Device, DeviceId, Inventory, Secret, TenantId};

pub(super) const ASCII_KEY: &str = "ASCII key";
pub(super) const QPC_KEY: &str = "Qpc key";

impl Session {
    /// What the inventory says of the tenant's devices; nothing of those that are not in it.
    pub async fn inventory(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<DeviceId, Inventory>, StorageError> {
        let rows = self
            .rows("SELECT * FROM device_inventory WHERE tenant_id = $1", values![tenant.as_str()])
            .await?;
        rows.iter()
            .map(|row| {
                let id = row.text("device_id")?;
                Ok((DeviceId::stored(&id), self.inventory_in(row, tenant.as_str(), &id)?))
            })
            .collect()
    }

    /// What the inventory says of one device; nothing where it is not in it.
    pub async fn inventory_of(&mut self, device: &Device) -> Result<Inventory, StorageError> {
        let (id, tenant) = (device.id.as_str(), device.tenant.as_str());
        let row = self
            .row(
                "SELECT * FROM device_inventory WHERE device_id = $1 AND tenant_id = $2",
                values![id, tenant],
            )
            .await?;
        row.map_or(Ok(Inventory::default()), |row| self.inventory_in(&row, tenant, id))
    }

    fn inventory_in(&self, row: &Row, tenant: &str, id: &str) -> Result<Inventory, StorageError> {
        Ok(Inventory {
            managed_by: row.text_or_none("managed_by")?,
            inventory_id: row.text_or_none("inventory_id")?,
            description: row.text_or_none("description")?,
            ascii_key: self.opened(row, "ascii_key", ASCII_KEY, tenant, id)?,
            qpc_key: self.opened(row, "qpc_key", QPC_KEY, tenant, id)?,
        })
    }

    fn opened(
        &self,
        row: &Row,
        column: &'static str,
        purpose: &'static str,
        tenant: &str,
        id: &str,
    ) -> Result<Option<Secret>, StorageError> {
        let sealed = row.text_or_none(column)?;
        sealed.map(|sealed| self.sealer.open(Place { purpose, tenant, row: id }, &sealed)).transpose()
    }
}

impl Change {
    /// Says what the inventory says of a device from now on. Its documents stay the same, its revision rises all the
    /// same: whoever changes the device must know that it was changed.
    pub async fn change_inventory(
        &mut self,
        device: &DeviceId,
        inventory: &Inventory,
    ) -> Result<(), StorageError> {
        self.set_inventory(device, inventory).await?;
        self.touch_device(device).await
    }

    /// Says what the inventory says of a device that is new.
    pub async fn set_inventory(
        &mut self,
        device: &DeviceId,
        inventory: &Inventory,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let seal = |purpose, secret: &Option<Secret>| {
            let place = Place { purpose, tenant: tenant.as_str(), row: device.as_str() };
            secret.as_ref().map(|secret| self.sealer.seal(place, secret))
        };
        let (ascii_key, qpc_key) = (seal(ASCII_KEY, &inventory.ascii_key), seal(QPC_KEY, &inventory.qpc_key));
        self.execute(
            "INSERT INTO device_inventory \
             (device_id, tenant_id, managed_by, inventory_id, description, ascii_key, qpc_key) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (device_id) DO UPDATE SET managed_by = excluded.managed_by, \
             inventory_id = excluded.inventory_id, description = excluded.description, \
             ascii_key = excluded.ascii_key, qpc_key = excluded.qpc_key",
            values![
                device.as_str(),
                tenant.as_str(),
                inventory.managed_by.as_deref(),
                inventory.inventory_id.as_deref(),
                inventory.description.as_deref(),
                ascii_key,
                qpc_key
            ],
        )
        .await
        .map(drop)
    }
}
