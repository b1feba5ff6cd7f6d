//! Walks over MACs: who asks for many different MACs that are no devices of what it may ask for.
//!
//! Such MACs are counted per source (IPv6: one /64) and per tenant whose scope was used, over the last five to ten
//! minutes. Past [`MANY`] of them it is a walk: it is reported, and refusals to that source, or in that scope, are
//! slowed more and more. What is authorized goes on at full speed, so an office behind the same address only notices by
//! phones that would be refused anyway.
//!
//! The table has a fixed size, since sources of datagrams can be forged: whoever shows the fewest MACs leaves first.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::IpAddr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use super::{sketch::Sketch, tick::counted_as};
use crate::{
    domain::{Mac, TenantId, Timestamp},
    storage::SeenWalk,
};

/// So many different MACs are a walk: more than new phones that stand in an office's boxes, far fewer than the 16
/// million of one maker.
const MANY: u64 = 256;
/// The same for all sources that use one tenant's scope.
const MANY_OF_TENANT: u64 = 4 * MANY;
/// Of a source that shows more MACs than this, further ones are not noted one by one: the ring of unknown phones has
/// room for 1000, and other sources' phones belong there too.
const NOTED: u64 = 500;
/// How long half the window is: what was seen before the last half and the one before it is forgotten.
const HALF_SECONDS: i64 = 300;
/// What the first step slows refusals by; each doubling of the MACs doubles it.
const FIRST_STEP: Duration = Duration::from_millis(50);
/// The most that a refusal is slowed by: phones give up after some seconds.
const SLOWEST: Duration = Duration::from_secs(2);

/// The source of a walk in one tenant's scope.
const EVERYBODY: &str = "all sources";

/// The table: this many sets, found by a keyed hash, with this many places each.
const SETS: usize = 512;
const PLACES: usize = 8;

/// Who asks for which MACs, and which of them walk.
pub(super) struct Walks {
    sets: Box<[Mutex<Vec<Entry>>]>,
    hasher: RandomState,
    begun: AtomicU64,
    /// Told when a walk begins.
    pub(super) alarm: Notify,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Walker {
    Source(IpAddr),
    Tenant(TenantId),
}

struct Entry {
    walker: Walker,
    /// MACs of this half of the window, and of the one before.
    halves: [Sketch; 2],
    half_began: Timestamp,
    macs: u64,
    walk: Option<SeenWalk>,
    /// How many MACs the walk had when it was noted last.
    noted_macs: u64,
}

/// One refused request, as far as walks go by it.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) source: IpAddr,
    pub(super) door: &'a str,
    pub(super) tenant: Option<&'a TenantId>,
    pub(super) mac: Mac,
    pub(super) now: Timestamp,
}

/// What a step led to.
#[derive(Default)]
pub(super) struct Taken {
    /// Walks that began, or that have come far since they were noted last.
    pub(super) to_note: Vec<SeenWalk>,
    /// The source shows so many MACs that this one is not worth a note.
    pub(super) lost_in_the_crowd: bool,
}

impl Walks {
    pub(super) fn new() -> Self {
        Self {
            sets: (0..SETS).map(|_| Mutex::default()).collect(),
            hasher: RandomState::new(),
            begun: AtomicU64::new(0),
            alarm: Notify::new(),
        }
    }

    /// Counts a MAC that is no device of what the request may ask for.
    pub(super) fn saw(&self, step: Step<'_>) -> Taken {
        let hash = self.hasher.hash_one(step.mac.bytes());
        let mut taken = Taken::default();
        let walkers = [
            Some(Walker::Source(counted_as(step.source))),
            step.tenant.map(|tenant| Walker::Tenant(tenant.clone())),
        ];
        for walker in walkers.into_iter().flatten() {
            let of_source = matches!(walker, Walker::Source(_));
            self.with_entry(walker, step.now, |entry| {
                entry.add(hash, step);
                taken.to_note.extend(entry.due_note());
                taken.lost_in_the_crowd |= of_source && entry.macs > NOTED;
            });
        }
        for walk in taken.to_note.iter().filter(|walk| walk.requests == 1) {
            self.begun.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(
                source = %walk.source, door = %walk.door, macs = walk.macs,
                "{} walks over MACs: {} different ones that are no devices, last over {}",
                walk.source, walk.macs, walk.door
            );
            self.alarm.notify_one();
        }
        taken
    }

