//! The time as a parameter, and when the time itself cannot be believed.

use std::sync::atomic::{AtomicI64, Ordering};

/// A point in time as milliseconds since 1970-01-01 UTC, the form in which it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From seconds since the epoch, the unit of license documents.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The calendar year in UTC, by which the rules of time zones are told.
    #[must_use]
    pub fn year(self) -> i16 {
        let time = jiff::Timestamp::from_second(self.seconds()).unwrap_or_default();
        jiff::tz::TimeZone::UTC.to_datetime(time).year()
    }

    /// This time moved by `days` of 24 hours (negative: back).
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(86_400_000)))
    }

    /// This time moved by `hours` (negative: back).
    #[must_use]
    pub const fn plus_hours(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours.saturating_mul(3_600_000)))
    }

    /// This time moved by `seconds` (negative: back).
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, to the second; a value outside the calendar shows its milliseconds.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match jiff::Timestamp::from_second(self.seconds()) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// Where the time comes from. Everything that needs the time is given one of these.
pub trait Clock: Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> Timestamp {
        Timestamp(jiff::Timestamp::now().as_millisecond())
    }
}

/// A clock that stands still until it is stepped: for tests, and for asking what would be at another time.
#[derive(Debug)]
pub struct SteppedClock(AtomicI64);

impl SteppedClock {
    /// A clock that shows `start`.
    #[must_use]
    pub const fn at(start: Timestamp) -> Self {
        Self(AtomicI64::new(start.0))
    }

    /// Shows `time` from now on.
    pub fn set(&self, time: Timestamp) {
        self.0.store(time.0, Ordering::SeqCst);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// No machine that runs this release can truthfully be before this time (2026-11-01 UTC).
pub const RELEASED: Timestamp = Timestamp::from_seconds(1_793_491_200);

/// How far past the newest time ever stored a clock may stand before it is doubted.
const LEAP_DAYS: i64 = 400;

/// Why the clock cannot be believed. While it is doubted, license questions are undecidable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockDoubt {
    /// The clock stands before this release existed.
    #[error("the clock shows {now}, before this release existed ({released})")]
    BeforeRelease {
        /// What the clock shows.
        now: Timestamp,
        /// When the release was made.
        released: Timestamp,
    },
    /// The clock stands far past the newest time that was ever stored.
    #[error("the clock shows {now}, more than {LEAP_DAYS} days past the newest time stored ({newest})")]
    LeapForward {
        /// What the clock shows.
        now: Timestamp,
        /// The newest time stored.
        newest: Timestamp,
    },
}

/// Whether `now` can be believed, given the release date and the newest time stored (none in an empty store).
#[must_use]
pub fn doubt(now: Timestamp, released: Timestamp, newest: Option<Timestamp>) -> Option<ClockDoubt> {
    if now < released {
        return Some(ClockDoubt::BeforeRelease { now, released });
    }
    let newest = newest?;
    (now > newest.plus_days(LEAP_DAYS)).then_some(ClockDoubt::LeapForward { now, newest })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_date_is_the_one_the_comment_names() {
        assert_eq!(RELEASED.to_string(), "2026-11-01T00:00:00Z");
    }

    #[test]
    fn a_clock_is_doubted_before_the_release_and_far_past_the_newest_time() {
        let newest = RELEASED.plus_days(10);
        assert_eq!(doubt(RELEASED, RELEASED, Some(newest)), None);
        assert_eq!(doubt(newest.plus_days(400), RELEASED, Some(newest)), None);
        assert!(matches!(
            doubt(Timestamp(RELEASED.0 - 1), RELEASED, None),
            Some(ClockDoubt::BeforeRelease { .. })
        ));
        assert!(matches!(
            doubt(Timestamp(newest.plus_days(400).0 + 1), RELEASED, Some(newest)),
            Some(ClockDoubt::LeapForward { .. })
        ));
    }
}
