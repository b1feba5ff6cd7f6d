//! The contract between the pipeline and the templates: the typed facts that a document is made from.
//!
//! A template of a secret file sees [`PhoneFacts`], spread out to the model's last line and key so that it can write a
//! total document. A template of a common file sees [`CommonFacts`] and therefore cannot leak. The names by which
//! templates see them are in `device-templates/README.md`, the page for authors of packs.

use crate::domain::{HeldKey, LineNumber, Mac, PlainText, Secret, Settings, SipDomain, SipUser, ZoneRule};

/// What the document of one phone is made from.
#[derive(Clone, Debug)]
pub struct PhoneFacts<'a> {
    /// The phone's MAC.
    pub mac: Mac,
    /// What people call the device.
    pub name: &'a PlainText,
    /// The password of the phone's own web page.
    pub web_password: &'a Secret,
    /// What unlocks the keypad; none: it is not locked.
    pub pin: Option<&'a Secret>,
    /// The tenant's SIP domain.
    pub domain: &'a SipDomain,
    /// The admitted lines only, at most one per number. Every other line of the model is switched off and blanked.
    pub lines: Vec<LineFacts<'a>>,
    /// The programmed keys, at most one per position. Every other key of the model is cleared, and so is one that acts
    /// on a line that is not among [`Self::lines`], or would record calls of a line that has no recording.
    pub keys: Vec<HeldKey>,
    /// The settings that hold for the device.
    pub settings: &'a Settings,
    /// The rule of the setting `time.zone`, from [`ZoneRule::of`]; it changes with the zone and, for few zones, the year.
    pub zone: ZoneRule,
    /// The URL that the phone is to ask from now on, ending in `/`; none: it keeps what it has.
    pub provisioning_url: Option<NextUrl>,
    /// What the phone is to answer when it is asked for a password at that URL; none: nobody asks.
    pub provisioning_login: Option<LoginFacts<'a>>,
    /// The server.
    pub server: &'a ServerFacts,
}

/// A user name and password.
#[derive(Clone, Copy, Debug)]
pub struct LoginFacts<'a> {
    /// The user name: `a-z`, `0-9` and `-`, so that it can stand in a URL.
    pub user: &'a str,
    /// The password: digits, for the same reason.
    pub password: &'a Secret,
}

/// A URL to provision from, whole and in the parts that some vendors take it in.
#[derive(Clone, Debug)]
pub struct NextUrl {
    /// All of it, ending in `/`.
    pub whole: Secret,
    /// What stands behind the scheme, without the `/` at the end.
    pub address: Secret,
    /// `http` or `https`.
    pub scheme: &'static str,
}

impl NextUrl {
    /// The parts of `url`, which ends in `/`.
    #[must_use]
    pub fn new(url: String) -> Self {
        let (scheme, rest) = url.strip_prefix("http://").map_or(("https", None), |rest| ("http", Some(rest)));
        let rest = rest.or_else(|| url.strip_prefix("https://")).unwrap_or(&url);
        Self { address: Secret::new(rest.trim_end_matches('/')), scheme, whole: Secret::new(url) }
    }
}

/// One admitted line.
#[derive(Clone, Debug)]
pub struct LineFacts<'a> {
    /// Its position on the device.
    pub number: LineNumber,
    /// What stands beside the line: the extension's number, or the SIP trunk's name.
    pub label: String,
    /// The name shown to others.
    pub display_name: &'a PlainText,
    /// The user part of the SIP address; also the name it authenticates with.
    pub user: &'a SipUser,
    /// The SIP password.
    pub password: &'a Secret,
    /// Whether its products give it a voicemail box.
    pub voicemail: bool,
    /// Whether its products let its calls be recorded.
    pub recording: bool,
}

/// What the document of a file that every phone may read is made from.
#[derive(Clone, Debug)]
pub struct CommonFacts<'a> {
    /// The server.
    pub server: &'a ServerFacts,
}

/// The names under which the server itself gives the certificate of its authority away, in PEM and in DER.
pub const AUTHORITY_FILES: [&str; 2] = ["ca.pem", "ca.der"];

/// What a bootstrap document is made from: the same for every phone that asks with one scope.
#[derive(Clone, Debug)]
pub struct BootstrapFacts<'a> {
    /// The server.
    pub server: &'a ServerFacts,
    /// A time server that the phone can ask before it knows its tenant's.
    pub time_server: &'a str,
    /// The URL to ask from now on, over HTTPS, ending in `/`.
    pub provisioning_url: NextUrl,
    /// Whom to trust there; none: whom phones trust from the factory.
    pub authority: Option<AuthorityFacts<'a>>,
}

/// The certificate of the authority that phones must trust.
#[derive(Clone, Debug)]
pub struct AuthorityFacts<'a> {
    /// What stands between the first and the last line of its PEM form.
    pub base64: &'a [String],
    /// Where its PEM form can be fetched without trusting anybody.
    pub pem_url: Secret,
    /// Where its DER form can.
    pub der_url: Secret,
}

/// The server as phones see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerFacts {
    /// The name that phones call the server, without scheme and port.
    pub name: String,
}
