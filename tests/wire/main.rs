//! A whole server on loopback, asked by real clients: the same bytes to each, and the same refusal for every reason.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/postgres.rs"]
mod postgres;
#[path = "../fixtures/running.rs"]
mod running;

mod bootstrap;
mod certificates;
mod clients;
mod goodbyes;
mod island;
mod linphone;
mod lives;
mod passwords;
mod refusals;
mod timing;
mod walks;
