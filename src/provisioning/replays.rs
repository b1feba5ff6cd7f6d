//! Which answers to a nonce a node has seen, for as long as the nonce is taken.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use aws_lc_rs::digest;

/// Past so many clients the oldest nonces are forgotten. Only who knows the password comes in here.
const MOST: usize = 100_000;

/// The highest count of each client of each nonce, by the nonce's age.
#[derive(Debug, Default)]
pub(super) struct Replays(Mutex<BTreeMap<i64, Clients>>);

/// Hash of nonce and client nonce → highest count.
type Clients = HashMap<[u8; 16], u32>;

impl Replays {
    /// Whether this client counts on with this nonce of `slot`. All phones of a tenant share a nonce, so each is told by
    /// its own.
    pub(super) fn is_first(&self, slot: i64, (nonce, cnonce): (&str, &str), count: u32) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while seen.values().map(HashMap::len).sum::<usize>() >= MOST {
            seen.pop_first();
        }
        // those of ten minutes ago are not taken any more
        while seen.first_key_value().is_some_and(|(oldest, _)| slot - oldest > 10) {
            seen.pop_first();
        }
        let highest = seen.entry(slot).or_default().entry(client(nonce, cnonce)).or_default();
        if count <= *highest {
            return false;
        }
        *highest = count;
        true
    }
}

fn client(nonce: &str, cnonce: &str) -> [u8; 16] {
    let whole = digest::digest(&digest::SHA256, format!("{nonce}\0{cnonce}").as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&whole.as_ref()[..16]);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_taken_once_for_each_client() {
        let replays = Replays::default();
        let first = |slot, cnonce, count| replays.is_first(slot, ("nonce", cnonce), count);
        assert!(first(1, "a", 1) && first(1, "b", 1) && first(1, "a", 2));
        assert!(!first(1, "a", 2) && !first(1, "a", 1) && !first(1, "b", 1));
        assert!(!first(1, "c", 0), "counts begin with 1");
        assert!(first(2, "d", u32::MAX) && !first(2, "d", u32::MAX));
    }

    #[test]
    fn what_is_remembered_has_a_limit() {
        let replays = Replays::default();
        for client in 0..=MOST {
            replays.is_first(1, ("nonce", &client.to_string()), 1);
        }
        let held: usize = replays.0.lock().unwrap().values().map(HashMap::len).sum();
        assert!(held <= MOST, "{held}");
    }
}
