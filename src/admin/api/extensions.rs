//! Operations on extensions.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found, only},
    field::{Fields, GivenName, GivenNumber, GivenPin, GivenProduct, GivenSipPassword, GivenSipUser},
    problem::Problem,
    shown::{AddOnShown, Blocked, IneffectiveShown, Plan, Renamed, block, judged, made_before, plan, rename},
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::{Carrier, ExtensionDetails, ExtensionToAdd},
    domain::{ExtensionNumber, ProductId, ServiceKind, ServiceName, TenantSlug},
};

const KIND: ServiceKind = ServiceKind::Extension;

/// Of which product.
const OF_PRODUCT: QueryParameter = QueryParameter {
    name: "product",
    about: "Only those with this main product.",
    schema: r#"{"type":"string","pattern":"^[a-z0-9._-]{1,64}$"}"#,
    required: false,
};
/// Whether admitted.
const ADMITTED: QueryParameter = QueryParameter {
    name: "admitted",
    about: "Only those that are admitted, or only those that are not.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    const LIST: &str = "/tenants/{tenant}/extensions";
    const ONE: &str = "/tenants/{tenant}/extensions/{number}";
    const PIN: &str = "/tenants/{tenant}/extensions/{number}/pin";
    vec![
        operation(Method::Get, LIST, "listExtensions", "Lists extensions by number.", list)
            .lists::<ExtensionShown>()
            .query(OF_PRODUCT)
            .query(ADMITTED)
            ,
        operation(Method::Post, LIST, "addExtension", "Adds an extension, which takes a seat of its product.", add)
            .takes::<NewExtension>()
            .makes::<ExtensionShown>().once()
            .tagged(),
        operation(Method::Get, ONE, "showExtension", "Shows an extension.", show).answers::<ExtensionShown>().tagged(),
        operation(Method::Patch, ONE, "renameExtension", "Calls an extension otherwise.", renamed)
            .takes::<Renamed>()
            .answers::<ExtensionShown>()
            .tagged(),
        operation(Method::Delete, ONE, "removeExtension", "Removes an extension: its seats and its lines are free.", remove),
        operation(
            Method::Put,
            "/tenants/{tenant}/extensions/{number}/plan",
            "planExtension",
            "Changes its products, all of it or nothing: the main product's seat moves, add-ons take and free theirs.",
            planned,
        )
        .takes::<Plan>()
        .answers::<ExtensionShown>()
        .tagged(),
        operation(
            Method::Put,
            "/tenants/{tenant}/extensions/{number}/blocked",
            "blockExtension",
            "Blocks or unblocks it: its seats stay, its lines are withheld.",
            blocked,
        )
        .takes::<Blocked>()
        .answers::<ExtensionShown>()
        .tagged(),
        operation(
            Method::Get,
            "/tenants/{tenant}/extensions/{number}/password",
            "showPassword",
            "Shows its SIP password, which the audit keeps. Needs the right credentials:view.",
            password,
        )
        .answers::<PasswordShown>(),
        operation(
            Method::Put,
            "/tenants/{tenant}/extensions/{number}/password",
            "setPassword",
            "Gives it another SIP password: the one in the body, or a new one. Needs the right credentials:change.",
            set_password,
        )
        .takes::<NewPassword>(),
        operation(
            Method::Put,
            PIN,
            "setPin",
            "Gives it a PIN: its phone's keypad is locked with it while a product protects that. Needs the right credentials:change.",
            set_pin,
        )
        .takes::<NewPin>(),
        operation(
            Method::Delete,
            PIN,
            "clearPin",
            "Takes its PIN away: its phone's keypad is not locked any more. Needs the right credentials:change.",
            clear_pin,
        ),
    ]
}

/// An extension.
#[derive(serde::Serialize, ToSchema)]
struct ExtensionShown {
    /// The number that people dial.
    number: String,
    /// Whose it is.
    name: String,
    /// Its main product's id.
    product: String,
    /// Its main product's name, where the license has it.
    product_name: Option<String>,
    /// What it has besides.
    addons: Vec<AddOnShown>,
    /// The user part of its SIP address.
    sip_user: String,
    /// Whether it has a PIN.
    has_pin: bool,
    /// Whether it is blocked.
    blocked: bool,
    /// Whether the operator blocked it, who alone can unblock it.
    blocked_by_operator: bool,
    /// Whether its lines are admitted; null while that is undecidable.
    admitted: Option<bool>,
    /// Why they are withheld: `blocked`, `no-license`, `not-yet-valid`, `expired`, `product-missing`, `seats-exceeded`.
    withheld: Option<String>,
    /// Why it is undecidable.
    undecidable: Option<String>,
    /// The public numbers that it answers.
    dids: Vec<String>,
    /// The device lines that carry it.
    carried_by: Vec<CarrierShown>,
    /// What its products grant that shows nothing on its phones, and why.
    ineffective: Vec<IneffectiveShown>,
    /// Its revision, which is its `ETag`.
    revision: i64,
}

/// A device line that carries an extension or a SIP trunk.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct CarrierShown {
    /// The device.
    mac: String,
    /// Its line.
    line: u16,
}

impl CarrierShown {
    pub(super) fn of(carrier: &Carrier) -> Self {
        Self { mac: carrier.mac.to_string(), line: carrier.line.get() }
    }
}

