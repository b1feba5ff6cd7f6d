//! Names of header fields, long, compact and in any letter case, and the parameters in their values.

use std::borrow::Cow;

/// The long names that have a compact form (RFC 3261 §7.3.3, RFC 6665 §8.2).
const COMPACT: [(&str, &str); 10] = [
    ("Via", "v"),
    ("From", "f"),
    ("To", "t"),
    ("Call-ID", "i"),
    ("Contact", "m"),
    ("Event", "o"),
    ("Content-Type", "c"),
    ("Content-Length", "l"),
    ("Supported", "k"),
    ("Allow-Events", "u"),
];

/// Whether a field written as `written` is the one called `full`.
pub(super) fn is_called(written: &str, full: &str) -> bool {
    let compact = COMPACT.iter().find(|(long, _)| *long == full).map(|(_, compact)| *compact);
    written.eq_ignore_ascii_case(full) || compact.is_some_and(|compact| written.eq_ignore_ascii_case(compact))
}

/// Whether `text` is a token, as names and methods are (RFC 3261 §25.1).
pub(super) fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

/// The parts of `value` between separators, those within quotes or angle brackets left out of account.
pub(super) fn split(value: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped, mut bracketed) = (false, false, false);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' if !bracketed => quoted = !quoted,
                b'<' if !quoted => bracketed = true,
                b'>' if !quoted => bracketed = false,
                _ if byte == separator && !quoted && !bracketed => {
                    rest = Some(&text[at + 1..]);
                    return Some(text[..at].trim());
                }
                _ => {}
            }
        }
        rest = None;
        Some(text.trim())
    })
}

/// The value of the parameter `name` among `;name=value` parts: empty for a flag, without the quotes of a quoted one.
pub(super) fn parameter<'a>(parameters: &'a str, name: &str) -> Option<Cow<'a, str>> {
    split(parameters, b';').find_map(|part| {
        let (found, value) = part.split_once('=').unwrap_or((part, ""));
        found.trim().eq_ignore_ascii_case(name).then(|| unquoted(value.trim()))
    })
}

fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest)) else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut escaped = false;
    let kept = |next: &char| {
        escaped = *next == '\\' && !escaped;
        !escaped
    };
    Cow::Owned(inner.chars().filter(kept).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_long_compact_and_in_any_case() {
        assert!(is_called("call-id", "Call-ID") && is_called("I", "Call-ID") && is_called("cseq", "CSeq"));
        assert!(!is_called("i", "Via") && !is_called("Call", "Call-ID") && !is_called("", "Via"));
    }

    #[test]
    fn separators_in_quotes_and_brackets_separate_nothing() {
        let parts: Vec<&str> = split(r#""a;\";b" <sip:x;y> ; tag=1;flag"#, b';').collect();
        assert_eq!(parts, [r#""a;\";b" <sip:x;y>"#, "tag=1", "flag"]);
    }

    #[test]
    fn a_parameter_is_found_whatever_its_case_order_and_quotes() {
        let parameters = r#"ua-profile;Vendor="A\"; B" ; model=X1;flag"#;
        assert_eq!(parameter(parameters, "vendor").as_deref(), Some("A\"; B"));
        assert_eq!(parameter(parameters, "MODEL").as_deref(), Some("X1"));
        assert_eq!(parameter(parameters, "flag").as_deref(), Some(""));
        assert_eq!(parameter(parameters, "version"), None);
    }
}
