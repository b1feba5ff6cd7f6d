//! The command line: each command calls an action and prints what came of it.
//!
//! | file | its job |
//! |---|---|
//! | `command` | the table of commands, and running one |
//! | `tenant`, `license`, `extension`, `attendant`, `trunk`, `did`, `device`, `key`, `profile`, `setting`, `user`, `token`, `pbx`, `dhcp`, `audit`, `walk`, `csv`, `database`, `backup` | one group of commands each |
//! | `service` | what the commands on extensions, auto-attendants and SIP trunks have in common |
//! | `server` | the commands that need the whole program; the composition root runs them |
//! | `simulate`, `catalog`, `config`, `completions` | commands that need no installation |
//! | `installation`, `packs`, `actor`, `asked` | which installation, which phones, who works on it, and what was asked, for the audit |
//! | `rotation` | replacing the master key |
//! | `secret_line` | passwords and PINs, which are no arguments |
//! | `report`, `answer`, `exit` | how a command answers and ends |

mod actor;
mod answer;
mod asked;
mod attendant;
mod audit;
mod backup;
mod catalog;
mod command;
mod completions;
mod config;
mod csv;
mod database;
mod device;
mod dhcp;
mod did;
mod exit;
mod extension;
mod installation;
mod key;
pub mod license;
mod packs;
mod pbx;
mod profile;
mod report;
mod rotation;
mod secret_line;
mod server;
mod service;
mod setting;
mod simulate;
mod tenant;
mod tenant_password;
mod token;
mod trunk;
mod user;
mod walk;
mod wrong_input;

pub use actor::system_user;
pub use answer::Answer;
pub use asked::Asked;
pub use attendant::AttendantCommand;
pub use audit::AuditCommand;
pub use backup::{Backup, Restore};
pub use catalog::ModelCommand;
pub use command::{AloneCommand, Cli, Command, DeskCommand, Surroundings, end, run, run_alone};
pub use completions::Completions;
pub use config::{ConfigCommand, ConfigFlags};
pub use csv::{CsvCommand, Kind};
pub use database::DatabaseCommand;
pub use device::{AnswerFlags, DeviceCommand, InventoryFlags, InventoryWord, SyncFlags};
pub use dhcp::{DhcpArguments, DhcpCommand};
pub use did::DidCommand;
pub use exit::Failure;
pub use extension::ExtensionCommand;
pub use installation::{Installation, Place};
pub use key::{KeyCommand, KeyOwner};
pub use pbx::{PbxCommand, PbxFormat};
pub use profile::ProfileCommand;
pub use report::Report;
pub use server::{CertificateCommand, DemoArguments, ServerCommand};
pub use setting::{Name, NameAndValue, Nothing, On, SettingCommand};
pub use simulate::{SimulateArguments, StayFlags, simulate};
pub use tenant::{ScopeCommand, TenantCommand};
pub use tenant_password::TenantPasswordCommand;
pub use token::{Allowed, TokenCommand};
pub use trunk::{Peer, TrunkCommand};
pub use user::{Changed, Of, UserCommand};
pub use walk::WalkCommand;
pub use wrong_input::WrongInput;

use std::sync::Arc;

use packs::Packs;

use crate::{
    admin::actions::Actions,
    domain::{PlainText, WrongText},
};

/// A command's desk: the actions, the installation that they work on, and its packs.
struct Desk {
    actions: Actions,
    installation: Installation,
    packs: Arc<Packs>,
}

fn parse_name(text: &str) -> Result<PlainText, WrongText> {
    PlainText::parse("the name", text)
}
