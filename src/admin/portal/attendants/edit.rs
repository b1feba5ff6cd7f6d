//! Adding an auto-attendant, and changing what it does when.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{attendant, heading, schedule};
use crate::{
    admin::{
        actions::{ActionError, AttendantToAdd, FailureKind},
        portal::{
            door::{Place, page},
            extensions::choice,
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    domain::{Component, DidNumber, ExtensionNumber, Level, PlainText, ProductId, ProductKind, ServiceKind},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/attendants/add", ask).takes(add),
        page("/t/{tenant}/attendants/{number}/schedule", edit).takes(change),
    ]
}

/// What a new one begins with: the commonest hours.
fn beginning(visit: &Visit) -> Filled {
    let zone = visit.zone.iana_name().unwrap_or("UTC").to_owned();
    let days = ["mon", "tue", "wed", "thu", "fri"].map(|day| (format!("hours0_{day}"), "on".to_owned()));
    let times = [("hours0_from", "08:00"), ("hours0_to", "17:00")];
    let mut filled = Filled::with([("time_zone", zone)]);
    filled.values.extend(days);
    filled.values.extend(times.map(|(name, time)| (name.to_owned(), time.to_owned())));
    filled
}

async fn ask(visit: Visit) -> Result<Answer, Failure> {
    form(&visit, StatusCode::OK, beginning(&visit), &[]).await
}

/// What both forms show of a schedule.
fn parts(form: &Filled) -> Value {
    let keys = schedule::KEYS.map(|(key, name)| context! { key, name });
    context! { hours_rows => schedule::rows(form, "hours"), holiday_rows => schedule::rows(form, "holiday"), keys }
}

async fn form(visit: &Visit, status: StatusCode, form: Filled, dids: &[String]) -> Result<Answer, Failure> {
    let offered = visit.actions.offered_products(visit.slug()?, &ServiceKind::AutoAttendant).await?;
    let main = offered.iter().filter(|offered| offered.kind == ProductKind::Main);
    let products: Vec<Value> = main.map(|offered| choice(visit, offered, false)).collect();
    let free: Vec<Value> = if visit.may(Component::Dids, Level::View) {
        let all = visit.actions.dids(visit.slug()?).await?;
        let free = all.into_iter().filter(|did| did.service.is_none()).map(|did| did.number.to_string());
        free.map(|number| context! { chosen => dids.contains(&number), number }).collect()
    } else {
        Vec::new()
    };
    let parts = parts(&form);
    visit.page_as(status, "attendants/add.html", context! { form, products, free, ..parts })
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let number = reading.take("number", "rule-extension-number", ExtensionNumber::parse);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let product = reading.take("product", "rule-product", ProductId::parse);
    let mut filled = reading.filled;
    let chosen: Vec<String> = visit.form.all("did").map(str::to_owned).collect();
    let dids: Vec<DidNumber> = chosen.iter().filter_map(|text| DidNumber::parse(text).ok()).collect();
    let written = schedule::read(&visit.form, None);
    if let Err(mistakes) = written.clone().check() {
        schedule::mark(&visit, &mut filled, &mistakes);
    }
    let (Some(number), Some(name), Some(product), false) = (number, name, product, filled.is_wrong()) else {
        return form(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled, &chosen).await;
    };
    let new = AttendantToAdd { number: number.clone(), name, product, schedule: written, dids };
    match visit.actions.add_attendant(visit.slug()?, new).await {
        Ok(_) => Ok(visit.go_to(&format!("/attendants/{number}"), Some("attendant-added"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            schedule::mark(&visit, &mut filled, error.mistakes());
            match error.code() {
                "number_taken" => filled.say("number", words),
                _ if error.refused_seat().is_some() => filled.say("product", words),
                _ => filled.message = Some(words),
            }
            form(&visit, StatusCode::CONFLICT, filled, &chosen).await
        }
    }
}

async fn edit(visit: Visit) -> Result<Answer, Failure> {
    let details = attendant(&visit).await?;
    let written = details.schedule.written();
    let mut filled = Filled::default();
    filled.values.extend(schedule::fields(written, details.schedule.hours()));
    schedule_form(&visit, StatusCode::OK, heading(&details), filled)
}

fn schedule_form(
    visit: &Visit,
    status: StatusCode,
    attendant: Value,
    form: Filled,
) -> Result<Answer, Failure> {
    let parts = parts(&form);
    visit.page_as(status, "attendants/schedule.html", context! { form, attendant, ..parts })
}

async fn change(visit: Visit) -> Result<Answer, Failure> {
    let details = attendant(&visit).await?;
    let number = visit.place("number", ExtensionNumber::parse)?;
    let mut filled = Reading::of(&visit).filled;
    let written = schedule::read(&visit.form, Some(details.schedule.written()));
    match visit.as_seen().set_schedule(visit.slug()?, &number, written).await {
        Ok(_) => Ok(visit.go_to(&format!("/attendants/{number}"), Some("saved"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            filled.message = Some(visit.refused(&error).await);
            schedule::mark(&visit, &mut filled, error.mistakes());
            schedule_form(&visit, StatusCode::CONFLICT, heading(&details), filled)
        }
    }
}
