//! Devices with their lines and keys.

use super::{
    Change, Session, StorageError,
    addon::AddOns,
    engine::{Row, values},
    former_device::FormerDevice,
    seal::Place,
    service::service,
};
use crate::domain::{
    Device, DeviceHandle, DeviceId, Key, KeyKind, KeyPosition, LineNumber, Mac, PlainText, ProfileId,
    Registrant, Secret, ServiceId, SipUser, TenantId,
};

pub(super) const WEB_PASSWORD: &str = "web password";

/// What is needed to make a device.
#[derive(Clone, Debug)]
pub struct NewDevice {
    /// Its id.
    pub id: DeviceId,
    /// Its MAC.
    pub mac: Mac,
    /// What people call it.
    pub name: PlainText,
    /// Its model; none until it shows itself.
    pub model: Option<String>,
    /// Its random name inside its device scopes.
    pub handle: DeviceHandle,
    /// The password of its own web page.
    pub web_password: Secret,
}

/// A line of a device and what it carries.
#[derive(Clone, Debug)]
pub struct CarriedLine {
    /// The line.
    pub line: LineNumber,
    /// The extension or SIP trunk.
    pub registrant: Registrant,
}

impl Session {
    /// The device with this MAC, whoever's it is.
    pub async fn device_by_mac(&mut self, mac: Mac) -> Result<Option<Device>, StorageError> {
        let row = self.row("SELECT * FROM devices WHERE mac = $1", values![mac.to_string()]).await?;
        row.as_ref().map(|row| self.device(row)).transpose()
    }

    /// The device with this id.
    pub async fn device_by_id(&mut self, id: &DeviceId) -> Result<Option<Device>, StorageError> {
        let row = self.row("SELECT * FROM devices WHERE id = $1", values![id.as_str()]).await?;
        row.as_ref().map(|row| self.device(row)).transpose()
    }

    /// The MAC of the device with this handle.
    pub async fn mac_of_handle(&mut self, handle: &DeviceHandle) -> Result<Option<Mac>, StorageError> {
        let row = self
            .row(
                "SELECT id, mac FROM devices WHERE handle = $1 \
                 UNION ALL SELECT id, mac FROM former_devices WHERE handle = $1",
                values![handle.as_str()],
            )
            .await?;
        row.map(|row| row.parsed("mac", Mac::parse)).transpose()
    }

    /// The tenant's devices, by MAC.
    pub async fn devices(&mut self, tenant: &TenantId) -> Result<Vec<Device>, StorageError> {
        let rows = self
            .rows("SELECT * FROM devices WHERE tenant_id = $1 ORDER BY mac", values![tenant.as_str()])
            .await?;
        rows.iter().map(|row| self.device(row)).collect()
    }

