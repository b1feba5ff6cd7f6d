//! The `offhook` program: hands its arguments to the command line.

use std::{path::Path, process::ExitCode, sync::Arc};

use clap::Parser as _;
use offhook::{
    admin::actions::UnknownModel,
    cli::{Cli, Installation, Place, Surroundings, WrongInput, run, system_user},
    domain::{SystemClock, SystemRandom},
};

/// Where an installation is when nobody says otherwise.
const USUAL_DATA: &str = "/var/lib/offhook";

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("offhook: the program cannot start: {error}");
            return ExitCode::from(3);
        }
    };
    let surroundings = Surroundings {
        locate: &locate,
        models: Arc::new(|name: &str| {
            Err(UnknownModel::new(format_args!(
                "there is no model \"{name}\": no vendor pack is loaded; \"auto\" learns it from the phone"
            )))
        }),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        actor: system_user(),
    };
    runtime.block_on(run(cli, surroundings))
}

fn locate(place: &Place) -> Result<Installation, WrongInput> {
    if let Some(file) = &place.config {
        let why = "no configuration file is read; name the installation with --data and --database-url";
        return Err(WrongInput::new(format_args!("{}: {why}", file.display())));
    }
    let data = place.data.as_deref().unwrap_or_else(|| Path::new(USUAL_DATA));
    let mut installation = Installation::in_folder(data);
    if let Some(url) = &place.database_url {
        installation.database_url.clone_from(url);
    }
    Ok(installation)
}
