//! After a change: which phones are asked to fetch again, by whom, how often, and what is known of them then.
//!
//! Phones stand at addresses of loopback and hear SIP at its port.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

#[expect(dead_code, reason = "other tests need more of it")]
#[path = "../fixtures/bench.rs"]
mod bench;
#[path = "../fixtures/postgres.rs"]
mod postgres;
#[expect(dead_code, reason = "other tests need more of it")]
#[path = "../fixtures/site.rs"]
mod site;

mod asking;
mod fetches;
mod obstacles;
mod office;
mod touched;
mod wire;
