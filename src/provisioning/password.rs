//! Whether a request answers with the password that a tenant demands, and what it is asked for if not.
//!
//! Nonces are made from the time and a key that all nodes have, so any node can check another's and none is stored. All
//! phones of a tenant get the same one within a minute: what a stranger hears depends on nothing but tenant and time.

use aws_lc_rs::{constant_time::verify_slices_are_equal, digest};
use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};

use super::{
    credential::{Credential, DigestAlgorithm, DigestAnswer},
    refusal::Refusal,
    replays::Replays,
};
use crate::{
    domain::{Secret, TenantId, Timestamp},
    storage::{Sealer, TenantPassword},
};

/// Whom a password is for, as people read it at a phone.
pub const REALM: &str = "Offhook";
/// For so long the same nonce is given.
const SLOT_SECONDS: i64 = 60;
/// For so many further slots it is taken.
const SLOTS_TAKEN: i64 = 5;
/// The clocks of two nodes may differ by a slot.
const SLOTS_AHEAD: i64 = 1;

/// What a request is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The nonce.
    pub nonce: String,
    /// The password was right and only the nonce was not: a phone need not ask its user.
    pub stale: bool,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPassword {
    /// There is none.
    Missing,
    /// It is not the right one, or not for this request.
    Wrong,
    /// It is right, but its nonce is too old.
    Old,
    /// It was seen before.
    Repeated,
}

impl NoPassword {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "the tenant demands a password and there is none",
            Self::Wrong => "the password is wrong, or the answer is for another request",
            Self::Old => "the password was asked for too long ago",
            Self::Repeated => "this answer was given before",
        }
    }

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Missing => "no-password",
            Self::Wrong => "wrong-password",
            Self::Old => "old-nonce",
            Self::Repeated => "repeated-answer",
        }
    }
}

/// What a tenant demands of a request, and how the request answers.
pub(super) struct Demand {
    answered: Result<(), NoPassword>,
    challenge: Challenge,
}

/// What a node judges answers by.
pub(super) struct Judge<'a> {
    pub(super) sealer: &'a Sealer,
    pub(super) replays: &'a Replays,
    pub(super) tenant: &'a TenantId,
    pub(super) now: Timestamp,
}

impl Demand {
    /// Whether the request may go on.
    pub(super) fn met(&self) -> Result<(), Refusal> {
        self.answered.map_err(Refusal::Password)
    }

    /// What a refused request is told instead: that it is asked for a password, whatever the reason was.
    pub(super) fn instead_of(self, why: Refusal) -> Refusal {
        Refusal::Challenged { why: Box::new(why), challenge: self.challenge }
    }
}

