//! How values are written: numbers with bounds, durations, words of a list.

use std::ops::RangeInclusive;
use std::time::Duration;

/// A whole number within bounds.
pub(super) fn count(text: &str, allowed: RangeInclusive<usize>) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(number) if allowed.contains(&number) => Ok(number),
        _ => Err(format!("{} is no number from {} to {}", shown(text), allowed.start(), allowed.end())),
    }
}

/// A duration within bounds, written as a whole number with its unit: `ms`, `s`, `m` or `h`.
pub(super) fn duration(text: &str, allowed: RangeInclusive<Duration>) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let millis = match unit {
        "ms" => Some(1),
        "s" => Some(1000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    let read = number.parse::<u64>().ok().zip(millis).and_then(|(number, unit)| number.checked_mul(unit));
    match read.map(Duration::from_millis) {
        Some(duration) if allowed.contains(&duration) => Ok(duration),
        _ => Err(format!(
            "{} is no duration from {:?} to {:?}, written like \"500ms\", \"10s\" or \"2m\"",
            shown(text),
            allowed.start(),
            allowed.end()
        )),
    }
}

/// One of a few words.
pub(super) fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Result<T, String> {
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
        return Ok(*value);
    }
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    Err(format!("{} is none of {}", shown(text), names.join(", ")))
}

/// A wrong value, quoted and cut so that a message stays one readable line.
pub(super) fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    format!("{:?}", format!("{cut}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_carry_their_unit_and_stay_in_bounds() {
        let allowed = Duration::from_millis(100)..=Duration::from_hours(1);
        for (text, millis) in [("500ms", 500), ("10s", 10_000), ("2m", 120_000), ("1h", 3_600_000)] {
            assert_eq!(duration(text, allowed.clone()), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "10", "s", "1.5s", "-1s", "10 s", "2h", "1ms", "99999999999999999999h", "1d"] {
            assert!(duration(text, allowed.clone()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_wrong_value_is_quoted_and_cut() {
        assert_eq!(count("a\nb", 1..=9).unwrap_err(), "\"a\\nb\" is no number from 1 to 9");
        assert!(count(&"x".repeat(10_000), 1..=9).unwrap_err().len() < 200);
    }
}
