//! What the demo makes: license keys, a tenant with three licensed seats, four wished-for extensions, phones.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::Path,
    sync::Arc,
};

use anyhow::Context as _;

use crate::{
    admin::actions::{
        Actions, Actor, AddExtensionError, AddTenantError, Conditions, DeviceToAdd, ExtensionToAdd,
        SeatRefusal, TenantToAdd,
    },
    app::opening::license_keys,
    catalog::Catalog,
    config::Config,
    domain::{
        Clock, ExtensionNumber, Grants, LineNumber, Mac, PlainText, Price, PricePer, Product, ProductId,
        ProductKind, Quantity, Random, ServiceKind, SipDomain, TenantSlug, Timestamp,
        license::{Claims, License, SigningKey, sign},
    },
    storage::{Store, adopt},
};

/// The demo's tenant.
pub(super) const TENANT: &str = "demo";
/// The main product that its license has three seats of.
const PRODUCT: &str = "essentials";
/// The seats.
const SEATS: u32 = 3;
/// The extensions that are wished for: one more than there are seats.
const EXTENSIONS: [(&str, &str); 4] =
    [("101", "Alice Weber"), ("102", "Bruno Costa"), ("103", "Chloé Martin"), ("104", "Dieter Braun")];

/// A phone of the demo.
pub(super) struct DemoPhone {
    pub(super) model: &'static str,
    pub(super) mac: &'static str,
    pub(super) extension: &'static str,
}

/// One phone of each vendor.
pub(super) const PHONES: [DemoPhone; 3] = [
    DemoPhone { model: "Yealink SIP-T46U", mac: "805ec0000101", extension: "101" },
    DemoPhone { model: "Snom D785", mac: "000413000102", extension: "102" },
    DemoPhone { model: "Linphone", mac: "020000000103", extension: "103" },
];

/// What was made or found.
pub(super) struct World {
    scope: String,
    said: Vec<String>,
}

impl World {
    /// The tenant's provisioning URL.
    pub(super) fn url(&self, base: &str) -> String {
        format!("{base}{}/", self.scope)
    }
}

impl std::fmt::Display for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.said.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

/// Makes the key that signs the demo's license, and puts its public half where the server looks for it.
pub(super) fn make_keys(config: &Config, random: &dyn Random) -> anyhow::Result<()> {
    let folder = &config.server.data;
    let private = folder.join("demo-license-signing.key");
    if private.exists() {
        return Ok(());
    }
    let key = SigningKey::generate(random);
    let public_folder = folder.join("license-keys");
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(&public_folder)
        .with_context(|| public_folder.display().to_string())?;
    adopt(folder)?;
    adopt(&public_folder)?;
    write(&public_folder.join("demo.pem"), 0o644, &key.public_pem())?;
    write(&private, 0o600, key.to_pem().expose())
}

fn write(path: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)
        .with_context(|| path.display().to_string())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(adopt(path)?)
}

/// Makes what is missing of the demo's tenant; what is there is left as it is.
pub(super) async fn make(
    config: &Config,
    catalog: Arc<Catalog>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    store: Store,
) -> anyhow::Result<World> {
    let actions = Actions {
        store,
        clock: Arc::clone(&clock),
        random,
        license_keys: license_keys(config)?,
        installation: config.license.audience.clone(),
        models: catalog,
        actor: Actor::operator("demo"),
        conditions: Conditions::default(),
    };
    let slug = TenantSlug::parse(TENANT)?;
    let mut said = Vec::new();
    let new = TenantToAdd {
        slug: slug.clone(),
        name: PlainText::parse("name", "Demo Company")?,
        sip_domain: SipDomain::parse("pbx.example.org")?,
    };
    match actions.add_tenant(new).await {
        Ok(_) => {
            let jws = license(config, clock.now())?;
            actions.install_license(&slug, &jws, false).await?;
            said.push(format!(
                "made the tenant \"{TENANT}\", its license signed here has {SEATS} seats of Essentials"
            ));
        }
        Err(AddTenantError::SlugTaken(_)) => said.push(format!("found the tenant \"{TENANT}\" again")),
        Err(error) => return Err(error.into()),
    }
    for (number, name) in EXTENSIONS {
        said.extend(make_extension(&actions, &slug, number, name).await?);
    }
    for phone in &PHONES {
        said.extend(make_phone(&actions, &slug, phone).await?);
    }
    let details = actions.tenant(&slug).await?;
    let scope = details.scopes.first().context("the tenant has no scope")?.scope.expose();
    Ok(World { scope, said })
}

