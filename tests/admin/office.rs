//! An operator's desk: actions on a fresh store, a clock that can be set, and a key to sign licenses with.

use std::sync::Arc;

use offhook::{
    admin::actions::{
        ActionError, Actions, Actor, Conditions, DeviceToAdd, ExtensionDetails, ExtensionToAdd, InstallError,
        InstallOutcome, ModelSize, PlanChange, PlanError, TenantToAdd, UnknownModel,
    },
    domain::{
        Clock as _, Effect, Grants, PlainText, Product, ProductId, ProductKind, Quantity, ServiceKind,
        SipDomain, SteppedClock, SystemRandom, TenantSlug, Timestamp,
        license::{Claims, License, PublicKeys, SigningKey, sign},
    },
    storage::Store,
};

use crate::bench::{Bench, now};

pub(crate) struct Office {
    pub(crate) actions: Actions,
    pub(crate) clock: Arc<SteppedClock>,
    pub(crate) signing: SigningKey,
    pub(crate) bench: Bench,
    pub(crate) acme: TenantSlug,
}

/// Two models of unlike size, one that can neither lock its keypad nor record, and a gateway.
fn four_models(name: &str) -> Result<ModelSize, UnknownModel> {
    let model = |name: &str, lines, keys| {
        let cannot = if keys == 0 { vec![Effect::PinProtection, Effect::CallRecording] } else { Vec::new() };
        ModelSize { name: name.to_owned(), lines, keys, gateway: name.contains("HT802"), cannot }
    };
    match name.to_ascii_lowercase().as_str() {
        "yealink sip-t46u" => Ok(model("Yealink SIP-T46U", 16, 27)),
        "yealink sip-t31p" => Ok(model("Yealink SIP-T31P", 2, 2)),
        "linphone" => Ok(model("Linphone", 4, 0)),
        "grandstream ht802" => Ok(model("Grandstream HT802", 2, 0)),
        _ => Err(UnknownModel::new(format_args!(
            "there is no model \"{name}\"; the nearest is Yealink SIP-T46U"
        ))),
    }
}

fn actions(store: Store, clock: Arc<SteppedClock>, signing: &SigningKey) -> Actions {
    Actions {
        store,
        clock,
        random: Arc::new(SystemRandom),
        license_keys: PublicKeys::from_pem(&signing.public_pem()).unwrap(),
        installation: Some("fra-1".to_owned()),
        models: Arc::new(four_models),
        actor: Actor::operator("root"),
        conditions: Conditions::default(),
    }
}

impl Office {
    /// An office with the tenant `acme` and no license.
    pub(crate) async fn new(bench: Bench) -> Self {
        let clock = Arc::new(SteppedClock::at(now()));
        let signing = SigningKey::generate(&SystemRandom);
        let actions = actions(bench.store.clone(), clock.clone(), &signing);
        let office = Self { actions, clock, signing, bench, acme: slug("acme") };
        office.add_tenant("acme").await;
        office
    }

    /// An office where `acme` has a license of `limit` seats of Essentials.
    pub(crate) async fn licensed(bench: Bench, limit: u32) -> Self {
        let office = Self::new(bench).await;
        office.install(claims(1, limit)).await.unwrap();
        office
    }

    /// The same desk in another process.
    pub(crate) fn actions_on(&self, store: Store) -> Actions {
        actions(store, self.clock.clone(), &self.signing)
    }

    pub(crate) async fn add_tenant(&self, name: &str) {
        let new = TenantToAdd {
            slug: slug(name),
            name: text("Acme Ltd"),
            sip_domain: SipDomain::parse("pbx.example.org").unwrap(),
        };
        self.actions.add_tenant(new).await.unwrap();
    }

    pub(crate) fn sign(&self, claims: Claims) -> String {
        sign(&License::new(claims).unwrap(), &self.signing).unwrap()
    }

    pub(crate) async fn install(&self, claims: Claims) -> Result<InstallOutcome, InstallError> {
        self.actions.install_license(&self.acme, &self.sign(claims), false).await
    }

    pub(crate) async fn extend(
        &self,
        number: &str,
    ) -> Result<ExtensionDetails, offhook::admin::actions::AddExtensionError> {
        self.actions.add_extension(&self.acme, extension(number, "essentials")).await
    }

