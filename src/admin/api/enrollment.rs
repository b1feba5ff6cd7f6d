//! Operations on the enrollment of devices: what happened to it, opening it again, answering its alarm, and for how long.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    field::whole,
    problem::Problem,
    table::{Method, Operation, operation},
};
use crate::{
    admin::actions::{AlarmAnswer, EnrollmentDetails},
    domain::{Freeze, Mac},
};

const HOURS: &str = "/tenants/{tenant}/enrollment-window";

pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation(
            Method::Get,
            "/tenants/{tenant}/devices/{mac}/enrollment",
            "showEnrollment",
            "Shows whether a phone may enroll with the tenant's URL, and what happened to that.",
            show,
        )
        .answers::<EnrollmentShown>(),
        operation(
            Method::Post,
            "/tenants/{tenant}/devices/{mac}/enrollment/reopen",
            "reopenEnrollment",
            "Lets a phone enroll again, such as after a factory reset; what it holds goes on until the new is used.",
            reopen,
        )
        .answers::<EnrollmentShown>(),
        operation(
            Method::Post,
            "/tenants/{tenant}/devices/{mac}/enrollment/answer",
            "answerEnrollmentAlarm",
            "Answers the alarm that froze a phone's enrollment.",
            answer,
        )
        .takes::<AlarmAnswered>()
        .answers::<EnrollmentShown>(),
        operation(
            Method::Get,
            HOURS,
            "showEnrollmentWindow",
            "Shows for how many hours a device may enroll after it was added, assigned or re-opened.",
            show_hours,
        )
        .answers::<EnrollmentWindow>(),
        operation(
            Method::Put,
            HOURS,
            "setEnrollmentWindow",
            "Sets for how many hours devices may enroll; windows that are open stay as they are.",
            set_hours,
        )
        .takes::<EnrollmentWindow>()
        .answers::<EnrollmentWindow>(),
    ]
}

/// A phone's enrollment.
#[derive(serde::Serialize, ToSchema)]
struct EnrollmentShown {
    /// Its MAC.
    mac: String,
    /// `open`, `closed` or `frozen`.
    state: &'static str,
    /// The counter that every new enrollment raises.
    epoch: i64,
    /// Until when the tenant's URL gives it its secrets; null where it does not.
    open_until: Option<String>,
    /// How many files the tenant's URL released in this epoch.
    releases: i64,
    /// To which address.
    released_to: Option<String>,
    /// The newest epoch whose own URL was used; 0 for none.
    used_epoch: i64,
    /// When that was used first.
    used_at: Option<String>,
    /// The alarm that froze it.
    frozen: Option<EnrollmentAlarm>,
}

/// An alarm that froze a phone's enrollment.
#[derive(serde::Serialize, ToSchema)]
struct EnrollmentAlarm {
    /// `second-address`: a second one asked with the tenant's URL; `old-scope`: an old URL of the phone's own was used.
    why: &'static str,
    /// When.
    at: String,
    /// The address that asked.
    by: String,
}

/// How an alarm is answered.
#[derive(serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct AlarmAnswered {
    /// What to do.
    answer: AlarmWord,
}

/// `keep`: the phone in use is the right one, it goes on and nobody else enrolls; `renew`: somebody may have its secrets,
/// its SIP passwords are made anew, its URLs end and it may enroll again.
#[derive(serde::Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum AlarmWord {
    Keep,
    Renew,
}

/// For how long devices may enroll.
#[derive(serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EnrollmentWindow {
    /// How many hours; a device that was seen before it was added may for one at most.
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 336)]
    hours: u32,
}

impl From<EnrollmentDetails> for EnrollmentShown {
    fn from(details: EnrollmentDetails) -> Self {
        let EnrollmentDetails { device, state, open_until, .. } = details;
        let word = match (&state.freeze, open_until) {
            (Some(_), _) => "frozen",
            (None, Some(_)) => "open",
            (None, None) => "closed",
        };
        Self {
            mac: device.mac.to_string(),
            state: word,
            epoch: device.epoch,
            open_until: open_until.map(|until| until.to_string()),
            releases: state.releases,
            released_to: state.released_to,
            used_epoch: state.used_epoch,
            used_at: state.used_at.map(|at| at.to_string()),
            frozen: state.freeze.map(EnrollmentAlarm::from),
        }
    }
}

impl From<Freeze> for EnrollmentAlarm {
    fn from(freeze: Freeze) -> Self {
        Self { why: freeze.why.as_str(), at: freeze.at.to_string(), by: freeze.by }
    }
}

async fn show(call: Call) -> Result<Answer, Problem> {
    shown(&call, call.path("mac")?).await
}

async fn reopen(call: Call) -> Result<Answer, Problem> {
    let mac = call.path("mac")?;
    call.actions.reopen_enrollment(mac).await?;
    shown(&call, mac).await
}

async fn answer(call: Call) -> Result<Answer, Problem> {
    let (mac, body) = (call.path("mac")?, call.body::<AlarmAnswered>()?);
    let answer = match body.answer {
        AlarmWord::Keep => AlarmAnswer::Keep,
        AlarmWord::Renew => AlarmAnswer::Renew,
    };
    call.actions.answer_alarm(mac, answer).await?;
    shown(&call, mac).await
}

async fn shown(call: &Call, mac: Mac) -> Result<Answer, Problem> {
    Ok(Answer::of(&EnrollmentShown::from(call.actions.enrollment(mac).await?)))
}

async fn show_hours(call: Call) -> Result<Answer, Problem> {
    let hours = call.actions.window_hours(&call.path("tenant")?).await?;
    // what is stored was set within the bounds
    Ok(Answer::of(&EnrollmentWindow { hours: u32::try_from(hours).unwrap_or_default() }))
}

async fn set_hours(call: Call) -> Result<Answer, Problem> {
    let (slug, body) = (call.path("tenant")?, call.body::<EnrollmentWindow>()?);
    call.actions.set_window_hours(&slug, body.hours.into()).await?;
    Ok(Answer::of(&body))
}
