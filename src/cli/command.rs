//! The table of commands, and running one.

use std::{ffi::OsString, io::Write as _, process::ExitCode, sync::Arc};

use clap::{CommandFactory as _, FromArgMatches as _};

use super::{
    Asked, AttendantCommand, AuditCommand, Backup, Completions, ConfigCommand, CsvCommand, DatabaseCommand,
    Desk, DeviceCommand, DhcpCommand, DidCommand, ExtensionCommand, Failure, Installation, KeyCommand,
    ModelCommand, PbxCommand, Place, ProfileCommand, Report, Restore, ServerCommand, SettingCommand,
    SimulateArguments, TenantCommand, TokenCommand, TrunkCommand, UserCommand, WalkCommand, WrongInput,
    exit::EXIT_CODES, license::LicenseCommand, packs::Packs, simulate,
};
use crate::{
    admin::actions::{Actions, Actor, Conditions, Models},
    catalog::{Catalog, Manifest, ModelEntry},
    domain::{Clock, Random},
};

/// Auto-provisioning server for IP desk phones
#[derive(Debug, clap::Parser)]
#[command(name = "offhook", version, about, after_long_help = EXIT_CODES, propagate_version = true)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Which installation.
    #[command(flatten)]
    pub place: Place,
    /// Print one JSON value instead of text; a failure too: {"error": {"code": …, "message": …}}
    #[arg(long, global = true)]
    pub json: bool,
    /// The same in words, for the audit.
    #[arg(skip)]
    pub asked: Asked,
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// What needs the whole program.
    #[command(flatten)]
    Server(ServerCommand),
    /// What works on an installation.
    #[command(flatten)]
    Desk(DeskCommand),
    /// What needs no installation.
    #[command(flatten)]
    Alone(AloneCommand),
}

/// The commands that work on an installation, beside a server or without one.
#[derive(Debug, clap::Subcommand)]
pub enum DeskCommand {
    /// Customers and the URLs of their phones
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// What tenants may use: install, show, issue
    #[command(subcommand)]
    License(LicenseCommand),
    /// Phone lines of users
    #[command(subcommand)]
    Extension(ExtensionCommand),
    /// Receptionists that answer by business hours
    #[command(subcommand)]
    Attendant(AttendantCommand),
    /// SIP trunks to carriers, gateways and other exchanges
    #[command(subcommand)]
    Trunk(TrunkCommand),
    /// Public numbers and who answers them
    #[command(subcommand)]
    Did(DidCommand),
    /// Phones and what their lines carry
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Programmable keys of a phone or a profile
    #[command(subcommand)]
    Key(KeyCommand),
    /// Named sets of settings and keys that phones follow
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Settings of all phones, of a model, a profile or one phone
    #[command(subcommand)]
    Setting(SettingCommand),
    /// People who sign in, what they may do, and from where
    #[command(subcommand)]
    User(UserCommand),
    /// Tokens with which programs use the REST API
    #[command(subcommand)]
    Token(TokenCommand),
    /// What a PBX needs to know the same accounts as the phones
    #[command(subcommand)]
    Pbx(PbxCommand),
    /// What a DHCP server tells phones, so that they find this server by themselves
    #[command(subcommand)]
    Dhcp(DhcpCommand),
    /// Many things at once, from a spreadsheet and back
    #[command(subcommand)]
    Csv(CsvCommand),
    /// Who did what, and whether anybody altered that
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Who may do what in the database
    #[command(subcommand)]
    Database(DatabaseCommand),
    /// Who asked for many MACs that are no devices
    #[command(subcommand)]
    Walk(WalkCommand),
    /// Write everything that admins own to a file, while the server runs
    Backup(Backup),
    /// Put a backup in place of everything that admins own
    Restore(Restore),
}

/// The commands that need no installation.
#[derive(Debug, clap::Subcommand)]
pub enum AloneCommand {
    /// Boot phones in software against a server: one to look at, or a storm to measure
    Simulate(Box<SimulateArguments>),
    /// Which phones can be provisioned
    #[command(subcommand)]
    Model(ModelCommand),
    /// What the operator may set
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a script that completes commands in a shell
    Completions(Completions),
}

/// What commands need of their surroundings.
pub struct Surroundings<'a> {
    /// Finds the installation that the flags name.
    pub locate: &'a (dyn Fn(&Place) -> Result<Installation, WrongInput> + Sync),
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What ids, scopes and passwords are made of.
    pub random: Arc<dyn Random>,
    /// Who runs the command.
    pub actor: String,
    /// What it was asked to do.
    pub asked: Asked,
}

impl Cli {
    /// What the command line gave. Help was printed, and wrong usage was told as everything else is, where it is none.
    pub fn given() -> Result<Self, ExitCode> {
        let given: Vec<OsString> = std::env::args_os().collect();
        let command = Self::command();
        let parsed = command.clone().try_get_matches_from(&given).and_then(|matches| {
            let asked = Asked::of(&command, &matches);
            Ok(Self { asked, ..Self::from_arg_matches(&matches)? })
        });
        let error = match parsed {
            Ok(cli) => return Ok(cli),
            Err(error) => error,
        };
        if error.use_stderr() && given.iter().any(|argument| argument == "--json") {
            return Err(end(Err(WrongInput::new(error.render().to_string().trim_end()).into()), true));
        }
        // a reader that went away is no reason to fail
        let _ = error.print();
        Err(if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS })
    }
}

