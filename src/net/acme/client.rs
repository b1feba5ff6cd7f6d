//! Ordering one certificate: account, order, proof of the name, request, certificate.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountBuilder, AccountCredentials, AuthorizationStatus, ChallengeType, Error, Identifier,
    NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

use super::challenges::Open;
use super::{AcmeError, Challenges, Folder};
use crate::net::authority::{DnsName, LeafKind};
use crate::net::identity::Identity;
use crate::net::leaf::Leaf;

/// How long one order may take. Servers verify from several places of the world, one after the other.
const PATIENCE: Duration = Duration::from_mins(3);
/// How long to wait for a server that verifies or signs.
const POLLING: RetryPolicy = RetryPolicy::new().timeout(Duration::from_mins(1));
/// Common names end here (RFC 5280 appendix A.1, `ub-common-name`).
const COMMON_NAME_MAX: usize = 64;

/// An ACME server, and who we are to it.
#[derive(Debug, Clone)]
pub struct Directory {
    /// The URL of its directory, `https://`.
    pub url: String,
    /// Whom it may write to, such as `mailto:noc@example.org`.
    pub contact: Vec<String>,
    /// PEM file of the one authority that signed its own certificate; without it, those that the system trusts.
    pub authority: Option<PathBuf>,
}

/// Orders certificates for one name from one server.
#[derive(Debug)]
pub struct Client {
    directory: Directory,
    name: DnsName,
    folder: Folder,
    challenges: Arc<Challenges>,
}

impl Client {
    /// A client whose proofs whoever holds `challenges` answers. The operator has agreed to the server's terms.
    #[must_use]
    pub const fn new(
        directory: Directory,
        name: DnsName,
        folder: Folder,
        challenges: Arc<Challenges>,
    ) -> Self {
        Self { directory, name, folder, challenges }
    }

    /// The name that certificates are for.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Where its account and certificates are kept.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The certificate of this kind that is kept.
    #[must_use]
    pub fn leaf(&self, kind: LeafKind) -> Option<Leaf> {
        self.folder.leaf(kind, &self.name)
    }

    /// Orders a certificate for a new key and keeps both in place of the old ones. A failure leaves the old ones.
    pub async fn order(&self, kind: LeafKind) -> Result<(), AcmeError> {
        tokio::time::timeout(PATIENCE, self.obtain(kind))
            .await
            .unwrap_or(Err(AcmeError::TooLong { seconds: PATIENCE.as_secs() }))
    }

    async fn obtain(&self, kind: LeafKind) -> Result<(), AcmeError> {
        let identifiers = [Identifier::Dns(self.name.as_str().to_owned())];
        let mut order = self.new_order(&NewOrder::new(&identifiers)).await?;
        // answered until the order is ready or this future is dropped
        let open = self.prove(&mut order).await?;
        let status = order.poll_ready(&POLLING).await;
        if !matches!(status, Ok(OrderStatus::Ready)) {
            return Err(self.why_not_ready(&mut order, status.err()).await);
        }
        drop(open);
        let (key, request) = self.request(kind).await?;
        order.finalize_csr(&request).await.map_err(failed("cannot finalize the order"))?;
        let chain =
            order.poll_certificate(&POLLING).await.map_err(failed("the order brought no certificate"))?;
        self.keep(kind, &key, &chain)
    }

    /// A new order of the account that is kept, or of a new one where the server knows it no more.
    async fn new_order(&self, order: &NewOrder<'_>) -> Result<Order, AcmeError> {
        let (account, kept) = match self.kept_account().await? {
            Some(account) => (account, true),
            None => (self.new_account().await?, false),
        };
        let step = "cannot make an order";
        match account.new_order(order).await {
            Err(Error::Api(problem)) if kept && is_of_no_account(&problem) => {
                tracing::warn!("the ACME server does not know our account any more, a new one is made");
                self.new_account().await?.new_order(order).await.map_err(failed(step))
            }
            made => made.map_err(failed(step)),
        }
    }

