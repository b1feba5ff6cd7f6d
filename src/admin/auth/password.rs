//! Passwords of users: hashed with argon2id, a few at a time, away from the threads that answer requests.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

use crate::domain::{Random, Secret};

/// How many are hashed at once: each takes 19 MiB and a whole processor for a while (OWASP's parameters for argon2id,
/// which are the library's own).
const AT_ONCE: usize = 2;

static PLACES: Semaphore = Semaphore::const_new(AT_ONCE);

/// The hash of `salt` and a password that nobody has, so that an unknown name takes as long as a known one.
const NOBODYS: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$b2ZmaG9vayBub2JvZHk$VXchJEWhUPZ9QOuiAIRnO9OMhBhqkqj/dLsRLE4Sg9c";

/// The password's hash in the PHC format.
pub(in crate::admin) async fn hash(password: &Secret, random: &(impl Random + ?Sized)) -> Secret {
    let mut salt = [0; 16];
    random.fill(&mut salt);
    let password = password.clone();
    #[expect(
        clippy::expect_used,
        reason = "the parameters are the library's own and the salt has a fixed length"
    )]
    apart(move || {
        let hash: Result<PasswordHash, _> =
            Argon2::default().hash_password_with_salt(password.expose().as_bytes(), &salt);
        Secret::new(hash.expect("a password can be hashed").to_string())
    })
    .await
}

/// Whether the password is the one that was hashed. Without a hash it is not, which takes as long.
pub(in crate::admin) async fn is_right(password: &Secret, hash: Option<&Secret>) -> bool {
    let (password, hash) = (password.clone(), hash.cloned());
    apart(move || {
        let text = hash.as_ref().map_or(NOBODYS, Secret::expose);
        let verified = PasswordHash::new(text).is_ok_and(|parsed| {
            Argon2::default().verify_password(password.expose().as_bytes(), &parsed).is_ok()
        });
        verified && hash.is_some()
    })
    .await
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // the semaphore is never closed
    let _place = PLACES.acquire().await;
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::SystemRandom;

    #[tokio::test]
    async fn only_the_password_that_was_hashed_is_right() {
        let password = Secret::new("correct horse battery");
        let hashed = hash(&password, &SystemRandom).await;
        assert!(hashed.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hashed.expose());
        assert_ne!(hash(&password, &SystemRandom).await, hashed, "each has a salt of its own");
        assert!(is_right(&password, Some(&hashed)).await);
        assert!(!is_right(&Secret::new("correct horse batterz"), Some(&hashed)).await);
        assert!(!is_right(&password, None).await);
        assert!(!is_right(&password, Some(&Secret::new("no hash"))).await);
    }

    #[test]
    fn what_stands_for_nobody_costs_as_much() {
        let nobodys = PasswordHash::new(NOBODYS).unwrap();
        assert!(Argon2::default().verify_password(b"x", &nobodys).is_err());
        assert_eq!(nobodys.params.get_decimal("m"), Some(Argon2::default().params().m_cost()));
    }
}
