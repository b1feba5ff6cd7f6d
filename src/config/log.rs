//! `[log]`: what the server says to standard error.

use super::Key;
use super::sources::Sources;
use super::value::{shown, word};

static FORMAT: Key = Key::text("log", "format", "FORMAT", "human or json [default: human]");
static LEVEL: Key = Key::text(
    "log",
    "level",
    "LEVEL",
    "off, error, warn, info, debug or trace, or several with modules, like info,offhook::net=debug [default: info]",
);
pub(super) static KEYS: &[&Key] = &[&FORMAT, &LEVEL];

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// What is said, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// A level, or levels by module: `info,offhook::net=debug`.
    pub level: String,
}

/// How a message is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One line for people.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
}

impl Log {
    pub(super) fn read(sources: &mut Sources<'_>) -> Self {
        let words = [("human", LogFormat::Human), ("json", LogFormat::Json)];
        let format = sources.one(&FORMAT, |given| word(&given.text, &words)).unwrap_or_default();
        let level = sources.one(&LEVEL, |given| level(&given.text));
        Self { format, level: level.unwrap_or_else(|| "info".to_owned()) }
    }
}

fn level(text: &str) -> Result<String, String> {
    for part in text.split(',') {
        let (module, level) = part.split_once('=').unwrap_or(("offhook", part));
        let path = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':');
        if !LEVELS.contains(&level) || module.is_empty() || !module.bytes().all(path) {
            return Err(format!(
                "{} is neither one of {} nor a module with one, like offhook::net=debug",
                shown(part),
                LEVELS.join(", ")
            ));
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_may_be_given_for_modules() {
        for text in ["info", "warn,offhook::tftp=trace", "offhook=debug"] {
            assert_eq!(level(text).as_deref(), Ok(text));
        }
        for text in ["", "loud", "info,", "offhook=", "=info", "info,a b=debug", "a[x]=info"] {
            assert!(level(text).is_err(), "{text}");
        }
    }
}