impl ExtensionShown {
    fn of(details: &ExtensionDetails) -> Self {
        let extension = &details.extension;
        let (admitted, withheld) = judged(details.admission);
        Self {
            number: extension.number.to_string(),
            name: extension.name.to_string(),
            product: extension.product.to_string(),
            product_name: details.product_name.clone(),
            addons: details.addons.iter().map(AddOnShown::of).collect(),
            sip_user: extension.sip_user.to_string(),
            has_pin: extension.pin.is_some(),
            blocked: extension.blocked,
            blocked_by_operator: details.blocked_by_operator,
            admitted,
            withheld,
            undecidable: details.undecidable.as_ref().map(ToString::to_string),
            dids: details.dids.iter().map(ToString::to_string).collect(),
            carried_by: details.carriers.iter().map(CarrierShown::of).collect(),
            ineffective: details.ineffective.iter().map(IneffectiveShown::of).collect(),
            revision: extension.revision,
        }
    }
}

/// What makes an extension.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtension {
    /// The number that people dial.
    number: GivenNumber,
    /// Whose it is.
    name: GivenName,
    /// Its main product.
    product: GivenProduct,
    /// The user part of its SIP address; the number when absent.
    sip_user: Option<GivenSipUser>,
    /// Its SIP password; made when absent.
    sip_password: Option<GivenSipPassword>,
}

/// A SIP password.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct PasswordShown {
    /// The user part of the SIP address.
    pub(super) sip_user: String,
    /// The password.
    pub(super) sip_password: String,
}

/// Another SIP password.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPassword {
    /// The password; a new one is made when absent.
    pub(super) sip_password: Option<GivenSipPassword>,
}

/// A PIN.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPin {
    /// The PIN.
    pin: GivenPin,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let (product, admitted) = (call.query::<ProductId>("product")?, call.flag("admitted")?);
    let mut found = call.actions.extensions(&call.path("tenant")?).await?;
    found.retain(|details| {
        let extension = &details.extension;
        let texts = [extension.number.as_str(), extension.name.as_str(), extension.sip_user.as_str()];
        product.as_ref().is_none_or(|product| extension.product == *product)
            && admitted.is_none_or(|admitted| judged(details.admission).0 == Some(admitted))
            && is_found(&call, &texts)
    });
    let page = Page::cut(found, &call, |details| details.extension.number.to_string())?;
    Ok(Answer::of(&page.map(|details| ExtensionShown::of(&details))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewExtension = call.body()?;
    let mut fields = Fields::default();
    let number = fields.take("/number", body.number);
    let name = fields.take("/name", body.name);
    let product = fields.take("/product", body.product);
    let sip_user = fields.maybe("/sip_user", body.sip_user);
    let sip_password = fields.maybe("/sip_password", body.sip_password);
    let ((number, name), product) = fields.finish(number.zip(name).zip(product))?;
    let slug = call.path("tenant")?;
    let new = ExtensionToAdd { number: number.clone(), name, product, sip_user, sip_password };
    let gone = made_before(call.actions.add_extension(&slug, new).await)?;
    let details = call
        .actions
        .extension(&slug, &number, false)
        .await
        .map_err(|error| gone.unwrap_or_else(|| error.into()))?;
    Ok(Answer::made(&ExtensionShown::of(&details)).at(details.extension.revision))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let (slug, number) = (call.path("tenant")?, call.path("number")?);
    shown(&call, &slug, &number).await
}

async fn shown(call: &Call, slug: &TenantSlug, number: &ExtensionNumber) -> Result<Answer, Problem> {
    let details = call.actions.extension(slug, number, false).await?;
    Ok(Answer::of(&ExtensionShown::of(&details)).at(details.extension.revision))
}

fn named(call: &Call) -> Result<(TenantSlug, ExtensionNumber, ServiceName), Problem> {
    let number: ExtensionNumber = call.path("number")?;
    Ok((call.path("tenant")?, number.clone(), ServiceName::Number(number)))
}

async fn renamed(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    rename(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    let (slug, _, name) = named(&call)?;
    call.actions.remove_service(&slug, &KIND, &name).await?;
    Ok(Answer::nothing())
}

async fn planned(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    plan(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

async fn blocked(call: Call) -> Result<Answer, Problem> {
    let (slug, number, name) = named(&call)?;
    block(&call, &slug, &KIND, &name).await?;
    shown(&call, &slug, &number).await
}

async fn password(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    let extension = call.actions.extension(&slug, &number, true).await?.extension;
    let sip_password = extension.sip_password.expose().to_owned();
    Ok(Answer::of(&PasswordShown { sip_user: extension.sip_user.to_string(), sip_password }))
}

async fn set_password(call: Call) -> Result<Answer, Problem> {
    let (slug, _, name) = named(&call)?;
    let body: NewPassword = call.body()?;
    let password = body.sip_password.map(|given| only("/sip_password", given)).transpose()?;
    call.actions.set_sip_password(&slug, &name, password).await?;
    Ok(Answer::nothing())
}

async fn set_pin(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    let body: NewPin = call.body()?;
    let pin = only("/pin", body.pin)?;
    call.actions.set_pin(&slug, &number, &pin).await?;
    Ok(Answer::nothing())
}

async fn clear_pin(call: Call) -> Result<Answer, Problem> {
    let (slug, number, _) = named(&call)?;
    call.actions.clear_pin(&slug, &number).await?;
    Ok(Answer::nothing())
}
