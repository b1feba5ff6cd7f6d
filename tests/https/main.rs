//! Phones over HTTPS and HTTP: a server on loopback against curl, openssl and raw sockets.
//!
//! Needs the packages `curl` and `openssl`, and sslyze from `PyPI`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "what goes wrong in a test's own steps fails the test"
)]

mod authority;
mod bed;
mod certificates;
mod exhaustion;
mod http;
mod limits;
mod raw;
mod shutdown;
mod sslyze;
mod tls;
mod tools;
