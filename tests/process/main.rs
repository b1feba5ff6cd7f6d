//! The program as an operator runs it: separate processes, signals, faults, and hostile peers.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[path = "../fixtures/postgres.rs"]
mod postgres;

mod checking;
mod clients;
mod commands;
mod demo;
mod disk;
mod faults;
mod floods;
mod hardening;
mod hostile;
mod least_privilege;
mod office;
mod outage;
mod passed_sockets;
mod reloading;
mod roles;
mod server;
mod serving;
mod stopping;
