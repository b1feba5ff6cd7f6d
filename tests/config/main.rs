//! The configuration as the operator meets it: which source wins, and what is said about mistakes.

#![expect(clippy::unwrap_used, reason = "a test ends where a step of it fails")]

mod example;
mod mistakes;
mod sources;

use std::path::PathBuf;

use offhook::config::{Config, ConfigErrors, Flags, Key, keys};

/// One start: a file, variables and flags.
#[derive(Default)]
struct Start {
    file: Option<String>,
    variables: Vec<(&'static str, &'static str)>,
    flags: Vec<(&'static str, &'static str)>,
}

/// A start with this file.
fn file(text: impl Into<String>) -> Start {
    Start { file: Some(text.into()), ..Start::default() }
}

fn key(path: &str) -> &'static Key {
    keys().find(|key| key.path() == path).unwrap_or_else(|| panic!("{path} is no key"))
}

impl Start {
    fn variable(mut self, name: &'static str, text: &'static str) -> Self {
        self.variables.push((name, text));
        self
    }

    fn flag(mut self, path: &'static str, text: &'static str) -> Self {
        self.flags.push((path, text));
        self
    }

    /// Loads; the folder in which the file lies is shown as `@`.
    fn load(self) -> Result<Config, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let mut flags = Flags::new(Some(folder.path().join("offhook.toml")));
        std::fs::write(folder.path().join("offhook.toml"), self.file.unwrap_or_default()).unwrap();
        for (path, text) in self.flags {
            flags.give(key(path), text);
        }
        let environment = |name: &str| {
            let found = self.variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, text)| (*text).to_owned())
        };
        let at = |errors: ConfigErrors| -> Vec<String> {
            let line = |error: &dyn std::fmt::Display| {
                error.to_string().replace(&folder.path().display().to_string(), "@")
            };
            errors.all().iter().map(|error| line(error)).collect()
        };
        let mut config = Config::load(&flags, &environment).map_err(at)?;
        config.file = None;
        let from_file =
            config.server.data.strip_prefix(folder.path()).map(|rest| PathBuf::from("@").join(rest));
        config.server.data = from_file.unwrap_or(config.server.data);
        Ok(config)
    }

    fn mistakes(self) -> Vec<String> {
        self.load().err().unwrap_or_default()
    }
}
