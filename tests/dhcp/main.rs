//! What `offhook dhcp` prints: loaded into real DHCP servers that a real client asks, compared with what was read by eye,
//! and refused where it cannot be said.
//!
//! The servers and the client stand in network namespaces of their own, which needs root.

#![expect(clippy::unwrap_used, reason = "a test ends where a step of it fails")]

mod handed;
mod lan;
mod office;
mod phone;
mod refused;
mod servers;
mod texts;
