//! What the TFTP door has done since it opened, for metrics to read.

use crate::transport::Count;

/// Counts that only go up.
#[derive(Debug, Default)]
pub struct Counters {
    /// Transfers whose first packet was sent.
    pub started: Count,
    /// Transfers whose last block was acknowledged.
    pub finished: Count,
    /// Transfers that ended before: aborted, gone silent, superseded, or cut by the end of the server.
    pub failed: Count,
    /// Requests that got no transfer: refused by the handler, uploads, malformed ones, and those past a cap.
    pub refused: Count,
    /// Content bytes that clients acknowledged, in finished transfers.
    pub bytes: Count,
    /// Packets that were sent again, in transfers that have ended.
    pub retransmissions: Count,
}
