//! Enrollment: which device scope, and which request with the tenant's scope, gets a device's secrets. Pure rules.
//!
//! A device has an epoch, and its device scope is derived from it. A newer epoch hands out a newer scope, while the
//! scope in use goes on: only the first use of the newer one ends the older ones. So whatever is lost on the way (the
//! answer, the power, a write), the phone still holds a scope that counts.

use super::Timestamp;

/// How often the tenant's scope releases each file of a device in one window.
pub const RELEASES: i64 = 5;
/// How many hours a window is open where nobody said otherwise.
pub const WINDOW_HOURS: i64 = 24;
/// How many hours at most: a window that is open for ever is no window.
pub const LONGEST_WINDOW_HOURS: i64 = 24 * 14;
/// How many hours for a device that was seen before: whoever knows the network may have seen its MAC as well.
pub const WINDOW_HOURS_SIGHTED: i64 = 1;

/// What admins decide about a device's enrollment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Enrollment {
    /// When the window of the device's epoch closes; none: it is closed.
    pub window_ends_at: Option<Timestamp>,
    /// Device scopes of older epochs are refused.
    pub scope_floor: i64,
}

/// What happened to a device's enrollment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceState {
    /// Raised by every write; 0: nothing was written yet.
    pub version: i64,
    /// Of which epoch releases and freeze speak.
    pub epoch: i64,
    /// How many files the tenant's scope released.
    pub releases: i64,
    /// To which address.
    pub released_to: Option<String>,
    /// When the last one was.
    pub released_at: Option<Timestamp>,
    /// The newest epoch whose device scope was used; 0 for none.
    pub used_epoch: i64,
    /// When that was used first.
    pub used_at: Option<Timestamp>,
    /// The alarm that froze the window.
    pub freeze: Option<Freeze>,
}

/// An alarm that froze a device's window: no new phone enrolls until an administrator answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    /// What happened.
    pub why: Alarm,
    /// When.
    pub at: Timestamp,
    /// The address that caused it.
    pub by: String,
}

/// What freezes a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A second address asked with the tenant's scope.
    SecondAddress,
    /// A device scope was used after a newer one.
    OldScope,
}

/// Why a request gets no secrets of this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The tenant's scope, and the window is closed.
    Window,
    /// The window is frozen.
    Frozen,
    /// The tenant's scope has released all that it may.
    ReleasesUsedUp,
    /// A device scope older than the one in use.
    OldScope,
}

/// What is to be done about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Serve; there is nothing to write.
    Serve,
    /// Write first, then serve.
    Record(DeviceState),
    /// Refuse.
    Refuse(Closed),
    /// Write that the window is frozen, raise the alarm and refuse.
    Freeze(DeviceState),
}

/// A device's enrollment at one moment: what admins decided, and what happened.
#[derive(Clone, Copy, Debug)]
pub struct Enrolling<'a> {
    /// The device's epoch.
    pub epoch: i64,
    /// What admins decided.
    pub enrollment: Enrollment,
    /// What happened, as it is stored.
    pub state: &'a DeviceState,
}

impl Alarm {
    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SecondAddress => "second-address",
            Self::OldScope => "old-scope",
        }
    }

    /// The alarm of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::SecondAddress, Self::OldScope].into_iter().find(|alarm| alarm.as_str() == word)
    }

    /// What happened, in words for people.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::SecondAddress => "a second address asked for its secrets with the tenant's URL",
            Self::OldScope => "an old URL of its own was used after the new one",
        }
    }
}

