//! Devices: the list, adding one, its page, what it would get, and phones that nobody has entered yet.

mod add;
mod document;
mod keys;
mod lines;
mod list;
mod show;
mod unknown;

use minijinja::{Value, context};

use super::{door::Place, failure::Failure, visit::Visit};
use crate::{
    admin::actions::{DeviceDetails, EnrollmentDetails},
    domain::{DeviceState, Mac, Timestamp},
    storage::DeviceNote,
};

pub(super) fn pages() -> Vec<Place> {
    [
        list::pages(),
        add::pages(),
        unknown::pages(),
        show::pages(),
        lines::pages(),
        document::pages(),
        keys::pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The device that the path names.
async fn device(visit: &Visit) -> Result<DeviceDetails, Failure> {
    let mac = visit.place("mac", Mac::parse)?;
    let details = visit.actions.device(mac).await?;
    // an operator sees every tenant's devices, and on this page this one's
    if Some(&details.tenant.slug) == visit.tenant.as_ref().map(|(slug, _)| slug) {
        Ok(details)
    } else {
        Err(Failure::Nowhere)
    }
}

/// What every page of a device shows.
fn heading(details: &DeviceDetails) -> Value {
    let device = &details.device;
    context! {
        mac => device.mac.to_string(),
        shown => device.mac.colons(),
        name => device.name.as_str(),
        model => device.model.as_deref(),
        blocked => device.blocked,
        revision => device.revision,
    }
}

/// How far the enrollment has come, in a word.
const fn enrollment_word(state: &DeviceState, open_until: Option<Timestamp>) -> &'static str {
    match (&state.freeze, open_until, state.used_at) {
        (Some(_), ..) => "frozen",
        (None, _, Some(_)) => "enrolled",
        (None, Some(_), None) => "open",
        (None, None, None) => "closed",
    }
}

/// An enrollment as the page of its device shows it.
fn enrollment_shown(visit: &Visit, details: &EnrollmentDetails) -> Value {
    let state = &details.state;
    context! {
        word => enrollment_word(state, details.open_until),
        open_until => details.open_until.map(|until| visit.when(until)),
        releases => state.releases,
        released_to => state.released_to.as_deref(),
        since => state.used_at.map(|at| visit.when(at)),
        alarm => state.freeze.as_ref().map(|freeze| context! {
            why => freeze.why.as_str(),
            at => visit.when(freeze.at),
            by => freeze.by.as_str(),
        }),
    }
}

/// A request of a phone as pages show it.
fn note_shown(visit: &Visit, note: &DeviceNote) -> Value {
    context! {
        at => visit.when(note.seen.at),
        address => note.seen.address.as_str(),
        transport => note.seen.transport.as_str(),
        vendor => note.seen.vendor.as_deref(),
        model => note.seen.model.as_deref(),
        firmware => note.seen.firmware.as_deref(),
        file => note.seen.file.as_str(),
        outcome => note.outcome.as_str(),
        good => matches!(note.outcome.as_str(), "served" | "unchanged" | "absent"),
    }
}
