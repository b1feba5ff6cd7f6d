//! Schedules by themselves: every mistake at once, and the right state in every minute, also where clocks leap.

use offhook::domain::{
    Timestamp,
    attendant::{Schedule, When, WrittenSchedule},
};
use proptest::prelude::*;

fn written(toml: &str) -> WrittenSchedule {
    toml::from_str(toml).unwrap()
}

fn with_hours(zone: &str, hours: &[&str], holidays: &str) -> Schedule {
    let toml = format!(
        "time_zone = \"{zone}\"\nhours = {hours:?}\n[open]\ntransfer = \"extension 101\"\n\
         [closed]\ntransfer = \"voicemail 101\"\n{holidays}"
    );
    written(&toml).check().unwrap()
}

fn state(schedule: &Schedule, when: &str) -> &'static str {
    let time = schedule.resolve(when.parse().unwrap(), Timestamp::from_millis(0));
    schedule.at(time).reason.word()
}

#[test]
fn every_mistake_is_told_with_its_place() {
    let wrong = written(
        "time_zone = \"Europe/Bonn\"\nhours = [\"mon-fri 08:00-17:00\", \"fri 16:00-18:00\", \"sat 10:00-10:00\", \"mo 1-2\"]\n\
         [open]\ngreeting = \"Hi\"\ntransfer = \"extension 1000000\"\noptions = { 1 = \"hang-up\" }\n\
         [closed]\noptions = { 1 = \"hangup\", 10 = \"hang-up\" }\notherwise = \"number 110\"\n\
         [[holidays]]\nname = \"Christmas\"\nfrom = \"2026-12-24\"\nto = \"2026-12-26\"\nyearly = true\n\
         [[holidays]]\nname = \"\"\nfrom = \"2026-12-33\"\n\
         [[holidays]]\nname = \"Backwards\"\nfrom = \"2026-05-02\"\nto = \"2026-05-01\"\n\
         [[holidays]]\nname = \"Boxing day\"\nfrom = \"2030-12-26\"\nthen = {}\n\
         [[holidays]]\nname = \"St. Stephen\"\nfrom = \"2031-12-26\"\n",
    );
    let mistakes: Vec<String> = wrong.check().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(
        mistakes,
        [
            "time_zone: \"Europe/Bonn\" is no time zone of the IANA database, such as Europe/Berlin",
            "hours[1]: \"mon-fri 08:00-17:00\" and \"fri 16:00-18:00\" overlap on fri from 16:00 to 17:00",
            "hours[2]: \"sat 10:00-10:00\" is empty: it ends when it begins",
            "hours[3]: \"mo 1-2\" is no range of opening hours; one is written like \"mon-fri 08:00-17:00\" or \"sat,sun 10:00-12:30\"",
            "open: has both \"transfer\" and \"options\"; one of them is needed",
            "closed.greeting: options must be announced: a greeting is needed",
            "closed.options.1: \"hangup\" is no target; one is written \"extension 101\", \"attendant 200\", \"voicemail 101\", \"number +4930123456\" or \"hang-up\"",
            "closed.options.10: is no key; keys are 0 to 9, * and #",
            "closed.otherwise: \"number 110\" is no target; one is written \"extension 101\", \"attendant 200\", \"voicemail 101\", \"number +4930123456\" or \"hang-up\"",
            "holidays[1].name: the name must not be empty",
            "holidays[1].from: \"2026-12-33\" is no date; one is written like \"2026-12-24\"",
            "holidays[2].to: 2026-05-01 is before 2026-05-02: the holiday is empty",
            "holidays[3].then: needs \"transfer\", or \"options\" announced by a \"greeting\"",
            "holidays[4]: St. Stephen (2031-12-26) and Christmas (every 12-24 to 12-26) overlap on 2031-12-26",
        ]
    );
}

