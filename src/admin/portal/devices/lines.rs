//! The lines of a device: each free or with what it carries.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{device, show::shown};
use crate::{
    admin::{
        actions::{ActionError, DeviceDetails, FailureKind, SipPassword},
        portal::{
            door::{Place, deed, page},
            extensions::admission_word,
            failure::Failure,
            form::Reading,
            page::Answer,
            visit::Visit,
        },
    },
    domain::{LineNumber, ServiceName, WrongText},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        deed("/t/{tenant}/devices/{mac}/lines/assign", assign),
        deed("/t/{tenant}/devices/{mac}/lines/release", release),
        page("/t/{tenant}/devices/services", services),
    ]
}

/// Each line of the model, or those that carry something where the model is not known.
pub(super) fn lines_shown(details: &DeviceDetails) -> Vec<Value> {
    let last = details.lines.last().map_or(0, |line| line.line.get());
    let count = details.model_lines.unwrap_or_else(|| (last + 1).max(1)).max(last);
    let line = |number: u16| {
        let carried = details.lines.iter().find(|line| line.line.get() == number);
        context! {
            number,
            carries => carried.map(|line| line.carries.to_string()),
            is_number => carried.is_some_and(|line| matches!(line.carries, ServiceName::Number(_))),
            name => carried.map(|line| line.name.as_str()),
            state => carried.map(|line| admission_word(line.admission)),
        }
    };
    (1..=count).map(line).collect()
}

/// Extensions to choose from, found by what was typed.
async fn services(visit: Visit) -> Result<Answer, Failure> {
    let search = visit.query.given("service");
    let found = visit.actions.find_extensions(visit.slug()?, search, "", 20).await?;
    let services: Vec<Value> = found
        .items
        .iter()
        .map(|details| {
            context! { number => details.extension.number.as_str(), name => details.extension.name.as_str() }
        })
        .collect();
    visit.page("devices/services.html", context! { services })
}

async fn assign(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    let mac = details.device.mac;
    let mut reading = Reading::of(&visit);
    let line = reading.take("line", "rule-line", str::parse::<LineNumber>);
    let service = reading.take("service", "rule-service", |text| {
        text.parse::<ServiceName>().map_err(|wrong: WrongText| wrong)
    });
    let mut filled = reading.filled;
    let (Some(line), Some(service)) = (line, service) else {
        return shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, &details, filled).await;
    };
    match visit.actions.assign_line(mac, line, &service).await {
        Ok(()) => Ok(visit.go_to(&format!("/devices/{mac}"), Some("line-assigned"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            match error.code() {
                "line_taken" | "line_beyond_model" => filled.say("line", words),
                _ => filled.say("service", words),
            }
            shown(&visit, StatusCode::CONFLICT, &details, filled).await
        }
    }
}

async fn release(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    let line: LineNumber = visit.form.text("line").parse().map_err(|_| Failure::Nowhere)?;
    visit.actions.release_line(mac, line, SipPassword::Renewed).await?;
    Ok(visit.go_to(&format!("/devices/{mac}"), Some("line-released")))
}