    /// How much slower than others a refusal is, to this source and in this scope: never by what was asked for.
    pub(super) fn slower(&self, source: IpAddr, tenant: Option<&TenantId>, now: Timestamp) -> Duration {
        let of = |walker: &Walker| self.look(walker, now, Entry::slower).unwrap_or_default();
        let by_source = of(&Walker::Source(counted_as(source)));
        tenant.map_or(by_source, |tenant| by_source.max(of(&Walker::Tenant(tenant.clone()))))
    }

    /// The walks that go on.
    pub(super) fn going_on(&self, now: Timestamp) -> Vec<SeenWalk> {
        let mut walks = Vec::new();
        for set in &self.sets {
            for entry in &mut *lock(set) {
                entry.forget_old(now);
                walks.extend(entry.walk.clone());
            }
        }
        walks.sort_by(|one, two| one.source.cmp(&two.source));
        walks
    }

    /// How many walks began since the start.
    pub(super) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    fn set_of(&self, walker: &Walker) -> &Mutex<Vec<Entry>> {
        let hash = self.hasher.hash_one(walker);
        &self.sets[usize::try_from(hash % SETS as u64).unwrap_or(0)]
    }

    fn look<T>(&self, walker: &Walker, now: Timestamp, of: impl FnOnce(&Entry) -> T) -> Option<T> {
        let mut set = lock(self.set_of(walker));
        let entry = set.iter_mut().find(|entry| entry.walker == *walker)?;
        entry.forget_old(now);
        Some(of(entry))
    }

    fn with_entry(&self, walker: Walker, now: Timestamp, with: impl FnOnce(&mut Entry)) {
        let mut set = lock(self.set_of(&walker));
        let at = if let Some(at) = set.iter().position(|entry| entry.walker == walker) {
            set[at].forget_old(now);
            at
        } else {
            let entry = Entry::new(walker, now);
            if set.len() < PLACES {
                set.push(entry);
                set.len() - 1
            } else {
                set.iter_mut().for_each(|entry| entry.forget_old(now));
                let fewest = (0..PLACES).min_by_key(|at| set[*at].macs).unwrap_or(0);
                set[fewest] = entry;
                fewest
            }
        };
        with(&mut set[at]);
    }
}

impl Walker {
    const fn many(&self) -> u64 {
        match self {
            Self::Source(_) => MANY,
            Self::Tenant(_) => MANY_OF_TENANT,
        }
    }
}

impl Entry {
    const fn new(walker: Walker, now: Timestamp) -> Self {
        Self {
            walker,
            halves: [Sketch::EMPTY, Sketch::EMPTY],
            half_began: now,
            macs: 0,
            walk: None,
            noted_macs: 0,
        }
    }

    fn forget_old(&mut self, now: Timestamp) {
        if now < self.half_began.plus_seconds(HALF_SECONDS) {
            return;
        }
        let long_ago = now >= self.half_began.plus_seconds(2 * HALF_SECONDS);
        let last = std::mem::replace(&mut self.halves[0], Sketch::EMPTY);
        self.halves[1] = if long_ago { Sketch::EMPTY } else { last };
        self.half_began = now;
        self.count();
        if self.macs < self.walker.many() {
            self.walk = None;
            self.noted_macs = 0;
        }
    }

    fn count(&mut self) {
        let [one, two] = &self.halves;
        self.macs = one.estimate_with(two);
    }

    fn add(&mut self, hash: u64, step: Step<'_>) {
        if self.halves[0].add(hash) {
            self.count();
        }
        if self.macs < self.walker.many() && self.walk.is_none() {
            return;
        }
        let walk = self.walk.get_or_insert_with(|| SeenWalk {
            source: match &self.walker {
                Walker::Source(IpAddr::V6(network)) => format!("{network}/64"),
                Walker::Source(address) => address.to_string(),
                Walker::Tenant(_) => EVERYBODY.to_owned(),
            },
            tenant: step.tenant.cloned(),
            door: String::new(),
            began_at: step.now,
            seen_at: step.now,
            macs: 0,
            requests: 0,
        });
        step.door.clone_into(&mut walk.door);
        walk.seen_at = step.now;
        walk.macs = walk.macs.max(i64::try_from(self.macs).unwrap_or(i64::MAX));
        walk.requests += 1;
    }

    /// The walk, when it has begun or grown by an eighth since it was noted last.
    fn due_note(&mut self) -> Option<SeenWalk> {
        let walk = self.walk.as_ref()?;
        if self.macs < self.noted_macs + self.noted_macs.div_ceil(8) || self.noted_macs == self.macs {
            return None;
        }
        self.noted_macs = self.macs;
        Some(walk.clone())
    }