#[test]
fn holidays_come_before_hours_also_over_the_turn_of_the_year() {
    let schedule = with_hours(
        "Europe/Berlin",
        &["mon-sun 00:00-24:00"],
        "[[holidays]]\nname = \"Turn\"\nfrom = \"2026-12-30\"\nto = \"2027-01-01\"\nyearly = true\n",
    );
    for (when, expected) in [
        ("2026-12-29 23:59", "open"),
        ("2026-12-30 00:00", "holiday"),
        ("2030-01-01 23:59", "holiday"),
        ("2030-01-02 00:00", "open"),
    ] {
        assert_eq!(state(&schedule, when), expected, "{when}");
    }
    let moment =
        schedule.at(schedule.resolve("2026-12-30 00:00".parse().unwrap(), Timestamp::from_millis(0)));
    assert_eq!(moment.until.unwrap().to_string(), "2027-01-01T23:00:00Z");
}

#[test]
fn clocks_that_leap_move_the_hours_with_them() {
    // Berlin leaps from 02:00 to 03:00 on 2026-03-29 and back from 03:00 to 02:00 on 2026-10-25, both Sundays
    let schedule = with_hours("Europe/Berlin", &["sun 02:30-04:00"], "");
    for (when, expected) in [
        ("2026-03-29T00:59:00Z", "closed"),
        ("2026-03-29T01:00:00Z", "open"),
        ("2026-10-25T00:29:00Z", "closed"),
        ("2026-10-25T00:30:00Z", "open"),
        ("2026-10-25T01:00:00Z", "closed"),
        ("2026-10-25T01:30:00Z", "open"),
    ] {
        assert_eq!(state(&schedule, when), expected, "{when}");
    }
    for (when, until) in [
        ("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
        ("2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z"),
        ("2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"),
    ] {
        let time = schedule.resolve(when.parse().unwrap(), Timestamp::from_millis(0));
        assert_eq!(schedule.at(time).until.unwrap().to_string(), until, "{when}");
    }
    // noon is noon in summer and in winter
    let office = with_hours("Europe/Berlin", &["mon-fri 08:00-17:00"], "");
    assert_eq!(state(&office, "2026-07-01T06:00:00Z"), "open");
    assert_eq!(state(&office, "2026-12-01T06:59:00Z"), "closed");
}

const MINUTE: i64 = 60_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// Minute by minute: until the time that is told nothing changes, and then it does.
    #[test]
    fn the_next_change_is_the_first(
        zone in prop::sample::select(vec!["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]),
        from in 0..1440_u16, length in 1..600_u16, day in 0..7_usize, holiday in 0..20_i64,
        start in 1_790_000_000_i64..1_830_000_000,
    ) {
        let to = (from + length).min(1440);
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let range = format!("{},{} {:02}:{:02}-{:02}:{:02}", days[day], days[(day + 3) % 7], from / 60, from % 60, to / 60, to % 60);
        let start = Timestamp::from_seconds(start - start % 60);
        let date = start.plus_days(holiday).to_string();
        let holidays = format!("[[holidays]]\nname = \"Day\"\nfrom = \"{}\"\n", &date[..10]);
        let schedule = with_hours(zone, &[&range], &holidays);
        let now = schedule.at(start);
        let until = now.until.expect("it opens every week").millis();
        let mut time = start.millis();
        while time < until {
            prop_assert_eq!(schedule.at(Timestamp::from_millis(time)).reason.word(), now.reason.word(), "at {}", time);
            time += MINUTE;
        }
        prop_assert_ne!(schedule.at(Timestamp::from_millis(until)).reason.word(), now.reason.word());
    }
}

#[test]
fn a_time_is_asked_for_as_people_write_it() {
    assert_eq!("now".parse(), Ok(When::Now));
    for text in ["2026-12-24 17:05", "2026-12-24T17:05:00+01:00", "2026-12-24T17:05"] {
        assert!(text.parse::<When>().is_ok(), "{text}");
    }
    assert!("tomorrow".parse::<When>().unwrap_err().to_string().contains("2026-12-24 17:05"));
}
