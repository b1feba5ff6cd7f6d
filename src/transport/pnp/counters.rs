//! What the SIP PnP door has done since it opened, for metrics to read.

use crate::transport::Count;

/// Counts that only go up.
#[derive(Debug, Default)]
pub struct Counters {
    /// Phones that were told their URL and said so.
    pub told: Count,
    /// Phones that answered the NOTIFY with an error.
    pub declined: Count,
    /// Phones that never answered the NOTIFY.
    pub unanswered: Count,
    /// SUBSCRIBEs that got no answer: not allowed, refused, or past a cap.
    pub refused: Count,
    /// What was heard and is no SUBSCRIBE for a device's profile.
    pub ignored: Count,
    /// SUBSCRIBEs that came again and got the same answer again.
    pub repeated: Count,
    /// NOTIFYs that were sent again.
    pub retransmissions: Count,
}
