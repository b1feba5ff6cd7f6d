//! What a command was asked to do, in words for the audit: which command, and what it is about. Never an option's value,
//! and of files only their names, so no secret.

use super::Desk;
use crate::{
    admin::actions::Actions,
    domain::{Mac, TenantSlug},
};

/// Longer lists of numbers are cut off.
const LONGEST: usize = 200;
/// Arguments by which a tenant is named, or a device of it.
const ABOUT: [&str; 4] = ["tenant", "mac", "old", "on"];

/// What a command was asked to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    words: String,
    /// The tenant or the device that it names.
    about: Option<String>,
}

impl Asked {
    /// What stands in `matches`: the names of the command, and its arguments without a flag.
    pub(super) fn of(mut command: &clap::Command, mut matches: &clap::ArgMatches) -> Self {
        let mut words = vec![command.get_name().to_owned()];
        while let Some((name, deeper)) = matches.subcommand() {
            let Some(found) = command.find_subcommand(name) else { break };
            words.push(name.to_owned());
            (command, matches) = (found, deeper);
        }
        let raw = |id: &str| matches.try_get_raw(id).ok().flatten().into_iter().flatten();
        let about = ABOUT.iter().find_map(|id| raw(id).next());
        for argument in command.get_positionals() {
            let id = argument.get_id().as_str();
            // a setting's value may be anything
            if id != "value" {
                words.extend(raw(id).map(|word| word.to_string_lossy().into_owned()));
            }
        }
        let words = words.join(" ");
        let visible = |character: char| if character.is_control() { '\u{FFFD}' } else { character };
        let about = about.map(|about| about.to_string_lossy().into_owned());
        Self { words: words.chars().map(visible).take(LONGEST).collect(), about }
    }

    /// Notes in the audit of the tenant that it is about, or of the installation, that it was refused.
    pub(super) async fn note_refusal(&self, desk: &Desk, why: &str) {
        let actions = self.within(&desk.actions).await;
        actions.unwrap_or_else(|| desk.actions.clone()).note_refusal(&self.words, why).await;
    }

    async fn within(&self, actions: &Actions) -> Option<Actions> {
        let about = self.about.as_deref()?;
        if let Ok(mac) = Mac::parse(about)
            && let Ok(details) = actions.device(mac).await
        {
            return actions.within(&details.tenant.slug).await.ok();
        }
        actions.within(&TenantSlug::parse(about).ok()?).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory as _;

    fn asked(arguments: &[&str]) -> (String, Option<String>) {
        let command = Cli::command();
        let matches = command.clone().try_get_matches_from(arguments).unwrap();
        let asked = Asked::of(&command, &matches);
        (asked.words, asked.about)
    }

    #[test]
    fn a_command_is_told_without_the_values_of_its_flags() {
        let extension = ["offhook", "extension", "add", "acme", "101", "--name", "Ann", "--product", "gold"];
        let url = ["--database-url", "postgres://u:hunter2@db/x"];
        assert_eq!(
            asked(&[&extension[..], &url].concat()),
            ("offhook extension add acme 101".to_owned(), Some("acme".to_owned()))
        );
        let setting = ["offhook", "setting", "set", "device", "001565AABBCC", "sip.port", "5080"];
        assert_eq!(
            asked(&setting),
            ("offhook setting set device 001565AABBCC sip.port".to_owned(), Some("001565AABBCC".to_owned()))
        );
        let key = ["offhook", "key", "set", "acme", "2", "line", "--profile", "Reception"];
        assert_eq!(asked(&key), ("offhook key set acme 2 line".to_owned(), Some("acme".to_owned())));
        assert_eq!(
            asked(&["offhook", "restore", "/b\u{1b}"]),
            ("offhook restore /b\u{FFFD}".to_owned(), None)
        );
    }
}
