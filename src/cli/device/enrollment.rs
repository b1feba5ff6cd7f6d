//! A phone's enrollment, as a terminal shows it.

use serde_json::json;

use crate::cli::{Answer, answer::fields};
use crate::{
    admin::actions::{AlarmAnswer, EnrollmentDetails},
    domain::RELEASES,
};

/// How an alarm is answered.
#[derive(Clone, Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct AnswerFlags {
    /// The phone in use is the right one: it goes on, and nobody else enrolls
    #[arg(long)]
    keep: bool,
    /// Somebody may have its secrets: make its SIP passwords anew, end its URLs, and let it enroll again
    #[arg(long)]
    new_passwords: bool,
}

impl AnswerFlags {
    pub(super) const fn answer(&self) -> AlarmAnswer {
        if self.new_passwords { AlarmAnswer::Renew } else { AlarmAnswer::Keep }
    }
}

/// Whether the phone may enroll, in words.
pub(super) fn window(details: &EnrollmentDetails) -> String {
    match (&details.open_until, &details.state.freeze) {
        (_, Some(freeze)) => {
            format!("frozen since {}: {}, from {}", freeze.at, freeze.why.in_words(), freeze.by)
        }
        (Some(until), None) => format!("open until {until}"),
        (None, None) => "closed".to_owned(),
    }
}

pub(super) fn shown(details: &EnrollmentDetails) -> Answer {
    let EnrollmentDetails { device, state, .. } = details;
    let window = window(details);
    let to = state.released_to.as_ref().map(|to| format!(", to {to}")).unwrap_or_default();
    let used = state.used_at.map_or_else(
        || "not enrolled".to_owned(),
        |at| format!("enrolled since {at}, in epoch {}", state.used_epoch),
    );
    let text = fields(&[
        ("MAC", device.mac.colons()),
        ("epoch", device.epoch.to_string()),
        ("window", window),
        ("releases", format!("{}/{RELEASES}{to}", state.releases)),
        ("phone", used),
    ]);
    Answer::new(text, described(details))
}

/// The same for programs.
pub(super) fn described(details: &EnrollmentDetails) -> serde_json::Value {
    let EnrollmentDetails { device, state, open_until, .. } = details;
    let freeze = state
        .freeze
        .as_ref()
        .map(|freeze| json!({ "why": freeze.why.as_str(), "at": freeze.at.to_string(), "by": freeze.by }));
    json!({
        "mac": device.mac,
        "epoch": device.epoch,
        "open_until": open_until.map(|until| until.to_string()),
        "releases": state.releases,
        "released_to": state.released_to,
        "used_epoch": state.used_epoch,
        "used_at": state.used_at.map(|at| at.to_string()),
        "frozen": freeze,
    })
}
