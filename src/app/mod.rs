//! The composition root: from a configuration to an open store, a loaded catalog, and doors that serve.

mod asking;
mod check;
mod command;
pub mod demo;
mod doors;
mod expiry;
mod first_operator;
mod opening;
mod private_memory;
mod reload;
mod server;
mod shown;

pub use command::{locate, run};
pub use doors::Addresses;
pub use opening::{Installation, policy, url_base};
pub use private_memory::keep_memory_private;
pub use reload::Reloader;
pub use server::App;

/// How long running requests and transfers may take to finish once the server was told to stop.
pub const DRAIN: std::time::Duration = std::time::Duration::from_secs(10);
