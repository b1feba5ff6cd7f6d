//! What is answered to who verifies our name (RFC 8555 §8.3), while an order is under way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Below this path challenges are asked for.
const PATH: &str = "/.well-known/acme-challenge/";
/// Longer tokens than any server makes; ours have 43 characters at most servers.
const LONGEST: usize = 128;

/// Answers to the challenges that are open now. Shared by whoever orders and whoever is asked.
#[derive(Debug, Default)]
pub struct Challenges(Mutex<HashMap<String, String>>);

/// A challenge that is answered until this is dropped.
#[derive(Debug)]
pub(super) struct Open {
    challenges: Arc<Challenges>,
    token: String,
}

impl Challenges {
    /// The answer to a request for this path; none where no such challenge is open.
    #[must_use]
    pub fn answer(&self, path: &str) -> Option<String> {
        let token = path.strip_prefix(PATH).filter(|token| is_token(token))?;
        self.open_ones().get(token).cloned()
    }

    /// Answers a challenge from now on.
    pub(super) fn open(self: &Arc<Self>, token: &str, answer: &str) -> Option<Open> {
        if !is_token(token) {
            return None;
        }
        self.open_ones().insert(token.to_owned(), answer.to_owned());
        Some(Open { challenges: Arc::clone(self), token: token.to_owned() })
    }

    fn open_ones(&self) -> MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.challenges.open_ones().remove(&self.token);
    }
}

/// `base64url` without padding (RFC 8555 §8.3).
fn is_token(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_token_of_an_open_challenge_is_answered() {
        let challenges = Arc::new(Challenges::default());
        let open = challenges.open("aZ-_09", "aZ-_09.print").unwrap();
        assert_eq!(challenges.answer("/.well-known/acme-challenge/aZ-_09").unwrap(), "aZ-_09.print");
        for other in ["aZ-_08", "", "aZ-_09/", "../aZ-_09", "aZ%2D_09", "aZ-_09\0"] {
            assert_eq!(challenges.answer(&format!("{PATH}{other}")), None, "{other}");
        }
        assert_eq!(challenges.answer("/p/.well-known/acme-challenge/aZ-_09"), None);
        drop(open);
        assert_eq!(challenges.answer("/.well-known/acme-challenge/aZ-_09"), None);
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_token() {
        let challenges = Arc::new(Challenges::default());
        for token in ["", "..", "a/b", "a b", "ä", "a.b", &"a".repeat(129)] {
            assert!(challenges.open(token, "x").is_none(), "{token}");
        }
    }
}
