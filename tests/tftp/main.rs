//! TFTP: the codec and the machine under chance, the server with real clients, hostile packets and a lossy network.
//!
//! Needs the Debian packages tftp-hpa, atftp, busybox-static and curl.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what fails here fails the test")]

mod clients;
mod codec;
mod loss;
mod machine;
mod server;
mod wire;
