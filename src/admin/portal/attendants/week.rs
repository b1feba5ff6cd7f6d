//! A week of opening hours as a picture: a row for each day, a bar for each range.

use minijinja::{Value, context};

use crate::domain::attendant::Schedule;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Per day its name and its bars, in minutes since midnight.
pub(super) fn week(schedule: &Schedule) -> Vec<Value> {
    let bars = |day: &str| {
        let ranges = schedule.hours().iter().filter(|range| range.days().contains(&day));
        let bar = ranges.map(|range| {
            let [from, to] = range.minutes();
            context! { from, width => to - from, text => format!("{}–{}", clock(from), clock(to)) }
        });
        bar.collect::<Vec<_>>()
    };
    DAYS.into_iter().map(|day| context! { day, bars => bars(day) }).collect()
}

fn clock(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
