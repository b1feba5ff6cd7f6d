//! Numbers, times and money as a language writes them.

use jiff::{fmt::strtime, tz::TimeZone};

use crate::domain::{Language, Timestamp};

/// A whole number with its thousands set apart.
pub(super) fn number(language: Language, number: i64) -> String {
    let separator = match language {
        Language::English => ',',
        Language::German | Language::Portuguese => '.',
    };
    let digits = number.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if number < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// An amount of a currency: `$30`, `30 $`, `US$ 30`. The license writes it with a point; it is never calculated with.
pub(super) fn money(language: Language, amount: &str, currency: &str) -> String {
    let symbol = match (currency, language) {
        ("USD", Language::Portuguese) => "US$",
        ("USD", _) => "$",
        ("EUR", _) => "€",
        ("GBP", _) => "£",
        ("BRL", _) => "R$",
        (other, _) => other,
    };
    let amount = match (language, amount.split_once('.')) {
        (Language::English, _) | (_, None) => amount.to_owned(),
        (Language::German | Language::Portuguese, Some((whole, part))) => format!("{whole},{part}"),
    };
    let is_code = symbol.chars().all(|letter| letter.is_ascii_uppercase());
    match language {
        Language::English if is_code => format!("{symbol}\u{a0}{amount}"),
        Language::English => format!("{symbol}{amount}"),
        Language::German => format!("{amount}\u{a0}{symbol}"),
        Language::Portuguese => format!("{symbol}\u{a0}{amount}"),
    }
}

/// A day: `27 Nov 2026`, `27.11.2026`, `27/11/2026`.
pub(super) fn day(language: Language, zone: &TimeZone, time: Timestamp) -> String {
    written(
        zone,
        time,
        match language {
            Language::English => "%-d %b %Y",
            Language::German => "%d.%m.%Y",
            Language::Portuguese => "%d/%m/%Y",
        },
    )
}

/// A day and the time of the day, to the minute.
pub(super) fn moment(language: Language, zone: &TimeZone, time: Timestamp) -> String {
    written(
        zone,
        time,
        match language {
            Language::English => "%-d %b %Y, %H:%M",
            Language::German => "%d.%m.%Y, %H:%M",
            Language::Portuguese => "%d/%m/%Y, %H:%M",
        },
    )
}

/// As programs read it: RFC 3339 in UTC.
pub(super) fn exact(time: Timestamp) -> String {
    time.to_string()
}

fn written(zone: &TimeZone, time: Timestamp, form: &str) -> String {
    let instant = jiff::Timestamp::from_millisecond(time.millis()).unwrap_or_default();
    strtime::format(form, &instant.to_zoned_datetime(zone.clone())).unwrap_or_else(|_| time.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language::{English, German, Portuguese};

    #[test]
    fn numbers_money_and_times_follow_the_language() {
        assert_eq!(number(English, 1_234_567), "1,234,567");
        assert_eq!(number(German, -1_234), "-1.234");
        assert_eq!(number(Portuguese, 999), "999");
        assert_eq!(money(English, "30", "USD"), "$30");
        assert_eq!(money(German, "4.50", "USD"), "4,50\u{a0}$");
        assert_eq!(money(Portuguese, "4.50", "USD"), "US$\u{a0}4,50");
        assert_eq!(money(Portuguese, "10", "BRL"), "R$\u{a0}10");
        assert_eq!(money(English, "10", "CHF"), "CHF\u{a0}10");
        let time = Timestamp::from_seconds(1_795_805_696);
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(moment(English, &TimeZone::UTC, time), "27 Nov 2026, 18:54");
        assert_eq!(moment(German, &berlin, time), "27.11.2026, 19:54");
        assert_eq!(day(Portuguese, &berlin, time), "27/11/2026");
    }
}
