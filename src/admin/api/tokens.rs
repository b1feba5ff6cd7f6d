//! Operations on API tokens.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    field::{Fields, GivenName, GivenRights, whole_or_none},
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::TokenToAdd,
    domain::{TenantSlug, TokenId},
    storage::Token,
};

/// The longest life of a token that has an end.
const LONGEST_DAYS: u32 = 3650;

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/tokens",
            "listOperatorTokens",
            "Lists the tokens of the installation. Operators only.",
            list,
        )
        .lists::<TokenShown>(),
        operation(
            Method::Post,
            "/tokens",
            "addOperatorToken",
            "Makes a token for the installation. Operators only.",
            add,
        )
        .takes::<NewToken>()
        .makes::<NewTokenShown>(),
        operation(
            Method::Delete,
            "/tokens/{id}",
            "revokeOperatorToken",
            "Ends a token of the installation. Operators only.",
            revoke,
        ),
        operation(Method::Get, "/tenants/{tenant}/tokens", "listTokens", "Lists a tenant's tokens.", list)
            .lists::<TokenShown>(),
        operation(
            Method::Post,
            "/tenants/{tenant}/tokens",
            "addToken",
            "Makes a token for a tenant, with no more rights than the caller has. It is shown once.",
            add,
        )
        .takes::<NewToken>()
        .makes::<NewTokenShown>(),
        operation(Method::Delete, "/tenants/{tenant}/tokens/{id}", "revokeToken", "Ends a token.", revoke),
    ]
}

/// A token, without the token itself.
#[derive(serde::Serialize, ToSchema)]
struct TokenShown {
    /// Its id.
    id: String,
    /// What people call it.
    name: String,
    /// What it may do.
    rights: String,
    /// Who made it.
    created_by: String,
    /// When it was made.
    created_at: String,
    /// From when it is refused; null: never.
    expires_at: Option<String>,
}

impl TokenShown {
    fn of(token: &Token) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            rights: token.rights.to_string(),
            created_by: token.created_by.clone(),
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.map(|end| end.to_string()),
        }
    }
}

/// What makes a token.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    /// What people call it.
    name: GivenName,
    /// What it may do.
    rights: GivenRights,
    /// For how many days it is good; for ever when absent.
    #[serde(default, deserialize_with = "whole_or_none")]
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u32>,
}

/// A token that was made: this is the only time that it is shown.
#[derive(serde::Serialize, ToSchema)]
struct NewTokenShown {
    /// Its id.
    id: String,
    /// The token: send it as `Authorization: Bearer …`.
    token: String,
}

fn tenant(call: &Call) -> Result<Option<TenantSlug>, Problem> {
    call.path.contains_key("tenant").then(|| call.path("tenant")).transpose()
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.tokens(tenant(&call)?.as_ref()).await?;
    found.retain(|token| is_found(&call, &[token.name.as_str(), token.id.as_str()]));
    found.sort_by(|one, other| one.id.cmp(&other.id));
    let page = Page::cut(found, &call, |token| token.id.to_string())?;
    Ok(Answer::of(&page.map(|token| TokenShown::of(&token))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewToken = call.body()?;
    let mut fields = Fields::default();
    let (name, rights) = (fields.take("/name", body.name), fields.take("/rights", body.rights));
    if body.days.is_some_and(|days| !(1..=LONGEST_DAYS).contains(&days)) {
        fields.wrong("/days", format!("is a number from 1 to {LONGEST_DAYS}"));
    }
    let (name, rights) = fields.finish(name.zip(rights))?;
    let new = TokenToAdd { name, rights, days: body.days };
    let (token, secret) = call.actions.add_token(tenant(&call)?.as_ref(), new).await?;
    Ok(Answer::made(&NewTokenShown { id: token.id.to_string(), token: secret.expose().to_owned() }))
}

async fn revoke(call: Call) -> Result<Answer, Problem> {
    let id: TokenId = call.path("id")?;
    call.actions.revoke_token(tenant(&call)?.as_ref(), &id).await?;
    Ok(Answer::nothing())
}
