//! Operations on SIP trunks.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found, only},
    extensions::{CarrierShown, NewPassword, PasswordShown},
    field::{Fields, GivenName, GivenNetwork, GivenProduct, GivenSipPassword, GivenSipUser},
    problem::Problem,
    shown::{Blocked, Plan, ServiceShown, block, made_before, plan},
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::{TrunkDetails, TrunkToAdd},
    domain::{PlainText, Secret, ServiceKind, ServiceName, TenantSlug, TrunkPeer},
};

const KIND: ServiceKind = ServiceKind::Trunk;

pub(super) fn operations() -> Vec<Operation> {
    const LIST: &str = "/tenants/{tenant}/trunks";
    const ONE: &str = "/tenants/{tenant}/trunks/{name}";
    vec![
        operation(Method::Get, LIST, "listTrunks", "Lists SIP trunks by name.", list).lists::<TrunkShown>(),
        operation(
            Method::Post,
            LIST,
            "addTrunk",
            "Adds a SIP trunk, which takes a seat of its product. Its peer registers (sip_user), or is known by addresses.",
            add,
        )
        .takes::<NewTrunk>()
        .makes::<TrunkShown>().once()
        .tagged(),
        operation(Method::Get, ONE, "showTrunk", "Shows a SIP trunk.", show).answers::<TrunkShown>().tagged(),
        operation(Method::Delete, ONE, "removeTrunk", "Removes it: its seats, its public numbers and the lines that carry it are free.", remove),
        operation(Method::Put, "/tenants/{tenant}/trunks/{name}/addresses", "setAddresses", "Lets its calls come from other addresses.", addresses)
            .takes::<Addresses>()
            .answers::<TrunkShown>()
            .tagged(),
        operation(
            Method::Put,
            "/tenants/{tenant}/trunks/{name}/plan",
            "planTrunk",
            "Changes its products, all of it or nothing; additional channels are seats of an add-on.",
            planned,
        )
        .takes::<Plan>()
        .answers::<TrunkShown>()
        .tagged(),
        operation(Method::Put, "/tenants/{tenant}/trunks/{name}/blocked", "blockTrunk", "Blocks or unblocks it: its seats stay.", blocked)
            .takes::<Blocked>()
            .answers::<TrunkShown>()
            .tagged(),
        operation(Method::Get, "/tenants/{tenant}/trunks/{name}/password", "showTrunkPassword", "Shows its SIP password, which the audit keeps.", password)
            .answers::<PasswordShown>(),
        operation(Method::Put, "/tenants/{tenant}/trunks/{name}/password", "setTrunkPassword", "Gives it another SIP password.", set_password)
            .takes::<NewPassword>(),
    ]
}

/// A SIP trunk.
#[derive(serde::Serialize, ToSchema)]
struct TrunkShown {
    /// What every service has.
    service: ServiceShown,
    /// How many calls it carries at once now; null while that is undecidable.
    channels: Option<u32>,
    /// With which SIP user its peer registers; null when it is known by addresses.
    sip_user: Option<String>,
    /// The addresses and networks that its calls come from.
    addresses: Vec<String>,
    /// The lines of gateways that carry it.
    carried_by: Vec<CarrierShown>,
}

impl TrunkShown {
    fn of(details: &TrunkDetails) -> Self {
        let (sip_user, addresses) = match &details.peer {
            TrunkPeer::Credentials { user, .. } => (Some(user.to_string()), Vec::new()),
            TrunkPeer::Addresses(networks) => (None, networks.iter().map(ToString::to_string).collect()),
        };
        Self {
            service: ServiceShown::of(&details.service),
            channels: details.channels,
            sip_user,
            addresses,
            carried_by: details.carriers.iter().map(CarrierShown::of).collect(),
        }
    }
}

/// What makes a SIP trunk: `sip_user`, or `addresses`.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewTrunk {
    /// What people call it; not a number.
    name: GivenName,
    /// Its main product.
    product: GivenProduct,
    /// With which SIP user its peer registers.
    sip_user: Option<GivenSipUser>,
    /// The password with which it registers; made when absent.
    sip_password: Option<GivenSipPassword>,
    /// The addresses and networks that its calls come from.
    #[serde(default)]
    #[schema(max_items = 50)]
    addresses: Vec<GivenNetwork>,
}

