//! Operations on the programmable keys of devices and profiles.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    devices::{self, DeviceShown},
    field::{Fields, GivenKeyKind, GivenName, whole},
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::KeyToSet,
    domain::{Key, LineNumber},
};

pub(super) fn operations() -> Vec<Operation> {
    const OF_DEVICE: &str = "/tenants/{tenant}/devices/{mac}/keys/{position}";
    const OF_PROFILE: &str = "/tenants/{tenant}/profiles/{profile}/keys/{position}";
    vec![
        operation(Method::Put, OF_DEVICE, "setKey", "Programs a key.", set)
            .takes::<NewKey>()
            .answers::<DeviceShown>()
            .tagged(),
        operation(Method::Delete, OF_DEVICE, "unsetKey", "Clears a key.", unset),
        operation(
            Method::Get,
            "/tenants/{tenant}/profiles/{profile}/keys",
            "showProfileKeys",
            "Shows the programmed keys of a profile.",
            show_of_profile,
        )
        .answers_list::<KeyShown>(),
        operation(
            Method::Put,
            OF_PROFILE,
            "setProfileKey",
            "Programs a key of a profile: every device that follows it has it, where it has none of its own.",
            set_of_profile,
        )
        .takes::<NewKey>(),
        operation(
            Method::Delete,
            OF_PROFILE,
            "unsetProfileKey",
            "Clears a key of a profile.",
            unset_of_profile,
        ),
    ]
}

/// A programmed key.
#[derive(serde::Serialize, ToSchema)]
pub(super) struct KeyShown {
    /// Where it is, from 1.
    position: u16,
    /// `line`, `blf`, `speed-dial` or `record`.
    kind: String,
    /// The line that it acts on.
    line: u16,
    /// The number that it watches or dials.
    value: Option<String>,
    /// What stands beside it.
    label: Option<String>,
}

impl KeyShown {
    pub(super) fn of(key: &Key) -> Self {
        Self {
            position: key.position,
            kind: key.kind.as_str().to_owned(),
            line: key.line.get(),
            value: key.value.clone(),
            label: key.label.as_ref().map(ToString::to_string),
        }
    }
}

/// What a key shall do.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// `line`, `blf`, `speed-dial` or `record`.
    kind: GivenKeyKind,
    /// The line that it acts on; 1 when absent.
    #[serde(default = "first", deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 999)]
    line: u32,
    /// The number that it watches or dials; none for a line key.
    value: Option<String>,
    /// What stands beside it.
    label: Option<GivenName>,
}

const fn first() -> u32 {
    1
}

/// The key that a call's path and body describe.
fn wanted(call: &Call) -> Result<KeyToSet, Problem> {
    let position = call.number("position")?;
    let body: NewKey = call.body()?;
    let mut fields = Fields::default();
    let kind = fields.take("/kind", body.kind);
    let label = fields.maybe("/label", body.label);
    let line = u16::try_from(body.line).ok().filter(|line| *line < 1000);
    let line = line.and_then(|line| LineNumber::new(line).ok());
    if line.is_none() {
        fields.wrong("/line", "is a number from 1 to 999");
    }
    let (kind, line) = fields.finish(kind.zip(line))?;
    Ok(KeyToSet { position, kind, line, value: body.value, label })
}

async fn set(call: Call) -> Result<Answer, Problem> {
    let mac = call.path("mac")?;
    call.actions.set_key(mac, wanted(&call)?).await?;
    devices::shown(&call, mac).await
}

async fn unset(call: Call) -> Result<Answer, Problem> {
    call.actions.unset_key(call.path("mac")?, call.number("position")?).await?;
    Ok(Answer::nothing())
}

async fn show_of_profile(call: Call) -> Result<Answer, Problem> {
    let keys = call.actions.profile_keys(&call.path("tenant")?, &call.path("profile")?).await?;
    Ok(Answer::of(&keys.iter().map(KeyShown::of).collect::<Vec<_>>()))
}

async fn set_of_profile(call: Call) -> Result<Answer, Problem> {
    let (slug, profile) = (call.path("tenant")?, call.path("profile")?);
    call.actions.set_profile_key(&slug, &profile, wanted(&call)?).await?;
    Ok(Answer::nothing())
}

async fn unset_of_profile(call: Call) -> Result<Answer, Problem> {
    let (slug, profile) = (call.path("tenant")?, call.path("profile")?);
    call.actions.unset_profile_key(&slug, &profile, call.number("position")?).await?;
    Ok(Answer::nothing())
}
