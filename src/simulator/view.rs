//! What a phone would do with what it remembers: its accounts, its keys and its keypad lock, in words that belong to no
//! vendor.

use crate::domain::Secret;

/// One account position of a phone. Text that is not set is empty.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its position, from 1.
    pub line: u16,
    /// Whether it is switched on.
    pub enabled: bool,
    /// What stands beside the line.
    pub label: String,
    /// The name shown to others.
    pub display_name: String,
    /// The user part of its SIP address.
    pub user: String,
    /// The name it authenticates with.
    pub auth_user: String,
    /// The SIP password, or what serves as one.
    pub password: Option<Secret>,
    /// The host it registers with.
    pub registrar: String,
    /// The registrar's port; none: what DNS says, or the usual one.
    pub port: Option<u16>,
    /// How SIP travels; none: the phone's own choice.
    pub transport: Option<Transport>,
    /// The number or address that its message key calls.
    pub voicemail: String,
}

/// How SIP travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// Whatever DNS says (NAPTR, SRV).
    Dns,
}

/// What a phone asks for before its keypad can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeypadLock {
    /// What unlocks it.
    pub pin: Secret,
    /// After how many idle seconds the phone locks itself; none: only a person locks it.
    pub after: Option<u32>,
    /// What can be dialled although it is locked.
    pub emergency: Vec<String>,
}

/// One key of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyView {
    /// Its position, from 1, counted on through the expansion modules.
    pub position: u16,
    /// What it does.
    pub kind: KeyAction,
    /// The line it acts on; none: the phone's own choice.
    pub line: Option<u16>,
    /// The number it watches or dials, as written.
    pub value: String,
    /// What stands beside it.
    pub label: String,
}

/// What a key does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// Nothing.
    None,
    /// Takes and makes calls on a line.
    Line,
    /// Watches an extension and calls it.
    Blf,
    /// Dials a number.
    SpeedDial,
    /// Asks the PBX to record the call.
    Record,
    /// Something else, in the vendor's word.
    Other(String),
}

impl Account {
    /// Whether the phone would try to register this account.
    #[must_use]
    pub fn registers(&self) -> bool {
        self.enabled && !self.registrar.is_empty() && !self.user.is_empty() && self.password.is_some()
    }

    /// Whether anything of it is left.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let texts =
            [&self.label, &self.display_name, &self.user, &self.auth_user, &self.registrar, &self.voicemail];
        texts.iter().all(|text| text.is_empty()) && self.password.is_none()
    }
}

impl KeyView {
    /// Whether pressing it does something that a document asked for: a key without function does not, nor does a free
    /// line key, which takes calls of whatever line the phone has.
    #[must_use]
    pub fn acts(&self) -> bool {
        match self.kind {
            KeyAction::None => false,
            KeyAction::Line => self.line.is_some(),
            KeyAction::Blf | KeyAction::SpeedDial | KeyAction::Record | KeyAction::Other(_) => true,
        }
    }
}

impl Transport {
    /// The word in a SIP URI's `transport` parameter.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        [Self::Udp, Self::Tcp, Self::Tls]
            .into_iter()
            .find(|transport| transport.as_str().eq_ignore_ascii_case(word))
    }

    /// The word used in tables and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
            Self::Dns => "dns",
        }
    }
}

impl KeyAction {
    /// The word used in tables and JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "none",
            Self::Line => "line",
            Self::Blf => "blf",
            Self::SpeedDial => "speed-dial",
            Self::Record => "record",
            Self::Other(word) => word,
        }
    }
}
