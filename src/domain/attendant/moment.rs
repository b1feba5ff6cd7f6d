//! What an auto-attendant does at one time, why, and until when.

use std::collections::BTreeSet;

use jiff::{
    Timestamp as Instant, ToSpan as _,
    civil::{Date, DateTime, Time},
};

use super::{Action, Holiday, OpeningRange, Schedule};
use crate::domain::Timestamp;

/// How many days ahead the next change of the state is looked for: a yearly holiday comes within them.
const DAYS_AHEAD: i32 = 367;

/// A time that somebody asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// This moment.
    Now,
    /// A time that is the same everywhere: `2026-12-24T17:05:00+01:00`.
    Everywhere(Timestamp),
    /// A time on the clock on the wall where the auto-attendant is: `2026-12-24 17:05`.
    There(DateTime),
}

/// The text is no time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no time; one is written like \"2026-12-24 17:05\" (in the time zone of the auto-attendant) or \"2026-12-24T17:05:00+01:00\""
)]
pub struct WrongTime(String);

impl std::str::FromStr for When {
    type Err = WrongTime;

    fn from_str(text: &str) -> Result<Self, WrongTime> {
        if text == "now" {
            return Ok(Self::Now);
        }
        if let Ok(instant) = text.parse::<Instant>() {
            return Ok(Self::Everywhere(Timestamp::from_millis(instant.as_millisecond())));
        }
        let there = text.parse::<DateTime>().map(Self::There);
        there.map_err(|_| WrongTime(text.chars().take(60).collect()))
    }
}

/// What an auto-attendant does at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment<'a> {
    /// The time in the schedule's zone: `2026-11-24 17:05 (Europe/Berlin, UTC+01)`.
    pub local: String,
    /// Which rule holds.
    pub reason: Reason<'a>,
    /// What happens to a call.
    pub action: &'a Action,
    /// When it opens, closes, or a holiday begins or ends; none within a year.
    pub until: Option<Timestamp>,
}

/// Which rule of a schedule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'a> {
    /// It is a holiday.
    Holiday(&'a Holiday),
    /// The time is in this range of the opening hours.
    Open(&'a OpeningRange),
    /// The time is in no range of the opening hours.
    Closed,
}

impl Reason<'_> {
    /// `holiday`, `open` or `closed`.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Holiday(_) => "holiday",
            Self::Open(_) => "open",
            Self::Closed => "closed",
        }
    }

    /// Whether the same holds for a caller: two ranges that meet are one time of being open.
    fn is_like(&self, other: Self) -> bool {
        match (*self, other) {
            (Self::Holiday(one), Self::Holiday(another)) => one == another,
            (one, another) => one.word() == another.word(),
        }
    }
}

impl std::fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Holiday(holiday) => write!(f, "it is a holiday: {holiday}"),
            Self::Open(range) => write!(f, "it is open: {range}"),
            Self::Closed => f.write_str("it is closed: no range of the opening hours holds"),
        }
    }
}

impl Schedule {
    /// The time that is asked about. Of a time that comes twice there it is the first, of one that does not come the time
    /// as long after the leap as it was meant to be before.
    #[must_use]
    pub fn resolve(&self, when: When, now: Timestamp) -> Timestamp {
        match when {
            When::Now => now,
            When::Everywhere(time) => time,
            When::There(local) => {
                let instant = self.zone.to_ambiguous_timestamp(local).compatible();
                instant.map_or(now, |instant| Timestamp::from_millis(instant.as_millisecond()))
            }
        }
    }

    /// What happens to a call at `time`. A time that the clocks show twice belongs to the same range both times, one that
    /// they leap over does not come.
    #[must_use]
    pub fn at(&self, time: Timestamp) -> Moment<'_> {
        let instant = instant(time);
        let reason = self.reason(instant);
        let local = self.zone.to_datetime(instant);
        let offset = self.zone.to_offset(instant);
        Moment {
            local: format!(
                "{} {:02}:{:02} ({}, UTC{offset})",
                local.date(),
                local.hour(),
                local.minute(),
                self.written.time_zone
            ),
            reason,
            action: match reason {
                Reason::Holiday(holiday) => holiday.then.as_ref().unwrap_or(&self.closed),
                Reason::Open(_) => &self.open,
                Reason::Closed => &self.closed,
            },
            until: self.next_change(instant, reason),
        }
    }

    fn reason(&self, instant: Instant) -> Reason<'_> {
        let local = self.zone.to_datetime(instant);
        if let Some(holiday) = self.holidays.iter().find(|holiday| holiday.covers(local.date())) {
            return Reason::Holiday(holiday);
        }
        let day = usize::from(local.weekday().to_monday_zero_offset().unsigned_abs());
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.hours.iter().find(|range| range.covers(day, minute)).map_or(Reason::Closed, Reason::Open)
    }

    /// The first time after `instant` at which another rule holds.
    fn next_change(&self, instant: Instant, now: Reason<'_>) -> Option<Timestamp> {
        let today = self.zone.to_datetime(instant).date();
        let end = instant.checked_add((i64::from(DAYS_AHEAD) * 24).hours()).ok()?;
        let leaps: Vec<_> = self
            .zone
            .following(instant)
            .map(|leap| leap.timestamp())
            .take_while(|leap| *leap <= end)
            .collect();
        let minutes: BTreeSet<u16> = self.hours.iter().flat_map(OpeningRange::minutes).chain([0]).collect();
        // a rule begins or ends at such a minute of a day, or where the clocks leap
        let mut day = today;
        for _ in 0..=DAYS_AHEAD {
            let next = day.tomorrow().ok()?;
            let mut candidates: Vec<Instant> = minutes
                .iter()
                .flat_map(|minute| self.instants(day, *minute))
                .chain(leaps.iter().copied().filter(|leap| self.zone.to_datetime(*leap).date() == day))
                .filter(|candidate| *candidate > instant)
                .collect();
            candidates.sort_unstable();
            if let Some(change) =
                candidates.into_iter().find(|candidate| !self.reason(*candidate).is_like(now))
            {
                return Some(Timestamp::from_millis(change.as_millisecond()));
            }
            day = next;
        }
        None
    }

    /// When clocks show this minute of a day: once, twice, or never.
    fn instants(&self, day: Date, minute: u16) -> impl Iterator<Item = Instant> + use<> {
        let (day, minute) =
            if minute == 24 * 60 { (day.tomorrow().unwrap_or(day), 0) } else { (day, minute) };
        let time = Time::midnight() + i64::from(minute).minutes();
        let ambiguous = self.zone.to_ambiguous_timestamp(DateTime::from_parts(day, time));
        [ambiguous.earlier(), ambiguous.later()].into_iter().flatten()
    }
}

fn instant(time: Timestamp) -> Instant {
    Instant::from_millisecond(time.millis()).unwrap_or_default()
}
