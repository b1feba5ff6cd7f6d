//! Operations on settings and profiles.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found, only},
    field::GivenName,
    problem::Problem,
    shown::made_before,
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::SettingTarget,
    domain::{DEFINITIONS, Layer, PlainText},
    storage::Profile,
};

pub(super) fn operations() -> Vec<Operation> {
    const PROFILES: &str = "/tenants/{tenant}/profiles";
    let profiles = vec![
        operation(
            Method::Get,
            "/settings",
            "listSettingNames",
            "Explains every setting that phones can get.",
            names,
        )
        .answers_list::<DefinitionShown>(),
        operation(Method::Get, PROFILES, "listProfiles", "Lists profiles by name.", list)
            .lists::<ProfileShown>(),
        operation(Method::Post, PROFILES, "addProfile", "Makes a profile without settings and keys.", add)
            .takes::<NewProfile>()
            .makes::<ProfileShown>()
            .once(),
        operation(
            Method::Delete,
            "/tenants/{tenant}/profiles/{profile}",
            "removeProfile",
            "Removes a profile that no device follows, with its settings and keys.",
            remove,
        ),
    ];
    profiles.into_iter().chain(of_layers()).collect()
}

/// The same three operations for everything that settings are set on.
fn of_layers() -> Vec<Operation> {
    let (get, put, delete) = (Method::Get, Method::Put, Method::Delete);
    vec![
        operation(
            get,
            "/tenants/{tenant}/settings",
            "showTenantSettings",
            "Shows what holds for all phones of a tenant.",
            show,
        )
        .answers_list::<SettingShown>(),
        operation(
            put,
            "/tenants/{tenant}/settings/{setting}",
            "setTenantSetting",
            "Sets a setting for all phones of a tenant.",
            set,
        )
        .takes::<Value>(),
        operation(
            delete,
            "/tenants/{tenant}/settings/{setting}",
            "unsetTenantSetting",
            "Takes a setting of a tenant back.",
            unset,
        ),
        operation(
            get,
            "/tenants/{tenant}/models/{model}/settings",
            "showModelSettings",
            "Shows what holds for phones of a model.",
            show,
        )
        .answers_list::<SettingShown>(),
        operation(
            put,
            "/tenants/{tenant}/models/{model}/settings/{setting}",
            "setModelSetting",
            "Sets a setting for phones of a model.",
            set,
        )
        .takes::<Value>(),
        operation(
            delete,
            "/tenants/{tenant}/models/{model}/settings/{setting}",
            "unsetModelSetting",
            "Takes a setting of a model back.",
            unset,
        ),
        operation(
            get,
            "/tenants/{tenant}/profiles/{profile}/settings",
            "showProfileSettings",
            "Shows what holds for who follows a profile.",
            show,
        )
        .answers_list::<SettingShown>(),
        operation(
            put,
            "/tenants/{tenant}/profiles/{profile}/settings/{setting}",
            "setProfileSetting",
            "Sets a setting of a profile.",
            set,
        )
        .takes::<Value>(),
        operation(
            delete,
            "/tenants/{tenant}/profiles/{profile}/settings/{setting}",
            "unsetProfileSetting",
            "Takes a setting of a profile back.",
            unset,
        ),
        operation(
            get,
            "/tenants/{tenant}/devices/{mac}/settings",
            "showDeviceSettings",
            "Shows what holds for a device.",
            show,
        )
        .answers_list::<SettingShown>(),
        operation(
            put,
            "/tenants/{tenant}/devices/{mac}/settings/{setting}",
            "setDeviceSetting",
            "Sets a setting of a device.",
            set,
        )
        .takes::<Value>(),
        operation(
            delete,
            "/tenants/{tenant}/devices/{mac}/settings/{setting}",
            "unsetDeviceSetting",
            "Takes a setting of a device back.",
            unset,
        ),
    ]
}

