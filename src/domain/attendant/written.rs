//! A schedule as people and programs write it, and what is wrong with it: every mistake, not only the first.

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};

use super::{Action, DialKey, Holiday, OpeningRange, Schedule, Target};
use crate::domain::PlainText;

/// The most ranges, holidays and characters of a greeting: more than any company has, and too few to slow a server.
const MOST_RANGES: usize = 50;
const MOST_HOLIDAYS: usize = 200;
const LONGEST_GREETING: usize = 1000;
/// A holiday that lasts longer is none, and comparing dates stays quick.
const LONGEST_HOLIDAY_DAYS: i32 = 366;

/// A schedule as it is written in a file, sent to the API and kept.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenSchedule {
    /// The IANA time zone in which its times are: `Europe/Berlin`.
    pub time_zone: String,
    /// When it is open: `mon-fri 08:00-17:00`. Never, when empty.
    #[serde(default)]
    pub hours: Vec<String>,
    /// What happens while it is open.
    pub open: WrittenAction,
    /// What happens after hours.
    pub closed: WrittenAction,
    /// Days on which the hours do not hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<WrittenHoliday>,
}

/// What happens to a call: either `transfer`, or `options` announced by a `greeting`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenAction {
    /// What is said first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub greeting: Option<String>,
    /// Where the call goes: `extension 101`, `attendant 200`, `voicemail 101`, `number +4930123456`, `hang-up`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<String>,
    /// Where each key leads: `0` to `9`, `*`, `#`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Where a caller goes who presses no key; `hang-up` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

/// Days on which the hours do not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenHoliday {
    /// What people call it.
    pub name: String,
    /// Its first day: `2026-12-24`.
    pub from: String,
    /// Its last day; the first one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Whether it comes again every year.
    #[serde(default)]
    pub yearly: bool,
    /// What happens on it; as after hours when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<WrittenAction>,
}

/// One mistake of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ScheduleMistake {
    /// Where: `hours[1]`, `open.options.3`, `holidays[0].from`.
    pub field: String,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl std::fmt::Display for ScheduleMistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.field, self.problem)
    }
}

impl WrittenSchedule {
    /// The schedule that is meant, or every mistake in it.
    pub fn check(self) -> Result<Schedule, Vec<ScheduleMistake>> {
        let mut mistakes = Mistakes::default();
        let zone = TimeZone::get(&self.time_zone).ok();
        if zone.is_none() {
            let name: String = self.time_zone.chars().take(64).collect();
            mistakes.add(
                "time_zone",
                format!("\"{name}\" is no time zone of the IANA database, such as Europe/Berlin"),
            );
        }
        let hours = mistakes.hours(&self.hours);
        let open = mistakes.action("open", &self.open);
        let closed = mistakes.action("closed", &self.closed);
        let holidays = mistakes.holidays(&self.holidays);
        match (zone, open, closed, mistakes.found) {
            (Some(zone), Some(open), Some(closed), found) if found.is_empty() => {
                Ok(Schedule { written: self, zone, hours, open, closed, holidays })
            }
            (.., found) => Err(found),
        }
    }
}

#[derive(Default)]
struct Mistakes {
    found: Vec<ScheduleMistake>,
}

impl Mistakes {
    fn add(&mut self, field: impl Into<String>, problem: impl std::fmt::Display) {
        self.found.push(ScheduleMistake { field: field.into(), problem: problem.to_string() });
    }

