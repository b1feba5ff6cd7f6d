//! `offhook config`: shows what can be set.

mod flags;

pub use flags::ConfigFlags;

use super::Answer;
use crate::config::EXAMPLE;

/// What to do with the configuration.
#[derive(Debug, clap::Subcommand)]
pub enum ConfigCommand {
    /// Print an annotated file with every key, its default and what it is for
    Example,
}

impl ConfigCommand {
    pub(super) fn run(&self) -> Answer {
        let Self::Example = self;
        Answer::new(EXAMPLE.trim_end(), serde_json::json!({ "example": EXAMPLE }))
    }
}
