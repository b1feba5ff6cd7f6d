//! The `offhook` program: hands its arguments to the command line, and what needs the whole program to the app.

use std::{process::ExitCode, sync::Arc};

use offhook::{
    app,
    cli::{Cli, Command, Surroundings, run, run_alone, system_user},
    domain::{SystemClock, SystemRandom},
};

/// A boot makes many small values that live as long as its connection, most of them in the TLS library: a tenth of its
/// processor time went into the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    app::keep_memory_private();
    let Cli { command, place, json, asked } = match Cli::given() {
        Ok(cli) => cli,
        Err(ended) => return ended,
    };
    let surroundings = Surroundings {
        locate: &app::locate,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        actor: system_user(),
        asked,
    };
    match command {
        Command::Server(command) => app::run(command, &place, json),
        Command::Desk(command) => on_one_thread(run(command, &place, json, surroundings)),
        Command::Alone(command) => on_one_thread(run_alone(command, &place, json, surroundings)),
    }
}

/// A command does one thing after the other; a simulated storm, too, is bound by the network.
fn on_one_thread(work: impl Future<Output = ExitCode>) -> ExitCode {
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(work),
        Err(error) => {
            eprintln!("offhook: the program cannot start: {error}");
            ExitCode::from(3)
        }
    }
}
