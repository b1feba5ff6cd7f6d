//! From what is known of a device to the facts that its document is made from: secrets of admitted lines only.

use super::{
    policy::Policy,
    view::{DeviceView, TenantView},
};
use crate::{
    catalog::{LineFacts, PhoneFacts},
    domain::{Admission, LineNumber, Secret, SettingValue, Settings, Timestamp, ZoneRule},
};

/// The admission of each carried line, in the order of the lines.
pub(super) fn admissions(
    tenant: &TenantView,
    device: &DeviceView,
    now: Timestamp,
) -> Vec<(LineNumber, Admission)> {
    device.lines.iter().map(|carried| (carried.line, tenant.admit(&carried.extension, now))).collect()
}

/// The facts for the document of `device`, whose lines were judged as `admissions` says.
pub(super) fn phone_facts<'a>(
    tenant: &'a TenantView,
    device: &'a DeviceView,
    settings: &'a Settings,
    policy: &'a Policy,
    admissions: &[(LineNumber, Admission)],
    zone: ZoneRule,
) -> PhoneFacts<'a> {
    let lines = device
        .lines
        .iter()
        .zip(admissions)
        .filter(|(_, (_, admission))| *admission == Admission::Admitted)
        .map(|(carried, _)| LineFacts {
            number: carried.line,
            label: carried.extension.number.to_string(),
            display_name: &carried.extension.name,
            user: &carried.extension.sip_user,
            password: &carried.extension.sip_password,
        })
        .collect();
    PhoneFacts {
        mac: device.device.mac,
        name: &device.device.name,
        web_password: &device.device.web_password,
        domain: &tenant.tenant.sip_domain,
        lines,
        keys: device.keys.to_vec(),
        settings,
        zone,
        provisioning_url: next_url(tenant, settings, policy),
        server: &policy.server,
    }
}

/// What the phone is told to ask from now on: a property of the device, never of the door it came through.
fn next_url(tenant: &TenantView, settings: &Settings, policy: &Policy) -> Option<Secret> {
    let keep = settings
        .find("provisioning.url")
        .is_some_and(|setting| setting.value == SettingValue::Text("keep".to_owned()));
    if keep {
        return None;
    }
    let scope = tenant.current_scope()?;
    Some(Secret::new(format!("{}{}/", policy.url_base, scope.scope.expose())))
}
