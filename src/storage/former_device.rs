//! Former devices: phones that were removed or replaced, kept for a while so that their documents can blank them.

use super::{
    Change, Session, StorageError,
    device::WEB_PASSWORD,
    engine::{Row, values},
    seal::Place,
};
use crate::domain::{Device, DeviceHandle, DeviceId, Mac, PlainText, Secret, TenantId, Timestamp};

/// How long a former device is kept: a phone that was away on holiday, or in a drawer, is blanked all the same.
const KEPT_DAYS: i64 = 90;

/// A phone that is no device any more.
#[derive(Clone, Debug)]
pub struct FormerDevice {
    /// What its documents are made for: it carries nothing. Its id is its own, so that whatever is noted of it came after.
    pub device: Device,
    /// The device whose phone it was.
    pub was: DeviceId,
    /// The phone in its place; none when the device was removed.
    pub replaced_by: Option<Mac>,
    /// When it ceased to be a device.
    pub removed_at: Timestamp,
}

impl FormerDevice {
    /// From when on it is forgotten.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.removed_at.plus_days(KEPT_DAYS)
    }
}

/// What becomes of a phone that ceases to be a device.
#[derive(Clone, Debug)]
pub struct Farewell {
    /// The id that it gets.
    pub id: DeviceId,
    /// When.
    pub at: Timestamp,
}

/// The phone in the place of another.
#[derive(Clone, Debug)]
pub struct Successor {
    /// Its MAC.
    pub mac: Mac,
    /// Its random name inside its device scopes: those of the other phone do not become its.
    pub handle: DeviceHandle,
    /// The password of its own web page, which the other phone does not know.
    pub web_password: Secret,
}

impl Session {
    /// The former device with this MAC, whoever's it was; also one that is about to be forgotten.
    pub async fn former_device_by_mac(&mut self, mac: Mac) -> Result<Option<FormerDevice>, StorageError> {
        let row = self.row("SELECT * FROM former_devices WHERE mac = $1", values![mac.to_string()]).await?;
        row.as_ref().map(|row| self.former(row)).transpose()
    }

    /// The tenant's former devices at `now`, by MAC.
    pub async fn former_devices(
        &mut self,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<Vec<FormerDevice>, StorageError> {
        let rows = self
            .rows(
                "SELECT * FROM former_devices WHERE tenant_id = $1 AND removed_at > $2 ORDER BY mac",
                values![tenant.as_str(), now.plus_days(-KEPT_DAYS).millis()],
            )
            .await?;
        rows.iter().map(|row| self.former(row)).collect()
    }

    /// Forgets what was kept long enough, of all tenants. Not part of changes: those to different tenants would wait for
    /// each other's rows.
    pub(super) async fn forget_former(&mut self, now: Timestamp) -> Result<(), StorageError> {
        let oldest = now.plus_days(-KEPT_DAYS).millis();
        self.execute("DELETE FROM former_devices WHERE removed_at <= $1", values![oldest]).await?;
        self.execute("DELETE FROM released_lines WHERE released_at <= $1", values![oldest]).await.map(drop)
    }

    fn former(&self, row: &Row) -> Result<FormerDevice, StorageError> {
        let (id, tenant) = (row.text("id")?, row.text("tenant_id")?);
        let place = Place { purpose: WEB_PASSWORD, tenant: &tenant, row: &id };
        let replaced_by = row.text_or_none("replaced_by")?;
        let replaced_by = replaced_by.map(|mac| Mac::parse(&mac)).transpose();
        Ok(FormerDevice {
            device: Device {
                mac: row.parsed("mac", Mac::parse)?,
                name: PlainText::stored(row.text("name")?),
                model: row.text_or_none("model")?,
                profile: None,
                blocked: false,
                epoch: row.int("epoch")?,
                handle: DeviceHandle::stored(row.text("handle")?),
                web_password: self.sealer.open(place, &row.text("web_password")?)?,
                revision: row.int("revision")?,
                id: DeviceId::stored(&id),
                tenant: TenantId::stored(&tenant),
            },
            was: DeviceId::stored(&row.text("was")?),
            replaced_by: replaced_by.map_err(|why| row.corrupt("replaced_by", why.to_string()))?,
            removed_at: Timestamp::from_millis(row.int("removed_at")?),
        })
    }
}

impl Change {
    /// Removes a device with its lines, keys and settings. Its phone becomes a former device.
    pub async fn remove_device(&mut self, device: &Device, farewell: &Farewell) -> Result<(), StorageError> {
        self.keep_former(device, None, farewell).await?;
        let tenant = self.tenant().clone();
        self.execute(
            "DELETE FROM settings WHERE tenant_id = $1 AND layer = 'device' AND owner = $2",
            values![tenant.as_str(), device.id.as_str()],
        )
        .await?;
        self.execute(
            "DELETE FROM devices WHERE id = $1 AND tenant_id = $2",
            values![device.id.as_str(), tenant.as_str()],
        )
        .await
        .map(drop)
    }

    /// Puts another phone in the place of the device's, everything else kept. The phone that was there becomes a former
    /// device.
    pub async fn replace_mac(
        &mut self,
        device: &Device,
        successor: &Successor,
        farewell: &Farewell,
    ) -> Result<(), StorageError> {
        self.keep_former(device, Some(successor.mac), farewell).await?;
        let tenant = self.tenant().clone();
        let place = Place { purpose: WEB_PASSWORD, tenant: tenant.as_str(), row: device.id.as_str() };
        let sealed = self.sealer.seal(place, &successor.web_password);
        let values = values![
            successor.mac.to_string(),
            successor.handle.as_str(),
            self.sealer.device_scope_id(),
            sealed,
            self.revision(),
            device.id.as_str(),
            tenant.as_str()
        ];
        self.execute(
            "UPDATE devices SET mac = $1, handle = $2, scope_key = $3, web_password = $4, revision = $5, \
             epoch = epoch + 1 WHERE id = $6 AND tenant_id = $7",
            values,
        )
        .await?;
        self.end_former(successor.mac).await
    }

    /// Keeps the phone of a device that is about to be removed or replaced. The key of its scopes is taken from the
    /// device's row, which must still be there.
    async fn keep_former(
        &mut self,
        device: &Device,
        replaced_by: Option<Mac>,
        farewell: &Farewell,
    ) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        let place = Place { purpose: WEB_PASSWORD, tenant: tenant.as_str(), row: farewell.id.as_str() };
        let sealed = self.sealer.seal(place, &device.web_password);
        let replaced_by = replaced_by.map(|mac| mac.to_string());
        let values = values![
            farewell.id.as_str(),
            sealed,
            replaced_by,
            self.revision(),
            farewell.at.millis(),
            device.id.as_str(),
            tenant.as_str()
        ];
        self.execute(
            "INSERT INTO former_devices (mac, tenant_id, id, was, name, model, handle, epoch, scope_key, \
             web_password, replaced_by, revision, removed_at) SELECT mac, tenant_id, $1, id, name, model, handle, \
             epoch, scope_key, $2, $3, $4, $5 FROM devices WHERE id = $6 AND tenant_id = $7",
            values,
        )
        .await
        .map(drop)
    }

    /// Says that the phone with this MAC is a device again, whoever's. Asked once it is one: whoever else wants the MAC
    /// waits for that, so nothing can be kept of it in between.
    pub(super) async fn end_former(&mut self, mac: Mac) -> Result<(), StorageError> {
        self.execute("DELETE FROM former_devices WHERE mac = $1", values![mac.to_string()]).await.map(drop)
    }
}
