//! Reading a template's source without running it: the rules that keep its lines apart, and where its values stand.

use super::marks::{Mark, is_mark};

/// The statements that a template may use. Those that capture output (macros, blocks of `set` and `filter`) are not
/// among them, so that a value always goes straight through the emitter.
const STATEMENTS: &[&str] =
    &["if", "elif", "else", "endif", "for", "endfor", "set", "include", "extends", "block", "endblock"];

/// A rule that a template's source breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SourceMistake {
    /// The line, from 1.
    pub(super) line: usize,
    /// The column, from 1, in characters.
    pub(super) column: usize,
    /// The rule.
    pub(super) rule: String,
}

/// One part of a template's source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    /// `{{ … }}`, with its delimiters and its inside.
    Value(&'a str, &'a str),
    /// `{% … %}`.
    Statement(&'a str, &'a str),
    /// `{# … #}`.
    Comment(&'a str),
}

impl<'a> Part<'a> {
    const fn text(self) -> &'a str {
        match self {
            Self::Text(text) | Self::Value(text, _) | Self::Statement(text, _) | Self::Comment(text) => text,
        }
    }
}

/// An expression of a template and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expression {
    /// The line, from 1.
    pub(super) line: usize,
    /// The expression's text.
    pub(super) text: String,
}

/// A name that a template gives to an expression: `set name = …` or `for name in …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alias {
    /// The name.
    pub(super) name: String,
    /// The expression.
    pub(super) means: String,
}

/// Splits a template into its parts; an unclosed delimiter runs to the end, where the engine reports it.
fn parts(source: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = source;
    while let Some(start) = rest.find('{').and_then(|_| next_delimiter(rest)) {
        if start > 0 {
            parts.push(Part::Text(&rest[..start]));
        }
        let tagged = &rest[start..];
        let end = end_of(tagged);
        let (part, inside) = (&tagged[..end], inside(&tagged[..end]));
        parts.push(match tagged.as_bytes()[1] {
            b'{' => Part::Value(part, inside),
            b'%' => Part::Statement(part, inside),
            _ => Part::Comment(part),
        });
        rest = &tagged[end..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

fn next_delimiter(text: &str) -> Option<usize> {
    ["{{", "{%", "{#"].iter().filter_map(|delimiter| text.find(delimiter)).min()
}

/// The length of the part that starts `text`; quotes inside an expression hide its end.
fn end_of(text: &str) -> usize {
    let close: &[u8; 2] = match text.as_bytes()[1] {
        b'{' => b"}}",
        b'%' => b"%}",
        _ => return text[2..].find("#}").map_or(text.len(), |end| end + 4),
    };
    let (mut quote, mut escaped) = (None, false);
    for (index, pair) in text.as_bytes().windows(2).enumerate().skip(2) {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if pair[0] == b'\\' => escaped = true,
            Some(open) if pair[0] == open => quote = None,
            None if pair == close => return index + 2,
            None if matches!(pair[0], b'"' | b'\'') => quote = Some(pair[0]),
            Some(_) | None => {}
        }
    }
    text.len()
}

fn inside(part: &str) -> &str {
    part.get(2..part.len().saturating_sub(2)).unwrap_or_default().trim()
}

/// Every rule that `source` breaks.
pub(super) fn mistakes(source: &str) -> Vec<SourceMistake> {
    let mut found = Vec::new();
    let mut offset = 0;
    for part in parts(source) {
        let text = part.text();
        let mut report = |at: usize, rule: String| {
            let before = &source[..at];
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            let column = before[before.rfind('\n').map_or(0, |end| end + 1)..].chars().count() + 1;
            found.push(SourceMistake { line, column, rule });
        };
        if let Some(at) = text.find(is_mark) {
            report(
                offset + at,
                "noncharacters mark explained documents and cannot stand in a template".into(),
            );
        }
        match part {
            Part::Text(_) => {}
            Part::Value(text, _) => {
                if text.contains('\n') {
                    report(offset, "a {{ value }} must stand on one line".into());
                }
                if trims(text) {
                    report(offset, "\"{{-\" and \"-}}\" join lines and are not allowed".into());
                }
                if places_part(part) && !is_line(source, offset, text.len()) {
                    report(offset, "a part is a line of its own: {{ parts.NAME }} and nothing else".into());
                }
            }
            Part::Statement(text, inside) => {
                if trims(text) {
                    report(offset, "\"{%-\" and \"-%}\" join lines and are not allowed".into());
                }
                if !alone(source, offset, text.len()) {
                    let rule = "a statement must stand alone on its line; write a choice within a line as {{ a if b else c }}";
                    report(offset, rule.into());
                }
                if let Some(rule) = wrong_statement(inside) {
                    report(offset, rule);
                }
            }
            Part::Comment(text) => {
                if !alone(source, offset, text.len()) {
                    report(offset, "a comment must stand alone on its line".into());
                }
            }
        }
        offset += text.len();
    }
    found
}

fn trims(part: &str) -> bool {
    let bytes = part.as_bytes();
    let sign = |byte: Option<&u8>| matches!(byte, Some(b'-' | b'+'));
    let spaced = |byte: Option<&u8>| byte.is_some_and(|byte| !byte.is_ascii_digit());
    (sign(bytes.get(2)) && spaced(bytes.get(3))) || sign(bytes.get(bytes.len().saturating_sub(3)))
}

fn alone(source: &str, offset: usize, length: usize) -> bool {
    let before = &source[..offset];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    before[line_start..].trim().is_empty()
        && matches!(source.as_bytes().get(offset + length), None | Some(b'\n'))
}

/// Whether a value places a part: lines that another template has written, with their own marks and line ends.
fn places_part(part: Part<'_>) -> bool {
    matches!(part, Part::Value(_, inside) if inside.starts_with("parts."))
}

fn is_line(source: &str, offset: usize, length: usize) -> bool {
    matches!(source[..offset].chars().next_back(), None | Some('\n'))
        && matches!(source.as_bytes().get(offset + length), None | Some(b'\n'))
}

/// `source` with its parts placed so that they bring their own line ends: the engine drops the one behind a comment.
pub(super) fn with_parts(source: &str) -> String {
    let written = |part: Part<'_>| [part.text(), if places_part(part) { "{##}" } else { "" }].concat();
    parts(source).into_iter().map(written).collect()
}

fn wrong_statement(inside: &str) -> Option<String> {
    let word = inside
        .trim_start_matches(['-', '+', ' '])
        .split(|character: char| !character.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    if !STATEMENTS.contains(&word) {
        return Some(format!("\"{word}\" is no statement that templates may use: {}", STATEMENTS.join(", ")));
    }
    (word == "set" && !inside.contains('='))
        .then(|| "set needs \"= expression\"; blocks of it are not allowed".into())
}

/// The names that `source` gives to expressions.
pub(super) fn aliases(source: &str) -> Vec<Alias> {
    let alias = |part| {
        let Part::Statement(_, inside) = part else { return None };
        let (names, means) = match inside.split_once(char::is_whitespace)? {
            ("set", rest) => rest.split_once('=')?,
            ("for", rest) => rest.split_once(" in ")?,
            _ => return None,
        };
        Some((names.to_owned(), means.trim().to_owned()))
    };
    let split = |(names, means): (String, String)| -> Vec<Alias> {
        names.split(',').map(|name| Alias { name: name.trim().to_owned(), means: means.clone() }).collect()
    };
    parts(source).into_iter().filter_map(alias).flat_map(split).collect()
}

/// `source` with a mark at the start of each line that writes something and around each value; the marks' numbers
/// come from `line` (given the line) and `value` (given the expression).
pub(super) fn marked(
    source: &str,
    mut line: impl FnMut(usize) -> u32,
    mut value: impl FnMut(Expression) -> u32,
) -> String {
    let mut written = String::with_capacity(source.len() * 3);
    let (mut number, mut fresh) = (1, true);
    for part in parts(source) {
        match part {
            Part::Text(text) => {
                for piece in text.split_inclusive('\n') {
                    // White space before a statement is no text of its own: the engine drops it.
                    if fresh && (piece.ends_with('\n') || !piece.trim().is_empty()) {
                        written.push_str(&Mark::Line(line(number)).to_string());
                        fresh = false;
                    }
                    written.push_str(piece);
                    if piece.ends_with('\n') {
                        (number, fresh) = (number + 1, true);
                    }
                }
            }
            Part::Value(text, _) if places_part(part) => {
                written.push_str(text);
                fresh = false;
            }
            Part::Value(text, inside) => {
                if fresh {
                    written.push_str(&Mark::Line(line(number)).to_string());
                    fresh = false;
                }
                let open = Mark::Open(value(Expression { line: number, text: inside.to_owned() }));
                let origin = if reads_key(inside) { "{{ key.origin | default(\"\") }}" } else { "" };
                written.extend([open.to_string().as_str(), origin, text, Mark::Close.to_string().as_str()]);
            }
            Part::Statement(text, _) | Part::Comment(text) => {
                written.push_str(text);
                number += text.matches('\n').count();
                // The newline behind it belongs to the statement.
                fresh = false;
            }
        }
    }
    written
}

/// The names in an expression, with what is read of each: `key.value`.
pub(super) fn paths(expression: &str) -> impl Iterator<Item = &str> {
    expression.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '.')))
}

