//! A device's page: whether its phone enrolled and has what it should, its last request, its data sheet.

use axum::http::StatusCode;
use minijinja::{Value, context, value::Serde};

use super::{add::models, device, enrollment_shown, heading, lines::lines_shown, note_shown};
use crate::{
    admin::{
        actions::{ActionError, AlarmAnswer, DeviceDetails, FailureKind, SipPassword},
        portal::{
            door::{Place, deed, page},
            failure::Failure,
            form::Filled,
            page::Answer,
            visit::Visit,
        },
    },
    domain::{Edit, Inventory, InventoryEdit, Mac, PlainText},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/devices/{mac}", show),
        deed("/t/{tenant}/devices/{mac}/sync", sync),
        deed("/t/{tenant}/devices/{mac}/reopen", reopen),
        deed("/t/{tenant}/devices/{mac}/answer", answer),
        deed("/t/{tenant}/devices/{mac}/block", block),
        deed("/t/{tenant}/devices/{mac}/model", set_model),
        deed("/t/{tenant}/devices/{mac}/inventory", inventory),
        deed("/t/{tenant}/devices/{mac}/remove", remove),
    ]
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    shown(&visit, StatusCode::OK, &details, Filled::default()).await
}

/// The page, with what was typed into its forms.
pub(super) async fn shown(
    visit: &Visit,
    status: StatusCode,
    details: &DeviceDetails,
    form: Filled,
) -> Result<Answer, Failure> {
    let mac = details.device.mac;
    let enrollment = visit.actions.enrollment(mac).await?;
    let history = visit.actions.device_history(mac).await?;
    let following = &details.following;
    let freed: Vec<Value> = details
        .freed
        .iter()
        .map(|freed| {
            context! {
                line => freed.line.get(),
                carried => freed.carried.to_string(),
                taken => freed.taken_at.map(|at| visit.when(at)),
            }
        })
        .collect();
    let inventory = &details.inventory;
    let context = context! {
        form,
        device => heading(details),
        lines => lines_shown(details),
        freed,
        enrollment => enrollment_shown(visit, &enrollment),
        sync => Value::from(Serde(following.state)),
        fetched_at => following.fetched_at.map(|at| visit.when(at)),
        waits_since => following.since.map(|at| visit.when(at)),
        why => following.why.as_deref(),
        note => history.note.as_ref().map(|note| note_shown(visit, note)),
        profile => details.profile.as_ref().map(PlainText::as_str),
        models => models(visit),
        inventory => context! {
            managed_by => inventory.managed_by.as_deref().unwrap_or_default(),
            inventory_id => inventory.inventory_id.as_deref().unwrap_or_default(),
            description => inventory.description.as_deref().unwrap_or_default(),
        },
    };
    visit.page_as(status, "devices/show.html", context)
}

/// The device's page again, after something was done.
fn back(visit: &Visit, mac: Mac, done: &str) -> Answer {
    visit.go_to(&format!("/devices/{mac}"), Some(done))
}

/// The page again, with why something was not done.
async fn refused(visit: &Visit, error: impl ActionError) -> Result<Answer, Failure> {
    if matches!(error.kind(), FailureKind::Unavailable | FailureKind::NotFound) {
        return Err(error.into());
    }
    let form = Filled { message: Some(visit.refused(&error).await), ..Filled::default() };
    shown(visit, StatusCode::CONFLICT, &device(visit).await?, form).await
}

async fn sync(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    visit.actions.request_sync(mac, visit.form.text("restart") == "true").await?;
    Ok(back(&visit, mac, "sync"))
}

async fn reopen(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    visit.actions.reopen_enrollment(mac).await?;
    Ok(back(&visit, mac, "reopened"))
}

async fn answer(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    let answer = if visit.form.text("answer") == "renew" { AlarmAnswer::Renew } else { AlarmAnswer::Keep };
    match visit.actions.answer_alarm(mac, answer).await {
        Ok(()) => Ok(back(&visit, mac, "answered")),
        Err(error) => refused(&visit, error).await,
    }
}

async fn block(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    let blocked = visit.form.text("blocked") == "true";
    visit.actions.block_device(mac, blocked).await?;
    Ok(back(&visit, mac, if blocked { "device-blocked" } else { "device-unblocked" }))
}

async fn set_model(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    match visit.actions.set_model(mac, visit.form.given("model")).await {
        Ok(()) => Ok(back(&visit, mac, "saved")),
        Err(error) => refused(&visit, error).await,
    }
}

async fn inventory(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    let mut form = Filled::with(visit.form.pairs().map(|(name, value)| (name, value.to_owned())));
    let mut read = |name: &str| match visit.form.given(name) {
        None => Edit::Clear,
        Some(text) => Inventory::parse_text(text).map_or_else(
            |_| {
                form.say(name, visit.text("rule-long-text"));
                Edit::Keep
            },
            Edit::Set,
        ),
    };
    let edit = InventoryEdit {
        managed_by: read("managed_by"),
        inventory_id: read("inventory_id"),
        description: read("description"),
        ..InventoryEdit::default()
    };
    if form.is_wrong() {
        return shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, &details, form).await;
    }
    visit.actions.edit_inventory(details.device.mac, edit).await?;
    Ok(back(&visit, details.device.mac, "saved"))
}

async fn remove(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    let release = (visit.form.text("release") == "true").then_some(SipPassword::Renewed);
    match visit.actions.remove_device(mac, release).await {
        Ok(_) => Ok(visit.go_to("/devices", Some("device-removed"))),
        Err(error) => refused(&visit, error).await,
    }
}