impl Enrolling<'_> {
    /// The state as it counts for the device's epoch: what an older epoch says of releases and freeze is over, and one
    /// that speaks of a later epoch than there is was overtaken by a restored backup.
    #[must_use]
    pub fn counted(&self) -> DeviceState {
        let stored = self.state;
        if stored.epoch == self.epoch {
            return stored.clone();
        }
        let restored = stored.epoch > self.epoch || stored.used_epoch > self.epoch;
        DeviceState {
            version: stored.version,
            epoch: self.epoch,
            used_epoch: if restored { 0 } else { stored.used_epoch },
            used_at: stored.used_at.filter(|_| !restored),
            ..DeviceState::default()
        }
    }

    /// Until when the window is open at `now`; none when it is closed or frozen.
    #[must_use]
    pub fn open_until(&self, now: Timestamp) -> Option<Timestamp> {
        let counted = self.counted();
        let closed = counted.used_epoch >= self.epoch || counted.freeze.is_some();
        self.enrollment.window_ends_at.filter(|ends| now < *ends && !closed)
    }

    /// What the device scope of the epoch `used` gets.
    #[must_use]
    pub fn with_device_scope(&self, used: i64, from: &str, now: Timestamp) -> Ruling {
        let counted = self.counted();
        // a scope of an epoch that the restored data does not know proves the phone, and says nothing of the epochs
        let lost = used > self.epoch;
        let oldest = counted.used_epoch.max(self.enrollment.scope_floor);
        if used < oldest {
            // what an administrator declared void surprises nobody; what a newer scope in use overtook does
            let overtaken = used < counted.used_epoch && counted.used_epoch >= self.enrollment.scope_floor;
            return if overtaken && counted.freeze.is_none() {
                Ruling::Freeze(counted.frozen(Alarm::OldScope, from, now))
            } else {
                Ruling::Refuse(Closed::OldScope)
            };
        }
        if used == counted.used_epoch || lost {
            return Ruling::Serve;
        }
        if counted.freeze.is_some() {
            return Ruling::Refuse(Closed::Frozen);
        }
        Ruling::Record(DeviceState { used_epoch: used, used_at: Some(now), ..counted })
    }

    /// What the tenant's scope gets of a device of which `files` files hold secrets.
    #[must_use]
    pub fn with_tenant_scope(&self, files: i64, from: &str, now: Timestamp) -> Ruling {
        let counted = self.counted();
        let open = self.enrollment.window_ends_at.is_some_and(|ends| now < ends);
        if !open || counted.used_epoch >= self.epoch {
            return Ruling::Refuse(Closed::Window);
        }
        if counted.freeze.is_some() {
            return Ruling::Refuse(Closed::Frozen);
        }
        if counted.released_to.as_deref().is_some_and(|first| first != from) {
            return Ruling::Freeze(counted.frozen(Alarm::SecondAddress, from, now));
        }
        if counted.releases >= RELEASES.saturating_mul(files.max(1)) {
            return Ruling::Refuse(Closed::ReleasesUsedUp);
        }
        Ruling::Record(DeviceState {
            releases: counted.releases + 1,
            released_to: Some(from.to_owned()),
            released_at: Some(now),
            ..counted
        })
    }
}

impl DeviceState {
    fn frozen(self, why: Alarm, by: &str, at: Timestamp) -> Self {
        Self { freeze: Some(Freeze { why, at, by: by.to_owned() }), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn open(epoch: i64, scope_floor: i64, state: &DeviceState) -> Enrolling<'_> {
        let window_ends_at = Some(NOW.plus_hours(WINDOW_HOURS));
        Enrolling { epoch, enrollment: Enrollment { window_ends_at, scope_floor }, state }
    }

    #[test]
    fn the_scope_in_use_goes_on_until_a_newer_one_is_used() {
        let used =
            |epoch, used_epoch| DeviceState { version: 1, epoch, used_epoch, ..DeviceState::default() };
        let two = used(2, 2);
        assert_eq!(open(5, 0, &two).with_device_scope(2, "a", NOW), Ruling::Serve);
        let Ruling::Record(next) = open(5, 0, &two).with_device_scope(4, "a", NOW) else { panic!() };
        assert_eq!((next.epoch, next.used_epoch), (5, 4));
        assert!(open(5, 0, &next).open_until(NOW).is_some(), "the newest epoch was not used yet");
        let Ruling::Freeze(frozen) = open(5, 0, &next).with_device_scope(2, "b", NOW) else { panic!() };
        assert_eq!(open(5, 0, &frozen).with_device_scope(4, "a", NOW), Ruling::Serve, "in use");
        assert_eq!(open(5, 0, &frozen).with_device_scope(5, "b", NOW), Ruling::Refuse(Closed::Frozen));
        assert_eq!(open(5, 0, &frozen).with_tenant_scope(1, "b", NOW), Ruling::Refuse(Closed::Frozen));
        assert!(open(6, 0, &frozen).open_until(NOW).is_some(), "another epoch is not frozen");
    }

    #[test]
    fn a_scope_below_the_floor_is_refused_without_an_alarm() {
        let state = DeviceState { version: 3, epoch: 4, used_epoch: 4, ..DeviceState::default() };
        for old in 1..5 {
            let ruling = open(5, 5, &state).with_device_scope(old, "a", NOW);
            assert_eq!(ruling, Ruling::Refuse(Closed::OldScope));
        }
        assert!(matches!(open(5, 5, &state).with_device_scope(5, "a", NOW), Ruling::Record(_)));
    }

    #[test]
    fn data_that_went_back_in_time_locks_nobody_out() {
        let state =
            DeviceState { version: 9, epoch: 7, used_epoch: 7, releases: 5, ..DeviceState::default() };
        assert_eq!(open(3, 0, &state).with_device_scope(7, "a", NOW), Ruling::Serve);
        assert!(matches!(open(3, 0, &state).with_device_scope(3, "a", NOW), Ruling::Record(_)));
        assert!(matches!(open(3, 0, &state).with_tenant_scope(1, "a", NOW), Ruling::Record(_)));
    }
}
