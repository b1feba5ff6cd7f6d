//! A schedule as the fields of a form, and back.

use crate::{
    admin::portal::{
        form::{Fields, Filled},
        visit::Visit,
    },
    domain::attendant::{OpeningRange, ScheduleMistake, WrittenAction, WrittenHoliday, WrittenSchedule},
};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// The keys that a caller can press, each with its name in a field.
pub(super) const KEYS: [(&str, &str); 12] = [
    ("1", "1"),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", "5"),
    ("6", "6"),
    ("7", "7"),
    ("8", "8"),
    ("9", "9"),
    ("0", "0"),
    ("*", "star"),
    ("#", "hash"),
];
/// More rows than any company fills.
const MOST_ROWS: usize = 50;

/// The fields of a schedule.
pub(super) fn fields(schedule: &WrittenSchedule, ranges: &[OpeningRange]) -> Vec<(String, String)> {
    let mut fields = vec![("time_zone".to_owned(), schedule.time_zone.clone())];
    for (row, range) in ranges.iter().enumerate() {
        let [from, to] = range.minutes().map(|minutes| format!("{:02}:{:02}", minutes / 60, minutes % 60));
        fields.extend([(format!("hours{row}_from"), from), (format!("hours{row}_to"), to)]);
        fields.extend(range.days().into_iter().map(|day| (format!("hours{row}_{day}"), "on".to_owned())));
    }
    for (state, action) in [("open", &schedule.open), ("closed", &schedule.closed)] {
        fields.push((format!("{state}_greeting"), action.greeting.clone().unwrap_or_default()));
        let always = action.transfer.as_ref().or(action.otherwise.as_ref());
        fields.extend(target(state, always.map_or("hang-up", String::as_str)));
        for (key, name) in KEYS {
            if let Some(option) = action.options.get(key) {
                fields.extend(target(&format!("{state}_key_{name}"), option));
            }
        }
    }
    for (row, holiday) in schedule.holidays.iter().enumerate() {
        fields.extend([
            (format!("holiday{row}_name"), holiday.name.clone()),
            (format!("holiday{row}_from"), holiday.from.clone()),
            (format!("holiday{row}_to"), holiday.to.clone().unwrap_or_default()),
        ]);
        if holiday.yearly {
            fields.push((format!("holiday{row}_yearly"), "on".to_owned()));
        }
    }
    fields
}

fn target(field: &str, written: &str) -> [(String, String); 2] {
    let (kind, to) = written.split_once(' ').unwrap_or((written, ""));
    [(format!("{field}_kind"), kind.to_owned()), (format!("{field}_to"), to.to_owned())]
}

/// How many rows of a kind the form has: those that are filled, and one more to fill.
pub(super) fn rows(filled: &Filled, kind: &str) -> usize {
    let is_filled = |row: usize| {
        let prefix = format!("{kind}{row}_");
        filled.values.iter().any(|(name, value)| name.starts_with(&prefix) && !value.is_empty())
    };
    let last = (0..MOST_ROWS).rev().find(|row| is_filled(*row));
    last.map_or(1, |last| last + 2).min(MOST_ROWS)
}

/// The schedule that the form asks for. `before` is what it was, for what the form does not show.
pub(super) fn read(form: &Fields, before: Option<&WrittenSchedule>) -> WrittenSchedule {
    let on = |name: &str| form.given(name).is_some();
    let hours = (0..MOST_ROWS).filter_map(|row| {
        let days: Vec<&str> = DAYS.into_iter().filter(|day| on(&format!("hours{row}_{day}"))).collect();
        let (from, to) = (form.text(&format!("hours{row}_from")), form.text(&format!("hours{row}_to")));
        let empty = days.is_empty() && from.is_empty() && to.is_empty();
        // midnight ends a range as 24:00, which a browser's clock does not have
        let to = if to == "00:00" { "24:00" } else { to };
        (!empty).then(|| format!("{} {from}-{to}", days.join(",")))
    });
    let holidays = (0..MOST_ROWS).filter_map(|row| {
        let name = form.given(&format!("holiday{row}_name"));
        let from = form.given(&format!("holiday{row}_from"));
        if name.is_none() && from.is_none() {
            return None;
        }
        let kept = before
            .and_then(|before| before.holidays.iter().find(|holiday| Some(holiday.name.as_str()) == name));
        Some(WrittenHoliday {
            name: name.unwrap_or_default().to_owned(),
            from: from.unwrap_or_default().to_owned(),
            to: form.given(&format!("holiday{row}_to")).map(str::to_owned),
            yearly: on(&format!("holiday{row}_yearly")),
            then: kept.and_then(|holiday| holiday.then.clone()),
        })
    });
    WrittenSchedule {
        time_zone: form.text("time_zone").to_owned(),
        hours: hours.collect(),
        open: action(form, "open"),
        closed: action(form, "closed"),
        holidays: holidays.collect(),
    }
}

