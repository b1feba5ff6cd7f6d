//! The phones that carry an extension: assigning a line, and freeing it.

use axum::http::StatusCode;
use minijinja::{Value, context, value::Serde};

use super::{add::choices, extension, heading};
use crate::{
    admin::{
        actions::{ActionError, ExtensionDetails, FailureKind, SipPassword},
        portal::{
            door::{Place, deed, page},
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    domain::{ExtensionNumber, LineNumber, Mac, ServiceName},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/extensions/{number}/device", show).takes(assign),
        deed("/t/{tenant}/extensions/{number}/device/release", release),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = extension(&visit).await?;
    tab(&visit, StatusCode::OK, &details, Filled::default()).await
}

async fn tab(
    visit: &Visit,
    status: StatusCode,
    details: &ExtensionDetails,
    form: Filled,
) -> Result<Answer, Failure> {
    let macs: Vec<Mac> = details.carriers.iter().map(|carrier| carrier.mac).collect();
    let following = visit.actions.following(&macs).await?;
    let carriers: Vec<Value> = details
        .carriers
        .iter()
        .map(|carrier| {
            let found = following.iter().find(|(mac, ..)| *mac == carrier.mac);
            context! {
                mac => carrier.mac.to_string(),
                shown => carrier.mac.colons(),
                line => carrier.line.get(),
                sync => found.map(|(_, following, _)| Value::from(Serde(following.state))),
                seen => found.and_then(|(_, _, seen)| *seen).map(|time| visit.when(time)),
            }
        })
        .collect();
    let devices = choices(visit, None).await?;
    let context = context! { form, extension => heading(details), carriers, devices };
    visit.page_as(status, "extensions/device.html", context)
}

async fn assign(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let mut reading = Reading::of(&visit);
    let mac = reading.take("mac", "rule-mac", Mac::parse);
    let line = reading.take("line", "rule-line", str::parse::<LineNumber>);
    let mut filled = reading.filled;
    let (Some(mac), Some(line)) = (mac, line) else {
        return tab(&visit, StatusCode::UNPROCESSABLE_ENTITY, &extension(&visit).await?, filled).await;
    };
    match visit.actions.assign_line(mac, line, &ServiceName::from(number.clone())).await {
        Ok(()) => Ok(visit.go_to(&format!("/extensions/{number}/device"), Some("line-assigned"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            match error.code() {
                "device_not_found" => filled.say("mac", words),
                "line_taken" | "line_beyond_model" => filled.say("line", words),
                _ => filled.message = Some(words),
            }
            tab(&visit, StatusCode::CONFLICT, &extension(&visit).await?, filled).await
        }
    }
}

async fn release(visit: Visit) -> Result<Answer, Failure> {
    let number = visit.place("number", ExtensionNumber::parse)?;
    let mac = Mac::parse(visit.form.text("mac")).map_err(|_| Failure::Nowhere)?;
    let line: LineNumber = visit.form.text("line").parse().map_err(|_| Failure::Nowhere)?;
    visit.actions.release_line(mac, line, SipPassword::Renewed).await?;
    Ok(visit.go_to(&format!("/extensions/{number}/device"), Some("line-released")))
}
