//! SIP accounts as a PBX needs them: who registers with what, who must not, and what else it should know of them.

use super::{AccessError, ActionError, Actions, FailureKind, Undecidable, error::may_fail_in_the_store};
use crate::{
    domain::{
        Admission, Component, DidNumber, Level, PlainText, Secret, ServiceKind, ServiceName, SipDomain,
        SipUser, TenantSlug, Timestamp, TrunkPeer, attendant::Schedule,
    },
    storage::Session,
};

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The service: an extension, or a trunk that registers.
    pub service: ServiceName,
    /// What it is.
    pub kind: ServiceKind,
    /// Whose it is.
    pub name: PlainText,
    /// The user part of its SIP address, also the name it authenticates with.
    pub user: SipUser,
    /// Its password; none while it is withheld.
    pub password: Option<Secret>,
    /// Whether it may register.
    pub admission: Admission,
    /// Whether it has a voicemail box.
    pub voicemail: bool,
    /// Whether its calls are recorded on demand.
    pub recording: bool,
    /// How many calls it carries at once; of a trunk.
    pub channels: Option<u32>,
    /// The public numbers that reach it.
    pub dids: Vec<DidNumber>,
    /// The tenant's revision of its last change.
    pub revision: i64,
}

/// The accounts of a tenant, all of them or those that changed.
#[derive(Clone, Debug)]
pub struct Accounts {
    /// The domain of their addresses, and the realm of their passwords.
    pub domain: SipDomain,
    /// The tenant's revision that this shows.
    pub as_of: i64,
    /// Whether these are all: whoever has others forgets them.
    pub complete: bool,
    /// The accounts.
    pub accounts: Vec<Account>,
    /// The users that were removed since.
    pub removed: Vec<SipUser>,
    /// When the license changes what is admitted without a change of revision: all must be asked for again then.
    pub next_change_at: Option<Timestamp>,
}

/// What a PBX needs beside the accounts.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// All accounts.
    pub accounts: Accounts,
    /// The auto-attendants that are admitted: number, name, schedule, public numbers.
    pub attendants: Vec<(ServiceName, PlainText, Schedule, Vec<DidNumber>)>,
    /// The admitted trunks that are known by addresses: name, networks, channels.
    pub peers: Vec<(PlainText, Vec<crate::domain::PeerNetwork>, u32)>,
}

/// Why the accounts are not told.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// Nobody can know what the license says.
    #[error(transparent)]
    Undecidable(#[from] Undecidable),
    /// What changed since cannot be told any more.
    #[error("what changed since revision {since} is not known any more, or never was; ask for everything")]
    Forgotten {
        /// The revision that was asked about.
        since: i64,
    },
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for AccountsError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Undecidable(_) => FailureKind::Unavailable,
            Self::Forgotten { .. } => FailureKind::Gone,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Undecidable(_) => "license_undecidable",
            Self::Forgotten { .. } => "revision_forgotten",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(AccountsError);

impl Actions {
    /// The tenant's SIP accounts with their passwords: all, or those that changed after the revision `since`. Takes a
    /// right of its own, and the audit keeps who was told passwords.
    pub async fn accounts(&self, slug: &TenantSlug, since: Option<i64>) -> Result<Accounts, AccountsError> {
        self.may(Component::Credentials, Level::View)?;
        let (mut session, tenant) = self.open_tenant(slug, Component::Credentials).await?;
        let accounts = self.read_accounts(&mut session, &tenant, since).await?;
        drop(session);
        let told = accounts.accounts.iter().filter(|account| account.password.is_some()).count();
        if told > 0 {
            let detail = format!("{told} accounts as of revision {}", accounts.as_of);
            let entry = self.entry(Some(tenant.id), "credentials.read", detail);
            self.store.audit(&entry).await?;
        }
        Ok(accounts)
    }

    /// Everything that a PBX needs of the tenant.
    pub async fn exchange(&self, slug: &TenantSlug) -> Result<Exchange, AccountsError> {
        self.may(Component::Credentials, Level::View)?;
        let (mut session, tenant) = self.open_tenant(slug, Component::Credentials).await?;
        let accounts = self.read_accounts(&mut session, &tenant, None).await?;
        let services = session.services(&tenant.id, None).await?;
        let details = self.service_details(&mut session, &tenant.id, services).await?;
        let mut schedules = session.schedules(&tenant.id).await?;
        let mut known = session.trunk_peers(&tenant.id).await?;
        drop(session);
        let (mut attendants, mut peers) = (Vec::new(), Vec::new());
        for details in details.into_iter().filter(|details| details.admission == Some(Admission::Admitted)) {
            let service = details.service;
            if let Some(schedule) = schedules.remove(&service.id) {
                attendants.push((service.called(), service.name, schedule, details.dids));
            } else if let Some(TrunkPeer::Addresses(networks)) = known.remove(&service.id) {
                peers.push((service.name, networks, details.granted.channels()));
            }
        }
        let detail = format!("{} accounts as of revision {}", accounts.accounts.len(), accounts.as_of);
        let entry = self.entry(Some(tenant.id), "credentials.exported", detail);
        self.store.audit(&entry).await?;
        Ok(Exchange { accounts, attendants, peers })
    }

    async fn read_accounts(
        &self,
        session: &mut Session,
        tenant: &crate::storage::Tenant,
        since: Option<i64>,
    ) -> Result<Accounts, AccountsError> {
        let state = self.license_state(session, &tenant.id).await?;
        if let Some(undecidable) = state.undecidable.clone() {
            return Err(undecidable.into());
        }
        let as_of = tenant.revision;
        let forgotten = |since| AccountsError::Forgotten { since };
        let removed = match since {
            Some(since) if !(0..=as_of).contains(&since) => return Err(forgotten(since)),
            Some(since) => session.removed_since(&tenant.id, since).await?.ok_or_else(|| forgotten(since))?,
            None => Vec::new(),
        };
        let since = since.filter(|since| tenant.facts_revision <= *since);
        let services = session.services(&tenant.id, None).await?;
        let details = self.service_details(session, &tenant.id, services).await?;
        let mut credentials = session.credentials(&tenant.id).await?;
        let mut accounts = Vec::new();
        for details in details {
            let service = &details.service;
            let Some((user, password)) = credentials.remove(&service.id) else { continue };
            let Some(admission) = details.admission else { continue };
            if since.is_some_and(|since| service.revision <= since) {
                continue;
            }
            let granted = &details.granted;
            accounts.push(Account {
                service: service.called(),
                kind: service.kind.clone(),
                name: service.name.clone(),
                user,
                password: Some(password).filter(|_| admission == Admission::Admitted),
                admission,
                voicemail: granted.voicemail,
                recording: granted.call_recording,
                channels: (service.kind == ServiceKind::Trunk).then(|| granted.channels()),
                dids: details.dids.clone(),
                revision: service.revision,
            });
        }
        let next_change_at = state
            .installed
            .iter()
            .flat_map(|(_, license)| [license.not_before(), license.grace_ends()])
            .filter(|boundary| *boundary > self.now())
            .min();
        let complete = since.is_none();
        let domain = tenant.sip_domain.clone();
        Ok(Accounts { domain, as_of, complete, accounts, removed, next_change_at })
    }
}
