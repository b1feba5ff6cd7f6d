//! What a node knows of a tenant and of a device, each read in one snapshot.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        AddOn, Admission, Cutoff, Device, DeviceId, Grants, HeldKey, Key, Layer, Mac, ProductId, ProductKind,
        ProfileId, SeatPosition, Service, ServiceKind, Setting, SettingName, Settings, Timestamp, Withheld,
        license::{License, LicenseError, PublicKeys, governing, read_unverified, verify, withheld},
    },
    storage::{
        CarriedLine, Session, SettingOwner, StorageError, StoredSetting, Tenant, TenantPassword, TenantScope,
    },
};

/// What a node knows of one tenant.
#[derive(Debug)]
pub(super) struct TenantView {
    pub(super) tenant: Tenant,
    pub(super) scopes: Vec<TenantScope>,
    passwords: Vec<TenantPassword>,
    licenses: Result<Vec<LicenseView>, LicenseError>,
    shared_settings: Vec<StoredSetting>,
    profile_keys: HashMap<ProfileId, Vec<Key>>,
}

/// An installed license, whether it could be verified, and up to which seat it keeps the seats of each used product.
#[derive(Debug)]
struct LicenseView {
    license: License,
    verified: Result<(), LicenseError>,
    cutoffs: BTreeMap<ProductId, Cutoff>,
}

/// What a node knows of one device.
#[derive(Debug)]
pub(super) struct DeviceView {
    pub(super) device: Device,
    /// Boxed like keys and settings: a hundred thousand views are kept, and a vector keeps room for more.
    pub(super) lines: Box<[CarriedLine]>,
    /// Its own; see [`TenantView::keys`].
    keys: Box<[Key]>,
    settings: Box<[StoredSetting]>,
    /// The tenant's facts revision in the snapshot: of another one, the view must be read again.
    pub(super) facts_revision: i64,
    /// The tenant's revision in the snapshot.
    pub(super) tenant_revision: i64,
    /// Of a phone that is no device any more: from when on it is forgotten.
    former_until: Option<Timestamp>,
}

impl TenantView {
    pub(super) async fn read(
        session: &mut Session,
        tenant: Tenant,
        keys: &PublicKeys,
    ) -> Result<Self, StorageError> {
        let scopes = session.scopes(&tenant.id).await?;
        let passwords = session.tenant_passwords(&tenant.id).await?;
        let shared_settings = session.shared_settings(&tenant.id).await?;
        let profile_keys = session.profile_keys(&tenant.id).await?;
        let used = session.seats(&tenant.id).await?;
        let mut licenses = Vec::new();
        let mut unreadable = None;
        for installed in session.licenses(&tenant.id).await? {
            let license = match read_unverified(&installed.jws) {
                Ok((_, license)) => license,
                Err(why) => {
                    unreadable = Some(why);
                    continue;
                }
            };
            let mut cutoffs = BTreeMap::new();
            for count in &used {
                if let Some(product) = license.product(&count.product) {
                    let cutoff = session.cutoff(&tenant.id, &count.product, product.quantity).await?;
                    cutoffs.insert(count.product.clone(), cutoff);
                }
            }
            let verified = verify(&installed.jws, keys).map(drop);
            licenses.push(LicenseView { license, verified, cutoffs });
        }
        let licenses = unreadable.map_or(Ok(licenses), Err);
        Ok(Self { tenant, scopes, passwords, licenses, shared_settings, profile_keys })
    }

    /// Whether it can be known what the tenant's license says at `now`. Only the one that governs then must be
    /// verified: one that waits, or is past, decides nothing.
    pub(super) fn certainty(&self, now: Timestamp) -> Result<(), LicenseError> {
        let licenses = self.licenses.as_ref().map_err(Clone::clone)?;
        governing_view(licenses, now).map_or(Ok(()), |view| view.verified.clone())
    }

    /// Whether a line that carries `service` is admitted at `now`. Only asked once [`Self::certainty`] holds.
    pub(super) fn admit(&self, service: &Service, now: Timestamp) -> Admission {
        if service.blocked {
            return Admission::Withheld(Withheld::Blocked);
        }
        let why = self.withheld(&service.kind, ProductKind::Main, &service.product, service.seat, now);
        why.map_or(Admission::Admitted, Admission::Withheld)
    }