/// Where the calls of a trunk come from.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Addresses {
    /// Addresses and networks.
    #[schema(min_items = 1, max_items = 50)]
    addresses: Vec<GivenNetwork>,
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.trunks(&call.path("tenant")?).await?;
    found.retain(|details| is_found(&call, &[details.service.service.name.as_str()]));
    let page = Page::cut(found, &call, |details| details.service.service.name.to_string())?;
    Ok(Answer::of(&page.map(|details| TrunkShown::of(&details))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewTrunk = call.body()?;
    let mut fields = Fields::default();
    let (name, product) = (fields.take("/name", body.name), fields.take("/product", body.product));
    let registers = body.sip_user.is_some();
    let user = fields.maybe("/sip_user", body.sip_user);
    let password = fields.maybe("/sip_password", body.sip_password);
    let known = !body.addresses.is_empty();
    let networks = fields.list("/addresses", body.addresses);
    if registers == known {
        fields.breaks("", "needs either sip_user or addresses");
    }
    if password.is_some() && !registers {
        fields.breaks("/sip_password", "belongs to sip_user");
    }
    let (name, product) = fields.finish(name.zip(product))?;
    let peer = match user {
        Some(user) => {
            let password = password.unwrap_or_else(|| Secret::generate_password(&*call.actions.random));
            TrunkPeer::Credentials { user, password }
        }
        None => TrunkPeer::Addresses(networks),
    };
    let slug = call.path("tenant")?;
    let new = TrunkToAdd { name: name.clone(), product, peer };
    let gone = made_before(call.actions.add_trunk(&slug, new).await)?;
    let details = call.actions.trunk(&slug, &name, false).await;
    let details = details.map_err(|error| gone.unwrap_or_else(|| error.into()))?;
    Ok(Answer::made(&TrunkShown::of(&details)).at(details.service.service.revision))
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let (slug, name, _) = named(&call)?;
    shown(&call, &slug, &name).await
}

async fn shown(call: &Call, slug: &TenantSlug, name: &PlainText) -> Result<Answer, Problem> {
    let details = call.actions.trunk(slug, name, false).await?;
    Ok(Answer::of(&TrunkShown::of(&details)).at(details.service.service.revision))
}

fn named(call: &Call) -> Result<(TenantSlug, PlainText, ServiceName), Problem> {
    let name: PlainText = call.path("name")?;
    Ok((call.path("tenant")?, name.clone(), ServiceName::Trunk(name)))
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    let (slug, _, name) = named(&call)?;
    call.actions.remove_service(&slug, &KIND, &name).await?;
    Ok(Answer::nothing())
}

async fn addresses(call: Call) -> Result<Answer, Problem> {
    let (slug, name, _) = named(&call)?;
    let body: Addresses = call.body()?;
    let mut fields = Fields::default();
    let networks = fields.list("/addresses", body.addresses);
    let networks = fields.finish(Some(networks))?;
    call.actions.set_trunk_networks(&slug, &name, networks).await?;
    shown(&call, &slug, &name).await
}

async fn planned(call: Call) -> Result<Answer, Problem> {
    let (slug, name, called) = named(&call)?;
    plan(&call, &slug, &KIND, &called).await?;
    shown(&call, &slug, &name).await
}

async fn blocked(call: Call) -> Result<Answer, Problem> {
    let (slug, name, called) = named(&call)?;
    block(&call, &slug, &KIND, &called).await?;
    shown(&call, &slug, &name).await
}

async fn password(call: Call) -> Result<Answer, Problem> {
    let (slug, name, called) = named(&call)?;
    match call.actions.trunk(&slug, &name, true).await?.peer {
        TrunkPeer::Credentials { user, password } => {
            let sip_password = password.expose().to_owned();
            Ok(Answer::of(&PasswordShown { sip_user: user.to_string(), sip_password }))
        }
        TrunkPeer::Addresses(_) => Err(crate::admin::actions::PasswordError::None(called).into()),
    }
}

async fn set_password(call: Call) -> Result<Answer, Problem> {
    let (slug, _, called) = named(&call)?;
    let body: NewPassword = call.body()?;
    let password = body.sip_password.map(|given| only("/sip_password", given)).transpose()?;
    call.actions.set_sip_password(&slug, &called, password).await?;
    Ok(Answer::nothing())
}
