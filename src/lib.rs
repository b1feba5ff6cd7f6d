//! Offhook provisions IP desk phones: a phone asks for its configuration and gets a document made for its MAC.
//!
//! The map of the crate, from the inside out. A layer names only what stands above it
//! (the exact table is in `ARCHITECTURE.md`, kept by `tests/architecture.rs`):
//!
//! | module | its question |
//! |---|---|
//! | [`domain`] | what things are: MAC, license, seat, extension, device, line, setting, secret, clock |
//! | [`net`], [`tftp`], [`sip`] | leaves: accepting connections, and TFTP and SIP as pure functions |
//! | [`config`] | what the operator may set |
//! | [`catalog`] | which phones exist, and how their files are made |
//! | [`storage`] | where it is kept |
//! | [`provisioning`] | what a phone gets |
//! | [`fleet`] | after a change: who has what, and who is asked to fetch again |
//! | [`transport`] | how the bytes arrive |
//! | [`admin`] | who changes it |
//! | [`simulator`] | a phone in software, with its memory |
//! | [`observability`] | what is happening |
//! | [`lifecycle`] | how the process starts, reloads and ends |
//! | [`cli`] | the same actions from a terminal |

pub mod admin;
pub mod app;
pub mod catalog;
pub mod cli;
pub mod config;
pub mod domain;
pub mod fleet;
pub mod lifecycle;
pub mod net;
pub mod observability;
pub mod provisioning;
pub mod simulator;
pub mod sip;
pub mod storage;
pub mod tftp;
pub mod transport;
