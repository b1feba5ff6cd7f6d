//! After a change: which phones are touched, what they should have and have, and who of them is asked to fetch again.
//!
//! What a phone *has* was noted when it fetched. What is *wanted* is computed: the documents of each device that a change
//! touched are made as if it asked, and go nowhere. Where the two differ, and the phone was seen before, it is asked: by
//! one node, which has taken it by compare-and-set in the store; then it is watched until it has what it should, asked
//! again with growing pauses, and given up in the end, which is shown.
//!
//! | module | its question |
//! |---|---|
//! | `look` | what has changed, and whom does it touch |
//! | `judge` | does a phone have what it should, and can it be asked |
//! | `turn` | whose turn is it to be asked, and what came of it |
//! | `course` | how long it goes on: hearing, asking, watching |

mod course;
mod judge;
mod look;
mod pace;
mod turn;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64},
    },
};

pub use course::Standing;
pub use look::Heard;
pub use pace::Pace;
pub use turn::Turn;

use crate::{
    domain::{Clock, Mac, Random, Secret},
    provisioning::Provisioner,
    storage::Store,
};

/// Watches over the phones of this installation. One per node; several nodes share the work through the store.
pub struct Fleet {
    provisioner: Arc<Provisioner>,
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    pace: Pace,
    /// Whether requests go through a proxy, which finds phones wherever they are.
    through_proxy: bool,
    counters: Arc<FleetCounters>,
}

/// What has happened since the start, and how things stand.
#[derive(Debug, Default)]
pub struct FleetCounters {
    /// Times that a phone was asked to fetch again.
    pub asked: AtomicU64,
    /// Times that one said it would.
    pub answered: AtomicU64,
    /// Phones that fetched what they should have.
    pub followed: AtomicU64,
    /// Phones that did not, however often they were asked.
    pub gave_up: AtomicU64,
    /// Phones that are asked now, of all nodes.
    pub open: AtomicI64,
    /// Phones that did not follow, of all nodes.
    pub behind: AtomicI64,
    /// Phones that should fetch and cannot be asked, of all nodes.
    pub out_of_reach: AtomicI64,
}

/// One phone that is to be asked now, by whoever got this.
#[derive(Clone, Debug)]
pub struct Asking {
    /// Its MAC, for the log.
    pub mac: Mac,
    /// The address that it was last seen at.
    pub address: IpAddr,
    /// The UDP port where it listens.
    pub port: u16,
    /// The SIP user that it is known by.
    pub user: String,
    /// Its SIP domain.
    pub domain: String,
    /// The user's password, where it still is the one of a line of this phone.
    pub password: Option<Secret>,
    /// What it is asked, as its vendor writes it.
    pub event: String,
}

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A final answer with this status.
    Status(u16),
    /// None came.
    Silence,
}

/// Who asks phones.
pub trait Asker: Send + Sync + 'static {
    /// Asks one phone.
    fn ask(&self, asking: &Asking) -> impl Future<Output = Answer> + Send;
}

impl Fleet {
    /// A fleet of the devices that `provisioner` serves.
    #[must_use]
    pub fn new(
        provisioner: Arc<Provisioner>,
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        pace: Pace,
    ) -> Self {
        Self { provisioner, store, clock, random, pace, through_proxy: false, counters: Arc::default() }
    }

    /// The same, asking phones through a proxy: then it is no matter where they stand.
    #[must_use]
    pub fn through_proxy(mut self, through_proxy: bool) -> Self {
        self.through_proxy = through_proxy;
        self
    }

    /// What this node counts.
    #[must_use]
    pub fn counters(&self) -> Arc<FleetCounters> {
        Arc::clone(&self.counters)
    }
}
