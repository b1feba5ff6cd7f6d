//! The catalog from outside: what is recognized, what a pack may not say, what a value cannot do.

#![expect(clippy::unwrap_used, reason = "a test whose ground is missing must fail")]

mod documents;
mod explained;
mod mistakes;
mod packs;
mod phone;
mod recognition;
mod rendering;
mod secrets;
