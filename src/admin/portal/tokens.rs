//! API tokens of a tenant, and of the installation: made, shown once, revoked.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, deed, page},
    failure::Failure,
    form::{Filled, Reading},
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError, FailureKind, TokenToAdd},
    domain::{PlainText, Role, Secret, TenantSlug, TokenId},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/tokens", show).takes(add),
        deed("/t/{tenant}/tokens/revoke", revoke),
        page("/tokens", show).takes(add),
        deed("/tokens/revoke", revoke),
    ]
}

/// Whose tokens they are: the tenant's of the path, else the installation's.
fn of(visit: &Visit) -> Option<&TenantSlug> {
    visit.tenant.as_ref().map(|(slug, _)| slug)
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    list(&visit, StatusCode::OK, Filled::default(), None).await
}

/// The list; `made` is a token that was just made, which is shown this once.
async fn list(
    visit: &Visit,
    status: StatusCode,
    form: Filled,
    made: Option<&Secret>,
) -> Result<Answer, Failure> {
    let tokens = visit.actions.tokens(of(visit)).await?;
    let rows: Vec<Value> = tokens
        .iter()
        .map(|token| {
            context! {
                id => token.id.to_string(),
                name => token.name.as_str(),
                rights => token.rights.to_string(),
                by => token.created_by.as_str(),
                at => visit.when(token.created_at),
                until => token.expires_at.map(|until| visit.when(until)),
            }
        })
        .collect();
    let roles: Vec<&str> = match of(visit) {
        Some(_) => vec![Role::ReadOnly.as_str(), Role::PhoneManager.as_str(), Role::Administrator.as_str()],
        None => vec![Role::ReadOnly.as_str(), Role::Operator.as_str()],
    };
    let base = of(visit).map(|slug| format!("/t/{slug}")).unwrap_or_default();
    let context = context! {
        form, rows, roles,
        made => made.map(Secret::expose),
        here => format!("{base}/tokens"),
    };
    visit.page_as(status, "tokens.html", context)
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let role = reading.take("role", "rule-role", str::parse::<Role>);
    let days = reading.take_if_given("days", "rule-days", |text| match text.parse::<u32>() {
        Ok(days @ 1..=3650) => Ok(days),
        _ => Err(()),
    });
    let mut filled = reading.filled;
    let (Some(name), Some(role), false) = (name, role, filled.is_wrong()) else {
        return list(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled, None).await;
    };
    match visit.actions.add_token(of(&visit), TokenToAdd { name, rights: role.rights(), days }).await {
        Ok((_, secret)) => list(&visit, StatusCode::OK, Filled::default(), Some(&secret)).await,
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            filled.message = Some(visit.refused(&error).await);
            list(&visit, StatusCode::CONFLICT, filled, None).await
        }
    }
}

async fn revoke(visit: Visit) -> Result<Answer, Failure> {
    let id = TokenId::stored(visit.form.text("token"));
    visit.actions.revoke_token(of(&visit), &id).await?;
    Ok(visit.go_to("/tokens", Some("token-revoked")))
}
