//! Why a license is refused, in words for the person who tries to install it.

use super::super::tenant::TenantSlug;
use super::check::ClaimMistakes;
use super::jws::MAX_BYTES;
use super::keys::KeyId;

/// A part of the token, for errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The token as a whole.
    Token,
    /// The first part: algorithm and key id.
    Header,
    /// The second part: the claims.
    Payload,
    /// The third part.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a license is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LicenseError {
    /// Longer than any license.
    #[error("the license has {length} bytes; {MAX_BYTES} are allowed")]
    TooLarge {
        /// Its length in bytes.
        length: usize,
    },
    /// Not what a license looks like.
    #[error("the license's {part} is malformed: {why}")]
    Malformed {
        /// Where.
        part: Part,
        /// What is wrong there.
        why: String,
    },
    /// Signed in a way that is not accepted.
    #[error("the license is signed with algorithm \"{found}\"; only \"EdDSA\" is accepted")]
    Algorithm {
        /// What its header names.
        found: String,
    },
    /// A signed document of another kind.
    #[error("the document is of type \"{found}\", not a license (\"offhook-license+jwt\")")]
    Type {
        /// What its header names.
        found: String,
    },
    /// It must not be accepted by whoever does not understand an extension (RFC 7515 §4.1.11); none is understood.
    #[error("the license demands the extension \"{names}\", which this release does not know")]
    CriticalExtension {
        /// The extensions it names.
        names: String,
    },
    /// Two readers could read it differently.
    #[error("the license's {part} gives {path} twice")]
    DuplicateKey {
        /// Where.
        part: Part,
        /// Which member.
        path: String,
    },
    /// The key that signed it is not known here.
    #[error("the license is signed with key {kid}, which is not among the operator's public keys")]
    UnknownKey {
        /// The key's id.
        kid: KeyId,
    },
    /// It is not what the key's owner signed.
    #[error("the license's signature is wrong: it was altered, or not signed with key {kid}")]
    Signature {
        /// The id of the key that it names.
        kid: KeyId,
    },
    /// Rightly signed, but what it says makes no license.
    #[error("the license says what no license may say: {0}")]
    Claims(ClaimMistakes),
    /// It belongs to another tenant.
    #[error("the license is for tenant {found}, not for {expected}")]
    WrongTenant {
        /// The tenant it was to be installed for.
        expected: TenantSlug,
        /// The tenant it names.
        found: TenantSlug,
    },
    /// It belongs to another installation.
    #[error("the license is for installation \"{found}\", not for {}", installation(expected.as_deref()))]
    WrongAudience {
        /// The id of this installation, where it has one.
        expected: Option<String>,
        /// The installation it names.
        found: String,
    },
    /// A newer one was installed before.
    #[error("the license has serial {found}, older than serial {installed}, which is installed")]
    OlderSerial {
        /// The highest serial installed.
        installed: u64,
        /// The license's serial.
        found: u64,
    },
}

impl LicenseError {
    /// A malformed part. What is quoted of a hostile token is cut short, and invisible characters are replaced.
    pub(super) fn malformed(part: Part, why: &str) -> Self {
        Self::Malformed { part, why: quoted(why) }
    }
}

/// Text of a token whose signature was not checked, fit for a log and a terminal.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 120;
    let visible = |character| if super::super::text::is_visible(character) { character } else { '\u{FFFD}' };
    let mut quoted: String = text.chars().take(LONGEST).map(visible).collect();
    if quoted.len() < text.len() && text.chars().nth(LONGEST).is_some() {
        quoted.push('…');
    }
    quoted
}

fn installation(id: Option<&str>) -> String {
    id.map_or_else(|| "this one, which has no id".to_owned(), |id| format!("\"{id}\""))
}