impl Judge<'_> {
    /// Judges the answer to a demand of one of `passwords` in a request for `path`.
    pub(super) fn demand(
        &self,
        passwords: &[&TenantPassword],
        credential: Option<&Credential>,
        path: &str,
    ) -> Demand {
        let answered = match credential {
            None => Err(NoPassword::Missing),
            Some(Credential::Unreadable) => Err(NoPassword::Wrong),
            Some(Credential::Basic { user, password }) => basic(passwords, user, password),
            Some(Credential::Digest(answer)) => self.digest(passwords, answer, path),
        };
        // another nonce than the one that was used up, and for the same request always the same one
        let salt = match (answered, credential) {
            (Err(NoPassword::Repeated), Some(Credential::Digest(answer))) => self.salt_after(answer),
            _ => String::new(),
        };
        let nonce = self.nonce(self.now.seconds().div_euclid(SLOT_SECONDS), &salt);
        let stale = matches!(answered, Err(NoPassword::Old | NoPassword::Repeated));
        Demand { answered, challenge: Challenge { nonce, stale } }
    }

    fn digest(
        &self,
        passwords: &[&TenantPassword],
        answer: &DigestAnswer,
        path: &str,
    ) -> Result<(), NoPassword> {
        let slot = self.slot_of(&answer.nonce).ok_or(NoPassword::Wrong)?;
        let for_this = answer.realm == REALM && answer.target == path;
        let matches = |demanded: &&&TenantPassword| {
            let expected = response(answer, &demanded.password);
            answer.user == demanded.user && same(expected.as_bytes(), answer.response.as_bytes())
        };
        if !for_this || !passwords.iter().any(|demanded| matches(&demanded)) {
            return Err(NoPassword::Wrong);
        }
        let age = self.now.seconds().div_euclid(SLOT_SECONDS) - slot;
        if !(-SLOTS_AHEAD..=SLOTS_TAKEN).contains(&age) {
            return Err(NoPassword::Old);
        }
        let first = self.replays.is_first(slot, (&answer.nonce, &answer.cnonce), answer.count);
        if first { Ok(()) } else { Err(NoPassword::Repeated) }
    }

    fn nonce(&self, slot: i64, salt: &str) -> String {
        let slot = slot.to_string();
        let tag = self.sealer.nonce_tag(&[self.tenant.as_str(), &slot, salt]);
        format!("{slot}.{salt}.{tag}")
    }

    /// The slot of a nonce that is ours and this tenant's.
    fn slot_of(&self, nonce: &str) -> Option<i64> {
        let mut parts = nonce.splitn(3, '.');
        let (slot, salt) = (parts.next()?.parse().ok()?, parts.next()?);
        same(self.nonce(slot, salt).as_bytes(), nonce.as_bytes()).then_some(slot)
    }

    fn salt_after(&self, answer: &DigestAnswer) -> String {
        let mut tag = self.sealer.nonce_tag(&[&answer.nonce, &answer.cnonce, &answer.written_count]);
        tag.truncate(8);
        tag
    }
}

fn basic(passwords: &[&TenantPassword], user: &Secret, password: &Secret) -> Result<(), NoPassword> {
    let hash = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
    let given = hash(password.expose());
    let matches = |demanded: &&&TenantPassword| {
        user.expose() == demanded.user && same(hash(demanded.password.expose()).as_ref(), given.as_ref())
    };
    if passwords.iter().any(|demanded| matches(&demanded)) { Ok(()) } else { Err(NoPassword::Wrong) }
}

/// The hash that a client with this password sends (RFC 7616 §3.4.1).
fn response(answer: &DigestAnswer, password: &Secret) -> String {
    let DigestAnswer { user, realm, nonce, cnonce, uri, method, written_count, .. } = answer;
    let hash = |text: &str| match answer.algorithm {
        DigestAlgorithm::Sha256 => HEXLOWER.encode(digest::digest(&digest::SHA256, text.as_bytes()).as_ref()),
        DigestAlgorithm::Md5 => HEXLOWER.encode(&Md5::digest(text.as_bytes())),
    };
    let who = Secret::new(hash(Secret::new(format!("{user}:{realm}:{}", password.expose())).expose()));
    let what = hash(&format!("{method}:{uri}"));
    hash(Secret::new(format!("{}:{nonce}:{written_count}:{cnonce}:auth:{what}", who.expose())).expose())
}

fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 §3.9.1.
    fn example(algorithm: DigestAlgorithm) -> DigestAnswer {
        DigestAnswer {
            algorithm,
            method: "GET",
            user: "Mufasa".into(),
            realm: "http-auth@example.org".into(),
            nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".into(),
            uri: "/dir/index.html".into(),
            target: "/dir/index.html".into(),
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ".into(),
            count: 1,
            written_count: "00000001".into(),
            response: String::new(),
        }
    }

    #[test]
    fn the_examples_of_the_rfc_come_out() {
        let password = Secret::new("Circle of Life");
        for (algorithm, expected) in [
            (DigestAlgorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (DigestAlgorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            assert_eq!(response(&example(algorithm), &password), expected);
        }
    }

    #[test]
    fn an_answer_shows_nothing_of_itself() {
        let shown = format!("{:?}", Credential::Digest(Box::new(example(DigestAlgorithm::Md5))));
        assert_eq!(shown, "Credential(Digest …)");
    }
}
