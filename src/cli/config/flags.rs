//! The flags of the configuration, for every command that reads it: one for each key, made from the list of keys.

use std::path::PathBuf;
use std::sync::LazyLock;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use crate::config::{Flags, Key, keys};

const FILE: &str = "config";
const HEADING: &str = "Configuration (also OFFHOOK_… in the environment, and in the file)";

/// Each key with the name of its flag, which clap wants to borrow for as long as the process runs.
static FLAGS: LazyLock<Vec<(String, &'static Key)>> =
    LazyLock::new(|| keys().map(|key| (key.flag(), key)).collect());

/// What the command line gave, for [`crate::config::Config::load`]. To be flattened into a command's arguments.
#[derive(Clone, Debug, Default)]
pub struct ConfigFlags(pub Flags);

impl Args for ConfigFlags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(FILE)
            .long(FILE)
            .value_name("PATH")
            .value_parser(value_parser!(PathBuf))
            .help("configuration file [default: ./offhook.toml or /etc/offhook/offhook.toml, where there is one]")
            .help_heading(HEADING);
        FLAGS.iter().fold(command.arg(file), |command, (flag, key)| {
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
        let mut flags = Flags::new(matches.get_one::<PathBuf>(FILE).cloned());
        for (flag, key) in FLAGS.iter() {
            for text in matches.get_many::<String>(flag).into_iter().flatten() {
                flags.give(key, text.as_str());
            }
        }
        Ok(Self(flags))
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
        config: ConfigFlags,
    }

    #[test]
    fn every_key_is_a_flag_and_repeats_where_it_may() {
        <Serve as clap::CommandFactory>::command().debug_assert();
        let line =
            "serve --data /d --listen-http 127.0.0.1:8081 --trust 10.1.0.0/16=acme --trust 10.2.0.0/16=acme";
        let serve = Serve::try_parse_from(line.split(' ')).unwrap();
        let config = Config::load(&serve.config.0, &|_| None).unwrap();
        assert_eq!(config.listen.http, Some(([127, 0, 0, 1], 8081).into()));
        assert_eq!(config.trust.len(), 2);
        assert!(Serve::try_parse_from(["serve", "--data", "/a", "--data", "/b"]).is_err());
    }
}
