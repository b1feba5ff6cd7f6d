//! Phones in software: what they remember, how they boot, and how a storm of them is counted.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where it cannot go on")]

mod boot;
mod cli;
mod grandstream;
mod linphone;
mod memory_file;
mod packs;
mod snom;
mod storm;
mod tftp;
mod tls;
mod web;
mod yealink;