    /// Some of the tenant's devices by MAC: so many after that MAC.
    pub async fn devices_after(
        &mut self,
        tenant: &TenantId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Device>, StorageError> {
        let statement = "SELECT * FROM devices WHERE tenant_id = $1 AND mac > $2 ORDER BY mac LIMIT $3";
        let rows = self.rows(statement, values![tenant.as_str(), after, limit]).await?;
        rows.iter().map(|row| self.device(row)).collect()
    }

    /// MAC and name of the tenant's devices, by MAC: at most so many.
    pub async fn device_names(
        &mut self,
        tenant: &TenantId,
        limit: i64,
    ) -> Result<Vec<(Mac, PlainText)>, StorageError> {
        let statement = "SELECT mac, name FROM devices WHERE tenant_id = $1 ORDER BY mac LIMIT $2";
        let rows = self.rows(statement, values![tenant.as_str(), limit]).await?;
        rows.iter()
            .map(|row| Ok((row.parsed("mac", Mac::parse)?, PlainText::stored(row.text("name")?))))
            .collect()
    }

    /// The MACs of the tenant's devices whose documents changed after `revision`, and of those that ceased to be its
    /// devices.
    pub async fn devices_changed_after(
        &mut self,
        tenant: &TenantId,
        revision: i64,
    ) -> Result<Vec<Mac>, StorageError> {
        self.rows(
            "SELECT mac FROM devices WHERE tenant_id = $1 AND revision > $2 \
             UNION ALL SELECT mac FROM former_devices WHERE tenant_id = $1 AND revision > $2",
            values![tenant.as_str(), revision],
        )
        .await?
        .iter()
        .map(|row| row.parsed("mac", Mac::parse))
        .collect()
    }

    /// The lines of a device that carry something, in order.
    pub async fn lines(&mut self, device: &DeviceId) -> Result<Vec<CarriedLine>, StorageError> {
        let rows = self
            .rows(
                "SELECT s.id, s.tenant_id, s.kind, s.number, s.name, s.product, s.seat_revision, s.seat_row, s.blocked, \
                 s.revision, e.sip_user, e.sip_password, p.pin, l.line FROM device_lines l \
                 JOIN services s ON s.id = l.service_id JOIN extensions e ON e.service_id = l.service_id \
                 LEFT JOIN extension_pins p ON p.service_id = l.service_id \
                 WHERE l.device_id = $1 ORDER BY l.line",
                values![device.as_str()],
            )
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let addons = self.addons_on(device).await?;
        rows.iter()
            .map(|row| {
                Ok(CarriedLine { line: line_number(row)?, registrant: self.registrant(row, &addons)? })
            })
            .collect()
    }

    /// The device lines that carry a service: MAC and line.
    pub async fn carriers_of(&mut self, service: &ServiceId) -> Result<Vec<(Mac, LineNumber)>, StorageError> {
        self.rows(
            "SELECT d.mac, l.line FROM device_lines l JOIN devices d ON d.id = l.device_id \
             WHERE l.service_id = $1 ORDER BY d.mac, l.line",
            values![service.as_str()],
        )
        .await?
        .iter()
        .map(|row| Ok((row.parsed("mac", Mac::parse)?, line_number(row)?)))
        .collect()
    }

    /// Every device line of the tenant that carries something: what, the device's MAC and line.
    pub async fn carriers(
        &mut self,
        tenant: &TenantId,
    ) -> Result<Vec<(ServiceId, Mac, LineNumber)>, StorageError> {
        self.rows(
            "SELECT l.service_id, d.mac, l.line FROM device_lines l JOIN devices d ON d.id = l.device_id \
             WHERE d.tenant_id = $1 ORDER BY d.mac, l.line",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| {
            let service = ServiceId::stored(&row.text("service_id")?);
            Ok((service, row.parsed("mac", Mac::parse)?, line_number(row)?))
        })
        .collect()
    }

    /// The MACs of the tenant's devices whose model somebody chose, with it.
    pub async fn chosen_models(&mut self, tenant: &TenantId) -> Result<Vec<(Mac, String)>, StorageError> {
        self.rows(
            "SELECT mac, model FROM devices WHERE tenant_id = $1 AND model IS NOT NULL",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(|row| Ok((row.parsed("mac", Mac::parse)?, row.text("model")?)))
        .collect()
    }

    /// The programmed keys of a device, in order.
    pub async fn keys(&mut self, device: &DeviceId) -> Result<Vec<Key>, StorageError> {
        self.rows(
            "SELECT * FROM device_keys WHERE device_id = $1 ORDER BY position",
            values![device.as_str()],
        )
        .await?
        .iter()
        .map(key)
        .collect()
    }

    fn registrant(&self, row: &Row, addons: &AddOns) -> Result<Registrant, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        Ok(Registrant {
            sip_user: row.parsed("sip_user", SipUser::parse)?,
            sip_password: self.sip_password(row, &tenant, &id)?,
            pin: self.pin(row, &tenant, &id)?,
            service: service(row, addons)?,
        })
    }

    fn device(&self, row: &Row) -> Result<Device, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        let place = Place { purpose: WEB_PASSWORD, tenant: &tenant, row: &id };
        Ok(Device {
            mac: row.parsed("mac", Mac::parse)?,
            name: PlainText::stored(row.text("name")?),
            model: row.text_or_none("model")?,
            profile: row.text_or_none("profile_id")?.as_deref().map(ProfileId::stored),
            blocked: row.flag("blocked")?,
            epoch: row.int("epoch")?,
            handle: DeviceHandle::stored(row.text("handle")?),
            web_password: self.sealer.open(place, &row.text("web_password")?)?,
            revision: row.int("revision")?,
            id: DeviceId::stored(&id),
            tenant: TenantId::stored(&tenant),
        })
    }
}

