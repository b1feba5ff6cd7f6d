//! An installation with any number of phones to serve: a thousand for each tenant, and on each phone one licensed line
//! and a few keys.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use offhook::app::Installation;
use offhook::config::{Config, Flags};
use offhook::domain::license::{Claims, License, SigningKey, sign};
use offhook::domain::{
    Clock as _, DeviceHandle, DeviceId, ExtensionNumber, Grants, Key, KeyKind, LicenseId, LineNumber, Mac,
    PlainText, Product, ProductId, ProductKind, Quantity, Scope, ScopeId, Secret, ServiceId, ServiceKind,
    SettingName, SettingValue, SipDomain, SipUser, SystemClock, SystemRandom, TenantId, TenantSlug,
    Timestamp,
};
use offhook::storage::{Change, NewDevice, NewExtension, Role, SettingOwner, Store, StoredSetting, Tenant};
use tempfile::TempDir;

/// The model of all phones; its document has a little over 8 kB.
pub(crate) const MODEL: &str = "Yealink SIP-T33G";
/// What the phones say they are, but for their MAC.
const USER_AGENT: &str = "Yealink SIP-T33G 124.86.0.75";
/// Phones of one tenant. Those of the first may fetch over plain HTTP and TFTP from here.
pub(crate) const TENANT: u32 = 1000;
/// The first half of every MAC.
const OUI: &str = "805ec0";
/// The extension of a tenant's first phone.
const FIRST_NUMBER: u32 = 10_000;
const PRODUCT: &str = "line";
/// What the tenant has set for all its phones.
const SETTINGS: [(&str, &str); 4] = [
    ("time.zone", "Europe/Berlin"),
    ("phone.language", "de"),
    ("voicemail.number", "*97"),
    ("sip.transport", "tls"),
];
/// Programmed keys on each phone, behind the one of its line.
const KEYS: u16 = 3;

/// An installation in a folder of its own, removed when dropped.
pub(crate) struct Office {
    folder: TempDir,
    scopes: Vec<String>,
    pub(crate) phones: u32,
}

/// One request of a phone.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) path: String,
    pub(crate) user_agent: String,
}

impl Office {
    /// Makes an installation with so many phones.
    pub(crate) fn make(phones: u32) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let signing = SigningKey::generate(&SystemRandom);
        fs::create_dir(folder.path().join("license-keys"))?;
        fs::write(folder.path().join("license-keys/bench.pem"), signing.public_pem())?;
        fs::write(
            config_file(folder.path()),
            format!(
                "[server]\ndata = \".\"\nname = \"localhost\"\n\
                 [listen]\nadmin = \"127.0.0.1:0\"\n\
                 [[trust]]\nnetwork = \"127.0.0.0/8\"\ntenant = \"{}\"\n\
                 [limits]\ntftp_transfers_per_address = 1024\n[log]\nlevel = \"warn\"\n",
                slug(0)
            ),
        )?;
        let scopes = runtime()?.block_on(async {
            let config = Config::load(&Flags::new(Some(config_file(folder.path()))), &|_| None)?;
            let installation = Installation::open(&config, Role::Admin, Arc::new(SystemRandom)).await?;
            let mut scopes = Vec::new();
            for first in (0..phones).step_by(TENANT as usize) {
                let phones = first..phones.min(first + TENANT);
                scopes.push(add_tenant(&installation.store, &signing, phones).await?);
            }
            installation.store.close().await;
            anyhow::Ok(scopes)
        })?;
        Ok(Self { folder, scopes, phones })
    }

    pub(crate) fn config_file(&self) -> PathBuf {
        config_file(self.folder.path())
    }

    /// The folder of the certificates that phones meet.
    pub(crate) fn certificates(&self) -> PathBuf {
        self.folder.path().join("tls")
    }

    /// What phone `index` asks for over HTTPS.
    pub(crate) fn wish(&self, index: u32) -> Wish {
        let mac = mac(index);
        let scope = &self.scopes[(index / TENANT) as usize];
        Wish { path: format!("/p/{scope}/{mac}.cfg"), user_agent: user_agent(&mac) }
    }

    /// What the first `count` phones ask for.
    pub(crate) fn wishes(&self, count: u32) -> Vec<Wish> {
        (0..count).map(|index| self.wish(index)).collect()
    }
}

