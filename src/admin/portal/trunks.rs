//! SIP trunks: added with how their peer proves who it is, with channels as add-ons, blocked and removed.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, deed, page},
    extensions::{admission_word, choice},
    failure::Failure,
    form::{Filled, Reading},
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError, AddOnToSet, FailureKind, PlanChange, TrunkToAdd},
    domain::{
        PeerNetwork, PlainText, ProductId, ProductKind, Secret, ServiceKind, ServiceName, SipUser, TrunkPeer,
    },
};

const KIND: ServiceKind = ServiceKind::Trunk;

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/trunks", show).takes(add),
        deed("/t/{tenant}/trunks/plan", plan),
        deed("/t/{tenant}/trunks/block", block),
        deed("/t/{tenant}/trunks/remove", remove),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    list(&visit, StatusCode::OK, Filled::default()).await
}

async fn list(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let slug = visit.slug()?;
    let offered = visit.actions.offered_products(slug, &KIND).await?;
    let of_kind = |kind: ProductKind| offered.iter().filter(move |offered| offered.kind == kind);
    let trunks = visit.actions.trunks(slug).await?;
    let rows: Vec<Value> = trunks
        .iter()
        .map(|trunk| {
            let service = &trunk.service.service;
            let seats = |product: &ProductId| service.addon(product).map_or(0, |addon| addon.seats);
            let addons = of_kind(ProductKind::Addon).map(|offered| {
                context! { seats => seats(&offered.product.id), ..choice(visit, offered, seats(&offered.product.id) > 0) }
            });
            let (user, networks) = match &trunk.peer {
                TrunkPeer::Credentials { user, .. } => (Some(user.to_string()), Vec::new()),
                TrunkPeer::Addresses(networks) => (None, networks.iter().map(ToString::to_string).collect()),
            };
            context! {
                name => service.name.as_str(),
                product => trunk.service.product_name.as_deref().unwrap_or_else(|| service.product.as_str()),
                channels => trunk.channels,
                user, networks,
                addons => addons.collect::<Vec<_>>(),
                dids => trunk.service.dids.iter().map(ToString::to_string).collect::<Vec<_>>(),
                state => admission_word(trunk.service.admission),
                blocked => service.blocked,
                revision => service.revision,
            }
        })
        .collect();
    let products: Vec<Value> =
        of_kind(ProductKind::Main).map(|offered| choice(visit, offered, false)).collect();
    visit.page_as(status, "trunks.html", context! { form, rows, products })
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let product = reading.take("product", "rule-product", ProductId::parse);
    let user = reading.take_if_given("sip_user", "rule-sip-user", SipUser::parse);
    let networks = reading.take_if_given("networks", "rule-networks", |text| {
        let words = text.split([' ', ',', ';', '\r', '\n']).filter(|word| !word.is_empty());
        words.map(PeerNetwork::parse).collect::<Result<Vec<_>, _>>()
    });
    let mut filled = reading.filled;
    let peer = match (user, networks) {
        (Some(user), None) => {
            Some(TrunkPeer::Credentials { user, password: Secret::generate_password(&*visit.actions.random) })
        }
        (None, Some(networks)) => Some(TrunkPeer::Addresses(networks)),
        _ => {
            filled.say("sip_user", visit.text("rule-trunk-peer"));
            None
        }
    };
    let (Some(name), Some(product), Some(peer), false) = (name, product, peer, filled.is_wrong()) else {
        return list(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled).await;
    };
    match visit.actions.add_trunk(visit.slug()?, TrunkToAdd { name, product, peer }).await {
        Ok(_) => Ok(visit.go_to("/trunks", Some("trunk-added"))),
        Err(error) => refused(&visit, error).await,
    }
}

/// The page again, with why something was not done.
async fn refused(visit: &Visit, error: impl ActionError) -> Result<Answer, Failure> {
    if matches!(error.kind(), FailureKind::Unavailable | FailureKind::NotFound) {
        return Err(error.into());
    }
    let mut form = Reading::of(visit).filled;
    let words = visit.refused(&error).await;
    match error.code() {
        "trunk_exists" | "trunk_name_is_number" => form.say("name", words),
        "sip_user_taken" => form.say("sip_user", words),
        "trunk_networks_wrong" => form.say("networks", words),
        _ => form.message = Some(words),
    }
    list(visit, StatusCode::CONFLICT, form).await
}

/// The trunk that a form is about.
fn named(visit: &Visit) -> Result<ServiceName, Failure> {
    PlainText::parse("name", visit.form.exact("trunk")).map(ServiceName::Trunk).map_err(|_| Failure::Nowhere)
}

/// How many seats of an add-on a trunk has, such as of additional channels; none takes it away.
async fn plan(visit: Visit) -> Result<Answer, Failure> {
    let product = ProductId::parse(visit.form.text("product")).map_err(|_| Failure::Nowhere)?;
    let change = match visit.form.text("seats").parse::<u32>() {
        Ok(0) => PlanChange { remove: vec![product], ..PlanChange::default() },
        Ok(seats) => PlanChange { add: vec![AddOnToSet { product, seats }], ..PlanChange::default() },
        Err(_) => return Err(Failure::Nowhere),
    };
    match visit.as_seen().change_plan(visit.slug()?, &KIND, &named(&visit)?, &change).await {
        Ok(_) => Ok(visit.go_to("/trunks", Some("saved"))),
        Err(error) => refused(&visit, error).await,
    }
}

async fn block(visit: Visit) -> Result<Answer, Failure> {
    let blocked = visit.form.text("blocked") == "true";
    match visit.actions.block_service(visit.slug()?, &KIND, &named(&visit)?, blocked).await {
        Ok(_) => Ok(visit.go_to("/trunks", Some("saved"))),
        Err(error) => refused(&visit, error).await,
    }
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    match visit.as_seen().remove_service(visit.slug()?, &KIND, &named(&visit)?).await {
        Ok(_) => Ok(visit.go_to("/trunks", Some("trunk-removed"))),
        Err(error) => refused(&visit, error).await,
    }
}
