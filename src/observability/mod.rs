//! What is happening: logs, metrics, health. Says what it is told; knows nothing of phones.
//!
//! | module | its question |
//! |---|---|
//! | [`logging`] | what has just happened, and what is never said |
//! | [`metrics`] | how often and how many |
//! | [`health`] | can it serve, and if it serves badly, why |

pub mod health;
pub mod logging;
pub mod metrics;
