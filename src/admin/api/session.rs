//! Operations of whoever signs in: sessions, the own password and second factor, set-up links.

use axum::http::{StatusCode, header};
use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    field::Fields,
    problem::Problem,
    table::{Method, Operation, operation},
    user_field::{GivenUserName, Hidden},
    users::{SessionShown, UserShown, page_of},
};
use crate::{
    admin::{
        actions::{AccessError, SignIn},
        auth::code,
    },
    domain::SessionId,
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Post,
            "/setup",
            "setUp",
            "Chooses a password with a set-up link, which is good once.",
            set_up,
        )
        .takes::<ChosenPassword>()
        .answers::<UserShown>()
        .open(),
        operation(Method::Post, "/session", "signIn", "Signs a user in.", sign_in)
            .takes::<GivenCredentials>()
            .makes::<SessionMade>()
            .open(),
        operation(
            Method::Delete,
            "/session",
            "signOut",
            "Ends the session that the request comes through.",
            sign_out,
        ),
        operation(Method::Get, "/me", "showCaller", "Shows who calls, and what the caller may do.", me)
            .answers::<Caller>(),
        operation(
            Method::Put,
            "/me/password",
            "changeOwnPassword",
            "Changes the own password; the other sessions end.",
            change_password,
        )
        .takes::<PasswordChange>(),
        operation(
            Method::Post,
            "/me/second-factor",
            "offerSecondFactor",
            "Makes a key for an authenticator app. Nothing is kept until it comes back with a code.",
            offer,
        )
        .makes::<SecondFactorOffered>(),
        operation(
            Method::Put,
            "/me/second-factor",
            "setSecondFactor",
            "Demands codes made from this key from now on.",
            set_second_factor,
        )
        .takes::<SecondFactorChosen>(),
        operation(
            Method::Post,
            "/me/second-factor/removal",
            "removeSecondFactor",
            "Demands codes no longer.",
            remove_second_factor,
        )
        .takes::<OwnPassword>(),
        operation(Method::Get, "/me/sessions", "listOwnSessions", "Lists the own open sessions.", sessions)
            .lists::<SessionShown>(),
        operation(
            Method::Delete,
            "/me/sessions/{session}",
            "endOwnSession",
            "Ends one of the own sessions.",
            end_session,
        ),
    ]
}

/// What a user signs in with.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenCredentials {
    /// The name.
    name: GivenUserName,
    /// The password.
    password: Hidden,
    /// The code of the second factor, where there is one.
    #[serde(default)]
    code: Option<Hidden>,
}

/// A session that was opened.
#[derive(serde::Serialize, ToSchema)]
struct SessionMade {
    /// What each request shows: `Authorization: Bearer …`.
    token: String,
    /// When it ends whatever happens; earlier after two hours without a request.
    expires_at: String,
    /// Who signed in.
    user: UserShown,
}

/// A password chosen with a link.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChosenPassword {
    /// What stands in the link after the #.
    link: Hidden,
    /// The password: 12 to 128 characters.
    password: Hidden,
}

/// Another password.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The one that is good now.
    current: Hidden,
    /// The one that is good then.
    new: Hidden,
}

/// The own password, asked for once more.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnPassword {
    /// The one that is good now.
    current: Hidden,
}

/// A key for an authenticator app.
#[derive(serde::Serialize, ToSchema)]
struct SecondFactorOffered {
    /// In base32, to be typed.
    key: String,
    /// As the app reads it.
    uri: String,
    /// The URI as a QR code: an SVG picture.
    picture: String,
}

/// A key that comes back with a code.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecondFactorChosen {
    /// The own password.
    current: Hidden,
    /// The key as it was made.
    key: Hidden,
    /// The code that the app shows now.
    code: Hidden,
}

/// Who calls.
#[derive(serde::Serialize, ToSchema)]
struct Caller {
    /// Its name in the audit.
    name: String,
    /// Whether it acts for the whole installation.
    operator: bool,
    /// The only tenant that it sees; null: all of them.
    tenant: Option<String>,
    /// What it may do.
    rights: String,
    /// Whether signing in takes a code as well; null for an API token.
    second_factor: Option<bool>,
}

async fn me(call: Call) -> Result<Answer, Problem> {
    let tenant = match call.actions.own_tenant().await {
        Ok(slug) => Some(slug.to_string()),
        Err(AccessError::NoTenantOfItsOwn) => None,
        Err(error) => return Err(error.into()),
    };
    let actor = call.actor();
    Ok(Answer::of(&Caller {
        name: actor.name.clone(),
        operator: actor.operator,
        tenant,
        rights: actor.rights.to_string(),
        second_factor: call.actions.own_code().await?,
    }))
}

async fn sign_in(call: Call) -> Result<Answer, Problem> {
    let body: GivenCredentials = call.body()?;
    let mut fields = Fields::default();
    let name = fields.take("/name", body.name);
    let name = fields.finish(name)?;
    let agent = call.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let given = SignIn {
        name,
        password: body.password.0,
        code: body.code.map(|code| code.0),
        agent: agent.unwrap_or_default().to_owned(),
    };
    let made = call.actions.sign_in(given).await?;
    Ok(Answer::made(&SessionMade {
        token: made.secret.expose().to_owned(),
        expires_at: made.session.expires_at.to_string(),
        user: UserShown::of(&made.user),
    }))
}

async fn sign_out(call: Call) -> Result<Answer, Problem> {
    call.actions.sign_out().await?;
    Ok(Answer::nothing())
}

async fn set_up(call: Call) -> Result<Answer, Problem> {
    let body: ChosenPassword = call.body()?;
    let user = call.actions.set_up(&body.link.0, body.password.0.expose()).await?;
    Ok(Answer::of(&UserShown::of(&user)))
}

async fn change_password(call: Call) -> Result<Answer, Problem> {
    let body: PasswordChange = call.body()?;
    call.actions.change_own_password(&body.current.0, body.new.0.expose()).await?;
    Ok(Answer::nothing())
}

async fn offer(call: Call) -> Result<Answer, Problem> {
    let offered = call.actions.offer_code_key().await?;
    Ok(Answer::made(&SecondFactorOffered {
        key: offered.key.expose().to_owned(),
        uri: offered.uri.expose().to_owned(),
        picture: code::picture(&offered.uri),
    }))
}

async fn set_second_factor(call: Call) -> Result<Answer, Problem> {
    let body: SecondFactorChosen = call.body()?;
    call.actions.set_code_key(&body.current.0, &body.key.0, &body.code.0).await?;
    Ok(Answer::nothing())
}

async fn remove_second_factor(call: Call) -> Result<Answer, Problem> {
    let body: OwnPassword = call.body()?;
    call.actions.remove_code_key(&body.current.0).await?;
    Ok(Answer::nothing())
}

async fn sessions(call: Call) -> Result<Answer, Problem> {
    let (_, found) = call.actions.own_sessions().await?;
    page_of(found, &call)
}

async fn end_session(call: Call) -> Result<Answer, Problem> {
    let id: SessionId = call.path("session")?;
    if call.actions.end_own_session(&id).await? {
        return Ok(Answer::nothing());
    }
    let detail = format!("you have no session \"{id}\"");
    Err(Problem::new(StatusCode::NOT_FOUND, "session_not_found", detail))
}
