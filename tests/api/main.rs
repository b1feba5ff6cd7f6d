//! The REST API of a running server: what it promises, what it refuses, and who may do what.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[expect(dead_code, reason = "the tests of the portal use the rest")]
#[path = "../fixtures/browser.rs"]
mod browser;
#[path = "../process/clients.rs"]
mod clients;
#[expect(dead_code, reason = "the tests of processes use the rest")]
#[path = "../process/office.rs"]
mod office;
#[path = "../fixtures/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "the tests of processes use the rest")]
#[path = "../process/server.rs"]
mod server;

mod bad_input;
mod conditions;
mod credentials;
mod description;
mod desk;
mod enrollment;
mod gateways;
mod goodbyes;
mod inventory;
mod manual;
mod pins;
mod planted;
mod profile_keys;
mod races;
mod registrar;
mod rights;
mod rotation;
mod schemathesis;
mod setup_page;
mod strangers;
mod tls;
mod users;