    /// Changes the products of an extension: another main product, add-ons to switch on, add-ons to switch off.
    pub(crate) async fn plan(
        &self,
        number: &str,
        product: Option<&str>,
        add: &[&str],
        remove: &[&str],
    ) -> Result<(bool, ExtensionDetails), PlanError> {
        let plan = PlanChange {
            product: product.map(|id| id.parse().unwrap()),
            add: add.iter().map(|id| id.parse().unwrap()).collect(),
            remove: remove.iter().map(|id| id.parse().unwrap()).collect(),
        };
        let (kind, name) = (ServiceKind::Extension, number.parse().unwrap());
        let changed = self.actions.change_plan(&self.acme, &kind, &name, &plan).await?;
        Ok((changed, self.actions.extension(&self.acme, &number.parse().unwrap(), false).await?))
    }

    pub(crate) async fn add_device(&self, mac: &str, model: Option<&str>) {
        self.actions.add_device(&self.acme, device(mac, model)).await.unwrap();
    }

    pub(crate) async fn assign(
        &self,
        mac: &str,
        line: u16,
        number: &str,
    ) -> Result<(), offhook::admin::actions::AssignError> {
        let line = offhook::domain::LineNumber::new(line).unwrap();
        self.actions.assign_line(mac.parse().unwrap(), line, &number.parse().unwrap()).await
    }

    /// What the clock shows.
    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The actions that were audited, the newest first.
    pub(crate) async fn audited(&self) -> Vec<String> {
        let entries = self.bench.store.read().await.unwrap().audit_entries(100).await.unwrap();
        entries.into_iter().map(|entry| format!("{} {}", entry.action, entry.detail)).collect()
    }
}

pub(crate) fn slug(name: &str) -> TenantSlug {
    TenantSlug::parse(name).unwrap()
}

pub(crate) fn text(text: &str) -> PlainText {
    PlainText::parse("name", text).unwrap()
}

pub(crate) fn extension(number: &str, product: &str) -> ExtensionToAdd {
    ExtensionToAdd {
        number: number.parse().unwrap(),
        name: text("Ann"),
        product: ProductId::parse(product).unwrap(),
        sip_user: None,
        sip_password: None,
    }
}

pub(crate) fn device(mac: &str, model: Option<&str>) -> DeviceToAdd {
    DeviceToAdd { mac: mac.parse().unwrap(), model: model.map(str::to_owned), name: None }
}

pub(crate) fn product(id: &str, name: &str, kind: ProductKind, services: &[ServiceKind]) -> Product {
    Product {
        id: ProductId::parse(id).unwrap(),
        names: [("en".to_owned(), name.to_owned())].into(),
        kind,
        services: services.to_vec(),
        quantity: Quantity::Unlimited,
        price: None,
        grants: Grants::default(),
    }
}

/// A license for acme that began a day ago: `limit` Essentials, two Pro that let two lines carry an extension, a
/// product for auto-attendants and an add-on.
pub(crate) fn claims(serial: u64, limit: u32) -> Claims {
    let main = |id, name| product(id, name, ProductKind::Main, &[ServiceKind::Extension]);
    let essentials = Product { quantity: Quantity::Limited(limit), ..main("essentials", "Essentials") };
    let pro = Product {
        quantity: Quantity::Limited(2),
        grants: Grants { lines: Some(2), ..Grants::default() },
        ..main("pro", "Pro")
    };
    let attendant = product("attendant", "Receptionist", ProductKind::Main, &[ServiceKind::AutoAttendant]);
    let voicemail = product("voicemail", "Voicemail box", ProductKind::Addon, &[ServiceKind::Extension]);
    Claims {
        tenant: "acme".to_owned(),
        id: format!("L-{serial}"),
        serial,
        issuer: "Example Telecom".to_owned(),
        audience: None,
        not_before: whole_seconds(now().plus_days(-1)),
        expires: whole_seconds(now().plus_days(300)),
        grace_days: 14,
        terms: [("en".to_owned(), "Terms.".to_owned())].into(),
        products: vec![essentials, pro, attendant, voicemail],
    }
}

pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_seconds(time.seconds())
}

/// The code and the text of a failure.
pub(crate) fn failed<T: std::fmt::Debug, E: ActionError>(result: Result<T, E>) -> (&'static str, String) {
    let error = result.unwrap_err();
    (error.code(), error.to_string())
}
