//! A time zone as phones want it: an offset and, where clocks change, when.

use jiff::{Timestamp as Instant, civil::Date, tz::TimeZone};

use super::Timestamp;

/// Years in which a rule must hold before it counts as the zone's rule: each weekday starts a year at least once.
const YEARS_COMPARED: i16 = 7;

/// What a phone has to know of a time zone.
///
/// Made from the time-zone database as it stands, for the calendar year (UTC) of a reference instant, and therefore the
/// same at any time of that year. Of the two offsets of a year the smaller counts as standard time, whatever the
/// database calls it (Ireland calls its winter daylight saving time).
///
/// A zone whose changes follow no "nth weekday of a month" gets the weekdays on which they fall in the reference year,
/// and [`Self::regular`] is false: next year's rule differs. A year that has other than two changes gets no daylight
/// saving and the offset in force when the year ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ZoneRule {
    /// Minutes east of UTC, in standard time.
    pub offset: i16,
    /// When clocks change; none where they do not.
    pub daylight: Option<Daylight>,
    /// Whether the rule holds for the following years too.
    pub regular: bool,
}

/// Daylight saving time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Daylight {
    /// Minutes by which clocks are put forward.
    pub saving: i16,
    /// When it starts, in standard time.
    pub start: Switch,
    /// When it ends, in daylight saving time.
    pub end: Switch,
}

/// One change of the clocks, on the nth weekday of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Switch {
    /// The month, 1 to 12.
    pub month: i8,
    /// Which of the month's weekdays: 1 to 4, and 5 for the last.
    pub nth: i8,
    /// The weekday, 1 (Monday) to 7 (Sunday).
    pub weekday: i8,
    /// The hour that the clock shows just before the change.
    pub hour: i8,
    /// The minute that the clock shows just before the change.
    pub minute: i8,
}

/// The time-zone database does not know the zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no time zone of the IANA database")]
pub struct UnknownZone(String);

impl ZoneRule {
    /// UTC.
    pub const UTC: Self = Self { offset: 0, daylight: None, regular: true };

    /// The rule of the IANA zone `name` in the calendar year (UTC) of `reference`.
    pub fn of(name: &str, reference: Timestamp) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone(name.chars().take(64).collect());
        let zone = TimeZone::get(name).map_err(|_| unknown())?;
        let reference = Instant::from_millisecond(reference.millis()).map_err(|_| unknown())?;
        let year = TimeZone::UTC.to_datetime(reference).year();
        Ok(in_year(&zone, year).unwrap_or(Self::UTC))
    }
}

/// One change as it happened.
struct Change {
    /// The clock's date and time just before it.
    at: jiff::civil::DateTime,
    /// Seconds east of UTC before and after.
    before: i32,
    after: i32,
}

fn in_year(zone: &TimeZone, year: i16) -> Option<ZoneRule> {
    let end = start_of(year.checked_add(1)?)?;
    let fixed = |seconds: i32| ZoneRule { offset: minutes(seconds), daylight: None, regular: true };
    let changes = changes(zone, year)?;
    let (start, back) = match changes.as_slice() {
        [a, b] if a.after > a.before && b.after == a.before && b.before == a.after => (a, b),
        [a, b] if b.after > b.before && a.after == b.before && a.before == b.after => (b, a),
        [] => return Some(fixed(zone.to_offset(end).seconds())),
        _ => return Some(ZoneRule { regular: false, ..fixed(zone.to_offset(end).seconds()) }),
    };
    let later = |forward: bool| (1..YEARS_COMPARED).map(move |step| occurrence(zone, year + step, forward));
    let (start_switch, start_holds) = switch(start, &later(true));
    let (end_switch, end_holds) = switch(back, &later(false));
    Some(ZoneRule {
        offset: minutes(start.before),
        daylight: Some(Daylight {
            saving: minutes(start.after - start.before),
            start: start_switch,
            end: end_switch,
        }),
        regular: start_holds && end_holds,
    })
}

/// The nth weekday on which `change` falls, and whether it does in the `later` years as well.
fn switch(change: &Change, later: &(impl Iterator<Item = Option<Change>> + Clone)) -> (Switch, bool) {
    let of = |nth: i8, change: &Change| Switch {
        month: change.at.month(),
        nth,
        weekday: change.at.date().weekday().to_monday_one_offset(),
        hour: change.at.hour(),
        minute: change.at.minute(),
    };
    let holds = |nth: fn(Date) -> i8| {
        let rule = of(nth(change.at.date()), change);
        let same =
            later.clone().all(|other| other.is_some_and(|other| of(nth(other.at.date()), &other) == rule));
        (rule, same)
    };
    let (last, last_holds) = holds(counted_from_the_end);
    if last.nth == 5 && last_holds {
        return (last, true);
    }
    holds(counted_from_the_start)
}