fn action(form: &Fields, state: &str) -> WrittenAction {
    let options = KEYS.into_iter().filter_map(|(key, name)| {
        Some((key.to_owned(), written_target(form, &format!("{state}_key_{name}"))?))
    });
    let options: std::collections::BTreeMap<String, String> = options.collect();
    let always = written_target(form, state).or_else(|| Some("hang-up".to_owned()));
    let greeting = form.given(&format!("{state}_greeting")).map(str::to_owned);
    if options.is_empty() {
        return WrittenAction { greeting, transfer: always, ..WrittenAction::default() };
    }
    WrittenAction { greeting, options, otherwise: always, transfer: None }
}

fn written_target(form: &Fields, field: &str) -> Option<String> {
    let kind = form.given(&format!("{field}_kind"))?;
    let to = form.text(&format!("{field}_to"));
    Some(if kind == "hang-up" { kind.to_owned() } else { format!("{kind} {to}") })
}

/// Says each mistake beside the field that it stands in.
pub(super) fn mark(visit: &Visit, filled: &mut Filled, mistakes: &[ScheduleMistake]) {
    for mistake in mistakes {
        let (field, rule) = place(&mistake.field);
        filled.say(&field, visit.text(rule));
    }
}

/// The field of the form that a part of a schedule stands in, and its rule.
fn place(part: &str) -> (String, &'static str) {
    let row = |text: &str| text.split(['[', ']']).nth(1).unwrap_or("0").to_owned();
    if part == "time_zone" {
        return ("time_zone".to_owned(), "rule-time-zone");
    }
    if part.starts_with("hours") {
        let row = if part.contains('[') { row(part) } else { "0".to_owned() };
        return (format!("hours{row}"), "rule-hours");
    }
    if part.starts_with("holidays") {
        return (format!("holiday{}", row(part)), "rule-holiday");
    }
    let (state, rest) = part.split_once('.').unwrap_or((part, ""));
    if rest == "greeting" {
        return (format!("{state}_greeting"), "rule-greeting");
    }
    let key = rest.strip_prefix("options.").and_then(|key| KEYS.into_iter().find(|(known, _)| *known == key));
    match key {
        Some((_, name)) => (format!("{state}_key_{name}"), "rule-target"),
        None if rest == "options" || rest.is_empty() => (format!("{state}_greeting"), "rule-greeting"),
        None => (state.to_owned(), "rule-target"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_shows_is_read_back() {
        let text = r#"{"time_zone":"Europe/Berlin","hours":["mon-fri 08:00-17:00","sat 10:00-24:00"],
            "open":{"greeting":"Welcome","options":{"1":"extension 101","*":"attendant 201"},"otherwise":"voicemail 101"},
            "closed":{"transfer":"hang-up"},
            "holidays":[{"name":"Christmas","from":"2026-12-24","to":"2026-12-26","yearly":true,
                "then":{"transfer":"extension 102"}}]}"#;
        let written: WrittenSchedule = serde_json::from_str(text).unwrap();
        let schedule = written.clone().check().unwrap();
        let shown: Vec<(String, String)> = fields(&written, schedule.hours());
        let encoded: Vec<String> = shown
            .iter()
            .map(|(name, value)| {
                // the browser has no 24:00
                let value = value.replace("24:00", "00:00");
                format!("{name}={}", crate::admin::portal::page::encoded(&value))
            })
            .collect();
        let form = Fields::read(&encoded.join("&")).unwrap();
        let again = read(&form, Some(&written));
        assert_eq!(again.check().unwrap().hours(), schedule.hours());
        let again = read(&form, Some(&written));
        assert_eq!(
            (again.open, again.closed, again.holidays),
            (written.open, written.closed, written.holidays)
        );
        let values = shown.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let filled = Filled::with(values);
        assert_eq!((rows(&filled, "hours"), rows(&filled, "holiday")), (3, 2));
    }

    #[test]
    fn mistakes_stand_beside_their_field() {
        for (part, field) in [
            ("time_zone", "time_zone"),
            ("hours[1]", "hours1"),
            ("hours", "hours0"),
            ("open.greeting", "open_greeting"),
            ("open.options.3", "open_key_3"),
            ("closed.options.#", "closed_key_hash"),
            ("closed.transfer", "closed"),
            ("open.otherwise", "open"),
            ("holidays[2].from", "holiday2"),
        ] {
            assert_eq!(place(part).0, field, "{part}");
        }
    }
}
