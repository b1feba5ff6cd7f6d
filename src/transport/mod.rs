//! How bytes arrive: each door turns its wire into a request and a document into its wire. And how phones are told to ask.

mod count;
pub mod https;
pub mod notify;
pub mod pnp;
pub mod tftp;

pub use count::Count;
