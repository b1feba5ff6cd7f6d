//! The composition root: from a configuration to an open store, a loaded catalog, and doors that serve.

pub mod demo;
mod doors;
mod opening;
mod server;

pub use doors::{Addresses, Sockets};
pub use opening::{Installation, policy, url_base};
pub use server::{App, Reloader};
