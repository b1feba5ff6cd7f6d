//! The command line: each command calls an action and prints what came of it.
//!
//! | file | its job |
//! |---|---|
//! | `command` | the table of commands, and running one |
//! | `tenant`, `license`, `extension`, `device`, `key`, `profile`, `setting`, `backup` | one group of commands each |
//! | `installation`, `actor` | which installation, and who works on it |
//! | `report`, `answer`, `exit` | how a command answers and ends |

mod actor;
mod answer;
mod backup;
mod command;
mod completions;
mod device;
mod exit;
mod extension;
mod installation;
mod key;
pub mod license;
mod profile;
mod config;
mod report;
mod setting;
mod simulate;
mod tenant;
mod wrong_input;

pub use actor::system_user;
pub use answer::Answer;
pub use backup::{Backup, Restore};
pub use command::{Cli, Command, Surroundings, run};
pub use completions::Completions;
pub use device::DeviceCommand;
pub use exit::Failure;
pub use extension::ExtensionCommand;
pub use installation::{Installation, Place};
pub use key::KeyCommand;
pub use profile::ProfileCommand;
pub use config::{ConfigCommand, ConfigFlags, config};
pub use report::Report;
pub use setting::{Name, NameAndValue, Nothing, On, SettingCommand};
pub use simulate::{SimulateArguments, simulate};
pub use tenant::{ScopeCommand, TenantCommand};
pub use wrong_input::WrongInput;

use crate::{
    admin::actions::Actions,
    domain::{PlainText, WrongText},
};

/// A command's desk: the actions, and the installation that they work on.
struct Desk {
    actions: Actions,
    installation: Installation,
}

fn parse_name(text: &str) -> Result<PlainText, WrongText> {
    PlainText::parse("the name", text)
}
