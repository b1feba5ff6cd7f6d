//! Targets, medians, and the Markdown table that shows both.

use std::fmt;

/// What a measured number must be.
#[derive(Clone, Copy)]
pub(crate) enum Target {
    /// No more than the first number, better no more than the second.
    AtMost(f64, f64),
    /// No less than the first number, better no less than the second.
    AtLeast(f64, f64),
    /// Nothing; shown because it explains another row.
    None,
}

struct Row {
    what: String,
    target: Target,
    measured: f64,
    unit: &'static str,
    absolute: String,
}

/// The rows so far.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

impl Table {
    /// Adds a row and says it at once, so that whoever waits sees how far it is.
    pub(crate) fn add(
        &mut self,
        what: impl Into<String>,
        target: Target,
        measured: f64,
        unit: &'static str,
        absolute: impl Into<String>,
    ) {
        let row = Row { what: what.into(), target, measured, unit, absolute: absolute.into() };
        eprintln!("bench: {}: {}{} ({})", row.what, figure(row.measured), row.unit, row.absolute);
        self.rows.push(row);
    }

    /// Adds a row that compares: the median of the ratios of each round, ours to theirs.
    pub(crate) fn compare(
        &mut self,
        what: impl Into<String>,
        target: Target,
        ours: &[f64],
        theirs: &[f64],
        unit: &str,
    ) {
        let ratios: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        let absolute = format!("{} / {} {unit}", figure(median(ours)), figure(median(theirs)));
        self.add(what, target, median(&ratios), "", absolute);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{}\n", machine())?;
        writeln!(f, "| what | must | goal | measured | met? | ours / theirs |\n|---|---|---|---|---|---|")?;
        for Row { what, target, measured, unit, absolute } in &self.rows {
            let (must, goal, met) = match *target {
                Target::AtMost(must, goal) => {
                    let met = if *measured <= goal { "goal" } else { word(*measured <= must) };
                    (format!("≤ {must}{unit}"), format!("≤ {goal}{unit}"), met)
                }
                Target::AtLeast(must, goal) => {
                    let met = if *measured >= goal { "goal" } else { word(*measured >= must) };
                    (format!("≥ {must}{unit}"), format!("≥ {goal}{unit}"), met)
                }
                Target::None => (String::new(), String::new(), ""),
            };
            writeln!(f, "| {what} | {must} | {goal} | {}{unit} | {met} | {absolute} |", figure(*measured))?;
        }
        Ok(())
    }
}

const fn word(met: bool) -> &'static str {
    if met { "must" } else { "**no**" }
}

/// A count as a number to calculate with.
pub(crate) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The middle one of the numbers.
pub(crate) fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Three significant digits.
pub(crate) fn figure(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        size if size >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

fn machine() -> String {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "Machine: {}, {cores} cores, memory {}, Linux {}",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal"),
        read("/proc/sys/kernel/osrelease").trim()
    )
}
