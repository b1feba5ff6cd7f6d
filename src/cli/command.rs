//! The table of commands, and running one.

use std::{io::Write as _, process::ExitCode, sync::Arc};

use super::{
    Backup, Completions, Desk, DeviceCommand, ExtensionCommand, Failure, Installation, KeyCommand, Place,
    ProfileCommand, Report, Restore, SettingCommand, TenantCommand, WrongInput, exit::EXIT_CODES,
    license::LicenseCommand,
};
use crate::{
    admin::actions::{Actions, Models},
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
}

/// What to do.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Customers and the URLs of their phones
    #[command(subcommand)]
    Tenant(TenantCommand),
    /// What tenants may use: install, show, issue
    #[command(subcommand)]
    License(LicenseCommand),
    /// Phone lines of users
    #[command(subcommand)]
    Extension(ExtensionCommand),
    /// Phones and what their lines carry
    #[command(subcommand)]
    Device(DeviceCommand),
    /// Programmable keys of a phone
    #[command(subcommand)]
    Key(KeyCommand),
    /// Named sets of settings that phones follow
    #[command(subcommand)]
    Profile(ProfileCommand),
    /// Settings of all phones, of a model, a profile or one phone
    #[command(subcommand)]
    Setting(SettingCommand),
    /// Write everything that admins own to a file, while the server runs
    Backup(Backup),
    /// Put a backup in place of everything that admins own
    Restore(Restore),
    /// Print a script that completes commands in a shell
    Completions(Completions),
}

/// What commands need of their surroundings.
pub struct Surroundings<'a> {
    /// Finds the installation that the flags name.
    pub locate: &'a (dyn Fn(&Place) -> Result<Installation, WrongInput> + Sync),
    /// Which phones exist.
    pub models: Arc<dyn Models>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What ids, scopes and passwords are made of.
    pub random: Arc<dyn Random>,
    /// Who runs the command.
    pub actor: String,
}

/// Runs a command, prints its answer to standard output (or why there is none to standard error), and says how it ended.
pub async fn run(cli: Cli, surroundings: Surroundings<'_>) -> ExitCode {
    let json = cli.json;
    match answer(cli, surroundings).await {
        Ok(report) => print(&*report, json),
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

async fn answer(cli: Cli, surroundings: Surroundings<'_>) -> Result<Box<dyn Report>, Failure> {
    // these need no installation
    let command = match cli.command {
        Command::License(LicenseCommand::Offline(offline)) => {
            return Ok(offline.run(&*surroundings.clock, &*surroundings.random)?);
        }
        Command::Completions(completions) => return Ok(Box::new(completions.run())),
        other => other,
    };
    let installation = (surroundings.locate)(&cli.place)?;
    if let Command::Restore(restore) = &command {
        restore.check(&installation).await?;
    }
    let desk = open(installation, surroundings).await?;
    let answer = match command {
        Command::Tenant(tenant) => tenant.run(&desk).await,
        Command::License(license) => license.run(&desk).await,
        Command::Extension(extension) => extension.run(&desk).await,
        Command::Device(device) => device.run(&desk).await,
        Command::Key(key) => key.run(&desk).await,
        Command::Profile(profile) => profile.run(&desk).await,
        Command::Setting(setting) => setting.run(&desk).await,
        Command::Backup(backup) => backup.run(&desk).await,
        Command::Restore(restore) => restore.run(&desk).await,
        Command::Completions(completions) => Ok(completions.run()),
    };
    desk.actions.store.close().await;
    Ok(Box::new(answer?))
}

async fn open(installation: Installation, surroundings: Surroundings<'_>) -> Result<Desk, Failure> {
    let license_keys = installation.public_keys()?;
    let store = installation.location()?.open(Arc::clone(&surroundings.random)).await?;
    let actions = Actions {
        store,
        clock: surroundings.clock,
        random: surroundings.random,
        license_keys,
        installation: installation.id.clone(),
        models: surroundings.models,
        actor: surroundings.actor,
    };
    Ok(Desk { actions, installation })
}

fn print(report: &dyn Report, json: bool) -> ExitCode {
    print_line(&if json { report.json().to_string() } else { report.text() });
    ExitCode::SUCCESS
}

/// A reader that went away (`| head`) is no reason to fail: what was asked is done.
fn print_line(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}").and_then(|()| output.flush());
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_table_of_commands_is_consistent() {
        Cli::command().debug_assert();
    }
}
