//! How bytes arrive: each door turns its wire into a request and a document into its wire.

mod count;
pub mod https;
pub mod pnp;
pub mod tftp;

pub use count::Count;
