//! A boot storm: many phones at once, each with a connection of its own, as after a power cut.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::boot::{Boot, boot};
use super::fetch::Network;
use super::memory::Memory;
use super::model::PhoneModel;
use super::url::{InvalidUrl, ProvisioningUrl};
use crate::domain::Mac;

/// Which phones boot.
#[derive(Clone, Debug)]
pub enum Phones {
    /// These.
    List(Vec<Mac>),
    /// So many with MACs counted up from the first.
    Counted {
        /// The first MAC.
        first: Mac,
        /// How many.
        count: u32,
    },
}

/// Why a MAC cannot be counted up so far.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{count} phones from {first} on leave the maker's range {oui}", oui = first.oui())]
pub struct TooManyPhones {
    first: Mac,
    count: u32,
}

/// A boot storm.
#[derive(Clone, Debug)]
pub struct Storm {
    /// The model of all its phones.
    pub model: PhoneModel,
    /// Its phones.
    pub phones: Phones,
    /// The provisioning URL with the vendor's placeholders.
    pub url: String,
    /// How many phones boot at once, at most.
    pub concurrency: usize,
    /// How many phones start per second, at most; none: as fast as concurrency allows.
    pub rate: Option<f64>,
    /// How long each phone may take.
    pub within: Duration,
}

/// What came of a storm.
#[derive(Clone, Debug)]
pub struct StormResult {
    /// How many phones booted, well or not.
    pub phones: usize,
    /// How many of them got each file of their pack that phones do not expect to be missing.
    pub succeeded: usize,
    /// From the first start to the last end.
    pub took: Duration,
    /// The time that half of the phones stayed below, failed ones included.
    pub p50: Duration,
    /// The time that 99 of 100 phones stayed below, failed ones included.
    pub p99: Duration,
    /// The slowest phone.
    pub max: Duration,
    /// The size of all documents together.
    pub bytes: u64,
    /// The first fault of each phone that had one, counted by kind.
    pub faults: BTreeMap<String, usize>,
}

impl Phones {
    /// Phones with MACs counted up from the first, within the maker's range.
    pub fn counted(first: Mac, count: u32) -> Result<Self, TooManyPhones> {
        let [_, _, _, high, middle, low] = first.bytes();
        let start = u32::from_be_bytes([0, high, middle, low]);
        match start.checked_add(count) {
            Some(end) if end <= 1 << 24 => Ok(Self::Counted { first, count }),
            _ => Err(TooManyPhones { first, count }),
        }
    }

    /// How many.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::List(macs) => macs.len(),
            Self::Counted { count, .. } => usize::try_from(*count).unwrap_or(usize::MAX),
        }
    }

    /// Their MACs.
    fn macs(&self) -> Box<dyn Iterator<Item = Mac> + Send + '_> {
        match self {
            Self::List(macs) => Box::new(macs.iter().copied()),
            Self::Counted { first, count } => Box::new((0..*count).filter_map(|step| nth(*first, step))),
        }
    }
}

/// The MAC `step` after `first` within its maker's range.
fn nth(first: Mac, step: u32) -> Option<Mac> {
    let [_, _, _, high, middle, low] = first.bytes();
    let own = u32::from_be_bytes([0, high, middle, low]).checked_add(step)?;
    Mac::parse(&format!("{}{own:06x}", first.oui())).ok()
}

impl Storm {
    /// Lets all phones boot. `progress` is told after each phone how many are done.
    pub async fn run(
        &self,
        network: &Network,
        mut progress: impl FnMut(usize) + Send,
    ) -> Result<StormResult, InvalidUrl> {
        let started = Instant::now();
        let mut tally = Tally::with_room_for(self.phones.count());
        let mut running = JoinSet::new();
        for (index, mac) in self.phones.macs().enumerate() {
            let url = ProvisioningUrl::parse(&self.model.fill_in(&self.url, mac))?;
            while running.len() >= self.concurrency.max(1) {
                tally.joined(running.join_next().await, &mut progress);
            }
            self.wait_for_turn(index, started, &mut running, &mut tally, &mut progress).await;
            let (network, within) = (network.clone(), self.within);
            let mut memory = Memory::factory(self.model.clone(), mac);
            running.spawn(async move { boot(&mut memory, &url, &network, within).await });
        }
        while !running.is_empty() {
            tally.joined(running.join_next().await, &mut progress);
        }
        Ok(tally.result(started.elapsed()))
    }

