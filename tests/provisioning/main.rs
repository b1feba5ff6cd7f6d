//! The pipeline: who gets which document, and what happens to a line when its license changes.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/bench.rs"]
mod bench;
#[path = "../fixtures/postgres.rs"]
mod postgres;
#[path = "../fixtures/site.rs"]
mod site;

mod addons;
mod bootstrap;
mod changes;
mod gateways;
mod licenses;
mod outside;
mod passwords;
mod profile_keys;
mod release;
mod telling;
