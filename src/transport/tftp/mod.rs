//! The TFTP door: datagrams in, documents out. Only reading; an upload is refused at once.
//!
//! [`TftpServer`] is given a bound socket, a [`ReadHandler`] and a shutdown signal. One task receives the requests;
//! each transfer is a task with a socket of its own, bound to the address that the client asked, so that a host with
//! several addresses answers from the right one. What is sent when is decided by [`crate::tftp::transfer`].
//!
//! | module | its job |
//! |---|---|
//! | `listener` | the well-known port: receives requests, refuses what is none |
//! | `live` | which transfers run: repeated requests, caps, the end |
//! | `session` | one request from the handler's answer to the last ACK |
//! | `socket` | the socket of one transfer: windows as one system call |
//! | `counters` | what has happened, for metrics |

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;

use crate::tftp::options::OptionLimits;

mod counters;
mod listener;
mod live;
mod pipeline;
mod session;
mod socket;

pub use counters::Counters;
pub use listener::{Draining, TftpServer};

/// What answers the read requests.
pub trait ReadHandler: Send + Sync + 'static {
    /// What stands for a content until the client has it.
    type Receipt: Send + Sync;

    /// The content of the file asked for, or why there is none. Called once per request, not per repetition.
    fn read(
        &self,
        request: ReadRequest,
    ) -> impl Future<Output = Result<(Bytes, Self::Receipt), TftpRefusal>> + Send;

    /// The client has acknowledged the whole content.
    fn delivered(&self, receipt: &Self::Receipt);
}

/// One handler may stand behind several doors.
impl<H: ReadHandler> ReadHandler for Arc<H> {
    type Receipt = H::Receipt;

    fn read(
        &self,
        request: ReadRequest,
    ) -> impl Future<Output = Result<(Bytes, H::Receipt), TftpRefusal>> + Send {
        self.as_ref().read(request)
    }

    fn delivered(&self, receipt: &H::Receipt) {
        self.as_ref().delivered(receipt);
    }
}

/// A wish to read a file.
///
/// Its `Debug` shows the length of the name only, as a name may carry a scope.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadRequest {
    /// Who asks. An IPv4 client of a dual-stack socket shows as IPv4.
    pub source: SocketAddr,
    /// The name as sent, unchanged but for what is not UTF-8. Leading slashes and backslashes are still there.
    pub name: String,
}

impl fmt::Debug for ReadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadRequest")
            .field("source", &self.source)
            .field("name.len", &self.name.len())
            .finish()
    }
}

/// Why a request gets no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TftpRefusal {
    /// There is none: ERROR 1, at once, so that the phone goes on to its next name.
    NotFound,
    /// The server cannot know: ERROR 0. The phone keeps what it has.
    Undecidable,
    /// Not now: no answer at all, so that the phone asks again. An ERROR would make it give the file up.
    Busy,
}

/// What one server grants to all clients together and to each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Transfers at the same time. A request past it gets no answer, and the phone asks again.
    pub transfers: usize,
    /// Transfers at the same time for one address. An office behind NAT is one address; and a forged one receives
    /// four small packets for each of these in four seconds, so it is not much more than an office needs.
    pub transfers_per_address: usize,
    /// The most that option negotiation grants.
    pub options: OptionLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { transfers: 4096, transfers_per_address: 512, options: OptionLimits::default() }
    }
}
