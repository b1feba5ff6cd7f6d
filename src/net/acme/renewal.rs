//! When a certificate is ordered again, when it is late, and how long to wait after a failure. All in seconds since 1970.

use crate::net::leaf::Leaf;

/// Pauses after the first, second … failure in a row; the last one from then on. Public authorities allow five failures
/// of a name in an hour.
const PAUSES: [i64; 4] = [300, 1800, 7200, 21_600];

/// When the certificate is ordered again: when a third of its life is left, or up to a thirtieth earlier.
///
/// How much is told by the certificate itself, so that servers do not all come at once, and each knows after a restart
/// what it knew.
#[must_use]
pub fn due(leaf: &Leaf) -> i64 {
    let life = leaf.until.saturating_sub(leaf.from).max(0);
    let early = (life / 30).saturating_mul(i64::from(leaf.mark)) / i64::from(u16::MAX);
    leaf.until - life / 3 - early
}

/// Whether so little is left that the operator has to know: less than a quarter of its life.
#[must_use]
pub fn is_late(leaf: &Leaf, now: i64) -> bool {
    let life = leaf.until.saturating_sub(leaf.from).max(0);
    leaf.until.saturating_sub(now) < life / 4
}

/// How long to wait after so many failures in a row; `draw` spreads it by up to a quarter.
#[must_use]
pub fn pause(failures: u32, draw: u16) -> i64 {
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let pause = PAUSES.get(step).or(PAUSES.last()).copied().unwrap_or_default();
    pause + pause / 4 * i64::from(draw) / i64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::authority::LeafKind;

    fn leaf(mark: u16) -> Leaf {
        Leaf {
            kind: LeafKind::Rsa,
            names: Vec::new(),
            issuer: String::new(),
            from: 1000,
            until: 10_000,
            mark,
        }
    }

    #[test]
    fn a_certificate_is_renewed_at_a_third_of_its_life_or_a_little_earlier() {
        assert_eq!(due(&leaf(0)), 7000);
        assert_eq!(due(&leaf(u16::MAX)), 6700);
        assert!((6700..7000).contains(&due(&leaf(30_000))));
    }

    #[test]
    fn it_is_late_when_less_than_a_quarter_is_left() {
        assert!(!is_late(&leaf(0), 7750));
        assert!(is_late(&leaf(0), 7751) && is_late(&leaf(0), 20_000));
    }

    #[test]
    fn failures_are_followed_by_longer_and_longer_pauses() {
        let pauses: Vec<i64> = (1..=6).map(|failures| pause(failures, 0)).collect();
        assert_eq!(pauses, [300, 1800, 7200, 21_600, 21_600, 21_600]);
        assert_eq!(pause(1, u16::MAX), 375);
    }
}