    /// What the products of `service` grant it at `now`, add-ons that are withheld left out. Only asked for what is
    /// admitted.
    pub(super) fn grants(&self, service: &Service, now: Timestamp) -> Grants {
        let main = self.granted(&service.product, now);
        let has_effect = |addon: &&AddOn| {
            self.withheld(&service.kind, ProductKind::Addon, &addon.product, addon.seat, now).is_none()
        };
        let addons = service.addons.iter().filter(has_effect);
        addons.fold(main, |granted, addon| granted.and(&self.granted(&addon.product, now).times(addon.seats)))
    }

    fn granted(&self, product: &ProductId, now: Timestamp) -> Grants {
        let product = self.governing(now).and_then(|view| view.license.product(product));
        product.map(|product| product.grants.clone()).unwrap_or_default()
    }

    fn withheld(
        &self,
        service: &ServiceKind,
        kind: ProductKind,
        product: &ProductId,
        seat: SeatPosition,
        now: Timestamp,
    ) -> Option<Withheld> {
        let governs = self.governing(now);
        // a product without a cutoff had no used seat in this snapshot: the seat is newer than it, and is judged then
        let cutoff = governs.and_then(|view| view.cutoffs.get(product)).copied();
        withheld(governs.map(|view| &view.license), service, kind, product, seat, cutoff, now)
    }

    fn governing(&self, now: Timestamp) -> Option<&LicenseView> {
        governing_view(self.licenses.as_deref().unwrap_or_default(), now)
    }

    /// The scope that phones are given: the one that never expires.
    pub(super) fn current_scope(&self) -> Option<&TenantScope> {
        self.scopes.iter().find(|scope| scope.expires_at.is_none())
    }

    /// The password that phones are given: the one that never expires.
    pub(super) fn current_password(&self) -> Option<&TenantPassword> {
        self.passwords.iter().find(|password| password.expires_at.is_none())
    }

    /// The passwords of which a phone must have one at `now`; none while no password is demanded.
    pub(super) fn demanded_passwords(&self, now: Timestamp) -> Option<Vec<&TenantPassword>> {
        let demanded = self.current_password().is_some_and(|current| current.demanded_from <= now);
        let holds = |password: &&TenantPassword| password.expires_at.is_none_or(|end| now < end);
        demanded.then(|| self.passwords.iter().filter(holds).collect())
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

    /// The keys that hold for `device`.
    pub(super) fn keys(&self, device: &DeviceView) -> Vec<HeldKey> {
        let followed = device.device.profile.as_ref().and_then(|profile| self.profile_keys.get(profile));
        HeldKey::merge(followed.map(Vec::as_slice).unwrap_or_default(), &device.keys)
    }
}

fn governing_view(licenses: &[LicenseView], now: Timestamp) -> Option<&LicenseView> {
    let governs = governing(licenses.iter().map(|view| &view.license), now)?;
    licenses.iter().find(|view| std::ptr::eq(&raw const view.license, governs))
}

impl DeviceView {
    /// Reads the device with this MAC, or the former device, and its tenant as of the same snapshot.
    pub(super) async fn read(
        session: &mut Session,
        mac: Mac,
    ) -> Result<Option<(Self, Tenant)>, StorageError> {
        let (device, former_until) = match session.device_by_mac(mac).await? {
            Some(device) => (device, None),
            None => match session.former_device_by_mac(mac).await? {
                Some(former) => (former.device.clone(), Some(former.until())),
                None => return Ok(None),
            },
        };
        let Some(tenant) = session.tenant(&device.tenant).await? else { return Ok(None) };
        let id: DeviceId = device.id.clone();
        let view = Self {
            lines: session.lines(&id).await?.into(),
            keys: session.keys(&id).await?.into(),
            settings: session.device_settings(&tenant.id, &id).await?.into(),
            facts_revision: tenant.facts_revision,
            tenant_revision: tenant.revision,
            former_until,
            device,
        };
        Ok(Some((view, tenant)))
    }

    /// Whether it is there at `now` for who asks with the scope of `named`. A former device is there for a while, and
    /// for its tenant alone: elsewhere its phone is as new as any.
    pub(super) fn answers_to(&self, named: Option<&TenantView>, now: Timestamp) -> bool {
        self.former_until.is_none_or(|until| {
            now < until && named.is_none_or(|named| named.tenant.id == self.device.tenant)
        })
    }
}
