//! The use cases: the same tests on SQLite and on a real PostgreSQL.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/bench.rs"]
mod bench;
#[path = "../fixtures/postgres.rs"]
mod postgres;

mod addons;
mod attendants;
mod audit;
mod csv;
mod devices;
mod extensions;
mod gateways;
mod goodbyes;
mod interleavings;
mod inventory;
mod keep;
mod licenses;
mod lines;
mod office;
mod pins;
mod profile_keys;
mod schedules;
mod seats;
mod settings;
mod sign_in;
mod tenants;
mod trunks;
mod undecidable;
mod users;