    /// Waits until phone `index` may start. Turns are counted from the start of the storm, so that a late phone does
    /// not make the later ones late.
    async fn wait_for_turn(
        &self,
        index: usize,
        started: Instant,
        running: &mut JoinSet<Boot>,
        tally: &mut Tally,
        progress: &mut (impl FnMut(usize) + Send),
    ) {
        let Some(turn) = self.turn(index) else { return };
        let turn = tokio::time::sleep_until(started + turn);
        tokio::pin!(turn);
        loop {
            tokio::select! {
                biased;
                () = &mut turn => return,
                joined = running.join_next(), if !running.is_empty() => tally.joined(joined, progress),
            }
        }
    }

    /// When phone `index` may start, counted from the start of the storm.
    fn turn(&self, index: usize) -> Option<Duration> {
        let rate = self.rate?;
        let index = f64::from(u32::try_from(index).unwrap_or(u32::MAX));
        Duration::try_from_secs_f64(index / rate).ok()
    }
}

/// What is kept of the phones that are done: one number each, and a count per kind of fault.
struct Tally {
    micros: Vec<u32>,
    succeeded: usize,
    bytes: u64,
    faults: BTreeMap<String, usize>,
}

impl Tally {
    fn with_room_for(phones: usize) -> Self {
        Self { micros: Vec::with_capacity(phones), succeeded: 0, bytes: 0, faults: BTreeMap::new() }
    }

    fn joined(&mut self, joined: Option<Result<Boot, JoinError>>, progress: &mut impl FnMut(usize)) {
        match joined {
            Some(Ok(boot)) => self.count(&boot),
            // A panic in a phone's task is a mistake of ours; it goes on as one.
            Some(Err(error)) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => return,
            },
            None => return,
        }
        progress(self.micros.len());
    }

    fn count(&mut self, boot: &Boot) {
        self.micros.push(u32::try_from(boot.took.as_micros()).unwrap_or(u32::MAX));
        self.bytes = self.bytes.saturating_add(u64::try_from(boot.bytes()).unwrap_or(u64::MAX));
        match boot.first_fault() {
            Some(asked) => *self.faults.entry(asked.outcome.word()).or_default() += 1,
            None if boot.got_something() => self.succeeded += 1,
            None => *self.faults.entry("no document".to_owned()).or_default() += 1,
        }
    }

    fn result(mut self, took: Duration) -> StormResult {
        self.micros.sort_unstable();
        StormResult {
            phones: self.micros.len(),
            succeeded: self.succeeded,
            took,
            p50: self.below(50),
            p99: self.below(99),
            max: self.below(100),
            bytes: self.bytes,
            faults: self.faults,
        }
    }

    /// The smallest time that `percent` of the sorted times do not exceed (nearest rank).
    fn below(&self, percent: usize) -> Duration {
        let rank = (self.micros.len() * percent).div_ceil(100).max(1);
        Duration::from_micros(self.micros.get(rank - 1).copied().unwrap_or_default().into())
    }
}

impl StormResult {
    /// Phones that got what they asked for, per second.
    #[must_use]
    pub fn phones_per_second(&self) -> f64 {
        let succeeded = f64::from(u32::try_from(self.succeeded).unwrap_or(u32::MAX));
        succeeded / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macs_are_counted_within_the_maker_s_range() {
        let first = Mac::parse("001565fffffe").unwrap();
        let macs: Vec<_> = Phones::counted(first, 2).unwrap().macs().map(|mac| mac.to_string()).collect();
        assert_eq!(macs, ["001565fffffe", "001565ffffff"]);
        assert!(Phones::counted(first, 3).is_err());
    }

    #[test]
    fn percentiles_are_times_that_occurred() {
        let mut tally = Tally::with_room_for(0);
        assert_eq!(tally.below(99), Duration::ZERO);
        tally.micros = (1..=200).collect();
        let micros = |percent| tally.below(percent).as_micros();
        assert_eq!((micros(50), micros(99), micros(100)), (100, 198, 200));
    }
}
