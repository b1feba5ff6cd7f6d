//! Reading a TOML text field by field, so that every mistake is found, with the line and column it is at.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// One mistake in a terms file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TermsMistake {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The field it is in; empty where the file is no TOML.
    pub field: String,
    /// What is wrong.
    pub problem: String,
}

/// All mistakes of a terms file, in the order of the file; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.in_file("terms"))]
pub struct TermsMistakes(Vec<TermsMistake>);

impl TermsMistakes {
    /// The mistakes.
    #[must_use]
    pub fn all(&self) -> &[TermsMistake] {
        &self.0
    }

    /// One line each: `FILE:LINE:COLUMN: FIELD: PROBLEM`.
    #[must_use]
    pub fn in_file(&self, file: &str) -> String {
        let line = |mistake: &TermsMistake| {
            let TermsMistake { line, column, field, problem } = mistake;
            let separator = if field.is_empty() { "" } else { ": " };
            format!("{file}:{line}:{column}: {field}{separator}{problem}")
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// The fields of a text, and what was found wrong so far.
pub(super) struct Fields<'t> {
    text: &'t str,
    /// Where each field begins, in bytes.
    places: BTreeMap<String, usize>,
    /// Mistakes so far: byte, field, problem.
    found: Vec<(usize, String, String)>,
}

impl<'t> Fields<'t> {
    /// Takes a text apart; when it is no TOML, all that is wrong with it is said.
    pub(super) fn parse(text: &'t str) -> Result<(Self, Spanned<DeTable<'t>>), TermsMistakes> {
        let (root, errors) = DeTable::parse_recoverable(text);
        let mut fields = Self { text, places: BTreeMap::new(), found: Vec::new() };
        if errors.is_empty() {
            fields.note_places("", root.get_ref());
            return Ok((fields, root));
        }
        for error in errors {
            let place = error.span().map_or(0, |span| span.start);
            fields.found.push((place, String::new(), one_line(error.message())));
        }
        Err(fields.into_mistakes())
    }

    /// The table `name`, if it is there and is one.
    pub(super) fn table<'a, 'i>(
        &mut self,
        table: &'a DeTable<'i>,
        field: &str,
        name: &str,
    ) -> Option<&'a DeTable<'i>> {
        let value = table.get(name)?.get_ref();
        if value.as_table().is_none() {
            self.add(field, &format!("must be a table, not {}", value.type_str()));
        }
        value.as_table()
    }

    /// A field that must be there.
    pub(super) fn needed<T: DeserializeOwned>(
        &mut self,
        table: &DeTable<'_>,
        at: &str,
        name: &str,
    ) -> Option<T> {
        if !table.contains_key(name) {
            self.add(&join(at, name), "is missing");
        }
        self.optional(table, at, name)
    }

    /// A field that may be missing; `None` also when it cannot be read, which is then noted.
    pub(super) fn optional<T: DeserializeOwned>(
        &mut self,
        table: &DeTable<'_>,
        at: &str,
        name: &str,
    ) -> Option<T> {
        let value = table.get(name)?.clone();
        match T::deserialize(ValueDeserializer::from(value)) {
            Ok(read) => Some(read),
            Err(wrong) => {
                self.add(&join(at, name), wrong.message());
                None
            }
        }
    }

    /// Notes each key that is not among `known`.
    pub(super) fn refuse_unknown(&mut self, at: &str, table: &DeTable<'_>, known: &[&str]) {
        for name in table.keys().map(Spanned::get_ref).filter(|name| !known.contains(&name.as_ref())) {
            self.add(&join(at, name), &format!("is no known key; known are {}", known.join(", ")));
        }
    }

    fn note_places(&mut self, at: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let field = join(at, name.get_ref());
            self.places.insert(field.clone(), name.span().start);
            self.note_inner_places(&field, value);
        }
    }

    fn note_inner_places(&mut self, field: &str, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => self.note_places(field, table),
            DeValue::Array(array) => {
                for (index, element) in array.iter().enumerate() {
                    let field = format!("{field}[{index}]");
                    self.places.insert(field.clone(), element.span().start);
                    self.note_inner_places(&field, element);
                }
            }
            _ => {}
        }
    }

    /// Notes a mistake.
    pub(super) fn add(&mut self, field: &str, problem: &str) {
        self.found.push((self.place(field), field.to_owned(), one_line(problem)));
    }

    /// Where a field begins, or the nearest table around it that is there.
    fn place(&self, field: &str) -> usize {
        let mut field = field;
        loop {
            if let Some(place) = self.places.get(field) {
                return *place;
            }
            let Some(end) = field.rfind(['.', '[']) else { return 0 };
            field = &field[..end];
        }
    }

    /// Adds mistakes found later, but none at, in or around a field that could not be read before.
    pub(super) fn add_unless_unread<'m>(&mut self, later: impl Iterator<Item = (&'m str, &'m str)>) {
        let inside = |inner: &str, outer: &str| {
            inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let unread: Vec<String> = self.found.iter().map(|(_, field, _)| field.clone()).collect();
        for (field, problem) in later {
            if !unread.iter().any(|unread| inside(field, unread) || inside(unread, field)) {
                self.add(field, problem);
            }
        }
    }

    /// Whether nothing was wrong so far.
    pub(super) fn are_right(&self) -> bool {
        self.found.is_empty()
    }

    /// What was found, in the order of the text.
    pub(super) fn into_mistakes(mut self) -> TermsMistakes {
        self.found.sort();
        let text = self.text;
        let mistake = |(byte, field, problem): (usize, String, String)| {
            let before = text.get(..byte).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            TermsMistake { line, column, field, problem }
        };
        TermsMistakes(self.found.into_iter().map(mistake).collect())
    }
}

pub(super) fn join(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}