    fn slower(&self) -> Duration {
        if self.walk.is_none() {
            return Duration::ZERO;
        }
        let doublings = (self.macs / self.walker.many()).max(1).ilog2();
        FIRST_STEP.saturating_mul(1 << doublings.min(16)).min(SLOWEST)
    }
}

fn lock<T>(of: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn mac(number: u32) -> Mac {
        Mac::parse(&format!("805ec0{number:06x}")).unwrap()
    }

    fn step(source: &str, number: u32, now: Timestamp) -> Step<'_> {
        Step { source: source.parse().unwrap(), door: "https", tenant: None, mac: mac(number), now }
    }

    fn slower(walks: &Walks, source: &str, now: Timestamp) -> Duration {
        walks.slower(source.parse().unwrap(), None, now)
    }

    #[test]
    fn a_walk_is_slowed_more_and_more_and_told_and_others_are_not() {
        let walks = Walks::new();
        let (mut noted, mut steps) = (Vec::new(), vec![Duration::ZERO]);
        for number in 0..16_384 {
            let taken = walks.saw(step("192.0.2.7", number, START));
            assert!(taken.lost_in_the_crowd || number < 700, "{number}");
            noted.extend(taken.to_note);
            let slower = slower(&walks, "192.0.2.7", START);
            if steps.last() != Some(&slower) {
                steps.push(slower);
            }
        }
        let expected = [0, 50, 100, 200, 400, 800, 1600, 2000];
        // the estimate wavers around 2^14 / 256
        assert!(expected.map(Duration::from_millis).starts_with(&steps) && steps.len() >= 7, "{steps:?}");
        assert_eq!(slower(&walks, "192.0.2.8", START), Duration::ZERO);
        assert!(noted.len() < 60, "{} notes", noted.len());
        let [began, .., last] = &noted[..] else { panic!("{noted:?}") };
        assert!((200..320).contains(&began.macs) && began.requests == 1, "{began:?}");
        assert!((11_000..22_000).contains(&last.macs) && last.source == "192.0.2.7", "{last:?}");
        assert_eq!((walks.begun(), walks.going_on(START).len()), (1, 1));
    }

    #[test]
    fn an_office_that_asks_again_and_again_is_no_walk() {
        let walks = Walks::new();
        for number in (0..100).cycle().take(10_000) {
            assert!(walks.saw(step("192.0.2.7", number, START)).to_note.is_empty());
        }
        assert_eq!(slower(&walks, "192.0.2.7", START), Duration::ZERO);
    }

    #[test]
    fn a_walk_ends_when_it_is_ten_minutes_old() {
        let walks = Walks::new();
        for number in 0..400 {
            walks.saw(step("2001:db8::1", number, START));
        }
        assert_ne!(slower(&walks, "2001:db8::ffff", START.plus_seconds(301)), Duration::ZERO);
        assert_eq!(walks.going_on(START)[0].source, "2001:db8::/64");
        assert_eq!(slower(&walks, "2001:db8::1", START.plus_seconds(602)), Duration::ZERO);
        assert!(walks.going_on(START.plus_seconds(602)).is_empty());
    }

    #[test]
    fn many_sources_in_one_scope_are_a_walk_too() {
        let walks = Walks::new();
        let tenant = TenantId::stored("t");
        for number in 0..2000 {
            let source = format!("198.18.{}.{}", number / 200, number % 200);
            walks.saw(Step { tenant: Some(&tenant), ..step(&source, number, START) });
        }
        assert_ne!(walks.slower("192.0.2.1".parse().unwrap(), Some(&tenant), START), Duration::ZERO);
        assert_eq!(slower(&walks, "192.0.2.1", START), Duration::ZERO);
        let walk = &walks.going_on(START)[0];
        assert_eq!((&*walk.source, walk.tenant.as_ref()), (EVERYBODY, Some(&tenant)));
    }

    #[test]
    fn forged_sources_fill_no_more_than_the_table_and_push_out_no_walk() {
        let walks = Walks::new();
        for number in 0..300 {
            walks.saw(step("192.0.2.7", number, START));
        }
        for number in 0..100_000_u32 {
            let source = std::net::Ipv4Addr::from(0x0a00_0000 + number).to_string();
            walks.saw(step(&source, number, START));
        }
        assert!(walks.sets.iter().all(|set| lock(set).len() <= PLACES));
        assert_ne!(slower(&walks, "192.0.2.7", START), Duration::ZERO);
    }
}