fn license(config: &Config, now: Timestamp) -> anyhow::Result<String> {
    let path = config.server.data.join("demo-license-signing.key");
    let key = SigningKey::from_pem(&fs::read_to_string(&path).with_context(|| path.display().to_string())?)?;
    let words = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(tag, text)| ((*tag).to_owned(), (*text).to_owned())).collect()
    };
    let begins = Timestamp::from_seconds(now.plus_days(-1).seconds());
    let claims = Claims {
        tenant: TENANT.to_owned(),
        id: "demo-1".to_owned(),
        serial: 1,
        issuer: "Offhook demo".to_owned(),
        audience: None,
        not_before: begins,
        expires: begins.plus_days(366),
        grace_days: 14,
        terms: words(&[
            ("en", "Up to 3 lines for $9 a month, for one year."),
            ("de", "Bis zu 3 Leitungen für $9 im Monat, für ein Jahr."),
            ("pt-BR", "Até 3 linhas por $9 ao mês, por um ano."),
        ]),
        products: vec![Product {
            id: ProductId::parse(PRODUCT)?,
            names: words(&[("en", "Essentials"), ("de", "Essentials"), ("pt-BR", "Essentials")]),
            kind: ProductKind::Main,
            services: vec![ServiceKind::Extension],
            quantity: Quantity::Limited(SEATS),
            price: Some(Price {
                amount: "9".to_owned(),
                currency: "USD".to_owned(),
                period: "month".to_owned(),
                per: PricePer::Bundle,
            }),
            grants: Grants::default(),
        }],
    };
    Ok(sign(&License::new(claims)?, &key)?)
}

async fn make_extension(
    actions: &Actions,
    slug: &TenantSlug,
    number: &str,
    name: &str,
) -> anyhow::Result<Option<String>> {
    let number = ExtensionNumber::parse(number)?;
    let new = ExtensionToAdd {
        number: number.clone(),
        name: PlainText::parse("name", name)?,
        product: ProductId::parse(PRODUCT)?,
        sip_user: None,
        sip_password: None,
    };
    match actions.add_extension(slug, new).await {
        Ok(_) => Ok(Some(format!("made extension {number} ({name})"))),
        Err(AddExtensionError::NumberTaken { .. }) => Ok(None),
        Err(AddExtensionError::Seat(why @ SeatRefusal::NoSeatLeft { .. })) => {
            Ok(Some(format!("REFUSED extension {number} ({name}): {why}")))
        }
        Err(error) => Err(error.into()),
    }
}

async fn make_phone(
    actions: &Actions,
    slug: &TenantSlug,
    phone: &DemoPhone,
) -> anyhow::Result<Option<String>> {
    let mac = Mac::parse(phone.mac)?;
    if actions.device(mac).await.is_ok() {
        return Ok(None);
    }
    let new = DeviceToAdd { mac, model: Some(phone.model.to_owned()), name: None };
    actions.add_device(slug, new).await?;
    let number = ExtensionNumber::parse(phone.extension)?;
    actions.assign_line(mac, LineNumber::new(1)?, &number.clone().into()).await?;
    Ok(Some(format!(
        "made the {} {} and assigned extension {number} to its line 1",
        phone.model,
        mac.colons()
    )))
}
