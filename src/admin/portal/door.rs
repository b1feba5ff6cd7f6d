//! The portal's door: finds the page, who asks for it and in which language, and lets nobody change what is not theirs.

use std::{collections::BTreeMap, net::SocketAddr, pin::Pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, RawPathParams, State},
    http::{HeaderMap, Method, Request, StatusCode, Uri, header},
    response::Response,
    routing::any,
};
use http_body_util::{BodyExt as _, Limited};
use jiff::tz::TimeZone;
use minijinja::context;

use super::{
    assets, cookie,
    failure::Failure,
    form::Fields,
    origin,
    page::{Answer, Pages, encoded},
    pages,
    texts::Texts,
    visit::Visit,
};
use crate::{
    admin::actions::{AccessError, Actions, Actor, Tallies},
    catalog::Catalog,
    domain::{Language, Secret, TenantSlug},
};

/// The largest form that is read: a CSV file is the largest.
const LARGEST_FORM: usize = 4 << 20;

/// What shows what phones get.
pub struct Shown {
    /// The packs in use.
    pub catalog: Arc<dyn Fn() -> Arc<Catalog> + Send + Sync>,
    /// What phones call the server.
    pub server: String,
    /// What stands before a scope in their URL.
    pub url_base: String,
}

/// What pages are made of.
pub(super) struct Portal {
    desk: Arc<dyn Fn() -> Actions + Send + Sync>,
    pub(super) shown: Shown,
    pub(super) texts: Arc<Texts>,
    pub(super) pages: Pages,
    /// What the overviews counted.
    pub(super) tallies: Tallies,
}

pub(super) type Shows = Pin<Box<dyn Future<Output = Result<Answer, Failure>> + Send>>;
pub(super) type Handler = Box<dyn Fn(Visit) -> Shows + Send + Sync>;

/// A path and what is behind it.
pub(super) struct Place {
    path: &'static str,
    get: Option<Handler>,
    post: Option<Handler>,
    /// Whether it is for who has not signed in.
    open: bool,
}

