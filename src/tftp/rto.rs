//! How long to wait before sending again, from the round trips seen so far (RFC 6298, with the bounds of a LAN).
//!
//! The wait is not the client's to name: a phone that asks for `timeout=5` would sit idle for five seconds for each
//! lost packet. Its value bounds the wait from above only; sending early costs one packet that it drops.

use std::time::Duration;

/// Before any round trip is known. Ten times what a slow phone needs on a LAN, a quarter of what it waits itself.
const INITIAL: Duration = Duration::from_millis(250);
/// A phone that writes to flash, or a busy machine, answers late by this much although nothing was lost.
const LEAST: Duration = Duration::from_millis(50);
/// Where the client names no limit.
const MOST: Duration = Duration::from_secs(4);
/// The least wait once the client has said that something is missing: blocks may only have overtaken each other.
const LEAST_ON_GAP: Duration = Duration::from_millis(4);

/// The estimate for one transfer.
#[derive(Clone, Debug)]
pub struct RetransmissionTimeout {
    smoothed: Option<RoundTrip>,
    backed_off: u32,
    most: Duration,
}

#[derive(Clone, Copy, Debug)]
struct RoundTrip {
    mean: Duration,
    deviation: Duration,
}

impl RetransmissionTimeout {
    /// No round trip known yet; never longer than `most`, where given.
    #[must_use]
    pub fn new(most: Option<Duration>) -> Self {
        Self { smoothed: None, backed_off: 0, most: most.unwrap_or(MOST).max(INITIAL) }
    }

    /// Learns from a packet that was sent once and answered after `round_trip`. A packet that was sent twice teaches
    /// nothing, as nobody knows which of the two was answered (Karn's rule), so the caller leaves it out.
    pub fn learn(&mut self, round_trip: Duration) {
        self.backed_off = 0;
        self.smoothed =
            Some(self.smoothed.map_or(RoundTrip { mean: round_trip, deviation: round_trip / 2 }, |known| {
                RoundTrip {
                    mean: known.mean * 7 / 8 + round_trip / 8,
                    deviation: known.deviation * 3 / 4 + known.mean.abs_diff(round_trip) / 4,
                }
            }));
    }

    /// Doubles the wait until a round trip is learned.
    pub fn back_off(&mut self) {
        self.backed_off = (self.backed_off + 1).min(16);
    }

    /// How long to wait for an answer to what is sent now.
    #[must_use]
    pub fn wait(&self) -> Duration {
        let base = self.smoothed.map_or(INITIAL, |known| (known.mean + known.deviation * 4).max(LEAST));
        (base * (1 << self.backed_off)).min(self.most)
    }

    /// How long to wait when the client has repeated its last ACK: long enough for a packet on the way to arrive.
    #[must_use]
    pub fn wait_on_gap(&self) -> Duration {
        self.smoothed.map_or(INITIAL, |known| (known.mean * 2).max(LEAST_ON_GAP)).min(self.wait())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_wait_follows_the_round_trips_within_its_bounds() {
        let mut timeout = RetransmissionTimeout::new(None);
        assert_eq!(timeout.wait(), INITIAL);
        timeout.learn(MS);
        assert_eq!(timeout.wait(), LEAST);
        for _ in 0..100 {
            timeout.learn(200 * MS);
        }
        assert!((200 * MS..260 * MS).contains(&timeout.wait()), "{:?}", timeout.wait());
    }

    #[test]
    fn each_loss_doubles_the_wait_up_to_what_the_client_named() {
        let mut timeout = RetransmissionTimeout::new(Some(Duration::from_secs(1)));
        let waits: Vec<_> = (0..5)
            .map(|_| {
                let wait = timeout.wait();
                timeout.back_off();
                wait
            })
            .collect();
        assert_eq!(waits, [250 * MS, 500 * MS, 1000 * MS, 1000 * MS, 1000 * MS]);
        timeout.learn(MS);
        assert_eq!(timeout.wait(), LEAST, "an answer ends the doubling");
    }
}
