//! How bytes arrive: each door turns its wire into a request and a document into its wire.

pub mod https;
pub mod tftp;
