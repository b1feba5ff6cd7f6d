//! Operations on former devices, and what releasing lines answers.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call, Page, is_found},
    problem::Problem,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::{
    admin::actions::{FormerDetails, FreedLine, Released, SipPassword},
    domain::ServiceName,
};

/// What becomes of the SIP passwords of what is released.
pub(super) const KEEP_PASSWORDS: QueryParameter = QueryParameter {
    name: "keep_passwords",
    about: "Keeps the SIP passwords of what is released, for a PBX that would learn of new ones too late. Whoever has \
            the phone can go on registering.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};

pub(super) fn sip_password(call: &Call) -> Result<SipPassword, Problem> {
    let keep = call.flag(KEEP_PASSWORDS.name)?.unwrap_or(false);
    Ok(if keep { SipPassword::Kept } else { SipPassword::Renewed })
}

pub(super) fn operations() -> Vec<Operation> {
    let about =
        "Lists phones that were removed or replaced within 90 days, by MAC. Their documents are blank.";
    let list = operation(Method::Get, "/tenants/{tenant}/former-devices", "listFormerDevices", about, list);
    vec![list.lists::<FormerShown>()]
}

/// A phone that is no device any more.
#[derive(serde::Serialize, ToSchema)]
struct FormerShown {
    /// Its MAC.
    mac: String,
    /// What people called it.
    name: String,
    /// Its model; null when nobody knew.
    model: Option<String>,
    /// The MAC of the phone in its place; null when it was removed.
    replaced_by: Option<String>,
    /// When it ceased to be a device.
    removed_at: String,
    /// From when on nobody knows it any more.
    until: String,
    /// When it last got a blank document; null while it has not.
    taken_at: Option<String>,
}

impl FormerShown {
    fn of(FormerDetails { former, taken_at }: &FormerDetails) -> Self {
        Self {
            mac: former.device.mac.to_string(),
            name: former.device.name.to_string(),
            model: former.device.model.clone(),
            replaced_by: former.replaced_by.map(|mac| mac.to_string()),
            removed_at: former.removed_at.to_string(),
            until: former.until().to_string(),
            taken_at: taken_at.map(|at| at.to_string()),
        }
    }
}

/// A line that is free.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct FreedShown {
    /// Which line, from 1.
    line: u16,
    /// The number of the extension that it carried; null when it carried a SIP trunk.
    number: Option<String>,
    /// The name of the SIP trunk that it carried; null when it carried an extension.
    trunk: Option<String>,
    /// Since when it is free.
    at: String,
    /// When the phone last got a document without it; null while it has not.
    taken_at: Option<String>,
}

impl FreedShown {
    pub(super) fn of(freed: &FreedLine) -> Self {
        let RegistrantShown { number, trunk } = RegistrantShown::of(&freed.carried);
        Self {
            line: freed.line.get(),
            number,
            trunk,
            at: freed.at.to_string(),
            taken_at: freed.taken_at.map(|at| at.to_string()),
        }
    }
}

/// What was released.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct ReleasedShown {
    /// What has a new SIP password: its PBX must take it.
    new_passwords: Vec<RegistrantShown>,
}

/// An extension or a SIP trunk.
#[derive(serde::Serialize, ToSchema)]
struct RegistrantShown {
    /// The extension's number; null when it is a SIP trunk.
    number: Option<String>,
    /// The SIP trunk's name; null when it is an extension.
    trunk: Option<String>,
}

impl RegistrantShown {
    fn of(name: &ServiceName) -> Self {
        match name {
            ServiceName::Number(number) => Self { number: Some(number.to_string()), trunk: None },
            ServiceName::Trunk(name) => Self { number: None, trunk: Some(name.to_string()) },
        }
    }
}

impl ReleasedShown {
    pub(super) fn of(released: &Released) -> Self {
        Self { new_passwords: released.renewed.iter().map(RegistrantShown::of).collect() }
    }
}

async fn list(call: Call) -> Result<Answer, Problem> {
    let mut found = call.actions.former_devices(&call.path("tenant")?).await?;
    found.retain(|FormerDetails { former, .. }| {
        let (mac, model) =
            (former.device.mac.to_string(), former.device.model.as_deref().unwrap_or_default());
        is_found(&call, &[&mac, &former.device.mac.colons(), former.device.name.as_str(), model])
    });
    let page = Page::cut(found, &call, |details| details.former.device.mac.to_string())?;
    Ok(Answer::of(&page.map(|details| FormerShown::of(&details))))
}
