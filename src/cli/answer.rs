//! What a command answers: a text or a table for people, and the same facts as JSON.

use comfy_table::{ContentArrangement, Table, presets};

use super::Report;

/// The answer of a command.
#[derive(Clone, Debug)]
pub struct Answer {
    text: String,
    json: serde_json::Value,
}

impl Answer {
    /// An answer in both forms.
    pub(super) fn new(text: impl Into<String>, json: serde_json::Value) -> Self {
        Self { text: text.into(), json }
    }
}

impl Report for Answer {
    fn text(&self) -> String {
        self.text.clone()
    }

    fn json(&self) -> serde_json::Value {
        self.json.clone()
    }
}

/// A table for people; `empty` stands in its place when there is no row.
pub(super) fn table(headers: &[&str], rows: Vec<Vec<String>>, empty: &str) -> String {
    if rows.is_empty() {
        return empty.to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(headers.iter().map(|header| header.to_uppercase()));
    table.add_rows(rows.into_iter().map(|row| row.iter().map(|cell| plain(cell)).collect::<Vec<_>>()));
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// What phones say of themselves is shown in a terminal, so nothing in it may steer one.
fn plain(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { '\u{FFFD}' } else { character }).collect()
}

/// Lines of `name  value` with the values below each other.
pub(super) fn fields(pairs: &[(&str, String)]) -> String {
    let width = pairs.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let line = |(name, value): &(&str, String)| format!("{name:width$}  {value}");
    pairs.iter().map(line).collect::<Vec<_>>().join("\n")
}
