//! Fetching one file after another as a phone does: a connection of its own, kept open from file to file.

mod error;
mod http;
mod login;
mod tftp;
mod tftp_packet;
mod tls;

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;

use super::memory::Memory;
use super::url::{ProvisioningUrl, Scheme};
use crate::domain::Secret;
pub use error::{FetchError, Step};
pub use login::Login;
use login::Offer;
pub use tftp::{TftpError, TftpPatience};
pub use tls::{FactoryCertificate, Trust};

/// The largest document that a phone takes; phones have less room than this.
pub(super) const LARGEST_DOCUMENT: usize = 4 << 20;

/// How simulated phones reach servers. One serves any number of phones at once; phones share nothing on the wire, TLS
/// sessions included.
#[derive(Clone)]
pub struct Network {
    tls: Option<tokio_rustls::TlsConnector>,
    tftp: TftpPatience,
    login: Option<Login>,
}

/// What the server said about one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// The file.
    Document(Bytes),
    /// There is none: 404, TFTP error 1.
    Missing,
    /// The server cannot know now: 503, TFTP error 0. The phone keeps what it has.
    Undecidable,
    /// A password is asked for, in one of these ways.
    Unauthorized(Vec<String>),
    /// Anything else the server may say, as its status.
    Refused(u16),
}

impl Network {
    /// Phones that trust as `trust` says; without it each trusts nobody but whom its documents have told it to trust, in
    /// 1970 while they have not told it a time server.
    pub fn new(trust: Option<&Trust>) -> Result<Self, FetchError> {
        Self::showing(trust, None)
    }

    /// The same for a phone that shows a certificate of its own where it is asked for one.
    pub fn showing(
        trust: Option<&Trust>,
        certificate: Option<&FactoryCertificate>,
    ) -> Result<Self, FetchError> {
        let connector = trust.map(|trust| tls::connector(trust, certificate)).transpose()?;
        Ok(Self { tls: connector, tftp: TftpPatience::default(), login: None })
    }

    /// The same with other TFTP timing.
    #[must_use]
    pub const fn with_tftp(mut self, patience: TftpPatience) -> Self {
        self.tftp = patience;
        self
    }

    /// The same where the users of phones know this user name and password, and type it in when a phone asks.
    #[must_use]
    pub fn with_login(mut self, login: Option<Login>) -> Self {
        self.login = login;
        self
    }
}

/// One phone's fetching during one boot.
pub(super) struct Fetching<'a> {
    network: &'a Network,
    tls: Option<tokio_rustls::TlsConnector>,
    user_agent: Option<&'a str>,
    fields: &'static [(&'static str, &'static str)],
    deadline: Instant,
    /// What the phone itself remembers.
    login: Option<Login>,
    connection: Option<(ProvisioningUrl, http::Connection)>,
}

impl<'a> Fetching<'a> {
    /// Fetching by the phone with this memory that ends `within` this time, however many files are asked for.
    pub(super) fn new(
        network: &'a Network,
        memory: &Memory,
        user_agent: Option<&'a str>,
        within: Duration,
    ) -> Self {
        let tls = network.tls.clone().or_else(|| tls::told(memory.authorities(), memory.knows_time()));
        let fields = memory.semantics().request_fields();
        let deadline = Instant::now() + within;
        Self { network, tls, user_agent, fields, deadline, login: None, connection: None }
    }

    /// Answers with this from now on when it is asked for a password.
    pub(super) fn answer_with(&mut self, login: Option<Login>) {
        self.login = login;
    }

    /// Fetches one file.
    pub(super) async fn fetch(&mut self, url: &ProvisioningUrl) -> Result<Fetched, FetchError> {
        let mut step = Step::Resolve;
        let deadline = self.deadline;
        let fetched = match url.scheme() {
            Scheme::Tftp => {
                tokio::time::timeout_at(deadline, tftp::fetch(url, &self.network.tftp, &mut step)).await
            }
            Scheme::Http | Scheme::Https => {
                tokio::time::timeout_at(deadline, self.fetch_answering(url, &mut step)).await
            }
        };
        fetched.unwrap_or_else(|_| Err(FetchError::Deadline { place: url.place(), step }))
    }

    /// Asks, and answers with what the phone remembers, then with what its user types, when it is asked for a password.
    async fn fetch_answering(
        &mut self,
        url: &ProvisioningUrl,
        step: &mut Step,
    ) -> Result<Fetched, FetchError> {
        let mut fetched = self.fetch_http(url, None, step).await?;
        let known = [self.login.clone(), self.network.login.clone()];
        for login in known.iter().flatten() {
            // once more where only the nonce was too old
            for again in [false, true] {
                let Fetched::Unauthorized(lines) = &fetched else { return Ok(fetched) };
                let Some(offer) = Offer::choose(lines, url.scheme() == Scheme::Https) else { break };
                if again && !offer.is_stale() {
                    break;
                }
                fetched = self.fetch_http(url, Some(&offer.answer(login, url.path())), step).await?;
            }
        }
        Ok(match fetched {
            Fetched::Unauthorized(_) => Fetched::Refused(401),
            other => other,
        })
    }

    /// Asks over the open connection, and over a new one where the server has closed it in the meantime.
    async fn fetch_http(
        &mut self,
        url: &ProvisioningUrl,
        answer: Option<&Secret>,
        step: &mut Step,
    ) -> Result<Fetched, FetchError> {
        let mut fields = self.fields.to_vec();
        fields.extend(answer.map(|answer| ("authorization", answer.expose())));
        if let Some((place, mut connection)) = self.connection.take()
            && place.same_place(url)
        {
            *step = Step::Request;
            match connection.get(url, self.user_agent, &fields).await {
                Err(FetchError::Http { source, .. }) if is_closed(&source) => *step = Step::Resolve,
                Ok(fetched) => {
                    self.connection = Some((place, connection));
                    return Ok(fetched);
                }
                Err(error) => return Err(error),
            }
        }
        let mut connection = http::Connection::open(url, self.tls.as_ref(), step).await?;
        *step = Step::Request;
        let fetched = connection.get(url, self.user_agent, &fields).await?;
        self.connection = Some((url.clone(), connection));
        Ok(fetched)
    }
}

/// Whether the connection was gone before the server can have seen the request.
fn is_closed(error: &hyper::Error) -> bool {
    error.is_closed() || error.is_canceled() || error.is_incomplete_message()
}