impl Change {
    /// Makes a device without lines.
    pub async fn add_device(&mut self, new: &NewDevice) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let place = Place { purpose: WEB_PASSWORD, tenant: tenant.as_str(), row: new.id.as_str() };
        // the phone still asks with the URL that it was given before it was removed
        let former = self.former_device_by_mac(new.mac).await?;
        let (handle, epoch) = match former.filter(|former| former.device.tenant == tenant) {
            Some(FormerDevice { device, .. }) => (device.handle, device.epoch),
            None => (new.handle.clone(), 1),
        };
        let sealed = self.sealer.seal(place, &new.web_password);
        let values = values![
            new.id.as_str(),
            tenant.as_str(),
            new.mac.to_string(),
            new.name.as_str(),
            new.model.as_deref(),
            false,
            epoch,
            handle.as_str(),
            self.sealer.device_scope_id(),
            sealed,
            self.revision()
        ];
        self.execute(
            "INSERT INTO devices \
             (id, tenant_id, mac, name, model, blocked, epoch, handle, scope_key, web_password, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            values,
        )
        .await?;
        self.end_former(new.mac).await
    }

    /// Lets `line` of a device carry an extension, or a SIP trunk that registers. The device was assigned something, so its epoch rises.
    pub async fn assign_line(
        &mut self,
        device: &DeviceId,
        line: LineNumber,
        registrant: &ServiceId,
    ) -> Result<(), StorageError> {
        self.execute(
            "INSERT INTO device_lines (device_id, line, service_id) VALUES ($1, $2, $3)",
            values![device.as_str(), i64::from(line.get()), registrant.as_str()],
        )
        .await?;
        let values = values![self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE devices SET revision = $1, epoch = epoch + 1 WHERE id = $2 AND tenant_id = $3",
            values,
        )
        .await
        .map(drop)
    }

    /// Frees `line` of a device; whether it carried something.
    pub async fn release_line(&mut self, device: &DeviceId, line: LineNumber) -> Result<bool, StorageError> {
        let released = self
            .execute(
                "DELETE FROM device_lines WHERE device_id = $1 AND line = $2",
                values![device.as_str(), i64::from(line.get())],
            )
            .await?;
        self.touch_device(device).await?;
        Ok(released > 0)
    }

    /// Sets the device's model.
    pub async fn set_model(&mut self, device: &DeviceId, model: Option<&str>) -> Result<(), StorageError> {
        let values = values![model, self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute("UPDATE devices SET model = $1, revision = $2 WHERE id = $3 AND tenant_id = $4", values)
            .await
            .map(drop)
    }

    /// Sets or ends the profile that the device follows.
    pub async fn set_profile(
        &mut self,
        device: &DeviceId,
        profile: Option<&ProfileId>,
    ) -> Result<(), StorageError> {
        let profile = profile.map(ProfileId::as_str);
        let values = values![profile, self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE devices SET profile_id = $1, revision = $2 WHERE id = $3 AND tenant_id = $4",
            values,
        )
        .await
        .map(drop)
    }

    /// Blocks or unblocks a device.
    pub async fn block_device(&mut self, device: &DeviceId, blocked: bool) -> Result<(), StorageError> {
        let values = values![blocked, self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute(
            "UPDATE devices SET blocked = $1, revision = $2 WHERE id = $3 AND tenant_id = $4",
            values,
        )
        .await
        .map(drop)
    }

    /// Programs a key of a device, in place of what was there.
    pub async fn set_key(&mut self, device: &DeviceId, key: &Key) -> Result<(), StorageError> {
        self.execute(
            "INSERT INTO device_keys (device_id, position, kind, line, value, label) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (device_id, position) DO UPDATE SET kind = excluded.kind, line = excluded.line, \
             value = excluded.value, label = excluded.label",
            values![
                device.as_str(),
                i64::from(key.position),
                key.kind.as_str(),
                i64::from(key.line.get()),
                key.value.as_deref(),
                key.label.as_ref().map(PlainText::as_str)
            ],
        )
        .await?;
        self.touch_device(device).await
    }

    /// Clears a key of a device; whether it was programmed.
    pub async fn unset_key(
        &mut self,
        device: &DeviceId,
        position: KeyPosition,
    ) -> Result<bool, StorageError> {
        let cleared = self
            .execute(
                "DELETE FROM device_keys WHERE device_id = $1 AND position = $2",
                values![device.as_str(), i64::from(position)],
            )
            .await?;
        self.touch_device(device).await?;
        Ok(cleared > 0)
    }

    /// Says that this change touches the documents of the device.
    pub(super) async fn touch_device(&mut self, device: &DeviceId) -> Result<(), StorageError> {
        let values = values![self.revision(), device.as_str(), self.tenant().as_str()];
        self.execute("UPDATE devices SET revision = $1 WHERE id = $2 AND tenant_id = $3", values)
            .await
            .map(drop)
    }
}

/// A programmed key, of a device or of a profile.
pub(super) fn key(row: &Row) -> Result<Key, StorageError> {
    Key::new(
        position(row)?,
        row.parsed("kind", str::parse::<KeyKind>)?,
        line_number(row)?,
        row.text_or_none("value")?,
        row.text_or_none("label")?.map(PlainText::stored),
    )
    .map_err(|why| row.corrupt("kind", why.to_string()))
}

pub(super) fn line_number(row: &Row) -> Result<LineNumber, StorageError> {
    let number = row.int("line")?;
    u16::try_from(number)
        .ok()
        .and_then(|number| LineNumber::new(number).ok())
        .ok_or_else(|| row.corrupt("line", format!("{number} is no line")))
}

fn position(row: &Row) -> Result<KeyPosition, StorageError> {
    let position = row.int("position")?;
    KeyPosition::try_from(position).map_err(|_| row.corrupt("position", format!("{position} is no key")))
}
