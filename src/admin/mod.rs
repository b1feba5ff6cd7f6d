//! Who changes what is kept: use cases that the command line, the REST API and the portal share.

pub mod actions;
pub mod api;
mod auth;
pub mod dhcp;
pub mod door;
pub mod pbx;
pub mod portal;
pub mod setup_page;
pub mod status;
