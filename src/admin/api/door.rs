//! The API's door: finds the operation, asks who calls, and lets it be carried out in that name.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, RawPathParams, State},
    http::{HeaderMap, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::{
    call::Call,
    document::document,
    freeswitch, operations, page,
    problem::Problem,
    table::{Method, Operation},
};
use crate::{
    admin::actions::{AccessError, Actions, Actor},
    domain::{Secret, TenantSlug},
};

/// The largest body that is read.
const LARGEST_BODY: usize = 1 << 20;
/// What the API begins with.
const BASE: &str = "/api/v1";

/// What makes the actions behind a call.
type Desk = Arc<dyn Fn() -> Actions + Send + Sync>;

/// The operations of one path.
struct Door {
    desk: Desk,
    operations: Vec<Operation>,
}

/// The routes of the API, which act through what `desk` makes, each call in the name of its token.
pub fn routes(desk: &Arc<dyn Fn() -> Actions + Send + Sync>) -> Router {
    let all = operations();
    let description = document(&all);
    let page = Bytes::from(page::html(&description));
    let json = Bytes::from(description.to_string());
    let mut paths: BTreeMap<&'static str, Vec<Operation>> = BTreeMap::new();
    for operation in all {
        paths.entry(operation.path).or_default().push(operation);
    }
    let mut router = Router::new()
        .route(&format!("{BASE}/openapi.json"), get(async move || still("application/json", json.clone())))
        .route(&format!("{BASE}/"), get(async move || still("text/html; charset=utf-8", page.clone())))
        .route(
            &format!("{BASE}/style.css"),
            get(async || still("text/css; charset=utf-8", Bytes::from_static(page::STYLE))),
        )
        .route(
            &format!("{BASE}/freeswitch/directory"),
            post(freeswitch::directory).with_state(Arc::clone(desk)),
        )
        .route(&format!("{BASE}/{{*nowhere}}"), any(async || nowhere()));
    for (path, operations) in paths {
        let door = Arc::new(Door { desk: Arc::clone(desk), operations });
        router = router.route(&format!("{BASE}{path}"), any(enter).with_state(door));
    }
    router
}

/// What never changes while the server runs, and needs no token.
fn still(content_type: &'static str, body: Bytes) -> Response {
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, body).into_response()
}

fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_path", "there is nothing at this path; see /api/v1/")
}

async fn enter(
    State(door): State<Arc<Door>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    path: RawPathParams,
    request: Request<Body>,
) -> Response {
    let path: BTreeMap<String, String> =
        path.iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    match door.answer(peer, path, request).await {
        Ok(response) => response,
        Err(problem) => {
            tracing::debug!(
                status = problem.status().as_u16(),
                code = problem.code(),
                "refused: {}",
                problem.detail()
            );
            problem.into_response()
        }
    }
}

impl Door {
    async fn answer(
        &self,
        peer: SocketAddr,
        path: BTreeMap<String, String>,
        request: Request<Body>,
    ) -> Result<Response, Problem> {
        let (head, body) = request.into_parts();
        let Some(operation) = self.operation(&head.method) else { return Ok(self.other_methods()) };
        let desk = (self.desk)();
        let actor = if operation.open { Actor::nobody() } else { caller(&desk, &head.headers, peer).await? };
        let actor = Actor { from: Some(peer.ip()), ..actor };
        let query = query(operation, head.uri.query().unwrap_or_default())?;
        let body = read(body).await?;
        let actions = desk.on_behalf_of(actor);
        let actions = match path.get("tenant") {
            Some(text) => {
                let slug = TenantSlug::parse(text);
                let slug = slug.map_err(|wrong| Problem::nowhere("tenant", wrong.to_string()))?;
                actions.within(&slug).await?
            }
            None => actions,
        };
        let shape = operation.body.clone();
        let call = Call { actions, path, query, headers: head.headers, body, shape };
        let target = format!("{} {}", head.method, head.uri.path());
        let actions = call.actions.clone();
        let answer = (operation.carry_out)(call.with_conditions(operation, &target)?).await;
        if let Err(problem) = &answer
            && matches!(problem.status(), StatusCode::FORBIDDEN | StatusCode::CONFLICT)
        {
            actions.note_refusal(&target, problem.code()).await;
        }
        Ok(answer?.into_response())
    }

