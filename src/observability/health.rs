//! Health: whether the process can serve, and what is wrong while it does.
//!
//! Two things are told apart. A *latch* is something that must be there before the first request; the process is ready
//! once all are set. A *fault* is something wrong with a process that goes on serving: an old catalog in place of a
//! broken one, phones from memory while the database is away. A fault is shown and does not end readiness, as a load
//! balancer that took every node out for it would leave the phones with nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{Clock, Timestamp};

/// The health of a process. Cheap to clone; all clones speak of the same process.
#[derive(Clone)]
pub struct Health {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    waiting_for: Vec<&'static str>,
    faults: BTreeMap<&'static str, Fault>,
    stopping: bool,
}

#[derive(Debug)]
struct Fault {
    why: String,
    since: Timestamp,
}

/// Something that must be there before the process is ready. Dropped without [`Latch::set`], it stays missing.
#[derive(Debug)]
#[must_use = "the process is not ready before it is set"]
pub struct Latch {
    health: Health,
    what: &'static str,
}

/// Whether the process can serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Something is not there yet.
    Starting,
    /// It serves as it should.
    Ready,
    /// It serves, but something is wrong.
    Degraded,
    /// It takes no new work.
    Stopping,
}

impl Health {
    /// Nothing to wait for, nothing wrong.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::default() }
    }

    /// Says that the process is not ready without `what`.
    pub fn latch(&self, what: &'static str) -> Latch {
        self.state().waiting_for.push(what);
        Latch { health: self.clone(), what }
    }

    /// Says that something is wrong with `what`, in words for the operator and without secrets. Said again, the newer
    /// words count and the older time.
    pub fn fault(&self, what: &'static str, why: impl Into<String>) {
        let (why, since) = (why.into(), self.clock.now());
        let mut state = self.state();
        let since = state.faults.get(what).map_or(since, |known| known.since);
        if state.faults.insert(what, Fault { why: why.clone(), since }).is_none_or(|known| known.why != why) {
            tracing::warn!("{what}: {why}");
        }
    }

    /// Says that nothing is wrong with `what` any more.
    pub fn mended(&self, what: &'static str) {
        if self.state().faults.remove(what).is_some() {
            tracing::info!("{what}: all right again");
        }
    }

    /// Says that the process takes no new work.
    pub fn stopping(&self) {
        self.state().stopping = true;
    }

    /// Whether the process can serve.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.state().readiness()
    }

    /// All of it, for programs.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let state = self.state();
        let faults: Vec<serde_json::Value> = state
            .faults
            .iter()
            .map(|(what, fault)| {
                serde_json::json!({ "what": what, "why": fault.why, "since": fault.since.to_string() })
            })
            .collect();
        serde_json::json!({
            "status": state.readiness().as_str(),
            "waiting_for": state.waiting_for,
            "faults": faults,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Health {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Health").field(&*self.state()).finish()
    }
}

impl State {
    fn readiness(&self) -> Readiness {
        if self.stopping {
            Readiness::Stopping
        } else if !self.waiting_for.is_empty() {
            Readiness::Starting
        } else if self.faults.is_empty() {
            Readiness::Ready
        } else {
            Readiness::Degraded
        }
    }
}

impl Latch {
    /// Says that it is there.
    pub fn set(self) {
        let mut state = self.health.state();
        if let Some(at) = state.waiting_for.iter().position(|what| *what == self.what) {
            state.waiting_for.remove(at);
        }
    }
}

impl Readiness {
    /// A word for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Stopping => "stopping",
        }
    }

    /// Whether new work should come here.
    #[must_use]
    pub const fn takes_work(self) -> bool {
        matches!(self, Self::Ready | Self::Degraded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SteppedClock;

    fn health() -> (Health, Arc<SteppedClock>) {
        let clock = Arc::new(SteppedClock::at(Timestamp::from_seconds(1_800_000_000)));
        (Health::new(Arc::clone(&clock) as Arc<dyn Clock>), clock)
    }

    #[test]
    fn ready_is_who_waits_for_nothing() {
        let (health, _) = health();
        let (catalog, database) = (health.latch("catalog"), health.latch("database"));
        catalog.set();
        assert_eq!(health.readiness(), Readiness::Starting);
        assert_eq!(health.json()["waiting_for"], serde_json::json!(["database"]));
        database.set();
        assert_eq!(health.readiness(), Readiness::Ready);
        health.stopping();
        assert!(!health.readiness().takes_work());
    }

    #[test]
    fn a_latch_that_is_dropped_was_not_set() {
        let (health, _) = health();
        drop(health.latch("catalog"));
        assert_eq!(health.readiness(), Readiness::Starting);
    }

    #[test]
    fn a_fault_is_shown_since_it_began_and_ends_no_readiness() {
        let (health, clock) = health();
        health.fault("database", "connection refused");
        clock.set(Timestamp::from_seconds(1_800_000_060));
        health.fault("database", "timed out");
        assert!(health.readiness().takes_work());
        assert_eq!(
            health.json()["faults"],
            serde_json::json!([{ "what": "database", "why": "timed out", "since": "2027-01-15T08:00:00Z" }])
        );
        health.mended("database");
        assert_eq!(health.readiness(), Readiness::Ready);
    }
}
