//! The keys of a device on a drawing of its phone: as many as its model has, expansion modules included.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{device, heading};
use crate::{
    admin::{
        actions::{ActionError, DeviceDetails, FailureKind, KeyToSet},
        portal::{
            door::{Place, deed, page},
            failure::Failure,
            form::{Filled, Reading},
            page::Answer,
            visit::Visit,
        },
    },
    domain::{HeldKey, KeyKind, KeyPosition, Layer, LineNumber, PlainText},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/devices/{mac}/keys", show).takes(set),
        deed("/t/{tenant}/devices/{mac}/keys/unset", unset),
    ]
}

/// A key that is drawn: what it does, or nothing.
fn drawn(position: KeyPosition, held: &[HeldKey], chosen: KeyPosition) -> Value {
    let found = held.iter().find(|held| held.key.position == position);
    context! {
        position,
        chosen => position == chosen,
        kind => found.map(|held| held.key.kind.as_str()),
        value => found.and_then(|held| held.key.value.as_deref()),
        label => found.and_then(|held| held.key.label.as_ref()).map(PlainText::as_str),
        profile => found.is_some_and(|held| held.layer == Layer::Profile),
    }
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    shown(&visit, StatusCode::OK, &details, None).await
}

/// The drawing and the form of one key; `typed` is what was filled in and not taken.
async fn shown(
    visit: &Visit,
    status: StatusCode,
    details: &DeviceDetails,
    typed: Option<Filled>,
) -> Result<Answer, Failure> {
    let held = visit.actions.held_keys(details.device.mac).await?;
    let catalog = (visit.portal.shown.catalog)();
    let model = details.device.model.as_deref().and_then(|name| catalog.model(name).ok());
    let beyond = held.iter().map(|held| held.key.position).max().unwrap_or(0);
    // a phone whose model is not known yet shows what is programmed, and room for more
    let (on_phone, modules, on_module) = match model {
        Some(model) => (model.line_keys, model.modules, model.module_keys),
        None => (beyond.max(8), 0, 0),
    };
    let position = typed.as_ref().and_then(|form| form.values.get("position")).map(String::as_str);
    let chosen = position.unwrap_or_else(|| visit.query.text("key")).parse::<KeyPosition>().unwrap_or(0);
    let half = on_phone.div_ceil(2);
    let keys = |range: std::ops::RangeInclusive<KeyPosition>| {
        range.map(|position| drawn(position, &held, chosen)).collect::<Vec<_>>()
    };
    let module = |nth: u16| keys(on_phone + nth * on_module + 1..=on_phone + (nth + 1) * on_module);
    let form = typed.unwrap_or_else(|| filled(&held, chosen));
    let lines = details.model_lines.unwrap_or(1).max(1);
    let context = context! {
        form, chosen,
        device => heading(details),
        left => keys(1..=half),
        right => keys(half + 1..=on_phone),
        modules => (0..modules).map(module).collect::<Vec<_>>(),
        own => held.iter().any(|held| held.key.position == chosen && held.layer == Layer::Device),
        lines => (1..=lines).collect::<Vec<_>>(),
    };
    visit.page_as(status, "devices/keys.html", context)
}

/// The form of a key as it is programmed.
fn filled(held: &[HeldKey], chosen: KeyPosition) -> Filled {
    let Some(found) = held.iter().find(|held| held.key.position == chosen) else {
        return Filled::with([("kind", "blf".to_owned()), ("line", "1".to_owned())]);
    };
    let key = &found.key;
    Filled::with([
        ("kind", key.kind.as_str().to_owned()),
        ("line", key.line.to_string()),
        ("value", key.value.clone().unwrap_or_default()),
        ("label", key.label.as_ref().map(ToString::to_string).unwrap_or_default()),
    ])
}

async fn set(visit: Visit) -> Result<Answer, Failure> {
    let details = device(&visit).await?;
    let mac = details.device.mac;
    let mut reading = Reading::of(&visit);
    let position = reading.take("position", "rule-line", str::parse::<KeyPosition>);
    let kind = reading.take("kind", "rule-key-kind", str::parse::<KeyKind>);
    let line = reading.take("line", "rule-line", str::parse::<LineNumber>);
    let label = reading.take_if_given("label", "rule-name", |text| PlainText::parse("label", text));
    let value = visit.form.given("value").map(str::to_owned);
    let mut filled = reading.filled;
    let (Some(position), Some(kind), Some(line), false) = (position, kind, line, filled.is_wrong()) else {
        return shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, &details, Some(filled)).await;
    };
    match visit.actions.set_key(mac, KeyToSet { position, kind, line, value, label }).await {
        Ok(_) => Ok(visit.go_to(&format!("/devices/{mac}/keys"), Some("saved"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let words = visit.refused(&error).await;
            filled.say(if error.code() == "key_wrong" { "value" } else { "line" }, words);
            shown(&visit, StatusCode::CONFLICT, &details, Some(filled)).await
        }
    }
}

async fn unset(visit: Visit) -> Result<Answer, Failure> {
    let mac = device(&visit).await?.device.mac;
    let position = visit.form.text("position").parse::<KeyPosition>().map_err(|_| Failure::Nowhere)?;
    visit.actions.unset_key(mac, position).await?;
    Ok(visit.go_to(&format!("/devices/{mac}/keys"), Some("saved")))
}