/// The name that phone `index` asks for over TFTP.
pub(crate) fn file(index: u32) -> String {
    format!("{}.cfg", mac(index))
}

fn user_agent(mac: &str) -> String {
    let pairs: Vec<&str> = (0..6).filter_map(|pair| mac.get(2 * pair..2 * pair + 2)).collect();
    format!("{USER_AGENT} {}", pairs.join(":"))
}

fn mac(index: u32) -> String {
    format!("{OUI}{index:06x}")
}

fn config_file(folder: &Path) -> PathBuf {
    folder.join("offhook.toml")
}

/// A runtime with one worker for each processor, as the server itself has.
pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn slug(first: u32) -> String {
    format!("tenant-{}", first / TENANT)
}

/// Adds a tenant with its phones in one change and returns its scope.
async fn add_tenant(store: &Store, signing: &SigningKey, phones: Range<u32>) -> anyhow::Result<String> {
    let now = SystemClock.now();
    let tenant = Tenant {
        id: TenantId::generate(&SystemRandom),
        slug: TenantSlug::parse(&slug(phones.start))?,
        name: PlainText::parse("name", "Bench Ltd")?,
        sip_domain: SipDomain::parse("pbx.example.org")?,
        revision: 1,
        facts_revision: 1,
    };
    let scope = Scope::generate_for_tenant(&SystemRandom);
    store.add_tenant(&tenant, &ScopeId::generate(&SystemRandom), &scope, now).await?;
    let mut change = store.change(&tenant.id, now).await?;
    let jws = sign(&License::new(claims(&slug(phones.start), now)?)?, signing)?;
    change.install_license(&LicenseId::generate(&SystemRandom), 1, &jws, now).await?;
    for (name, text) in SETTINGS {
        let name = SettingName::parse(name)?;
        let value = SettingValue::parse(name, text)?;
        change.set_setting(&StoredSetting { owner: SettingOwner::Tenant, name, value }).await?;
    }
    for index in phones {
        add_phone(&mut change, index).await?;
    }
    change.commit().await?;
    Ok(scope.expose().clone())
}

async fn add_phone(change: &mut Change, index: u32) -> anyhow::Result<()> {
    let number = format!("{}", FIRST_NUMBER + index % TENANT);
    let extension = NewExtension {
        id: ServiceId::generate(&SystemRandom),
        number: ExtensionNumber::parse(&number)?,
        name: PlainText::parse("name", &format!("User {number}"))?,
        product: ProductId::parse(PRODUCT)?,
        sip_user: SipUser::parse(&format!("user-{index:07}"))?,
        sip_password: Secret::new(format!("password-of-extension-{number}")),
    };
    change.add_extension(&extension).await?;
    let device = NewDevice {
        id: DeviceId::generate(&SystemRandom),
        mac: Mac::parse(&mac(index))?,
        name: PlainText::parse("name", &format!("Desk {number}"))?,
        model: Some(MODEL.to_owned()),
        handle: DeviceHandle::generate(&SystemRandom),
        web_password: Secret::new(format!("web-password-{number}")),
    };
    change.add_device(&device).await?;
    let line = LineNumber::new(1)?;
    change.assign_line(&device.id, line, &extension.id).await?;
    for key in 0..KEYS {
        let key =
            Key::new(key + 2, KeyKind::Blf, line, Some(format!("{}", FIRST_NUMBER + u32::from(key))), None)?;
        change.set_key(&device.id, &key).await?;
    }
    Ok(())
}

fn claims(slug: &str, now: Timestamp) -> anyhow::Result<Claims> {
    let begins = Timestamp::from_seconds(now.plus_days(-1).seconds());
    Ok(Claims {
        tenant: slug.to_owned(),
        id: "bench-1".to_owned(),
        serial: 1,
        issuer: "Bench".to_owned(),
        audience: None,
        not_before: begins,
        expires: begins.plus_days(300),
        grace_days: 14,
        terms: [].into(),
        products: vec![Product {
            id: ProductId::parse(PRODUCT)?,
            names: [("en".to_owned(), "Line".to_owned())].into(),
            kind: ProductKind::Main,
            services: vec![ServiceKind::Extension],
            quantity: Quantity::Unlimited,
            price: None,
            grants: Grants::default(),
        }],
    })
}
