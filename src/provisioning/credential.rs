//! What a request answers when it is asked for a user name and password, taken apart by its door.

use crate::domain::Secret;

/// A user name and password, or the proof that somebody knows them. Nothing of it is shown, `Debug` included.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Both as they are (RFC 7617).
    Basic {
        /// The user name.
        user: Secret,
        /// The password.
        password: Secret,
    },
    /// A hash over both, what is asked for, and a nonce of ours (RFC 7616).
    Digest(Box<DigestAnswer>),
    /// There is an answer, but none that this server asks for.
    Unreadable,
}

/// The answer to a Digest challenge with `qop=auth`.
#[derive(Clone, PartialEq, Eq)]
pub struct DigestAnswer {
    /// The hash function.
    pub algorithm: DigestAlgorithm,
    /// The method of the request that it came with.
    pub method: &'static str,
    /// The user name.
    pub user: String,
    /// Whom the user name is for.
    pub realm: String,
    /// The nonce that was given.
    pub nonce: String,
    /// What is asked for, as it went into the hash.
    pub uri: String,
    /// The path of [`Self::uri`], freed from scheme, host and query and percent-decoded once, as in a request.
    pub target: String,
    /// The client's own nonce.
    pub cnonce: String,
    /// How often the client has used the nonce.
    pub count: u32,
    /// The same as it went into the hash.
    pub written_count: String,
    /// The hash.
    pub response: String,
}

/// The hash functions that phones are asked for, the better one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// SHA-256.
    Sha256,
    /// MD5, for phones that know nothing else. Only asked for over TLS.
    Md5,
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Basic { .. } => "Credential(Basic …)",
            Self::Digest(_) => "Credential(Digest …)",
            Self::Unreadable => "Credential(unreadable)",
        })
    }
}

impl std::fmt::Debug for DigestAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DigestAnswer(…)")
    }
}