    fn note<T, E: std::fmt::Display>(&mut self, field: impl Into<String>, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|wrong| self.add(field, wrong)).ok()
    }

    fn hours(&mut self, written: &[String]) -> Vec<OpeningRange> {
        if written.len() > MOST_RANGES {
            self.add("hours", format!("{} ranges; {MOST_RANGES} are allowed", written.len()));
            return Vec::new();
        }
        let mut ranges: Vec<OpeningRange> = Vec::new();
        for (index, text) in written.iter().enumerate() {
            let field = format!("hours[{index}]");
            let Some(range) = self.note(&field, OpeningRange::parse(text)) else { continue };
            for overlap in ranges.iter().filter_map(|earlier| earlier.overlap(&range)) {
                self.add(&field, overlap);
            }
            ranges.push(range);
        }
        ranges
    }

    fn action(&mut self, at: &str, written: &WrittenAction) -> Option<Action> {
        let greeting = written.greeting.as_deref();
        let greeting = greeting.map(|text| PlainText::parse_up_to("the greeting", text, LONGEST_GREETING));
        let greeting =
            greeting.transpose().map_err(|wrong| self.add(format!("{at}.greeting"), wrong)).ok()?;
        match (&written.transfer, written.options.is_empty()) {
            (Some(_), false) => {
                self.add(at, "has both \"transfer\" and \"options\"; one of them is needed");
                None
            }
            (None, true) => {
                self.add(at, "needs \"transfer\", or \"options\" announced by a \"greeting\"");
                None
            }
            (Some(to), true) => {
                if written.otherwise.is_some() {
                    self.add(format!("{at}.otherwise"), "belongs to \"options\", and there are none");
                }
                let to = self.note(format!("{at}.transfer"), to.parse())?;
                Some(Action::Transfer { greeting, to })
            }
            (None, false) => {
                if greeting.is_none() {
                    self.add(format!("{at}.greeting"), "options must be announced: a greeting is needed");
                }
                let options = self.options(at, &written.options);
                let otherwise = written.otherwise.as_deref().unwrap_or("hang-up");
                let otherwise = self.note(format!("{at}.otherwise"), otherwise.parse());
                Some(Action::Menu { greeting: greeting?, options, otherwise: otherwise? })
            }
        }
    }

    fn options(&mut self, at: &str, written: &BTreeMap<String, String>) -> BTreeMap<DialKey, Target> {
        let mut options = BTreeMap::new();
        for (key, target) in written {
            let shown: String = key.chars().take(20).collect();
            let field = format!("{at}.options.{shown}");
            let target = self.note(&field, target.parse());
            match DialKey::parse(key) {
                Some(key) => options.extend(target.map(|target| (key, target))),
                None => self.add(field, "is no key; keys are 0 to 9, * and #"),
            }
        }
        options
    }

    fn holidays(&mut self, written: &[WrittenHoliday]) -> Vec<Holiday> {
        if written.len() > MOST_HOLIDAYS {
            self.add("holidays", format!("{} holidays; {MOST_HOLIDAYS} are allowed", written.len()));
            return Vec::new();
        }
        let mut holidays: Vec<Holiday> = Vec::new();
        for (index, written) in written.iter().enumerate() {
            let at = format!("holidays[{index}]");
            let Some(holiday) = self.holiday(&at, written) else { continue };
            for earlier in &holidays {
                if let Some(day) = earlier.shared_day(&holiday) {
                    self.add(&at, format!("{holiday} and {earlier} overlap on {day}"));
                }
            }
            holidays.push(holiday);
        }
        holidays
    }

    fn holiday(&mut self, at: &str, written: &WrittenHoliday) -> Option<Holiday> {
        let name = self.note(format!("{at}.name"), PlainText::parse("the name", &written.name));
        let from = self.date(format!("{at}.from"), &written.from);
        let to = written.to.as_ref().map_or(from, |to| self.date(format!("{at}.to"), to));
        let then = written.then.as_ref().map(|then| self.action(&format!("{at}.then"), then));
        let (from, to) = (from?, to?);
        let days = (to - from).get_days();
        if to < from {
            self.add(format!("{at}.to"), format!("{to} is before {from}: the holiday is empty"));
        } else if days >= LONGEST_HOLIDAY_DAYS {
            self.add(
                format!("{at}.to"),
                format!("the holiday lasts {} days; {LONGEST_HOLIDAY_DAYS} are allowed", days + 1),
            );
        } else {
            let then = match then {
                Some(then) => Some(then?),
                None => None,
            };
            return Some(Holiday { name: name?, from, to, yearly: written.yearly, then });
        }
        None
    }

    fn date(&mut self, field: String, text: &str) -> Option<Date> {
        let date = text
            .parse::<Date>()
            .ok()
            .filter(|date| date.to_string() == text && (2000..=2999).contains(&date.year()));
        if date.is_none() {
            let text: String = text.chars().take(40).collect();
            self.add(field, format!("\"{text}\" is no date; one is written like \"2026-12-24\""));
        }
        date
    }
}
