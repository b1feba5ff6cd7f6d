//! `vendor.toml` and `samples.toml` read with every mistake and its place, not only the first.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{FileRule, LoadError, Manifest, ModelEntry, PartRule, UserAgentRule};

/// The lines on which the entries of a manifest start.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    pub(super) file: Vec<usize>,
    pub(super) part: Vec<usize>,
    pub(super) model: Vec<usize>,
    pub(super) user_agent: Vec<usize>,
}

/// What one request shows, as it is expected: a test of the pack that travels with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sample {
    /// The path behind the scope.
    pub(super) path: String,
    pub(super) user_agent: Option<String>,
    /// The file's path as the manifest writes it; none: the request is not recognized.
    pub(super) file: Option<String>,
    /// The model's name as the manifest writes it.
    pub(super) model: Option<String>,
    pub(super) firmware: Option<String>,
    pub(super) mac_in_path: Option<String>,
    pub(super) mac_in_user_agent: Option<String>,
    /// Where the sample was seen.
    #[expect(dead_code, reason = "for the reader of the file")]
    pub(super) source: Option<String>,
}

/// One TOML file of a pack.
struct Toml<'a> {
    file: &'a str,
    text: &'a str,
    mistakes: Vec<LoadError>,
}

/// Reads a manifest; all its mistakes of form are reported at once.
pub(super) fn manifest(file: &str, bytes: &[u8]) -> Result<(Manifest, Places), Vec<LoadError>> {
    const KEYS: &[&str] = &[
        "name",
        "oui",
        "mac_style",
        "syntax",
        "content_type",
        "user_agent",
        "simulated_user_agent",
        "dhcp",
        "check_sync",
        "factory_certificate",
        "file",
        "part",
        "model",
        "clear",
        "reserved",
        "repeats",
        "not_carried",
        "cannot",
        "words",
    ];
    let mut text = Toml::new(file, bytes)?;
    let table = text.table()?;
    let places = Places {
        file: text.entries::<FileRule>(&table, "file").into_iter().map(|(_, line)| line).collect(),
        part: text.entries::<PartRule>(&table, "part").into_iter().map(|(_, line)| line).collect(),
        model: text.entries::<ModelEntry>(&table, "model").into_iter().map(|(_, line)| line).collect(),
        user_agent: text
            .entries::<UserAgentRule>(&table, "user_agent")
            .into_iter()
            .map(|(_, line)| line)
            .collect(),
    };
    text.unknown_keys(&table, KEYS);
    let manifest = text.whole::<Manifest>();
    text.finish(manifest.map(|manifest| (manifest, places)))
}

/// Reads the samples of a pack, each with its line.
pub(super) fn samples(file: &str, bytes: &[u8]) -> Result<Vec<(Sample, usize)>, Vec<LoadError>> {
    let mut text = Toml::new(file, bytes)?;
    let table = text.table()?;
    let samples = text.entries::<Sample>(&table, "sample");
    text.unknown_keys(&table, &["sample"]);
    let samples = samples.into_iter().filter_map(|(sample, line)| Some((sample?, line))).collect();
    text.finish(Some(samples))
}

impl<'a> Toml<'a> {
    fn new(file: &'a str, bytes: &'a [u8]) -> Result<Self, Vec<LoadError>> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let rule = format!("is not UTF-8 at byte {}", error.valid_up_to());
            vec![LoadError { file: file.to_owned(), line: None, column: None, rule }]
        })?;
        Ok(Self { file, text, mistakes: Vec::new() })
    }

    fn table(&mut self) -> Result<DeTable<'a>, Vec<LoadError>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() {
            return Ok(table.into_inner());
        }
        for error in &errors {
            self.report(error.span(), error.message());
        }
        Err(std::mem::take(&mut self.mistakes))
    }

    /// Every entry of the array of tables `key` that is well formed, each with its line.
    fn entries<T: DeserializeOwned>(&mut self, table: &DeTable<'a>, key: &str) -> Vec<(Option<T>, usize)> {
        let Some(array) = table.get(key).and_then(|value| value.get_ref().as_array()) else {
            return Vec::new();
        };
        let mut read = |entry: &Spanned<DeValue<'a>>| {
            let line = self.place(entry.span().start).0;
            match T::deserialize(ValueDeserializer::from(entry.clone())) {
                Ok(entry) => (Some(entry), line),
                Err(error) => {
                    self.report(error.span().or_else(|| Some(entry.span())), error.message());
                    (None, line)
                }
            }
        };
        array.iter().map(&mut read).collect()
    }

    fn unknown_keys(&mut self, table: &DeTable<'a>, known: &[&str]) {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            let rule = format!("unknown key \"{}\", expected one of {}", key.get_ref(), known.join(", "));
            self.report(Some(key.span()), &rule);
        }
    }

    /// The whole file; its first mistake counts only where no closer look has found any.
    fn whole<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                if self.mistakes.is_empty() {
                    self.report(error.span(), error.message());
                }
                None
            }
        }
    }

    fn finish<T>(self, value: Option<T>) -> Result<T, Vec<LoadError>> {
        match value {
            Some(value) if self.mistakes.is_empty() => Ok(value),
            _ => Err(self.mistakes),
        }
    }

    fn report(&mut self, span: Option<Range<usize>>, rule: &str) {
        let place = span.map(|span| self.place(span.start));
        self.mistakes.push(LoadError {
            file: self.file.to_owned(),
            line: place.map(|(line, _)| line),
            column: place.map(|(_, column)| column),
            rule: rule.trim().replace('\n', " "),
        });
    }

    fn place(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        (line, before[before.rfind('\n').map_or(0, |end| end + 1)..].chars().count() + 1)
    }
}
