//! From what is known of a device to the facts that its document is made from: secrets of admitted lines only.

use super::{
    policy::Policy,
    view::{DeviceView, TenantView},
};
use crate::{
    catalog::{LineFacts, LoginFacts, NextUrl, PhoneFacts},
    domain::{Admission, Grants, LineNumber, Pin, SettingValue, Settings, Timestamp, ZoneRule},
    storage::CarriedLine,
};

/// What the license says of a line at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineVerdict {
    /// The line.
    pub line: LineNumber,
    /// Whether the document carries its credentials.
    pub admission: Admission,
    /// What its products grant; nothing where it is withheld.
    pub grants: Grants,
}

/// The verdict on each carried line, in the order of the lines.
pub(super) fn verdicts(tenant: &TenantView, device: &DeviceView, now: Timestamp) -> Vec<LineVerdict> {
    let verdict = |carried: &CarriedLine| {
        let admission = tenant.admit(&carried.registrant.service, now);
        let grants = match admission {
            Admission::Admitted => tenant.grants(&carried.registrant.service, now),
            Admission::Withheld(_) => Grants::default(),
        };
        LineVerdict { line: carried.line, admission, grants }
    };
    device.lines.iter().map(verdict).collect()
}

/// The facts for the document of `device`, whose lines were judged as `verdicts` say.
pub(super) fn phone_facts<'a>(
    tenant: &'a TenantView,
    device: &'a DeviceView,
    settings: &'a Settings,
    policy: &'a Policy,
    verdicts: &[LineVerdict],
    zone: ZoneRule,
) -> PhoneFacts<'a> {
    let lines = device
        .lines
        .iter()
        .zip(verdicts)
        .filter(|(_, verdict)| verdict.admission == Admission::Admitted)
        .map(|(carried, verdict)| LineFacts {
            number: carried.line,
            label: carried.registrant.called().to_string(),
            display_name: &carried.registrant.service.name,
            user: &carried.registrant.sip_user,
            password: &carried.registrant.sip_password,
            voicemail: verdict.grants.voicemail,
            recording: verdict.grants.call_recording,
        })
        .collect();
    let pin = keypad_pin(device, verdicts).map(Pin::secret);
    PhoneFacts {
        mac: device.device.mac,
        name: &device.device.name,
        web_password: &device.device.web_password,
        pin,
        domain: &tenant.tenant.sip_domain,
        lines,
        keys: tenant.keys(device),
        settings,
        zone,
        provisioning_url: next_url(tenant, settings, policy),
        provisioning_login: tenant
            .current_password()
            .map(|current| LoginFacts { user: &current.user, password: &current.password }),
        server: &policy.server,
    }
}

/// What unlocks the keypad: the PIN of the first line that carries something, while its products protect it. Whoever
/// else has a line of the phone has no say.
fn keypad_pin<'a>(device: &'a DeviceView, verdicts: &[LineVerdict]) -> Option<&'a Pin> {
    let (first, verdict) = device.lines.first().zip(verdicts.first())?;
    first.registrant.pin.as_ref().filter(|_| verdict.grants.pin_protection)
}

/// What the phone is told to ask from now on: a property of the device, never of the door it came through.
fn next_url(tenant: &TenantView, settings: &Settings, policy: &Policy) -> Option<NextUrl> {
    let keep = settings
        .find("provisioning.url")
        .is_some_and(|setting| setting.value == SettingValue::Text("keep".to_owned()));
    if keep {
        return None;
    }
    let scope = tenant.current_scope()?;
    Some(NextUrl::new(format!("{}{}/", policy.url_base, scope.scope.expose())))
}
