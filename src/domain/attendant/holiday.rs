//! Holidays: days on which the week's opening hours do not hold.

use jiff::civil::Date;

use super::Action;
use crate::domain::PlainText;

/// Some days in a row, once or every year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// What people call it.
    pub name: PlainText,
    /// Its first day.
    pub(super) from: Date,
    /// Its last day.
    pub(super) to: Date,
    /// Whether it comes again on the same dates of every year.
    pub(super) yearly: bool,
    /// What happens on it; what happens after hours when none.
    pub then: Option<Action>,
}

impl Holiday {
    /// Whether it holds on `date`.
    pub(super) fn covers(&self, date: Date) -> bool {
        if !self.yearly {
            return (self.from..=self.to).contains(&date);
        }
        let of_year = |date: Date| (date.month(), date.day());
        let (from, to, day) = (of_year(self.from), of_year(self.to), of_year(date));
        if from <= to { from <= day && day <= to } else { day >= from || day <= to }
    }

    /// Its first and last day as texts that compare like dates, in a format of strftime: with the year, or without it
    /// where it comes every year.
    #[must_use]
    pub fn bounds(&self) -> (&'static str, [String; 2]) {
        let days = [self.from, self.to];
        if self.yearly {
            ("%m%d", days.map(|day| format!("{:02}{:02}", day.month(), day.day())))
        } else {
            ("%Y%m%d", days.map(|day| format!("{:04}{:02}{:02}", day.year(), day.month(), day.day())))
        }
    }

    /// The days as they are written down, in the year in which they were.
    fn days(&self) -> impl Iterator<Item = Date> {
        self.from.series(jiff::Span::new().days(1)).take_while(|day| *day <= self.to)
    }

    /// The first day that belongs to both.
    pub(super) fn shared_day(&self, other: &Self) -> Option<Date> {
        let of = |one: &Self, another: &Self| one.days().find(|day| another.covers(*day));
        // the days of a yearly one are those of every year, so they are asked only against another yearly one
        match (self.yearly, other.yearly) {
            (false, _) => of(self, other),
            (true, false) => of(other, self),
            (true, true) => of(self, other).or_else(|| of(other, self)),
        }
    }
}

impl std::fmt::Display for Holiday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (", self.name)?;
        match (self.yearly, self.from == self.to) {
            (false, true) => write!(f, "{})", self.from),
            (false, false) => write!(f, "{} to {})", self.from, self.to),
            (true, true) => write!(f, "every {:02}-{:02})", self.from.month(), self.from.day()),
            (true, false) => {
                let (from, to) = (self.from, self.to);
                write!(f, "every {:02}-{:02} to {:02}-{:02})", from.month(), from.day(), to.month(), to.day())
            }
        }
    }
}
