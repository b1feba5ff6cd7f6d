//! Running the commands that need the whole program: `serve`, `demo`, `check`.

use std::{process::ExitCode, sync::Arc, time::Duration};

use super::{
    App, DRAIN, certificate,
    check::check,
    demo::Demo,
    opening::{admin_url, key_source, plain_url_base, url_base},
};
use crate::{
    cli::{
        CertificateCommand, ConfigFlags, DemoArguments, Failure, Installation, Place, Report, ServerCommand,
        WrongInput, end,
    },
    config::{Config, LogFormat, process_environment},
    domain::{SystemClock, SystemRandom},
    lifecycle::{Ending, Lifecycle, signals, sockets::Sockets},
    observability::logging,
};

/// How long what blocks may go on once everything else has ended.
const BLOCKING: Duration = Duration::from_secs(2);

/// Runs one of the commands that need the whole program, and says how it ended.
#[must_use]
pub fn run(command: ServerCommand, place: &Place, json: bool) -> ExitCode {
    // the sockets that a service manager passed are taken before there are threads
    let mut sockets = Sockets::passed(&process_environment);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return end(Err(anyhow::Error::new(error).into()), json),
    };
    let ended = runtime.block_on(async {
        match command {
            ServerCommand::Check(flags) => end(checked(&flags, place).await, json),
            ServerCommand::Certificate(CertificateCommand::Show(flags)) => end(shown(&flags, place), json),
            ServerCommand::Serve(flags) => ended(serve(&flags, place, &mut sockets).await, json),
            ServerCommand::Demo(arguments) => ended(demo(arguments, &mut sockets).await, json),
        }
    });
    runtime.shutdown_timeout(BLOCKING);
    ended
}

/// The installation that the flags name, for commands that work beside a server.
pub fn locate(place: &Place) -> Result<Installation, WrongInput> {
    let config = Config::load(&place.flags(), &process_environment).map_err(WrongInput::new)?;
    Ok(Installation {
        database_url: config.database.url.expose().to_owned(),
        master_key: key_source(&config),
        license_keys: config.license.public_keys.clone(),
        id: config.license.audience.clone(),
        server_name: config.server.name.as_ref().map(ToString::to_string).unwrap_or_default(),
        url_base: url_base(&config, super::Addresses::default()),
        plain_url_base: plain_url_base(&config, super::Addresses::default()),
        admin_url: config.listen.admin.map(|address| admin_url(&config, address)),
        packs: config.catalog.directory,
    })
}

async fn serve(flags: &ConfigFlags, place: &Place, sockets: &mut Sockets) -> Result<Ending, Failure> {
    let load = {
        let flags = flags.flags(place);
        move || Config::load(&flags, &process_environment)
    };
    let config = load().map_err(WrongInput::new)?;
    config.name_to_serve().map_err(WrongInput::new)?;
    start_logging(&config)?;
    raise_descriptors();
    let app = App::build(config, sockets, Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
    let reloader = app.reloader();
    let signals = signals::receive().map_err(anyhow::Error::new)?;
    let mut lifecycle = Lifecycle::new(DRAIN);
    app.spawn(&mut lifecycle)?;
    let reload = move || {
        let (reloader, loaded) = (reloader.clone(), load());
        async move { reloader.reload(&loaded.map_err(|errors| errors.to_string())?).await }
    };
    Ok(lifecycle.run(signals, reload).await)
}

async fn demo(arguments: DemoArguments, sockets: &mut Sockets) -> Result<Ending, Failure> {
    let DemoArguments { dir, name, https, http, tftp, admin } = arguments;
    let demo = Demo { data: dir, name, https, http, tftp, admin };
    logging::start(logging::Format::Human, "error").map_err(anyhow::Error::new)?;
    raise_descriptors();
    let signals = signals::receive().map_err(anyhow::Error::new)?;
    Ok(demo.run(Arc::new(SystemClock), Arc::new(SystemRandom), sockets, signals).await?)
}

async fn checked(flags: &ConfigFlags, place: &Place) -> Result<Box<dyn Report>, Failure> {
    let (config, mistakes) = Config::read(&flags.flags(place), &process_environment);
    Ok(Box::new(check(config, mistakes).await?))
}

fn shown(flags: &ConfigFlags, place: &Place) -> Result<Box<dyn Report>, Failure> {
    let config = Config::load(&flags.flags(place), &process_environment).map_err(WrongInput::new)?;
    Ok(Box::new(certificate::show(&config)?))
}

fn ended(outcome: Result<Ending, Failure>, json: bool) -> ExitCode {
    match outcome {
        Ok(ending) => ending.into(),
        Err(failure) => end(Err(failure), json),
    }
}

fn start_logging(config: &Config) -> anyhow::Result<()> {
    let format = match config.log.format {
        LogFormat::Human => logging::Format::Human,
        LogFormat::Json => logging::Format::Json,
    };
    logging::start(format, &config.log.level)?;
    Ok(())
}

/// Each phone takes a descriptor, and the usual soft limit of 1,024 is less than phones come after a power cut. The
/// hard limit is what the system grants anyway.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "could not raise the limit of open files");
    }
}
