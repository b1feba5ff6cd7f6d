//! How many different things were seen, in 256 bytes whatever their number: `HyperLogLog` (Flajolet et al., 2007).

/// Registers. The estimate errs by 6.5 % (one standard deviation), by less for up to some hundred things.
const REGISTERS: u16 = 256;
/// The constant of the paper for so many registers, times their number squared.
const ALPHA: f64 = 0.7213 / (1.0 + 1.079 / 256.0) * 256.0 * 256.0;

/// Counts different things that were hashed with a key that nobody outside knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sketch([u8; REGISTERS as usize]);

impl Sketch {
    pub(super) const EMPTY: Self = Self([0; REGISTERS as usize]);

    /// Takes in a thing by its hash; whether the estimate may have changed.
    pub(super) fn add(&mut self, hash: u64) -> bool {
        let [register, ..] = hash.to_be_bytes();
        // of 56 bits; the last bit set stands for the end
        let rest = hash << 8 | 0x80;
        let rank = u8::try_from(rest.leading_zeros() + 1).unwrap_or(u8::MAX);
        let held = &mut self.0[usize::from(register)];
        let grows = rank > *held;
        if grows {
            *held = rank;
        }
        grows
    }

    /// How many different things either of the two has seen.
    pub(super) fn estimate_with(&self, other: &Self) -> u64 {
        let ranks = self.0.iter().zip(&other.0).map(|(one, two)| *one.max(two));
        let (mut sum, mut empty) = (0.0, 0_u16);
        for rank in ranks {
            sum += (-f64::from(rank)).exp2();
            empty += u16::from(rank == 0);
        }
        let registers = f64::from(REGISTERS);
        let raw = ALPHA / sum;
        let estimate = if raw <= 2.5 * registers && empty > 0 {
            registers * (registers / f64::from(empty)).ln()
        } else {
            raw
        };
        whole(estimate)
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an estimate is at least 0, and far below what 64 bits hold"
)]
fn whole(estimate: f64) -> u64 {
    estimate.round() as u64
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;

    #[test]
    fn the_estimate_is_near_the_truth_however_often_a_thing_comes() {
        let hasher = RandomState::new();
        for truth in [0, 1, 16, 64, 256, 1024, 16_384, 200_000_u64] {
            let (mut one, mut two) = (Sketch::EMPTY, Sketch::EMPTY);
            for thing in (0..truth).chain(0..truth / 2) {
                let of = if thing % 2 == 0 { &mut one } else { &mut two };
                of.add(hasher.hash_one(thing));
            }
            let estimate = one.estimate_with(&two);
            // five standard deviations
            assert!(estimate.abs_diff(truth) <= (truth / 3).max(1), "{estimate} for {truth}");
        }
    }
}
