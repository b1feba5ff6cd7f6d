//! TFTP as pure functions: what packets look like and what a read transfer does next. No I/O, no clock, no async.
//!
//! | module | its question |
//! |---|---|
//! | [`packet`] | which bytes are which packet (RFC 1350, RFC 2347)? |
//! | [`options`] | which of the options asked for are granted (RFC 2348, RFC 2349, RFC 7440)? |
//! | [`netascii`] | what does a text look like in the old transfer mode? |
//! | [`transfer`] | a packet came, or time ran out: what is sent now? |
//! | [`rto`] | how long to wait for an answer before sending again? |
//!
//! The server in `transport::tftp` and the simulated phone are both built on these.

pub mod netascii;
pub mod options;
pub mod packet;
pub mod rto;
pub mod transfer;

/// The size of a DATA payload when nothing else is negotiated (RFC 1350).
pub const DEFAULT_BLOCK_SIZE: u16 = 512;