/// Whether an expression reads something of a key: an entry of `keys`, which everywhere is called `key`.
fn reads_key(expression: &str) -> bool {
    paths(expression).any(|path| path.starts_with("key."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_join_lines_is_a_mistake() {
        let rules = |source: &str| -> Vec<(usize, usize)> {
            mistakes(source).iter().map(|mistake| (mistake.line, mistake.column)).collect()
        };
        assert_eq!(
            rules("a = {{ 1 if x else \"}}\" }}\n  {% if x %}\nb = 1\n  {% endif %}\n{# two\nlines #}\n"),
            []
        );
        assert_eq!(rules("ö = 1{% if x %}\n{% endif %}"), [(1, 6)]);
        assert_eq!(rules("a\n{%- if x %}\n{% endif %} \n"), [(2, 1), (3, 1)]);
        assert_eq!(rules("{{ a\n}}{# c #}"), [(1, 1), (2, 3)]);
        assert_eq!(rules("{% macro x() %}\n{% set y %}\n{% endset %}"), [(1, 1), (2, 1), (3, 1)]);
        assert_eq!(rules("a\u{FDD0}"), [(1, 2)]);
        assert_eq!(rules("{{ a -}}\n{{ -1 }}\n{{-1}}"), [(1, 1)]);
    }

    #[test]
    fn names_lead_back_to_their_expressions() {
        let found =
            aliases("{% set t = words.x[settings.sip.transport] %}\n{% for line in lines %}\n{% endfor %}");
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].name.as_str(), found[0].means.as_str()),
            ("t", "words.x[settings.sip.transport]")
        );
        assert_eq!((found[1].name.as_str(), found[1].means.as_str()), ("line", "lines"));
    }
}
