//! The portal in a real browser: what administrators do, what nobody may, and how every page looks.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/browser.rs"]
mod browser;
#[expect(dead_code, reason = "the tests of processes use the rest")]
#[path = "../process/clients.rs"]
mod clients;
#[expect(dead_code, unused_macros, unused_imports, reason = "the tests of processes use the rest")]
#[path = "../process/office.rs"]
mod office;
#[path = "../fixtures/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "the tests of processes use the rest")]
#[path = "../process/server.rs"]
mod server;

mod company;
mod journey;
mod looks;
mod operator;
mod strangers;
