//! SIP PnP in networks of their own: `sipp` and the simulator play phones, on one side of a cable each.
//!
//! Needs root (network namespaces) and the Debian packages sip-tester, iproute2 and curl. Without them every test fails
//! and says so.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test ends where a step of it fails")]

mod asking;
mod network;
mod office;
mod sipp;
mod telling;
