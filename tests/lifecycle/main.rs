//! The process's life: stopping in two steps, reloading, failing, and what the service manager passes and hears.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

mod service_manager;
mod stopping;
