//! Users of a tenant, and the operator's own: invited with a link, blocked, reset, removed.

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
    admin::actions::{ActionError, FailureKind, SetupLink, UserChange, UserToAdd, setup_path},
    domain::{Exceptions, Role, TenantSlug, UserName},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/users", show).takes(add),
        deed("/t/{tenant}/users/change", change),
        deed("/t/{tenant}/users/reset", reset),
        deed("/t/{tenant}/users/remove", remove),
        page("/users", show).takes(add),
        deed("/users/change", change),
        deed("/users/reset", reset),
        deed("/users/remove", remove),
    ]
}

/// Whose users they are: the tenant's of the path, else the operator's own.
fn of(visit: &Visit) -> Option<&TenantSlug> {
    visit.tenant.as_ref().map(|(slug, _)| slug)
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    list(&visit, StatusCode::OK, Filled::default(), None).await
}

/// The list; `link` is what a user was just given, which is shown this once.
async fn list(
    visit: &Visit,
    status: StatusCode,
    form: Filled,
    link: Option<(&UserName, &SetupLink)>,
) -> Result<Answer, Failure> {
    let users = visit.actions.users(of(visit)).await?;
    let own = visit.actions.actor.session.as_ref().map(|own| &own.user);
    let rows: Vec<Value> = users
        .iter()
        .map(|user| {
            context! {
                name => user.name.as_str(),
                role => user.role.as_str(),
                exceptions => user.exceptions.to_string(),
                networks => user.networks.iter().map(ToString::to_string).collect::<Vec<_>>(),
                has_password => user.has_password,
                has_code => user.has_code,
                blocked => user.blocked,
                own => own == Some(&user.id),
            }
        })
        .collect();
    let roles: Vec<&str> = match of(visit) {
        Some(_) => vec![Role::Administrator.as_str(), Role::PhoneManager.as_str(), Role::ReadOnly.as_str()],
        None => vec![Role::Operator.as_str()],
    };
    let link = link.map(|(name, link)| {
        context! { name => name.as_str(), path => setup_path(link), until => visit.when(link.expires_at) }
    });
    let base = of(visit).map(|slug| format!("/t/{slug}")).unwrap_or_default();
    visit.page_as(status, "users.html", context! { form, rows, roles, link, here => format!("{base}/users") })
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let name = reading.take("name", "rule-user-name", UserName::parse);
    let role = reading.take("role", "rule-role", str::parse::<Role>);
    let (Some(name), Some(role)) = (name, role) else {
        let form = reading.filled;
        return list(&visit, StatusCode::UNPROCESSABLE_ENTITY, form, None).await;
    };
    let new = UserToAdd { name, role, exceptions: Exceptions::default(), networks: Vec::new() };
    match visit.actions.add_user(of(&visit), new).await {
        Ok((user, link)) => list(&visit, StatusCode::OK, Filled::default(), Some((&user.name, &link))).await,
        Err(error) => refused(&visit, error).await,
    }
}

async fn refused(visit: &Visit, error: impl ActionError) -> Result<Answer, Failure> {
    if error.kind() == FailureKind::Unavailable {
        return Err(error.into());
    }
    let mut form = Reading::of(visit).filled;
    let words = visit.refused(&error).await;
    if error.code() == "user_exists" {
        form.say("name", words);
    } else {
        form.message = Some(words);
    }
    list(visit, StatusCode::CONFLICT, form, None).await
}

/// The user that a form is about.
fn named(visit: &Visit) -> Result<UserName, Failure> {
    UserName::parse(visit.form.text("user")).map_err(|_| Failure::Nowhere)
}

async fn change(visit: Visit) -> Result<Answer, Failure> {
    let name = named(&visit)?;
    let change = UserChange {
        role: visit.form.given("role").and_then(|role| role.parse().ok()),
        blocked: visit.form.given("blocked").map(|blocked| blocked == "true"),
        ..UserChange::default()
    };
    match visit.actions.change_user(of(&visit), &name, &change).await {
        Ok(_) => Ok(visit.go_to("/users", Some("saved"))),
        Err(error) => refused(&visit, error).await,
    }
}

async fn reset(visit: Visit) -> Result<Answer, Failure> {
    match visit.actions.reset_user(of(&visit), &named(&visit)?).await {
        Ok((user, link)) => list(&visit, StatusCode::OK, Filled::default(), Some((&user.name, &link))).await,
        Err(error) => refused(&visit, error).await,
    }
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    match visit.actions.remove_user(of(&visit), &named(&visit)?).await {
        Ok(()) => Ok(visit.go_to("/users", Some("saved"))),
        Err(error) => refused(&visit, error).await,
    }
}
