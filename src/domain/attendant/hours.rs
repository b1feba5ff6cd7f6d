//! Opening hours: ranges of a day on days of the week, none empty and no two overlapping.

/// A moment of a day as the clock on the wall shows it, in minutes since midnight; 24:00 only ends a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TimeOfDay(u16);

impl TimeOfDay {
    /// `08:00`, `24:00`.
    fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let number = |text: &str, most: u16| {
            let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u16>().ok().filter(|number| digits && *number <= most)
        };
        let (hour, minute) = (number(hour, 24)?, number(minute, 59).filter(|_| minute.len() == 2)?);
        (hour < 24 || minute == 0).then_some(Self(hour * 60 + minute))
    }

    /// Minutes since midnight.
    pub(super) const fn minutes(self) -> u16 {
        self.0
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Some days of the week, Monday first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Days([bool; 7]);

impl Days {
    /// `mon-fri`, `sat,sun`, `mon-wed,fri`.
    fn parse(text: &str) -> Option<Self> {
        let day = |text: &str| DAYS.iter().position(|name| *name == text);
        let mut days = [false; 7];
        for part in text.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (day(first)?, day(last)?);
            // a range may go over Sunday: sat-mon
            let length = (last + 7 - first) % 7;
            for step in 0..=length {
                days[(first + step) % 7] = true;
            }
        }
        Some(Self(days))
    }
}

impl std::fmt::Display for Days {
    /// Runs of three and more days are written with a hyphen.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut parts = Vec::new();
        let mut day = 0;
        while day < 7 {
            let run = self.0[day..].iter().take_while(|open| **open).count();
            match run {
                0 => {}
                1 => parts.push(DAYS[day].to_owned()),
                2 => parts.extend([DAYS[day].to_owned(), DAYS[day + 1].to_owned()]),
                _ => parts.push(format!("{}-{}", DAYS[day], DAYS[day + run - 1])),
            }
            day += run.max(1);
        }
        f.write_str(&parts.join(","))
    }
}

/// One range of opening hours: from a time on, until just before another, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningRange {
    days: Days,
    from: TimeOfDay,
    to: TimeOfDay,
}

/// What is wrong with opening hours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum WrongHours {
    #[error(
        "\"{0}\" is no range of opening hours; one is written like \"mon-fri 08:00-17:00\" or \"sat,sun 10:00-12:30\""
    )]
    Unreadable(String),
    #[error("\"{0}\" is empty: it ends when it begins")]
    Empty(OpeningRange),
    #[error(
        "\"{range}\" ends before it begins; over midnight it takes two ranges, the first until 24:00 and one from 00:00 on the next day"
    )]
    OverMidnight { range: OpeningRange },
    #[error("\"{first}\" and \"{second}\" overlap on {day} from {from} to {to}")]
    Overlap { first: OpeningRange, second: OpeningRange, day: &'static str, from: TimeOfDay, to: TimeOfDay },
}

impl OpeningRange {
    pub(super) fn parse(text: &str) -> Result<Self, WrongHours> {
        let unreadable = || WrongHours::Unreadable(text.chars().take(60).collect());
        let lower = text.trim().to_ascii_lowercase();
        let (days, hours) = lower.split_once(' ').ok_or_else(unreadable)?;
        let (from, to) = hours.trim().split_once('-').ok_or_else(unreadable)?;
        let days = Days::parse(days).ok_or_else(unreadable)?;
        let time = |text: &str| TimeOfDay::parse(text.trim()).ok_or_else(unreadable);
        let range = Self { days, from: time(from)?, to: time(to)? };
        match range.from.cmp(&range.to) {
            std::cmp::Ordering::Less => Ok(range),
            std::cmp::Ordering::Equal => Err(WrongHours::Empty(range)),
            std::cmp::Ordering::Greater => Err(WrongHours::OverMidnight { range }),
        }
    }

    /// Whether it covers this minute of a day of the week, 0 for Monday.
    pub(super) fn covers(&self, day: usize, minute: u16) -> bool {
        self.days.0[day] && (self.from.minutes()..self.to.minutes()).contains(&minute)
    }

    /// When it begins and ends, in minutes since midnight: the first that belongs to it, and the first after it.
    #[must_use]
    pub const fn minutes(&self) -> [u16; 2] {
        [self.from.minutes(), self.to.minutes()]
    }

    /// Its days: `mon`, `tue` and so on.
    #[must_use]
    pub fn days(&self) -> Vec<&'static str> {
        DAYS.into_iter().zip(self.days.0).filter(|(_, open)| *open).map(|(day, _)| day).collect()
    }

    /// The first day on which both are open, and what they share of it.
    pub(super) fn overlap(&self, other: &Self) -> Option<WrongHours> {
        let (from, to) = (self.from.max(other.from), self.to.min(other.to));
        let day = (0..7).find(|day| self.days.0[*day] && other.days.0[*day] && from < to)?;
        Some(WrongHours::Overlap { first: self.clone(), second: other.clone(), day: DAYS[day], from, to })
    }
}

impl std::fmt::Display for OpeningRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}-{}", self.days, self.from, self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_and_written_in_one_form() {
        for (text, written) in [
            ("mon-fri 08:00-17:00", "mon-fri 08:00-17:00"),
            ("Sat,Sun 9:30 - 24:00", "sat,sun 09:30-24:00"),
            ("fri-mon 00:00-06:00", "mon,fri-sun 00:00-06:00"),
            ("tue,mon,wed 1:00-2:00", "mon-wed 01:00-02:00"),
        ] {
            assert_eq!(OpeningRange::parse(text).unwrap().to_string(), written);
        }
        for text in [
            "",
            "mon",
            "mon 8-17",
            "mon 08:00",
            "mo 08:00-17:00",
            "mon 08:00-25:00",
            "mon 08:00-24:01",
            "mon 08:0-9:00",
        ] {
            assert!(matches!(OpeningRange::parse(text), Err(WrongHours::Unreadable(_))), "{text}");
        }
        assert!(matches!(OpeningRange::parse("mon 08:00-08:00"), Err(WrongHours::Empty(_))));
        assert!(matches!(OpeningRange::parse("mon 22:00-06:00"), Err(WrongHours::OverMidnight { .. })));
    }

    #[test]
    fn ranges_that_meet_do_not_overlap() {
        let range = |text| OpeningRange::parse(text).unwrap();
        assert!(range("mon-fri 08:00-12:00").overlap(&range("mon-fri 12:00-17:00")).is_none());
        assert!(range("mon-fri 08:00-12:00").overlap(&range("sat 08:00-12:00")).is_none());
        let shared = range("mon-fri 08:00-12:00").overlap(&range("fri-sun 11:00-13:00")).unwrap();
        assert!(shared.to_string().ends_with("overlap on fri from 11:00 to 12:00"), "{shared}");
    }
}
