//! When refusals leave: on a common tick that depends on when the request came, never on what was looked up for it.
//!
//! A refusal leaves at the first tick that is at least [`MARGIN`] after its request came. Up to then every refusal is
//! decided, so the time tells nothing of the reason, also to who aims a request at the moment before a tick. What takes
//! longer than the margin leaves at a later tick. Refusals of one tick leave in random order, because their order of
//! arrival here would show how long each was thought about.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until},
};

use crate::domain::Random;

/// From one tick to the next.
const PERIOD: Duration = Duration::from_millis(25);
/// What a refusal has to be decided in; a look-up in the database takes a small part of it.
const MARGIN: Duration = Duration::from_millis(25);
/// Slowed refusals that may wait for one source: less than the places that a door has for one address, so that an
/// office behind the same address keeps some.
const WAITING_PER_SOURCE: usize = 64;
/// Slowed refusals that may wait in total.
const WAITING: usize = 1024;

/// The ticks of one process.
pub struct Tick {
    random: Arc<dyn Random>,
    origin: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Who leaves at which tick.
    leaving: BTreeMap<u64, Vec<oneshot::Sender<()>>>,
    /// How many slowed refusals wait, by source.
    slowed: HashMap<IpAddr, usize>,
    slowed_in_all: usize,
}

/// Too many slowed refusals wait already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crowded;

impl Tick {
    /// Ticks from now on; `random` shuffles those who leave together.
    #[must_use]
    pub fn new(random: Arc<dyn Random>) -> Arc<Self> {
        Arc::new(Self { random, origin: Instant::now(), state: Mutex::default() })
    }

    /// Waits until the refusal of a request that came at `came` from `source` may leave, `slower` than others. Where too
    /// many wait like this, it is not made slower, but [`Crowded`].
    pub(super) async fn leave(
        self: &Arc<Self>,
        came: Instant,
        source: IpAddr,
        slower: Duration,
    ) -> Result<(), Crowded> {
        let place = if slower.is_zero() { None } else { Some(self.take_place(source)) };
        let slower = if matches!(place, Some(None)) { Duration::ZERO } else { slower };
        let decided = self.origin.elapsed();
        let left = self.at(tick_of(came.duration_since(self.origin), decided, slower));
        // a task that releases those who leave together ends with the process at worst
        let _ = left.await;
        if matches!(place, Some(None)) { Err(Crowded) } else { Ok(()) }
    }

    /// Waits for a tick.
    fn at(self: &Arc<Self>, tick: u64) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        let leaving = state.leaving.entry(tick).or_default();
        let first = leaving.is_empty();
        leaving.push(sender);
        drop(state);
        if first {
            tokio::spawn(Arc::clone(self).release(tick));
        }
        receiver
    }

    /// Lets those go who leave at `tick`.
    async fn release(self: Arc<Self>, tick: u64) {
        let after = u64::try_from(PERIOD.as_nanos()).unwrap_or(u64::MAX).saturating_mul(tick);
        sleep_until(self.origin + Duration::from_nanos(after)).await;
        let mut leaving = self.state().leaving.remove(&tick).unwrap_or_default();
        self.shuffle(&mut leaving);
        for sender in leaving {
            // whoever does not wait any more has gone away
            let _ = sender.send(());
        }
    }

    fn shuffle<T>(&self, of: &mut [T]) {
        let mut bytes = vec![0; of.len() * 8];
        self.random.fill(&mut bytes);
        let (draws, _) = bytes.as_chunks::<8>();
        for (at, draw) in draws.iter().enumerate().skip(1) {
            let other = u64::from_le_bytes(*draw) % (at as u64 + 1);
            of.swap(at, usize::try_from(other).unwrap_or(at));
        }
    }

    fn take_place(self: &Arc<Self>, source: IpAddr) -> Option<Place> {
        let source = counted_as(source);
        let mut state = self.state();
        let waiting = state.slowed.get(&source).copied().unwrap_or(0);
        if waiting >= WAITING_PER_SOURCE || state.slowed_in_all >= WAITING {
            return None;
        }
        state.slowed.insert(source, waiting + 1);
        state.slowed_in_all += 1;
        Some(Place { tick: Arc::clone(self), source })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tick").field("slowed", &self.state().slowed_in_all).finish_non_exhaustive()
    }
}

/// One slowed refusal's place; dropping it frees the place.
struct Place {
    tick: Arc<Tick>,
    source: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.tick.state();
        state.slowed_in_all -= 1;
        if let Some(waiting) = state.slowed.get_mut(&self.source) {
            *waiting -= 1;
            if *waiting == 0 {
                state.slowed.remove(&self.source);
            }
        }
    }
}

/// The first tick that is at least the margin after a request came, and not before it was decided; all since the origin.
fn tick_of(came: Duration, decided: Duration, slower: Duration) -> u64 {
    let due = (came + MARGIN + slower).max(decided);
    u64::try_from(due.as_nanos().div_ceil(PERIOD.as_nanos())).unwrap_or(u64::MAX)
}

/// An IPv6 host owns its whole /64 (RFC 4291 §2.5.4) and could come from any address in it.
pub(super) fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[test]
    fn what_is_decided_within_the_margin_leaves_at_the_same_tick_whatever_it_took() {
        let millis = Duration::from_millis;
        for (came, expected) in [(0, 1), (1, 2), (24, 2), (25, 2), (26, 3), (49, 3), (50, 3), (51, 4)] {
            for took in [0, 1, 10, 25] {
                assert_eq!(
                    tick_of(millis(came), millis(came + took), Duration::ZERO),
                    expected,
                    "{came} {took}"
                );
                assert_eq!(tick_of(millis(came), millis(came + took), millis(2000)), expected + 80);
            }
        }
        assert_eq!(
            tick_of(millis(0), millis(26), Duration::ZERO),
            2,
            "what takes longer leaves at a later tick"
        );
        assert_eq!(tick_of(millis(0), millis(1000), millis(100)), 40);
    }

    #[tokio::test]
    async fn slowed_refusals_take_bounded_places_and_free_them() {
        let tick = Tick::new(Arc::new(SystemRandom));
        let slow = Duration::from_millis(300);
        let wait = |source: &str| {
            let (tick, source) = (Arc::clone(&tick), source.parse().unwrap());
            async move { tick.leave(Instant::now(), source, slow).await }
        };
        let waiting: Vec<_> = (0..WAITING_PER_SOURCE).map(|_| tokio::spawn(wait("2001:db8::1"))).collect();
        while tick.state().slowed_in_all < WAITING_PER_SOURCE {
            tokio::task::yield_now().await;
        }
        assert_eq!(wait("2001:db8::2").await, Err(Crowded), "the same /64");
        assert_eq!(wait("192.0.2.1").await, Ok(()), "another source has its own places");
        for waiting in waiting {
            assert_eq!(waiting.await.unwrap(), Ok(()));
        }
        let state = tick.state();
        assert!(state.slowed.is_empty() && state.slowed_in_all == 0 && state.leaving.is_empty());
    }
}
