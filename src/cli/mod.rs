//! The command line: each command calls an action and prints what came of it.

mod config;
mod report;

pub use config::{ConfigCommand, ConfigFlags, config};
pub use report::Report;
