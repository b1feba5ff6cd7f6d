//! Auto-attendants: what happens to a call, by business hours and holidays.

mod action;
mod holiday;
mod hours;
mod moment;
mod written;

pub use action::{Action, DialKey, Target, WrongTarget};
pub use holiday::Holiday;
pub use hours::OpeningRange;
pub use moment::{Moment, Reason, When, WrongTime};
pub use written::{ScheduleMistake, WrittenAction, WrittenHoliday, WrittenSchedule};

use jiff::tz::TimeZone;

use super::ExtensionNumber;

/// When an auto-attendant is open, and what happens to a call then and otherwise. Made by [`WrittenSchedule::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    written: WrittenSchedule,
    zone: TimeZone,
    hours: Vec<OpeningRange>,
    open: Action,
    closed: Action,
    holidays: Vec<Holiday>,
}

impl Schedule {
    /// The schedule as it was written.
    #[must_use]
    pub const fn written(&self) -> &WrittenSchedule {
        &self.written
    }

    /// When it is open.
    #[must_use]
    pub fn hours(&self) -> &[OpeningRange] {
        &self.hours
    }

    /// The days on which the hours do not hold.
    #[must_use]
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// Every action with the field it stands in.
    pub fn actions(&self) -> impl Iterator<Item = (String, &Action)> {
        let holidays = self.holidays.iter().enumerate();
        let holidays = holidays
            .filter_map(|(index, holiday)| Some((format!("holidays[{index}].then"), holiday.then.as_ref()?)));
        [("open".to_owned(), &self.open), ("closed".to_owned(), &self.closed)].into_iter().chain(holidays)
    }

    /// The auto-attendants to which it passes callers without asking them.
    pub fn passes_to(&self) -> impl Iterator<Item = &ExtensionNumber> {
        let holidays = self.holidays.iter().filter_map(|holiday| holiday.then.as_ref());
        [&self.open, &self.closed].into_iter().chain(holidays).filter_map(|action| match action.always() {
            Some(Target::Attendant(number)) => Some(number),
            _ => None,
        })
    }
}