/// 5 for the last of its weekday in its month, else 0.
fn counted_from_the_end(date: Date) -> i8 {
    if date.day() + 7 > date.days_in_month() { 5 } else { 0 }
}

fn counted_from_the_start(date: Date) -> i8 {
    (date.day() + 6) / 7
}

fn occurrence(zone: &TimeZone, year: i16, forward: bool) -> Option<Change> {
    changes(zone, year)?.into_iter().find(|change| (change.after > change.before) == forward)
}

/// The changes of the offset in one calendar year (UTC); more than four are as good as four.
fn changes(zone: &TimeZone, year: i16) -> Option<Vec<Change>> {
    let (start, end) = (start_of(year)?, start_of(year.checked_add(1)?)?);
    let mut before = zone.to_offset(start);
    let mut found = Vec::new();
    for transition in zone.following(start).take_while(|transition| transition.timestamp() < end).take(16) {
        let after = transition.offset();
        if after != before {
            let at = before.to_datetime(transition.timestamp());
            found.push(Change { at, before: before.seconds(), after: after.seconds() });
            before = after;
        }
        if found.len() == 4 {
            break;
        }
    }
    Some(found)
}

/// One second before the year (UTC), so that a change at its first instant is seen as its own.
fn start_of(year: i16) -> Option<Instant> {
    let midnight = TimeZone::UTC.to_timestamp(Date::new(year, 1, 1).ok()?.at(0, 0, 0, 0)).ok()?;
    Instant::from_second(midnight.as_second() - 1).ok()
}

fn minutes(seconds: i32) -> i16 {
    i16::try_from(seconds / 60).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(zone: &str, year: i16, month: i8) -> ZoneRule {
        let at = Date::new(year, month, 15).unwrap().at(0, 0, 0, 0);
        let at = TimeZone::UTC.to_timestamp(at).unwrap().as_second();
        ZoneRule::of(zone, Timestamp::from_seconds(at)).unwrap()
    }

    fn switch(month: i8, nth: i8, weekday: i8, hour: i8) -> Switch {
        Switch { month, nth, weekday, hour, minute: 0 }
    }

    #[test]
    fn zones_are_as_the_database_has_them_at_any_time_of_the_year() {
        let daylight = |saving, start, end| Some(Daylight { saving, start, end });
        for (zone, offset, expected) in [
            ("Europe/Zurich", 60, daylight(60, switch(3, 5, 7, 2), switch(10, 5, 7, 3))),
            ("Europe/Dublin", 0, daylight(60, switch(3, 5, 7, 1), switch(10, 5, 7, 2))),
            ("America/New_York", -300, daylight(60, switch(3, 2, 7, 2), switch(11, 1, 7, 2))),
            ("America/Sao_Paulo", -180, None),
            ("Australia/Sydney", 600, daylight(60, switch(10, 1, 7, 2), switch(4, 1, 7, 3))),
            ("Australia/Lord_Howe", 630, daylight(30, switch(10, 1, 7, 2), switch(4, 1, 7, 2))),
            ("Asia/Kathmandu", 345, None),
            ("Etc/UTC", 0, None),
        ] {
            for month in 1..=12 {
                let expected = ZoneRule { offset, daylight: expected, regular: true };
                assert_eq!(rule(zone, 2027, month), expected, "{zone} in month {month}");
            }
        }
    }

    #[test]
    fn a_zone_that_follows_no_weekday_rule_gets_this_years_days() {
        let jerusalem = rule("Asia/Jerusalem", 2027, 6);
        assert_eq!(jerusalem.daylight.map(|daylight| daylight.start), Some(switch(3, 4, 5, 2)));
        assert!(!jerusalem.regular);
        assert!(ZoneRule::of("Mars/Olympus", Timestamp::from_seconds(0)).is_err());
    }

    #[test]
    fn every_zone_has_a_rule() {
        for zone in jiff::tz::db().available() {
            for year in [2026, 2030, 2037] {
                let offset = rule(zone.as_str(), year, 6).offset;
                assert!((-720..=840).contains(&offset), "{zone:?}");
            }
        }
    }
}
