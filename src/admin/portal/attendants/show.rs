//! An auto-attendant: its week, its menus, and what happens to a call now or at a time.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{action_shown, attendant, heading, week::week};
use crate::{
    admin::{
        actions::{ActionError, AttendantDetails, FailureKind},
        portal::{
            door::{Place, deed, page},
            failure::Failure,
            page::Answer,
            visit::Visit,
        },
    },
    domain::{ExtensionNumber, ServiceKind, attendant::When},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/attendants/{number}", show),
        page("/t/{tenant}/attendants/{number}/at", at),
        deed("/t/{tenant}/attendants/{number}/block", block),
        deed("/t/{tenant}/attendants/{number}/remove", remove),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = attendant(&visit).await?;
    shown(&visit, StatusCode::OK, &details, None).await
}

async fn shown(
    visit: &Visit,
    status: StatusCode,
    details: &AttendantDetails,
    message: Option<String>,
) -> Result<Answer, Failure> {
    let schedule = &details.schedule;
    let actions: Vec<Value> = schedule
        .actions()
        .map(|(field, action)| {
            let holiday = field.split(['[', ']']).nth(1).and_then(|index| index.parse::<usize>().ok());
            let holiday = holiday.and_then(|index| schedule.holidays().get(index));
            let when = if holiday.is_some() { "holiday" } else { field.as_str() };
            context! { when, holiday => holiday.map(|holiday| holiday.name.as_str()), action => action_shown(action) }
        })
        .collect();
    let holidays: Vec<String> = schedule.holidays().iter().map(ToString::to_string).collect();
    let steps = steps(visit).await?;
    let context = context! {
        message, actions, holidays, steps,
        attendant => heading(details),
        week => week(schedule),
        zone => schedule.written().time_zone.as_str(),
        at => visit.query.text("at"),
    };
    visit.page_as(status, "attendants/show.html", context)
}

/// What happens to a call at the time that is asked about, else now.
async fn steps(visit: &Visit) -> Result<Option<Vec<Value>>, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    // a browser writes 2026-12-24T17:05, a time on the clock on the wall there
    let when = match visit.query.given("at") {
        None => When::Now,
        Some(text) => match text.parse() {
            Ok(when) => when,
            Err(_) => return Ok(None),
        },
    };
    let steps = visit.actions.state_at(visit.slug()?, &number, when).await?;
    let step = |step: &crate::admin::actions::CallStep| {
        context! {
            number => step.number.as_str(),
            local => step.local.as_str(),
            state => step.state,
            action => action_shown(&step.action),
            until => step.until.map(|until| visit.when(until)),
        }
    };
    Ok(Some(steps.iter().map(step).collect()))
}

async fn at(visit: Visit) -> Result<Answer, Failure> {
    let steps = steps(&visit).await?;
    visit.page("attendants/steps.html", context! { steps })
}

async fn block(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let blocked = visit.form.text("blocked") == "true";
    let (kind, called) = (ServiceKind::AutoAttendant, number.clone().into());
    match visit.actions.block_service(visit.slug()?, &kind, &called, blocked).await {
        Ok(_) => Ok(visit.go_to(&format!("/attendants/{number}"), Some("saved"))),
        Err(error) => refused(&visit, error).await,
    }
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let (kind, called) = (ServiceKind::AutoAttendant, number.into());
    match visit.as_seen().remove_service(visit.slug()?, &kind, &called).await {
        Ok(_) => Ok(visit.go_to("/attendants", Some("attendant-removed"))),
        Err(error) => refused(&visit, error).await,
    }
}

async fn refused(visit: &Visit, error: impl ActionError) -> Result<Answer, Failure> {
    if matches!(error.kind(), FailureKind::Unavailable | FailureKind::NotFound) {
        return Err(error.into());
    }
    let words = visit.refused(&error).await;
    shown(visit, StatusCode::CONFLICT, &attendant(visit).await?, Some(words)).await
}