/// Runs a command that works on an installation, prints its answer to standard output (or why there is none to standard
/// error), and says how it ended.
pub async fn run(
    command: DeskCommand,
    place: &Place,
    json: bool,
    surroundings: Surroundings<'_>,
) -> ExitCode {
    end(work(command, place, surroundings).await, json)
}

/// Runs a command that needs no installation.
pub async fn run_alone(
    command: AloneCommand,
    place: &Place,
    json: bool,
    surroundings: Surroundings<'_>,
) -> ExitCode {
    end(work_alone(command, place, surroundings).await, json)
}

/// Prints what came of a command, and says how it ended.
#[must_use]
pub fn end(outcome: Result<Box<dyn Report>, Failure>, json: bool) -> ExitCode {
    match outcome {
        Ok(report) => {
            print_line(&if json { report.json().to_string() } else { report.text() });
            ExitCode::SUCCESS
        }
        Err(failure) => {
            if json {
                print_line(&failure.json().to_string());
            } else {
                eprintln!("offhook: {failure}");
            }
            failure.exit_code()
        }
    }
}

async fn work(
    command: DeskCommand,
    place: &Place,
    surroundings: Surroundings<'_>,
) -> Result<Box<dyn Report>, Failure> {
    if let DeskCommand::License(LicenseCommand::Offline(offline)) = command {
        // made for a machine that has no installation
        return Ok(offline.run(&*surroundings.clock, &*surroundings.random)?);
    }
    let installation = (surroundings.locate)(place)?;
    if let DeskCommand::Restore(restore) = &command {
        restore.check(&installation).await?;
    }
    let asked = surroundings.asked.clone();
    let desk = open(installation, surroundings).await?;
    let answer = match command {
        DeskCommand::Tenant(tenant) => tenant.run(&desk).await,
        DeskCommand::License(license) => license.run(&desk).await,
        DeskCommand::Extension(extension) => extension.run(&desk).await,
        DeskCommand::Attendant(attendant) => attendant.run(&desk).await,
        DeskCommand::Trunk(trunk) => trunk.run(&desk).await,
        DeskCommand::Did(did) => did.run(&desk).await,
        DeskCommand::Device(device) => device.run(&desk).await,
        DeskCommand::Key(key) => key.run(&desk).await,
        DeskCommand::Profile(profile) => profile.run(&desk).await,
        DeskCommand::Setting(setting) => setting.run(&desk).await,
        DeskCommand::User(user) => user.run(&desk).await,
        DeskCommand::Token(token) => token.run(&desk).await,
        DeskCommand::Pbx(pbx) => pbx.run(&desk).await,
        DeskCommand::Dhcp(dhcp) => dhcp.run(&desk).await,
        DeskCommand::Audit(audit) => audit.run(&desk).await,
        DeskCommand::Walk(walk) => walk.run(&desk).await,
        DeskCommand::Csv(csv) => csv.run(&desk).await,
        DeskCommand::Database(database) => database.run(&desk).await,
        DeskCommand::Backup(backup) => backup.run(&desk).await,
        DeskCommand::Restore(restore) => restore.run(&desk).await,
    };
    if let Some(rule) = answer.as_ref().err().and_then(Failure::rule) {
        asked.note_refusal(&desk, rule).await;
    }
    desk.actions.store.close().await;
    Ok(Box::new(answer?))
}

async fn work_alone(
    command: AloneCommand,
    place: &Place,
    surroundings: Surroundings<'_>,
) -> Result<Box<dyn Report>, Failure> {
    // an installation that was named may have packs of its own
    let catalog = || {
        let named = place.is_given().then(|| (surroundings.locate)(place)).transpose()?;
        Packs::of(named.and_then(|installation| installation.packs)).catalog()
    };
    Ok(match command {
        AloneCommand::Simulate(arguments) => {
            let catalog = catalog()?;
            simulate(&arguments, &*surroundings.random, |name| find(&catalog, name)).await?
        }
        AloneCommand::Model(model) => Box::new(model.run(&*catalog()?)),
        AloneCommand::Config(config) => Box::new(config.run()),
        AloneCommand::Completions(completions) => Box::new(completions.run()),
    })
}

/// What the simulator needs of the model that people call `name`.
fn find(catalog: &Catalog, name: &str) -> anyhow::Result<(Arc<Manifest>, ModelEntry)> {
    let model = catalog.model(name).map_err(WrongInput::new)?;
    let manifest = catalog.manifest_of(model);
    let entry = manifest.model.iter().find(|entry| entry.name == model.name).cloned();
    let entry = entry.ok_or_else(|| WrongInput::new(format_args!("{name} is in no pack")))?;
    Ok((Arc::new(manifest.clone()), entry))
}

async fn open(installation: Installation, surroundings: Surroundings<'_>) -> Result<Desk, Failure> {
    let license_keys = installation.public_keys()?;
    let store = installation.location()?.open(Arc::clone(&surroundings.random)).await?;
    let packs = Arc::new(Packs::of(installation.packs.clone()));
    let actions = Actions {
        store,
        clock: surroundings.clock,
        random: surroundings.random,
        license_keys,
        installation: installation.id.clone(),
        models: Arc::clone(&packs) as Arc<dyn Models>,
        actor: Actor::operator(surroundings.actor),
        conditions: Conditions::default(),
    };
    Ok(Desk { actions, installation, packs })
}

/// A reader that went away (`| head`) is no reason to fail: what was asked is done.
fn print_line(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}").and_then(|()| output.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_commands_is_consistent() {
        Cli::command().debug_assert();
    }
}
