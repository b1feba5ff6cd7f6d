//! How long it goes on: hearing of changes, asking whose turn it is, watching who follows.

use std::{sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::MissedTickBehavior};

use super::{Asker, Fleet, look::Heard};
use crate::storage::StorageError;

/// How often it is looked whose turn it is.
const TICK: Duration = Duration::from_secs(1);
/// The most requests that one node has on the way; each lasts 32 seconds at most.
const ON_THE_WAY: usize = 1024;

/// How things stand, for whoever shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Phones that are asked now.
    pub open: i64,
    /// Phones that did not follow.
    pub behind: i64,
}

impl Fleet {
    /// Watches over the phones, for ever. `told` hears how things stand.
    pub async fn run<A: Asker>(self, asker: A, told: impl Fn(Standing)) {
        let (fleet, asker) = (Arc::new(self), Arc::new(asker));
        let mut away = false;
        loop {
            if let Err(error) = fleet.follow(&asker, &told, &mut away).await
                && !std::mem::replace(&mut away, true)
            {
                tracing::warn!(%error, "phones are not asked to fetch again while the database is away");
            }
            tokio::time::sleep(TICK).await;
        }
    }

    async fn follow<A: Asker>(
        self: &Arc<Self>,
        asker: &Arc<A>,
        told: &impl Fn(Standing),
        away: &mut bool,
    ) -> Result<(), StorageError> {
        let (mut heard, mut feed) = (Heard::default(), self.store.feed().await?);
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut under_way = JoinSet::new();
        self.look(&mut heard).await?;
        *away = false;
        loop {
            tokio::select! {
                changed = feed.changed() => {
                    changed?;
                    self.look(&mut heard).await?;
                    continue;
                }
                Some(_) = under_way.join_next() => continue,
                _ = tick.tick() => {}
            }
            self.watch().await?;
            told(self.standing());
            if under_way.len() >= ON_THE_WAY {
                continue;
            }
            for turn in self.take().await? {
                let (fleet, asker) = (Arc::clone(self), Arc::clone(asker));
                under_way.spawn(async move {
                    let answer = asker.ask(&turn.asking).await;
                    if let Err(error) = fleet.report(turn, answer).await {
                        tracing::warn!(%error, "could not note what a phone answered");
                    }
                });
            }
        }
    }

    /// How things stood when it was looked last.
    #[must_use]
    pub fn standing(&self) -> Standing {
        use std::sync::atomic::Ordering::Relaxed;
        Standing { open: self.counters.open.load(Relaxed), behind: self.counters.behind.load(Relaxed) }
    }
}
