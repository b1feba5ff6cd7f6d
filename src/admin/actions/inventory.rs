//! What an inventory says of a device: who looks after it, its number there, a description, its maker's keys.

use serde_json::{Map, Value};

use super::{AccessError, Actions};
use crate::domain::{Component, Inventory, InventoryEdit, Level, Mac, Secret};

impl Actions {
    /// Changes what the inventory says of a device; its maker's keys need the right to change credentials. Whether that
    /// changed anything.
    pub async fn edit_inventory(&self, mac: Mac, edit: InventoryEdit) -> Result<bool, AccessError> {
        let touches_keys = edit.touches_keys();
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if touches_keys {
            self.may(Component::Credentials, Level::Change)?;
        }
        let before = change.inventory_of(&device).await?;
        let after = edit.of(before.clone());
        if after == before {
            return Ok(false);
        }
        change.change_inventory(&device.id, &after).await?;
        let said = differences(&before, &after);
        self.note_change(&mut change, "device.inventory-changed", mac.to_string(), said).await?;
        change.commit().await?;
        Ok(true)
    }

    /// What the inventory says of a device, with its maker's keys: that takes a right of its own, and the audit keeps it.
    pub async fn reveal_inventory(&self, mac: Mac) -> Result<Inventory, AccessError> {
        let (mut session, device) = self.open_device(mac, Component::Devices).await?;
        self.may(Component::Credentials, Level::View)?;
        let inventory = session.inventory_of(&device).await?;
        drop(session);
        let entry = self.entry(Some(device.tenant), "password.shown", format!("keys of device {mac}"));
        self.store.audit(&entry).await?;
        Ok(inventory)
    }
}

/// What differs, as it was and as it is then; of a secret only whether there is one.
fn differences(before: &Inventory, after: &Inventory) -> (Value, Value) {
    let (mut was, mut is) = (Map::new(), Map::new());
    for (name, before, after) in [
        ("managed_by", &before.managed_by, &after.managed_by),
        ("inventory_id", &before.inventory_id, &after.inventory_id),
        ("description", &before.description, &after.description),
    ] {
        if before != after {
            was.insert(name.to_owned(), before.clone().into());
            is.insert(name.to_owned(), after.clone().into());
        }
    }
    let told = |secret: &Option<Secret>, word: &str| secret.as_ref().map(|_| word.to_owned());
    for (name, before, after) in
        [("ascii_key", &before.ascii_key, &after.ascii_key), ("qpc_key", &before.qpc_key, &after.qpc_key)]
    {
        if before != after {
            was.insert(name.to_owned(), told(before, "one").into());
            is.insert(name.to_owned(), told(after, if before.is_some() { "another" } else { "one" }).into());
        }
    }
    (was.into(), is.into())
}
