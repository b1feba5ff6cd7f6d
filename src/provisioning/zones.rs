//! The rules of time zones, each worked out once a year: a rule is compared with those of years to come, which takes as
//! long as all other facts of a document together.

use quick_cache::sync::Cache;

use crate::domain::{SettingValue, Settings, Timestamp, ZoneRule};

/// Zones and years remembered; an office has one, a server a few.
const REMEMBERED: usize = 256;

/// Rules that were worked out, by zone and year.
pub(super) struct Zones(Cache<(String, i16), ZoneRule>);

impl Zones {
    pub(super) fn new() -> Self {
        Self(Cache::new(REMEMBERED))
    }

    /// The rule of the device's time zone; UTC for a zone that a newer time-zone database no longer has.
    pub(super) fn rule(&self, settings: &Settings, now: Timestamp) -> ZoneRule {
        let Some(SettingValue::Text(name)) = settings.find("time.zone").map(|setting| &setting.value) else {
            return ZoneRule::UTC;
        };
        let key = (name.clone(), now.year());
        if let Some(rule) = self.0.get(&key) {
            return rule;
        }
        let rule = ZoneRule::of(name, now).unwrap_or(ZoneRule::UTC);
        self.0.insert(key, rule);
        rule
    }
}