/// A setting that phones can get.
#[derive(serde::Serialize, ToSchema)]
struct DefinitionShown {
    /// Its name.
    name: &'static str,
    /// What it does.
    about: &'static str,
    /// Its value when nobody sets it.
    default: Option<&'static str>,
    /// What values it takes.
    rule: String,
}

/// A setting that holds.
#[derive(serde::Serialize, ToSchema)]
struct SettingShown {
    /// Its name.
    name: &'static str,
    /// Its value.
    value: String,
    /// Where it comes from: `default`, `tenant`, `model`, `profile` or `device`.
    layer: &'static str,
}

/// A setting's value.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Value {
    /// As the setting's rule says; lists are separated by commas.
    value: String,
}

/// A profile.
#[derive(serde::Serialize, ToSchema)]
struct ProfileShown {
    /// Its name.
    name: String,
    /// How many devices follow it.
    devices: u64,
}

impl ProfileShown {
    fn of(profile: &Profile) -> Self {
        Self { name: profile.name.to_string(), devices: profile.devices }
    }
}

/// What makes a profile.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProfile {
    /// Its name; not `none`.
    name: GivenName,
}

async fn names(_call: Call) -> Result<Answer, Problem> {
    let shown = DEFINITIONS.iter().map(|definition| DefinitionShown {
        name: definition.name,
        about: definition.about,
        default: definition.default,
        rule: definition.kind.rule(),
    });
    Ok(Answer::of(&shown.collect::<Vec<_>>()))
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.profiles(&call.path("tenant")?).await?;
    found.retain(|profile| is_found(&call, &[profile.name.as_str()]));
    let page = Page::cut(found, &call, |profile| profile.name.to_string())?;
    Ok(Answer::of(&page.map(|profile| ProfileShown::of(&profile))))
}

async fn add(call: Call) -> Result<Answer, Problem> {
    let body: NewProfile = call.body()?;
    let name: PlainText = only("/name", body.name)?;
    if name.as_str() == "none" {
        return Err(Problem::mistake("body", "/name", "no profile can be called \"none\""));
    }
    made_before(call.actions.add_profile(&call.path("tenant")?, &name).await)?;
    Ok(Answer::made(&ProfileShown { name: name.to_string(), devices: 0 }))
}

async fn remove(call: Call) -> Result<Answer, Problem> {
    call.actions.remove_profile(&call.path("tenant")?, &call.path("profile")?).await?;
    Ok(Answer::nothing())
}

/// On what a call's path says that settings are set.
fn target(call: &Call) -> Result<SettingTarget, Problem> {
    let slug = call.path("tenant")?;
    Ok(if call.path.contains_key("mac") {
        SettingTarget::Device(call.path("mac")?)
    } else if call.path.contains_key("profile") {
        SettingTarget::Profile(slug, call.path("profile")?)
    } else if let Some(model) = call.path.get("model") {
        SettingTarget::Model(slug, model.clone())
    } else {
        SettingTarget::Tenant(slug)
    })
}

async fn show(call: Call) -> Result<Answer, Problem> {
    let settings = call.actions.settings_of(&target(&call)?).await?;
    let shown = settings.iter().map(|(name, setting)| SettingShown {
        name: name.as_str(),
        value: setting.value.to_string(),
        layer: match setting.layer {
            Layer::Default => "default",
            Layer::Tenant => "tenant",
            Layer::Model => "model",
            Layer::Profile => "profile",
            Layer::Device => "device",
        },
    });
    Ok(Answer::of(&shown.collect::<Vec<_>>()))
}

async fn set(call: Call) -> Result<Answer, Problem> {
    let body: Value = call.body()?;
    let name = call.path.get("setting").cloned().unwrap_or_default();
    call.actions.set_setting(&target(&call)?, &name, &body.value).await?;
    Ok(Answer::nothing())
}

async fn unset(call: Call) -> Result<Answer, Problem> {
    let name = call.path.get("setting").cloned().unwrap_or_default();
    call.actions.unset_setting(&target(&call)?, &name).await?;
    Ok(Answer::nothing())
}
