//! Logs to standard error, for people or for programs.
//!
//! # What is never logged
//! At no level, in no field and in no error that could reach a log:
//!
//! - SIP passwords, phone web passwords, administrators' passwords and PINs
//! - scopes, and with them every provisioning URL or TFTP name as it was asked for (the file's name alone is fine)
//! - tokens, cookies and `Authorization` headers
//! - the master key, private keys, and sealed values
//! - database URLs with their user and password
//! - the content of documents, and of license files beyond tenant, id and serial
//!
//! The types help: a `Secret`, a scope and a database URL mask themselves in `Debug`. What a peer sent is logged with
//! `?` or through such a type, so that its control characters arrive escaped.

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt, reload};

/// How a message is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One line for people.
    Human,
    /// One JSON object per line, with its fields at the top level.
    Json,
}

/// Why logging did not start, or not change.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// No filter.
    #[error("\"{0}\" is no log level")]
    Level(String),
    /// Something in this process logs already.
    #[error("logging was started twice")]
    Twice(#[from] SetGlobalDefaultError),
    /// The process no longer logs.
    #[error("the log level cannot be changed any more")]
    Gone,
}

/// Changes the level of what is logged while the process runs.
#[derive(Clone, Debug)]
pub struct Level(reload::Handle<EnvFilter, Registry>);

/// Logs to standard error from now on. `level` is a level, or levels by module: `info,offhook::net=debug`.
pub fn start(format: Format, level: &str) -> Result<Level, LoggingError> {
    let (subscriber, level) = subscriber(format, level, io::stderr().is_terminal(), io::stderr)?;
    tracing::subscriber::set_global_default(subscriber)?;
    Ok(level)
}

impl Level {
    /// Logs at this level from now on. A wrong level changes nothing.
    pub fn set(&self, level: &str) -> Result<(), LoggingError> {
        self.0.reload(filter(level)?).map_err(|_| LoggingError::Gone)
    }
}

fn filter(level: &str) -> Result<EnvFilter, LoggingError> {
    EnvFilter::builder().parse(level).map_err(|_| LoggingError::Level(level.to_owned()))
}

fn subscriber<W>(
    format: Format,
    level: &str,
    colors: bool,
    writer: W,
) -> Result<(impl Subscriber + Send + Sync, Level), LoggingError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let (filter, handle) = reload::Layer::new(filter(level)?);
    let lines = fmt::layer().with_writer(writer).with_ansi(colors);
    let lines = match format {
        Format::Human => lines.boxed(),
        Format::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    Ok((Registry::default().with(filter).with(lines), Level(handle)))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, level: &str, what: impl FnOnce(&Level)) -> String {
        let memory = Memory::default();
        let writer = memory.clone();
        let (subscriber, level) = subscriber(format, level, false, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, || what(&level));
        let bytes = memory.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_has_one_object_per_line_with_its_fields() {
        let text = logged(Format::Json, "info", |_| {
            tracing::info!(device.mac = "001565aabbcc", "served");
            tracing::debug!("not this");
        });
        let line: serde_json::Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!((&line["level"], &line["message"]), (&"INFO".into(), &"served".into()));
        assert_eq!(line["device.mac"], "001565aabbcc");
    }

    #[test]
    fn what_a_peer_sends_cannot_forge_a_line_or_color_the_terminal() {
        let peer = "x\n2026-01-01 ERROR forged \u{1b}[31mred";
        let text = logged(Format::Human, "info", |_| tracing::info!("asked for {peer:?}"));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }

    #[test]
    fn the_level_can_change_and_a_wrong_one_changes_nothing() {
        let text = logged(Format::Human, "warn", |level| {
            tracing::info!("first");
            level.set("info").unwrap();
            tracing::info!("second");
            assert!(matches!(level.set("info,=="), Err(LoggingError::Level(_))));
            tracing::info!("third");
        });
        assert!(!text.contains("first") && text.contains("second") && text.contains("third"), "{text}");
    }
}
