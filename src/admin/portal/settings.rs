//! Settings of a tenant or a device: each with its value and the layer that this comes from.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, deed, page},
    failure::Failure,
    form::Filled,
    page::Answer,
    visit::Visit,
};
use crate::{
    admin::actions::{ActionError, FailureKind, SettingTarget},
    domain::{DEFINITIONS, Layer, Mac, SettingKind},
};

pub(super) fn pages() -> Vec<Place> {
    vec![
        page("/t/{tenant}/settings", show).takes(set),
        deed("/t/{tenant}/settings/unset", unset),
        page("/t/{tenant}/devices/{mac}/settings", show).takes(set),
        deed("/t/{tenant}/devices/{mac}/settings/unset", unset),
    ]
}

/// What the page is about: a device of the tenant, or all of its phones; and its path.
async fn target(visit: &Visit) -> Result<(SettingTarget, String, Option<String>), Failure> {
    let slug = visit.slug()?.clone();
    if !visit.path.contains_key("mac") {
        return Ok((SettingTarget::Tenant(slug), "/settings".to_owned(), None));
    }
    let mac = visit.place("mac", Mac::parse)?;
    let details = visit.actions.device(mac).await?;
    if details.tenant.slug != slug {
        return Err(Failure::Nowhere);
    }
    Ok((
        SettingTarget::Device(mac),
        format!("/devices/{mac}/settings"),
        Some(details.device.name.to_string()),
    ))
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    shown(&visit, StatusCode::OK, Filled::default()).await
}

async fn shown(visit: &Visit, status: StatusCode, form: Filled) -> Result<Answer, Failure> {
    let (target, path, device) = target(visit).await?;
    let settings = visit.actions.settings_of(&target).await?;
    let own_layer = if device.is_some() { Layer::Device } else { Layer::Tenant };
    let typed = form.values.get("name").map(String::as_str);
    let chosen = typed.unwrap_or_else(|| visit.query.text("name"));
    let rows: Vec<Value> = DEFINITIONS
        .iter()
        .map(|of| {
            let found = settings.find(of.name);
            context! {
                name => of.name,
                about => of.about,
                value => found.map(|setting| setting.value.to_string()),
                layer => found.map(|setting| setting.layer.as_str()),
                own => found.is_some_and(|setting| setting.layer == own_layer),
                chosen => of.name == chosen,
            }
        })
        .collect();
    let field = DEFINITIONS.iter().find(|of| of.name == chosen).map(|of| {
        let value = settings.find(of.name).map(|setting| setting.value.to_string()).unwrap_or_default();
        context! {
            name => of.name,
            about => of.about,
            choices => choices(of.kind),
            own => settings.find(of.name).is_some_and(|setting| setting.layer == own_layer),
            value => form.values.get("value").cloned().unwrap_or(value),
        }
    });
    let here = format!("/t/{}{path}", visit.slug()?);
    visit.page_as(status, "settings.html", context! { form, rows, field, device, here })
}

/// The values that a setting takes, where they are few.
fn choices(kind: SettingKind) -> Option<Vec<&'static str>> {
    match kind {
        SettingKind::Switch => Some(vec!["true", "false"]),
        SettingKind::Choice(words) => Some(words.to_vec()),
        _ => None,
    }
}

async fn set(visit: Visit) -> Result<Answer, Failure> {
    let (target, path, _) = target(&visit).await?;
    let (name, value) = (visit.form.text("name"), visit.form.text("value"));
    match visit.actions.set_setting(&target, name, value).await {
        Ok(_) => Ok(visit.go_to(&path, Some("saved"))),
        Err(error) if error.kind() == FailureKind::Unavailable => Err(error.into()),
        Err(error) => {
            let mut form = Filled::with([("name", name.to_owned()), ("value", value.to_owned())]);
            form.say("value", visit.refused(&error).await);
            shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, form).await
        }
    }
}

async fn unset(visit: Visit) -> Result<Answer, Failure> {
    let (target, path, _) = target(&visit).await?;
    visit.actions.unset_setting(&target, visit.form.text("name")).await?;
    Ok(visit.go_to(&path, Some("saved")))
}
