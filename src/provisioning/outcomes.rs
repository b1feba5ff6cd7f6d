//! How requests ended, for metrics to read.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{refusal::Refusal, request::Document};

/// How requests ended, since the start.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// Documents that were made.
    pub rendered: AtomicU64,
    /// Documents that were ready.
    pub ready: AtomicU64,
    /// Requests that phones expect to fail, and requests refused.
    pub refused: AtomicU64,
    /// Requests that could not be decided.
    pub undecidable: AtomicU64,
}

impl Outcomes {
    /// Counts a request without a document; the others are counted where it is known whether theirs was ready.
    pub(super) fn count(&self, outcome: &Result<Document, Refusal>) {
        let counter = match outcome {
            Ok(_) => return,
            Err(Refusal::Undecidable(_) | Refusal::Broken(_)) => &self.undecidable,
            Err(_) => &self.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