    /// The operation for this method; HEAD is GET, whose body the connection leaves out.
    fn operation(&self, method: &http::Method) -> Option<&Operation> {
        let asked = match method.as_str() {
            "GET" | "HEAD" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            "DELETE" => Method::Delete,
            _ => return None,
        };
        self.operations.iter().find(|operation| operation.method == asked)
    }

    fn other_methods(&self) -> Response {
        let methods: Vec<String> =
            self.operations.iter().map(|operation| operation.method.as_str().to_ascii_uppercase()).collect();
        let allowed = methods.join(", ");
        let detail = format!("here there is {allowed}");
        let mut response =
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail).into_response();
        if let Ok(allowed) = HeaderValue::from_str(&allowed) {
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}

/// Who calls.
async fn caller(desk: &Actions, headers: &HeaderMap, peer: SocketAddr) -> Result<Actor, Problem> {
    let refused = |detail: &str| Problem::new(StatusCode::UNAUTHORIZED, "not_authenticated", detail);
    let given = headers.get(header::AUTHORIZATION);
    let given = given
        .ok_or_else(|| refused("an API token or a session is needed: Authorization: Bearer offhook_…"))?;
    let bearer = given.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Secret::new(token.trim()))
    });
    let token = bearer.ok_or_else(|| refused("Authorization must be: Bearer offhook_…"))?;
    let now = desk.clock.now();
    let of_session = Actor::of_session(&desk.store, &token, now, Some(peer.ip())).await;
    let actor = match of_session.map_err(AccessError::from)? {
        Some(actor) => Some(actor),
        None => Actor::of_token(&desk.store, &token, now).await.map_err(AccessError::from)?,
    };
    actor.ok_or_else(|| refused("the token is none, was revoked or ended, or has expired"))
}

/// The parameters of a query: only those that the operation has, and each once.
fn query(operation: &Operation, text: &str) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    for part in text.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let wrong = |name: &str| Problem::mistake("query", name, "is not percent-encoded UTF-8");
        let name = decoded(name).ok_or_else(|| wrong(""))?;
        let value = decoded(value).ok_or_else(|| wrong(&name))?;
        if !operation.query.iter().any(|parameter| parameter.name == name) {
            let names: Vec<_> = operation.query.iter().map(|parameter| parameter.name).collect();
            let names = if names.is_empty() { "there is none".to_owned() } else { names.join(", ") };
            return Err(Problem::mistake("query", &name, format!("is no parameter here: {names}")));
        }
        if found.insert(name.clone(), value).is_some() {
            return Err(Problem::mistake("query", &name, "is given twice"));
        }
    }
    let missing = operation.query.iter().find(|needed| needed.required && !found.contains_key(needed.name));
    missing.map_or(Ok(found), |missing| Err(Problem::mistake("query", missing.name, "is missing")))
}

/// A part of a query, percent-decoded; `+` is a space (WHATWG URL, application/x-www-form-urlencoded).
pub(in crate::admin) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let pair = [rest.next()?, rest.next()?];
                data_encoding::HEXLOWER_PERMISSIVE.decode(&pair).ok()?[0]
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

pub(super) async fn read(body: Body) -> Result<Bytes, Problem> {
    let collected = Limited::new(body, LARGEST_BODY).collect().await;
    collected.map(http_body_util::Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            let detail = format!("the body is larger than {LARGEST_BODY} bytes");
            return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail);
        }
        Problem::new(StatusCode::BAD_REQUEST, "body_broken", "the body broke off")
    })
}
