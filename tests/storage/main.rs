//! The store: the same tests on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/bench.rs"]
mod bench;
#[path = "../fixtures/postgres.rs"]
mod postgres;

mod backup;
mod changes;
mod conflicts;
mod devices;
mod extensions;
mod feed;
mod former;
mod journal;
mod made;
mod opening;
mod rotation;
mod settings;
mod tenants;
