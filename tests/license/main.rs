//! The license: what is signed, what is refused, what it gives when, and the commands that make one.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

mod commands;
mod forge;
mod openssl;
mod refusals;
mod rules;
mod standing;
mod terms;