    async fn kept_account(&self) -> Result<Option<Account>, AcmeError> {
        let path = self.folder.account();
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(AcmeError::Account { path }),
        };
        let credentials: AccountCredentials =
            serde_json::from_slice(&text).map_err(|_| AcmeError::Account { path })?;
        let account = self.builder()?.from_credentials(credentials).await;
        account.map(Some).map_err(failed("cannot read the directory"))
    }

    async fn new_account(&self) -> Result<Account, AcmeError> {
        let contact: Vec<&str> = self.directory.contact.iter().map(String::as_str).collect();
        let new =
            NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
        let made = self.builder()?.create(&new, self.directory.url.clone(), None).await;
        let (account, credentials) = made.map_err(failed("cannot make an account"))?;
        let text = serde_json::to_string(&credentials)
            .map_err(|error| failed("cannot keep the account")(error.into()))?;
        self.folder.write(&self.folder.account(), &text)?;
        tracing::info!("made an account at the ACME server");
        Ok(account)
    }

    fn builder(&self) -> Result<AccountBuilder, AcmeError> {
        let builder = match &self.directory.authority {
            Some(path) => Account::builder_with_root(path),
            None => Account::builder(),
        };
        builder.map_err(failed("cannot trust the ACME server"))
    }

    /// Answers what the server asks to have proved, and says so.
    async fn prove(&self, order: &mut Order) -> Result<Vec<Open>, AcmeError> {
        let mut open = Vec::new();
        let mut authorizations = order.authorizations();
        while let Some(authorization) = authorizations.next().await {
            let mut authorization = authorization.map_err(failed("cannot read what is to be proved"))?;
            if authorization.status == AuthorizationStatus::Valid {
                continue;
            }
            let none = || AcmeError::NoChallenge { name: self.name.as_str().to_owned() };
            let mut challenge = authorization.challenge(ChallengeType::Http01).ok_or_else(none)?;
            let answer = challenge.key_authorization();
            open.push(self.challenges.open(&challenge.token, answer.as_str()).ok_or_else(none)?);
            challenge.set_ready().await.map_err(failed("cannot say that the proof is there"))?;
        }
        Ok(open)
    }

    /// The server's own words of what it found, rather than those of the order, which only say that it failed.
    async fn why_not_ready(&self, order: &mut Order, error: Option<Error>) -> AcmeError {
        let mut authorizations = order.authorizations();
        while let Some(Ok(mut authorization)) = authorizations.next().await {
            let Ok(state) = authorization.refresh().await else { continue };
            let found = state.challenges.iter().find_map(|challenge| challenge.error.as_ref());
            if let Some(problem) = found {
                return AcmeError::Unproven { name: self.name.as_str().to_owned(), why: problem.to_string() };
            }
        }
        let step = "the order did not become ready";
        error.map_or_else(|| AcmeError::Server { step, why: "it is invalid".to_owned() }, failed(step))
    }

    /// A new key and the request for it. Making an RSA key takes as long as a hundred handshakes.
    async fn request(&self, kind: LeafKind) -> Result<(KeyPair, Vec<u8>), AcmeError> {
        let name = self.name.as_str().to_owned();
        let make = move || -> Result<_, AcmeError> {
            let key = kind.generate()?;
            let mut params = CertificateParams::new([name.clone()])?;
            params.distinguished_name = DistinguishedName::new();
            // old phones look at the common name only
            if name.len() <= COMMON_NAME_MAX {
                params.distinguished_name.push(DnType::CommonName, name);
            }
            let request = params.serialize_request(&key)?.der().to_vec();
            Ok((key, request))
        };
        tokio::task::spawn_blocking(make).await.map_err(|_| AcmeError::Stopping)?
    }

    /// Keeps what came, once it is seen to be what was asked for.
    fn keep(&self, kind: LeafKind, key: &KeyPair, chain: &str) -> Result<(), AcmeError> {
        let useless = |why| AcmeError::Useless { why };
        let leaf = Leaf::of_pem(chain.as_bytes()).ok_or_else(|| useless("cannot be read"))?;
        if leaf.kind != kind || !leaf.names.iter().any(|name| name == self.name.as_str()) {
            return Err(useless("is for another name"));
        }
        let text = zeroize::Zeroizing::new(format!("{}\n{}", chain.trim_end(), key.serialize_pem()));
        Identity::of_pem(text.as_bytes()).map_err(|_| useless("is for another key"))?;
        self.folder.write(&self.folder.files(kind).chain, &text)
    }
}

fn is_of_no_account(problem: &instant_acme::Problem) -> bool {
    problem.r#type.as_deref() == Some("urn:ietf:params:acme:error:accountDoesNotExist")
}

/// The whole chain of causes: an error of the network alone says that it is one.
fn failed(step: &'static str) -> impl Fn(Error) -> AcmeError {
    move |error| {
        let mut why = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            let text = error.to_string();
            if !why.contains(&text) {
                why = format!("{why}: {text}");
            }
            cause = error.source();
        }
        AcmeError::Server { step, why }
    }
}
