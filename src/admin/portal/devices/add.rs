//! Adding a device.

use axum::http::StatusCode;
use minijinja::context;

use crate::{
    admin::{
        actions::{ActionError, DeviceToAdd, FailureKind},
        portal::{
            door::{Place, page},
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    catalog::Model,
    domain::{Mac, PlainText},
};

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/devices/add", ask).takes(add)]
}

async fn ask(visit: Visit) -> Result<Answer, Failure> {
    let filled = Filled::with([
        ("mac", visit.query.text("mac").to_owned()),
        ("model", visit.query.text("model").to_owned()),
    ]);
    form(&visit, StatusCode::OK, filled)
}

fn form(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let models = models(visit);
    visit.page_as(status, "devices/add.html", context! { form, models })
}

/// Every model there is, by name.
pub(super) fn models(visit: &Visit) -> Vec<String> {
    let catalog = (visit.portal.shown.catalog)();
    let mut models: Vec<String> = catalog.models().iter().map(Model::full_name).collect();
    models.sort();
    models
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let mac = reading.take("mac", "rule-mac", Mac::parse);
    let name = reading.take_if_given("name", "rule-name", |text| PlainText::parse("device name", text));
    let model = visit.form.given("model").map(str::to_owned);
    let mut filled = reading.filled;
    let (Some(mac), false) = (mac, filled.is_wrong()) else {
        return form(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled);
    };
    match visit.actions.add_device(visit.slug()?, DeviceToAdd { mac, model, name }).await {
        Ok(_) => Ok(visit.go_to(&format!("/devices/{mac}"), Some("device-added"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            match error.code() {
                "device_exists" | "mac_unavailable" => filled.say("mac", words),
                "model_unknown" => filled.say("model", words),
                "name_wrong" => filled.say("name", words),
                _ => filled.message = Some(words),
            }
            form(&visit, StatusCode::CONFLICT, filled)
        }
    }
}