/// A page to look at.
pub(super) fn page<F>(path: &'static str, show: fn(Visit) -> F) -> Place
where
    F: Future<Output = Result<Answer, Failure>> + Send + 'static,
{
    Place { path, get: Some(Box::new(move |visit| Box::pin(show(visit)))), post: None, open: false }
}

/// Something to do, without a page of its own.
pub(super) fn deed<F>(path: &'static str, act: fn(Visit) -> F) -> Place
where
    F: Future<Output = Result<Answer, Failure>> + Send + 'static,
{
    Place { path, get: None, post: Some(Box::new(move |visit| Box::pin(act(visit)))), open: false }
}

impl Place {
    /// What its form does.
    pub(super) fn takes<F>(mut self, act: fn(Visit) -> F) -> Self
    where
        F: Future<Output = Result<Answer, Failure>> + Send + 'static,
    {
        self.post = Some(Box::new(move |visit| Box::pin(act(visit))));
        self
    }

    /// For who has not signed in.
    pub(super) const fn open(mut self) -> Self {
        self.open = true;
        self
    }
}

/// The routes of the portal, which acts through what `desk` makes, each visit in the name of who signed in.
pub fn routes(desk: &Arc<dyn Fn() -> Actions + Send + Sync>, shown: Shown) -> Router {
    let texts = Arc::new(Texts::new());
    let pages_of = Pages::new(&texts);
    let portal = Arc::new(Portal {
        desk: Arc::clone(desk),
        shown,
        texts,
        pages: pages_of,
        tallies: Tallies::default(),
    });
    let router = pages().into_iter().fold(assets::routes(), |router, place| {
        let path = place.path;
        router.route(path, any(enter).with_state((Arc::clone(&portal), Arc::new(place))))
    });
    router.fallback(any(nowhere).with_state(portal))
}

async fn nowhere(
    State(portal): State<Arc<Portal>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request<Body>,
) -> Response {
    let (head, _) = request.into_parts();
    let visit = visit(portal, peer, &head.uri, head.headers, BTreeMap::new()).await;
    failed(&visit, &Failure::Nowhere).respond(visit.part)
}

async fn enter(
    State((portal, place)): State<(Arc<Portal>, Arc<Place>)>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    path: RawPathParams,
    request: Request<Body>,
) -> Response {
    let path: BTreeMap<String, String> =
        path.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let (head, body) = request.into_parts();
    let mut visit = visit(portal, peer, &head.uri, head.headers, path).await;
    let part = visit.part;
    let handler = match head.method {
        Method::GET | Method::HEAD => place.get.as_ref(),
        Method::POST => place.post.as_ref(),
        _ => None,
    };
    let Some(handler) = handler else {
        return status_alone(StatusCode::METHOD_NOT_ALLOWED);
    };
    let changes = head.method == Method::POST;
    if changes && !origin::is_own(&visit.headers) {
        return status_alone(StatusCode::FORBIDDEN);
    }
    if !place.open && visit.actions.actor.session.is_none() {
        let next = if changes { String::new() } else { format!("?next={}", encoded(&visit.address)) };
        return Answer::GoTo(format!("/sign-in{next}")).respond(part);
    }
    if changes {
        let read = Limited::new(body, LARGEST_FORM).collect().await.map(http_body_util::Collected::to_bytes);
        let form = read.ok().and_then(|bytes| Fields::read(std::str::from_utf8(&bytes).ok()?));
        let Some(form) = form else { return status_alone(StatusCode::BAD_REQUEST) };
        visit.form = form;
    }
    let failure_frame = match within_tenant(&mut visit).await {
        Ok(()) => visit.outline(),
        Err(failure) => return failed(&visit, &failure).respond(part),
    };
    match handler(visit).await {
        Ok(answer) => answer.respond(part),
        Err(failure) => failed(&failure_frame, &failure).respond(part),
    }
}

fn status_alone(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn failed(visit: &Visit, failure: &Failure) -> Answer {
    let words = failure.in_words(visit);
    let status = failure.status();
    let context = context! { words, status => status.as_u16() };
    visit.page_as(status, "failure.html", context).unwrap_or_else(|_| Answer::Html(status, String::new()))
}

/// Lets the visit act on the tenant of the path alone.
async fn within_tenant(visit: &mut Visit) -> Result<(), Failure> {
    let Some(text) = visit.path.get("tenant") else { return Ok(()) };
    let slug = TenantSlug::parse(text).map_err(|_| Failure::Nowhere)?;
    let (actions, name) = visit.actions.within_named(&slug).await?;
    visit.actions = actions;
    visit.tenant = Some((slug, name.to_string()));
    Ok(())
}

async fn visit(
    portal: Arc<Portal>,
    peer: SocketAddr,
    uri: &Uri,
    headers: HeaderMap,
    path: BTreeMap<String, String>,
) -> Visit {
    let desk = (portal.desk)();
    let actor = caller(&desk, &headers, peer).await.unwrap_or_else(Actor::nobody);
    let actor = Actor { from: Some(peer.ip()), ..actor };
    let mut actions = desk.on_behalf_of(actor);
    let own = actions.own_language().await.ok().flatten();
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = own.or_else(|| Language::preferred(accepted.unwrap_or_default())).unwrap_or_default();
    actions.actor.language = language;
    let zone =
        cookie::value(&headers, cookie::ZONE).and_then(|name| TimeZone::get(&name.replace("%2F", "/")).ok());
    Visit {
        portal,
        actions,
        tenant: None,
        language,
        theme: match cookie::value(&headers, cookie::THEME) {
            Some("dark") => Some("dark"),
            Some("light") => Some("light"),
            _ => None,
        },
        zone: zone.unwrap_or(TimeZone::UTC),
        address: uri.path().to_owned(),
        path,
        query: Fields::read(uri.query().unwrap_or_default()).unwrap_or_default(),
        form: Fields::default(),
        part: headers.contains_key("hx-request"),
        headers,
    }
}

/// Who asks, where somebody signed in.
async fn caller(desk: &Actions, headers: &HeaderMap, peer: SocketAddr) -> Option<Actor> {
    let secret = Secret::new(cookie::value(headers, cookie::SESSION)?);
    let found = Actor::of_session(&desk.store, &secret, desk.clock.now(), Some(peer.ip())).await;
    found.map_err(AccessError::from).unwrap_or_else(|error| {
        tracing::error!(%error, "a session cannot be looked up");
        None
    })
}
