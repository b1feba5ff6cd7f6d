//! `offhook config`: shows what can be set, and tries what is set.

mod flags;

pub use flags::ConfigFlags;

use super::Report;
use crate::config::{Config, EXAMPLE, process_environment};

/// What to do with the configuration.
#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Print an annotated file with every key, its default and what it is for
    Example,
    /// Read the configuration as the server would, and say every mistake in it
    Check(ConfigFlags),
}

/// Does it. A configuration with mistakes is a [`crate::config::ConfigErrors`].
pub fn config(command: &ConfigCommand) -> anyhow::Result<Box<dyn Report>> {
    match command {
        ConfigCommand::Example => Ok(Box::new(Example)),
        ConfigCommand::Check(flags) => Ok(Box::new(Checked(Config::load(&flags.0, &process_environment)?))),
    }
}

struct Example;

impl Report for Example {
    fn text(&self) -> String {
        EXAMPLE.trim_end().to_owned()
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "example": EXAMPLE })
    }
}

struct Checked(Config);

impl Report for Checked {
    fn text(&self) -> String {
        match &self.0.file {
            Some(file) => format!("the configuration is right, with the file {}", file.display()),
            None => "the configuration is right, without a file".to_owned(),
        }
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({ "right": true, "file": self.0.file })
    }
}
