//! The user directory of `FreeSWITCH`, as its `mod_xml_curl` asks for it: one user at a time, in a form, answered in XML.
//!
//! It authenticates with HTTP Basic (`gateway-credentials`), of which the password is a token with `credentials:view`.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    door::{decoded, read},
    problem::Problem,
};
use crate::{
    admin::{
        actions::{Actions, Actor},
        pbx::freeswitch::{NOT_FOUND, directory_of},
    },
    domain::Secret,
};

pub(super) async fn directory(
    State(desk): State<Arc<dyn Fn() -> Actions + Send + Sync>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match answer(&desk(), &headers, body).await {
        Ok(xml) => {
            ([(header::CONTENT_TYPE, "text/xml"), (header::CACHE_CONTROL, "no-store")], xml).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

async fn answer(desk: &Actions, headers: &HeaderMap, body: Body) -> Result<String, Problem> {
    let refused = || {
        let detail = "a token is needed as the password of HTTP Basic, in gateway-credentials";
        Problem::new(StatusCode::UNAUTHORIZED, "not_authenticated", detail)
    };
    let token = headers.get(header::AUTHORIZATION).and_then(basic_password).ok_or_else(refused)?;
    let actor = Actor::of_token(&desk.store, &token, desk.clock.now()).await;
    let actor = actor.map_err(crate::admin::actions::AccessError::from)?.ok_or_else(refused)?;
    let actions = desk.on_behalf_of(actor);
    let form = read(body).await?;
    let form = String::from_utf8_lossy(&form);
    let field = |wanted: &str| {
        let mut fields = form.split('&').filter_map(|part| part.split_once('='));
        fields.find(|(name, _)| *name == wanted).and_then(|(_, value)| decoded(value))
    };
    let (Some("directory"), Some(user)) = (field("section").as_deref(), field("user")) else {
        return Ok(NOT_FOUND.to_owned());
    };
    let accounts = actions.accounts(&actions.own_tenant().await?, None).await?;
    let here = field("domain").is_none_or(|domain| domain == accounts.domain.as_str());
    let found = directory_of(&accounts, &user).filter(|_| here);
    Ok(found.unwrap_or_else(|| NOT_FOUND.to_owned()))
}

fn basic_password(value: &HeaderValue) -> Option<Secret> {
    let encoded = value.to_str().ok()?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(data_encoding::BASE64.decode(encoded.as_bytes()).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| Secret::new(password))
}
