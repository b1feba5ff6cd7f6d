//! Accepting connections: TLS, limits and the certificates that phones meet. Knows nothing of provisioning.
//!
//! | module | its question |
//! |---|---|
//! | [`authority`] | who signs our certificates, when the operator brings none |
//! | [`identity`] | which certificate does this client get |
//! | [`expiry`] | until when do they hold |
//! | [`tls`] | how we speak TLS |
//! | [`factory`] | what is a client's own certificate worth |
//! | [`limits`] | how many may come, and how long may they take |
//! | [`accept`] | who comes in, and when do we stop |
//! | `connection` | one connection from handshake to last byte |
//! | `wire` | the bytes of one connection, and how far it has come |

pub mod accept;
pub mod authority;
mod connection;
pub mod expiry;
pub mod factory;
pub mod identity;
pub mod limits;
pub mod tls;
mod wire;
