//! An extension itself: its name, its SIP account, blocking and removing it.

use axum::http::StatusCode;
use minijinja::context;

use super::{extension, heading};
use crate::{
    admin::{
        actions::{ActionError, ExtensionDetails, FailureKind},
        portal::{
            door::{Place, deed, page},
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    domain::{Component, ExtensionNumber, Level, PlainText, ServiceKind},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/extensions/{number}", show).takes(rename),
        deed("/t/{tenant}/extensions/{number}/block", block),
        deed("/t/{tenant}/extensions/{number}/remove", remove),
        deed("/t/{tenant}/extensions/{number}/reveal", reveal),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = extension(&visit).await?;
    let form = Filled::with([("name", details.extension.name.to_string())]);
    tab(&visit, StatusCode::OK, &details, form, None)
}

fn tab(
    visit: &Visit,
    status: StatusCode,
    details: &ExtensionDetails,
    form: Filled,
    password: Option<&str>,
) -> Result<Answer, Failure> {
    let extension = &details.extension;
    let context = context! {
        form,
        extension => heading(details),
        sip_user => extension.sip_user.as_str(),
        password,
        may_reveal => visit.may(Component::Credentials, Level::View),
        dids => details.dids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        carriers => details.carriers.len(),
    };
    visit.page_as(status, "extensions/show.html", context)
}

async fn rename(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let mut reading = Reading::of(&visit);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let mut filled = reading.filled;
    let Some(name) = name else {
        return tab(&visit, StatusCode::UNPROCESSABLE_ENTITY, &extension(&visit).await?, filled, None);
    };
    let (kind, called) = (ServiceKind::Extension, number.clone().into());
    match visit.as_seen().rename_service(visit.slug()?, &kind, &called, &name).await {
        Ok(_) => Ok(visit.go_to(&format!("/extensions/{number}"), Some("saved"))),
        Err(error) if error.kind() == FailureKind::Changed => {
            // who was second sees what it is now beside what was typed
            let details = extension(&visit).await?;
            filled.say("name", visit.refused(&error).await);
            filled.values.insert("theirs".to_owned(), details.extension.name.to_string());
            tab(&visit, StatusCode::CONFLICT, &details, filled, None)
        }
        Err(error) => Err(error.into()),
    }
}

async fn block(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let blocked = visit.form.text("blocked") == "true";
    let (kind, called) = (ServiceKind::Extension, number.clone().into());
    match visit.actions.block_service(visit.slug()?, &kind, &called, blocked).await {
        Ok(_) => {
            let done = if blocked { "extension-blocked" } else { "extension-unblocked" };
            Ok(visit.go_to(&format!("/extensions/{number}"), Some(done)))
        }
        Err(error) => refused(&visit, error).await,
    }
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let (kind, called) = (ServiceKind::Extension, number.into());
    match visit.as_seen().remove_service(visit.slug()?, &kind, &called).await {
        Ok(_) => Ok(visit.go_to("/extensions", Some("extension-removed"))),
        Err(error) => refused(&visit, error).await,
    }
}

/// The page again, with why that was not done.
async fn refused(visit: &Visit, error: impl ActionError) -> Result<Answer, Failure> {
    if matches!(error.kind(), FailureKind::Unavailable | FailureKind::NotFound) {
        return Err(error.into());
    }
    let details = extension(visit).await?;
    let mut form = Filled::with([("name", details.extension.name.to_string())]);
    form.message = Some(visit.refused(&error).await);
    tab(visit, StatusCode::CONFLICT, &details, form, None)
}

async fn reveal(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let details = visit.actions.extension(visit.slug()?, &number, true).await?;
    let form = Filled::with([("name", details.extension.name.to_string())]);
    let password = details.extension.sip_password.clone();
    tab(&visit, StatusCode::OK, &details, form, Some(password.expose()))
}
