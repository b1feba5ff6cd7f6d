//! The file: walked key by key, so that one mistake hides no other.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::key::Kind;
use super::sources::Given;
use super::unknown::{unknown_key, unknown_section};
use super::{ConfigError, Key, Origin, keys};

/// One repetition of a repeated table.
pub(super) struct Row {
    pub(super) origin: Origin,
    pub(super) cells: BTreeMap<&'static str, Given>,
}

/// What a file gives, and what is wrong in how it is written.
#[derive(Default)]
pub(super) struct ConfigFile {
    values: BTreeMap<String, Vec<Given>>,
    rows: BTreeMap<String, Vec<Row>>,
    mistakes: Vec<ConfigError>,
    broken: bool,
}

impl ConfigFile {
    /// Reads the file at `path`.
    pub(super) fn read(path: &Path) -> Result<Self, std::io::Error> {
        Ok(Self::parse(path, &std::fs::read_to_string(path)?))
    }

    /// Reads `text` as the file at `path`.
    pub(super) fn parse(path: &Path, text: &str) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut walk = Walk { path, text, read: Self { broken: !errors.is_empty(), ..Self::default() } };
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let problem = format!("is no TOML: {}", error.message().replace('\n', ", "));
            walk.wrong(&span, "", problem);
        }
        walk.root(root.get_ref());
        let mut read = walk.read;
        if read.broken {
            read.keep_first_of_each_line();
        }
        read
    }

    /// The values that the file gives for `key`.
    pub(super) fn values(&self, key: &Key) -> Vec<Given> {
        self.values.get(&key.path()).cloned().unwrap_or_default()
    }

    /// The repetitions of the table `key`.
    pub(super) fn rows(&mut self, key: &Key) -> Vec<Row> {
        self.rows.remove(&key.path()).unwrap_or_default()
    }

    /// Whether all of it could be read, so that what is not found is not there.
    pub(super) fn is_whole(&self) -> bool {
        !self.broken
    }

    pub(super) fn take_mistakes(&mut self) -> Vec<ConfigError> {
        std::mem::take(&mut self.mistakes)
    }

    /// After a syntax error the parser guesses on: what it makes of the same line would be said twice.
    fn keep_first_of_each_line(&mut self) {
        let mut lines = std::collections::BTreeSet::new();
        self.mistakes.retain(|mistake| match &mistake.origin {
            Origin::File { line, .. } => lines.insert(*line),
            _ => true,
        });
        let fresh =
            |given: &Given| !matches!(&given.origin, Origin::File { line, .. } if lines.contains(line));
        for values in self.values.values_mut() {
            values.retain(fresh);
        }
    }
}

/// One walk through a file.
struct Walk<'a> {
    path: &'a Path,
    text: &'a str,
    read: ConfigFile,
}

impl Walk<'_> {
    fn root(&mut self, root: &DeTable<'_>) {
        for (name, value) in root {
            let (span, name) = (name.span(), name.get_ref().as_ref());
            if let Some(key) = keys().find(|key| key.section.is_empty() && key.name == name) {
                self.table_rows(key, value);
            } else if keys().any(|key| key.section == name) {
                match value.get_ref() {
                    DeValue::Table(table) => self.section(name, table),
                    other => {
                        let problem = format!("is {}; it must be a section, written [{name}]", called(other));
                        self.wrong(&span, name, problem);
                    }
                }
            } else {
                self.wrong(&span, name, unknown_section(name));
            }
        }
    }

    fn section(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let path = format!("{section}.{}", name.get_ref());
            match keys().find(|key| key.section == section && key.name == name.get_ref()) {
                Some(key) => self.value(key, value),
                None => self.wrong(&name.span(), &path, unknown_key(section, name.get_ref())),
            }
        }
    }

    fn value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let path = key.path();
        let texts = match (key.kind, value.get_ref()) {
            (Kind::Text | Kind::List, DeValue::String(text)) => vec![self.given(&value.span(), text)],
            (Kind::Number, DeValue::Integer(number)) => {
                let text = i64::from_str_radix(number.as_str(), number.radix());
                let text = text.map_or_else(|_| number.to_string(), |number| number.to_string());
                vec![self.given(&value.span(), &text)]
            }
            (Kind::List, DeValue::Array(items)) => {
                if items.is_empty() {
                    self.wrong(&value.span(), &path, "is an empty list; name one or leave the key out");
                }
                let mut texts = Vec::new();
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => texts.push(self.given(&item.span(), text)),
                        other => {
                            let problem =
                                format!("holds {}; only texts in quotes are allowed", called(other));
                            self.wrong(&item.span(), &path, problem);
                        }
                    }
                }
                texts
            }
            (kind, other) => {
                let problem = format!("is {}; it must be {}", called(other), wanted(kind));
                self.wrong(&value.span(), &path, problem);
                return;
            }
        };
        self.read.values.insert(path, texts);
    }

    fn table_rows(&mut self, key: &Key, value: &Spanned<DeValue<'_>>) {
        let Kind::Tables(columns) = key.kind else { return };
        let tables =
            value.get_ref().as_array().filter(|items| items.iter().all(|item| item.get_ref().is_table()));
        let Some(tables) = tables else {
            let problem = format!("is {}; it must be {}", called(value.get_ref()), wanted(key.kind));
            self.wrong(&value.span(), &key.path(), problem);
            return;
        };
        let mut rows = Vec::new();
        for table in tables {
            let Some(cells) = table.get_ref().as_table() else { continue };
            rows.push(Row { origin: self.origin(&table.span()), cells: self.cells(key, columns, cells) });
        }
        self.read.rows.insert(key.path(), rows);
    }

    fn cells(
        &mut self,
        key: &Key,
        columns: &[&'static str],
        table: &DeTable<'_>,
    ) -> BTreeMap<&'static str, Given> {
        let mut cells = BTreeMap::new();
        for (name, value) in table {
            let path = format!("{}.{}", key.name, name.get_ref());
            let Some(column) = columns.iter().find(|column| *column == name.get_ref()) else {
                self.wrong(&name.span(), &path, unknown_key(key.name, name.get_ref()));
                continue;
            };
            match value.get_ref() {
                DeValue::String(text) => {
                    cells.insert(*column, self.given(&value.span(), text));
                }
                other => {
                    let problem = format!("is {}; it must be {}", called(other), wanted(Kind::Text));
                    self.wrong(&value.span(), &path, problem);
                }
            }
        }
        cells
    }

    fn given(&self, span: &Range<usize>, text: &str) -> Given {
        Given { text: text.to_owned(), origin: self.origin(span) }
    }

    fn origin(&self, span: &Range<usize>) -> Origin {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |feed| feed + 1);
        Origin::File {
            path: PathBuf::from(self.path),
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    fn wrong(&mut self, span: &Range<usize>, key: &str, problem: impl Into<String>) {
        let origin = self.origin(span);
        self.read.mistakes.push(ConfigError { origin, key: key.to_owned(), problem: problem.into() });
    }
}

fn called(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

fn wanted(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "a text in quotes",
        Kind::Number => "a whole number without quotes",
        Kind::List => "a list of texts in quotes",
        Kind::Tables(_) => "repeated tables, each opening with the name in double brackets",
    }
}
