//! The program as people run it: separate processes on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/postgres.rs"]
mod postgres;

mod backups;
mod crashes;
mod desk;
mod endings;
mod files;
mod gateways;
mod refusals;
mod seats;
mod secrets;
mod walk;
