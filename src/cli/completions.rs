//! `offhook completions`: a script for the shell.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Answer, Cli};

/// Prints a completion script.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  offhook completions bash > /etc/bash_completion.d/offhook")]
pub struct Completions {
    /// Which shell
    pub shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Answer {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "offhook", &mut script);
        let script = String::from_utf8_lossy(&script).trim_end().to_owned();
        let json = serde_json::json!({ "shell": self.shell.to_string(), "script": script });
        Answer::new(script, json)
    }
}
