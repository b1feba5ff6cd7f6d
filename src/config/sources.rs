//! Flags over environment over file: every source is read to its end, and the first that gives a key wins it.

use std::path::PathBuf;

use super::file::{ConfigFile, Row};
use super::{ConfigError, Flags, Key, Origin};

/// One value as it was written, and where.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) text: String,
    pub(super) origin: Origin,
}

impl Given {
    /// The text as a path. In the file it starts from the file's folder, elsewhere from the working directory.
    pub(super) fn path(&self) -> Result<PathBuf, String> {
        if self.text.is_empty() {
            return Err("must not be empty; write a path".to_owned());
        }
        Ok(match &self.origin {
            Origin::File { path, .. } => path.with_file_name("").join(&self.text),
            _ => self.text.clone().into(),
        })
    }
}

/// All sources of one start, and what was found wrong in them so far.
pub(super) struct Sources<'a> {
    flags: &'a Flags,
    environment: &'a dyn Fn(&str) -> Option<String>,
    file: ConfigFile,
    mistakes: Vec<ConfigError>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(
        flags: &'a Flags,
        environment: &'a dyn Fn(&str) -> Option<String>,
        mut file: ConfigFile,
    ) -> Self {
        let mistakes = file.take_mistakes();
        Self { flags, environment, file, mistakes }
    }

    /// The value of a key that is given once.
    pub(super) fn one<T>(&mut self, key: &Key, parse: impl Fn(&Given) -> Result<T, String>) -> Option<T> {
        self.many(key, parse).and_then(|values| values.into_iter().last())
    }

    /// The values of a key that may be repeated. A stronger source replaces the list of a weaker one as a whole.
    pub(super) fn many<T>(
        &mut self,
        key: &Key,
        parse: impl Fn(&Given) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let mut strongest = None;
        for source in [self.flags_for(key), self.environment_for(key), self.file.values(key)] {
            if source.is_empty() {
                continue;
            }
            let mut read = Vec::new();
            for given in source {
                match parse(&given) {
                    Ok(value) => read.push(value),
                    Err(problem) => self.wrong(given.origin, key.path(), problem),
                }
            }
            strongest.get_or_insert(read);
        }
        strongest
    }

    /// What a variable holds that is no key's; an empty one counts as not set.
    pub(super) fn environment(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|text| !text.trim().is_empty())
    }

    /// The rows of a repeated table in the file.
    pub(super) fn rows(&mut self, key: &Key) -> Vec<Row> {
        self.file.rows(key)
    }

    /// Notes a mistake.
    pub(super) fn wrong(&mut self, origin: Origin, key: impl Into<String>, problem: impl Into<String>) {
        self.mistakes.push(ConfigError { origin, key: key.into(), problem: problem.into() });
    }

    /// Notes that a key must be given; unless the file could not be read to its end, where it may well stand.
    pub(super) fn missing(&mut self, key: &Key, what: &str) {
        if self.file.is_whole() {
            let problem = missing(key, what);
            self.wrong(Origin::Nowhere, key.path(), problem);
        }
    }

    pub(super) fn into_mistakes(self) -> Vec<ConfigError> {
        self.mistakes
    }

    fn flags_for(&self, key: &Key) -> Vec<Given> {
        let origin = Origin::Flag(format!("--{}", key.flag()));
        self.flags.of(key).map(|text| Given { text: text.to_owned(), origin: origin.clone() }).collect()
    }

    /// An empty variable counts as not set, as it is how compose files and shells write "none".
    fn environment_for(&self, key: &Key) -> Vec<Given> {
        let name = key.environment();
        let Some(text) = (self.environment)(&name).filter(|text| !text.trim().is_empty()) else {
            return Vec::new();
        };
        let given = |text: &str| Given { text: text.to_owned(), origin: Origin::Environment(name.clone()) };
        if key.repeats() {
            text.split(',').map(|part| given(part.trim())).collect()
        } else {
            vec![given(&text)]
        }
    }
}

/// What to say of a key that must be given and is not.
pub(super) fn missing(key: &Key, what: &str) -> String {
    format!(
        "is missing: {what}; give it with --{}, {} or {} under [{}]",
        key.flag(),
        key.environment(),
        key.name,
        key.section
    )
}
