//! How fast phones are asked, and how often.

use crate::domain::Random;

/// How fast phones are asked, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many phones one node asks in a second, at most.
    pub per_second: u32,
    /// How many seconds it is waited after each time that one was asked; after the last it is given up.
    pub pauses: Vec<u32>,
}

impl Default for Pace {
    /// Four times within an hour and a half: a phone that restarts is back within the second pause.
    fn default() -> Self {
        Self { per_second: 10, pauses: vec![60, 300, 900, 3600] }
    }
}

impl Pace {
    /// Within how many milliseconds the first turns of so many phones are spread.
    pub(super) fn spread(&self, phones: usize) -> i64 {
        let others = i64::try_from(phones.saturating_sub(1)).unwrap_or(i64::MAX);
        others.saturating_mul(1000) / i64::from(self.per_second.max(1))
    }

    /// How many milliseconds it is waited after a phone was asked for the `attempts`-th time; none when that was the
    /// last. Up to a tenth is added by chance, so that those who were asked together are not asked together again.
    pub(super) fn pause(&self, attempts: u32, random: &dyn Random) -> Option<i64> {
        let index = usize::try_from(attempts.checked_sub(1)?).ok()?;
        let pause = i64::from(*self.pauses.get(index)?) * 1000;
        Some(pause + chance(random, pause / 10))
    }
}

/// A number from 0 up to but without `below`; 0 where there is none.
pub(super) fn chance(random: &dyn Random, below: i64) -> i64 {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    i64::from_le_bytes(bytes).checked_rem_euclid(below).unwrap_or(0)
}
