//! DID numbers: who answers each; the operator gives them to a tenant and takes them back.

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
    admin::actions::{ActionError, FailureKind},
    domain::{DidNumber, ServiceName},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/dids", show).takes(add),
        deed("/t/{tenant}/dids/assign", assign),
        deed("/t/{tenant}/dids/release", release),
        deed("/t/{tenant}/dids/remove", remove),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    list(&visit, StatusCode::OK, Filled::default()).await
}

async fn list(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let all = visit.actions.dids(visit.slug()?).await?;
    let rows: Vec<Value> = all
        .iter()
        .map(|did| {
            context! {
                number => did.number.to_string(),
                by => did.service.as_ref().map(|(name, _)| name.to_string()),
                kind => did.service.as_ref().map(|(_, kind)| kind.as_str()),
            }
        })
        .collect();
    let operator = visit.actions.actor.operator;
    visit.page_as(status, "dids.html", context! { form, rows, operator })
}

/// The page again, with why something was not done.
async fn refused(visit: &Visit, error: impl ActionError, field: &str) -> Result<Answer, Failure> {
    if error.kind() == FailureKind::Unavailable {
        return Err(error.into());
    }
    let mut form = Reading::of(visit).filled;
    form.say(field, visit.refused(&error).await);
    list(visit, StatusCode::CONFLICT, form).await
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let numbers = reading.take("numbers", "rule-dids", |text| {
        let words = text.split([' ', ',', ';', '\r', '\n']).filter(|word| !word.is_empty());
        words.map(DidNumber::parse).collect::<Result<Vec<_>, _>>()
    });
    let Some(numbers) = numbers else {
        let form = reading.filled;
        return list(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    match visit.actions.add_dids(visit.slug()?, &numbers).await {
        Ok(()) => Ok(visit.go_to("/dids", Some("dids-added"))),
        Err(error) => refused(&visit, error, "numbers").await,
    }
}

async fn assign(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let number = reading.take("number", "rule-dids", DidNumber::parse);
    let service = reading.take("service", "rule-service", str::parse::<ServiceName>);
    let (Some(number), Some(service)) = (number, service) else {
        let form = reading.filled;
        return list(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    match visit.actions.assign_did(visit.slug()?, &number, &service).await {
        Ok(_) => Ok(visit.go_to("/dids", Some("saved"))),
        Err(error) => refused(&visit, error, "service").await,
    }
}

async fn release(visit: Visit) -> Result<Answer, Failure> {
    let number = DidNumber::parse(visit.form.text("number")).map_err(|_| Failure::Nowhere)?;
    visit.actions.release_did(visit.slug()?, &number).await?;
    Ok(visit.go_to("/dids", Some("saved")))
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    let number = DidNumber::parse(visit.form.text("number")).map_err(|_| Failure::Nowhere)?;
    match visit.actions.remove_did(visit.slug()?, &number).await {
        Ok(()) => Ok(visit.go_to("/dids", Some("saved"))),
        Err(error) => refused(&visit, error, "numbers").await,
    }
}
