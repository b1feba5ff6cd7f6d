//! What a node knows of a tenant and of a device, each read in one snapshot.

use std::collections::BTreeMap;

use crate::{
    domain::{
        Admission, Cutoff, Device, DeviceId, Extension, Key, Layer, Mac, ProductId, ServiceKind, Setting,
        SettingName, Settings, Timestamp, Withheld,
        license::{License, LicenseError, PublicKeys, Standing, governing, verify},
    },
    storage::{CarriedLine, Session, SettingOwner, StorageError, StoredSetting, Tenant, TenantScope},
};

/// What a node knows of one tenant.
#[derive(Debug)]
pub(super) struct TenantView {
    pub(super) tenant: Tenant,
    pub(super) scopes: Vec<TenantScope>,
    licenses: Result<Vec<LicenseView>, LicenseError>,
    shared_settings: Vec<StoredSetting>,
}

/// A verified license, and up to which seat it keeps the seats of each product that is used.
#[derive(Debug)]
struct LicenseView {
    license: License,
    cutoffs: BTreeMap<ProductId, Cutoff>,
}

/// What a node knows of one device.
#[derive(Debug)]
pub(super) struct DeviceView {
    pub(super) device: Device,
    /// Boxed like keys and settings: a hundred thousand views are kept, and a vector keeps room for more.
    pub(super) lines: Box<[CarriedLine]>,
    pub(super) keys: Box<[Key]>,
    settings: Box<[StoredSetting]>,
    /// The tenant's facts revision in the snapshot: of another one, the view must be read again.
    pub(super) facts_revision: i64,
    /// The tenant's revision in the snapshot.
    pub(super) tenant_revision: i64,
}

impl TenantView {
    pub(super) async fn read(
        session: &mut Session,
        tenant: Tenant,
        keys: &PublicKeys,
    ) -> Result<Self, StorageError> {
        let scopes = session.scopes(&tenant.id).await?;
        let shared_settings = session.shared_settings(&tenant.id).await?;
        let used = session.seats(&tenant.id).await?;
        let mut licenses = Ok(Vec::new());
        for installed in session.licenses(&tenant.id).await? {
            let license = match verify(&installed.jws, keys) {
                Ok(license) => license,
                Err(why) => {
                    licenses = Err(why);
                    break;
                }
            };
            let mut cutoffs = BTreeMap::new();
            for count in &used {
                if let Some(product) = license.product(&count.product) {
                    let cutoff = session.cutoff(&tenant.id, &count.product, product.quantity).await?;
                    cutoffs.insert(count.product.clone(), cutoff);
                }
            }
            if let Ok(known) = &mut licenses {
                known.push(LicenseView { license, cutoffs });
            }
        }
        Ok(Self { tenant, scopes, licenses, shared_settings })
    }

    /// Whether the tenant's licenses can be verified at all.
    pub(super) fn certainty(&self) -> Result<(), LicenseError> {
        self.licenses.as_ref().map(drop).map_err(Clone::clone)
    }

    /// Whether a line that carries `extension` is admitted at `now`. Only asked once [`Self::certainty`] holds.
    pub(super) fn admit(&self, extension: &Extension, now: Timestamp) -> Admission {
        if extension.blocked {
            return Admission::Withheld(Withheld::Blocked);
        }
        match self.seat_stands(extension, now) {
            Ok(()) => Admission::Admitted,
            Err(why) => Admission::Withheld(why),
        }
    }

    fn seat_stands(&self, extension: &Extension, now: Timestamp) -> Result<(), Withheld> {
        let licenses = self.licenses.as_deref().unwrap_or_default();
        let governing =
            governing(licenses.iter().map(|view| &view.license), now).ok_or(Withheld::NoLicense)?;
        match governing.standing(now) {
            Standing::NotYet { .. } => return Err(Withheld::NotYetValid),
            Standing::Expired { .. } => return Err(Withheld::Expired),
            Standing::Valid { .. } | Standing::Grace { .. } => {}
        }
        let fits = |product: &crate::domain::Product| product.is_main_for(&ServiceKind::Extension);
        if !governing.product(&extension.product).is_some_and(fits) {
            return Err(Withheld::ProductMissing);
        }
        let view = licenses.iter().find(|view| std::ptr::eq(&raw const view.license, governing));
        let cutoff = view.and_then(|view| view.cutoffs.get(&extension.product)).copied();
        // a product without a cutoff had no used seat in this snapshot: the seat is newer than it, and is judged then
        if cutoff.is_some_and(|cutoff| cutoff.keeps(extension.seat)) {
            Ok(())
        } else {
            Err(Withheld::SeatsExceeded)
        }
    }

    /// The scope that phones are given: the one that never expires.
    pub(super) fn current_scope(&self) -> Option<&TenantScope> {
        self.scopes.iter().find(|scope| scope.expires_at.is_none())
    }

    /// The settings that hold for `device`, of which `model` is the full name.
    pub(super) fn settings(&self, device: &DeviceView, model: &str) -> Settings {
        let holds = |setting: &&StoredSetting| match &setting.owner {
            SettingOwner::Tenant => true,
            SettingOwner::Model(name) => name == model,
            SettingOwner::Profile(id) => device.device.profile.as_ref() == Some(id),
            SettingOwner::Device(id) => *id == device.device.id,
        };
        let layered = |setting: &StoredSetting| -> (SettingName, Setting) {
            let layer: Layer = setting.owner.layer();
            (setting.name, Setting { value: setting.value.clone(), layer })
        };
        Settings::merge(self.shared_settings.iter().chain(&device.settings).filter(holds).map(layered))
    }
}

impl DeviceView {
    /// Reads the device with this MAC, and its tenant as of the same snapshot.
    pub(super) async fn read(
        session: &mut Session,
        mac: Mac,
    ) -> Result<Option<(Self, Tenant)>, StorageError> {
        let Some(device) = session.device_by_mac(mac).await? else { return Ok(None) };
        let Some(tenant) = session.tenant(&device.tenant).await? else { return Ok(None) };
        let id: DeviceId = device.id.clone();
        let view = Self {
            lines: session.lines(&id).await?.into(),
            keys: session.keys(&id).await?.into(),
            settings: session.device_settings(&tenant.id, &id).await?.into(),
            facts_revision: tenant.facts_revision,
            tenant_revision: tenant.revision,
            device,
        };
        Ok(Some((view, tenant)))
    }
}
