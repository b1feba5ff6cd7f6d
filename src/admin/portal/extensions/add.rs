//! Adding an extension, in the same form with the phone that carries it.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::main_products;
use crate::{
    admin::{
        actions::{ActionError, AddWithPhoneError, DeviceToAdd, ExtensionToAdd, FailureKind, Phone},
        portal::{
            door::{Place, page},
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    catalog::Model,
    domain::{Component, ExtensionNumber, Level, LineNumber, Mac, PlainText, ProductId},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/extensions/add", ask).takes(add),
        page("/t/{tenant}/extensions/lines", lines),
        page("/t/{tenant}/extensions/phones", phones),
    ]
}

/// The phones that the typed text finds, as choices.
async fn phones(visit: Visit) -> Result<Answer, Failure> {
    let devices = choices(&visit, visit.query.given("mac")).await?;
    visit.page("extensions/phones.html", context! { devices })
}

/// Phones to choose from: those that a text finds, or the first ones.
pub(super) async fn choices(visit: &Visit, search: Option<&str>) -> Result<Vec<Value>, Failure> {
    if !visit.may(Component::Devices, Level::View) {
        return Ok(Vec::new());
    }
    let devices = visit.actions.devices_to_choose(visit.slug()?, search).await?;
    Ok(devices.iter().map(|(mac, name)| context! { mac => mac.colons(), name => name.as_str() }).collect())
}

/// The free lines of a phone that is chosen or typed, for the form.
async fn lines(visit: Visit) -> Result<Answer, Failure> {
    let free = free_lines(&visit, visit.query.text("mac"), visit.query.given("model")).await?;
    visit.page("extensions/lines.html", context! { free, line => visit.query.text("line") })
}

/// The lines that a phone with this MAC would have free; none while no MAC is typed.
async fn free_lines(visit: &Visit, mac: &str, model: Option<&str>) -> Result<Option<Vec<u16>>, Failure> {
    let Ok(mac) = Mac::parse(mac) else { return Ok(None) };
    let (size, used) = match visit.actions.device(mac).await {
        Ok(details) => {
            (details.model_lines, details.lines.iter().map(|line| line.line.get()).collect::<Vec<_>>())
        }
        Err(error) if error.kind() == FailureKind::NotFound => {
            let known = model.and_then(|name| visit.actions.models.model(name).ok());
            (known.map(|model| model.lines), Vec::new())
        }
        Err(error) => return Err(error.into()),
    };
    // a phone that has not shown its model may have as many as the largest
    Ok(Some((1..=size.unwrap_or(16)).filter(|line| !used.contains(line)).collect()))
}

async fn ask(visit: Visit) -> Result<Answer, Failure> {
    let mac = visit.query.text("mac");
    let filled = Filled::with([("mac", mac.to_owned())]);
    form(&visit, StatusCode::OK, filled).await
}

async fn form(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let typed = |name: &str| form.values.get(name).map(String::as_str).unwrap_or_default().to_owned();
    let products = main_products(visit, None).await?;
    let may_devices = visit.may(Component::Devices, Level::Change);
    let devices = choices(visit, None).await?;
    let catalog = (visit.portal.shown.catalog)();
    let models: Vec<String> = catalog.models().iter().map(Model::full_name).collect();
    let free =
        free_lines(visit, &typed("mac"), Some(typed("model")).as_deref().filter(|model| !model.is_empty()))
            .await?;
    let line = typed("line");
    visit.page_as(
        status,
        "extensions/add.html",
        context! { form, products, devices, models, may_devices, free, line },
    )
}

async fn add(visit: Visit) -> Result<Answer, Failure> {
    let mut reading = Reading::of(&visit);
    let number = reading.take("number", "rule-extension-number", ExtensionNumber::parse);
    let name = reading.take("name", "rule-name", |text| PlainText::parse("name", text));
    let product = reading.take("product", "rule-product", ProductId::parse);
    let mac = reading.take_if_given("mac", "rule-mac", Mac::parse);
    let device_name =
        reading.take_if_given("device_name", "rule-name", |text| PlainText::parse("device name", text));
    let line = match mac {
        Some(_) => reading.take("line", "rule-line", str::parse::<LineNumber>),
        None => None,
    };
    let mut filled = reading.filled;
    let (Some(number), Some(name), Some(product), false) = (number, name, product, filled.is_wrong()) else {
        return form(&visit, StatusCode::UNPROCESSABLE_ENTITY, filled).await;
    };
    let new = ExtensionToAdd { number: number.clone(), name, product, sip_user: None, sip_password: None };
    let slug = visit.slug()?;
    let made = match (mac, line) {
        (Some(mac), Some(line)) => {
            let known = match visit.actions.device(mac).await {
                Ok(_) => true,
                Err(error) if error.kind() == FailureKind::NotFound => false,
                Err(error) => return Err(error.into()),
            };
            let model = visit.form.given("model").map(str::to_owned);
            let phone = if known {
                Phone::Known { mac, line }
            } else {
                Phone::New { device: DeviceToAdd { mac, model, name: device_name }, line }
            };
            visit.actions.add_extension_with_phone(slug, new, phone).await
        }
        _ => visit.actions.add_extension(slug, new).await.map_err(AddWithPhoneError::from),
    };
    match made {
        Ok(_) => Ok(visit.go_to(&format!("/extensions/{number}"), Some("extension-added"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            match field_of(&error) {
                Some(field) => filled.say(field, words),
                None => filled.message = Some(words),
            }
            form(&visit, StatusCode::CONFLICT, filled).await
        }
    }
}

/// The field that an error is about.
fn field_of(error: &AddWithPhoneError) -> Option<&'static str> {
    if error.refused_seat().is_some() {
        return Some("product");
    }
    match error.code() {
        "number_taken" | "sip_user_taken" => Some("number"),
        "device_exists" | "mac_unavailable" => Some("mac"),
        "model_unknown" => Some("model"),
        "line_taken" | "line_beyond_model" => Some("line"),
        _ => None,
    }
}
