//! The flags of the configuration for commands that serve: one for each key, made from the list of keys. Those that say
//! which installation is meant are [`Place`]'s, which every command takes.

use std::sync::LazyLock;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches};

use crate::cli::Place;
use crate::config::{Flags, Key, keys};

const HEADING: &str = "Configuration (also OFFHOOK_… in the environment, and in the file)";

/// Each key with the name of its flag, which clap wants to borrow for as long as the process runs.
static FLAGS: LazyLock<Vec<(String, &'static Key)>> =
    LazyLock::new(|| keys().map(|key| (key.flag(), key)).filter(|(flag, _)| !Place::has(flag)).collect());

/// What the command line gave beside its [`Place`]. To be flattened into a command's arguments.
#[derive(Clone, Default)]
pub struct ConfigFlags(Vec<(&'static Key, String)>);

impl ConfigFlags {
    /// All that the command line gave, for [`crate::config::Config::load`].
    #[must_use]
    pub fn flags(&self, place: &Place) -> Flags {
        let mut flags = place.flags();
        for (key, text) in &self.0 {
            flags.give(key, text.as_str());
        }
        flags
    }
}

impl std::fmt::Debug for ConfigFlags {
    /// Names only.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(key, _)| key.flag())).finish()
    }
}

impl Args for ConfigFlags {
    fn augment_args(command: Command) -> Command {
        FLAGS.iter().fold(command, |command, (flag, key)| {
            let flag = flag.as_str();
            let action = if key.repeats() { ArgAction::Append } else { ArgAction::Set };
            let arg = Arg::new(flag).long(flag).value_name(key.value).help(key.help).action(action);
            command.arg(arg.help_heading(HEADING))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ConfigFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = FLAGS.iter().flat_map(|(flag, key)| {
            let texts = matches.get_many::<String>(flag).into_iter().flatten();
            texts.map(|text| (*key, text.clone()))
        });
        Ok(Self(given.collect()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::config::Config;

    #[derive(Debug, Parser)]
    struct Serve {
        #[command(flatten)]
        place: Place,
        #[command(flatten)]
        config: ConfigFlags,
    }

    #[test]
    fn every_key_is_a_flag_and_repeats_where_it_may() {
        <Serve as clap::CommandFactory>::command().debug_assert();
        let line = "serve --data /d --http 127.0.0.1:8081 --trust 10.1.0.0/16=acme --trust 10.2.0.0/16=acme";
        let serve = Serve::try_parse_from(line.split(' ')).unwrap();
        let config = Config::load(&serve.config.flags(&serve.place), &|_| None).unwrap();
        assert_eq!(config.listen.http, Some(([127, 0, 0, 1], 8081).into()));
        assert_eq!(config.trust.len(), 2);
        assert!(Serve::try_parse_from(["serve", "--data", "/a", "--data", "/b"]).is_err());
    }
}
