//! From what is known of a device to the facts that its document is made from: secrets of admitted lines only.

use std::collections::BTreeSet;

use super::{
    policy::Policy,
    view::{DeviceView, TenantView},
};
use crate::{
    catalog::{LineFacts, PhoneFacts},
    domain::{
        Admission, Key, KeyKind, KeyPosition, LineNumber, Secret, SettingValue, Settings, Timestamp, ZoneRule,
    },
};

/// The admission of each carried line, in the order of the lines.
pub(super) fn admissions(
    tenant: &TenantView,
    device: &DeviceView,
    now: Timestamp,
) -> Vec<(LineNumber, Admission)> {
    device.lines.iter().map(|carried| (carried.line, tenant.admit(&carried.extension, now))).collect()
}

/// The facts for the document of `device`, whose model has `key_positions` programmable keys.
pub(super) fn phone_facts<'a>(
    tenant: &'a TenantView,
    device: &'a DeviceView,
    settings: &'a Settings,
    policy: &'a Policy,
    admissions: &[(LineNumber, Admission)],
    key_positions: KeyPosition,
    now: Timestamp,
) -> PhoneFacts<'a> {
    let admitted: BTreeSet<LineNumber> = admissions
        .iter()
        .filter(|(_, admission)| *admission == Admission::Admitted)
        .map(|(line, _)| *line)
        .collect();
    let lines = device
        .lines
        .iter()
        .filter(|carried| admitted.contains(&carried.line))
        .map(|carried| LineFacts {
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
        keys: keys(&device.keys, &admitted, key_positions),
        settings,
        zone: zone(settings, now),
        provisioning_url: next_url(tenant, settings, policy),
        server: &policy.server,
    }
}

/// The programmed keys whose line is admitted, and for each admitted line without a line key of its own one at the
/// lowest free position: a person expects to see the line that the phone carries.
fn keys(programmed: &[Key], admitted: &BTreeSet<LineNumber>, positions: KeyPosition) -> Vec<Key> {
    let mut keys: Vec<Key> = programmed
        .iter()
        .filter(|key| admitted.contains(&key.line) && key.position <= positions)
        .cloned()
        .collect();
    let shown: BTreeSet<LineNumber> =
        keys.iter().filter(|key| key.kind == KeyKind::Line).map(|key| key.line).collect();
    let taken: BTreeSet<KeyPosition> = programmed.iter().map(|key| key.position).collect();
    let mut free = (1..=positions).filter(|position| !taken.contains(position));
    for line in admitted.difference(&shown) {
        let Some(position) = free.next() else { break };
        keys.push(Key { position, kind: KeyKind::Line, line: *line, value: None, label: None });
    }
    keys.sort_by_key(|key| key.position);
    keys
}

/// The rule of the device's time zone; UTC for a zone that a newer time-zone database no longer has.
fn zone(settings: &Settings, now: Timestamp) -> ZoneRule {
    match settings.find("time.zone").map(|setting| &setting.value) {
        Some(SettingValue::Text(name)) => ZoneRule::of(name, now).unwrap_or(ZoneRule::UTC),
        _ => ZoneRule::UTC,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u16) -> LineNumber {
        LineNumber::new(number).unwrap()
    }

    #[test]
    fn each_admitted_line_has_a_key_and_no_other_line_does() {
        let blf = Key::new(1, KeyKind::Blf, line(1), Some("102".into()), None).unwrap();
        let dead = Key::new(3, KeyKind::SpeedDial, line(2), Some("103".into()), None).unwrap();
        let keys = keys(&[blf.clone(), dead], &BTreeSet::from([line(1), line(3)]), 6);
        let shown: Vec<_> = keys.iter().map(|key| (key.position, key.kind, key.line.get())).collect();
        assert_eq!(
            shown,
            [(1, KeyKind::Blf, 1), (2, KeyKind::Line, 1), (4, KeyKind::Line, 3)],
            "the key of line 2 is gone, and its position is not taken by another"
        );
    }
}
