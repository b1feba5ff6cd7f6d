//! What asking phones by SIP has done since the start, for metrics to read.

use crate::transport::Count;

/// Counts that only go up.
#[derive(Debug, Default)]
pub struct Counters {
    /// Requests that were sent, each repetition counted.
    pub sent: Count,
    /// Repetitions.
    pub retransmissions: Count,
}
