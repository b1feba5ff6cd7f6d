//! SIP trunks: making one takes a seat; its channels are those of its main product and of its add-ons together.

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, Carrier, FailureKind, SeatRefusal, ServiceDetails,
    error::may_fail_in_the_store,
    extension::carriers_by_service,
    license_state::Wanted,
    service::{find_service, told},
};
use crate::{
    domain::{
        Admission, Component, ExtensionNumber, Level, PeerNetwork, PlainText, ProductId, Service, ServiceId,
        ServiceKind, ServiceName, SipUser, TenantId, TenantSlug, TrunkPeer,
    },
    storage::{Conflict, NewService, Session, StorageError},
};

const KIND: ServiceKind = ServiceKind::Trunk;
/// Longer lists of networks are a mistake, and make every lookup slower.
const MOST_NETWORKS: usize = 50;

/// What is needed to make a SIP trunk.
#[derive(Clone, Debug)]
pub struct TrunkToAdd {
    /// What people call it; unique among the tenant's trunks.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// How its peer proves who it is.
    pub peer: TrunkPeer,
}

/// A SIP trunk beside what the license makes of it.
#[derive(Clone, Debug)]
pub struct TrunkDetails {
    /// What every service has.
    pub service: ServiceDetails,
    /// How its peer proves who it is.
    pub peer: TrunkPeer,
    /// How many calls it carries at once now; none while that is undecidable.
    pub channels: Option<u32>,
    /// The lines of gateways that carry it.
    pub carriers: Vec<Carrier>,
}

/// Why a SIP trunk was not made or changed; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum TrunkError {
    /// Another trunk is called so.
    #[error("the tenant already has a SIP trunk \"{0}\"")]
    NameTaken(PlainText),
    /// The name would be taken for an extension.
    #[error("\"{0}\" looks like the number of an extension; give the SIP trunk a name")]
    NameIsNumber(PlainText),
    /// The SIP user belongs to another service.
    #[error("SIP user \"{user}\" is taken by {}", by.of_account())]
    SipUserTaken {
        /// The SIP user.
        user: SipUser,
        /// Who has it.
        by: ServiceName,
    },
    /// No network, or too many.
    #[error("a SIP trunk is known by 1 to {MOST_NETWORKS} networks; {0} are given")]
    Networks(usize),
    /// The trunk is of the other sort.
    #[error("SIP trunk \"{name}\" {has}")]
    OtherPeer {
        /// The trunk.
        name: PlainText,
        /// What it has.
        has: &'static str,
    },
    /// There is no seat for it.
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    /// What was named is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for TrunkError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Networks(_) | Self::NameIsNumber(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
            _ => FailureKind::Refused,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NameTaken(_) => "trunk_exists",
            Self::NameIsNumber(_) => "trunk_name_is_number",
            Self::SipUserTaken { .. } => "sip_user_taken",
            Self::Networks(_) => "trunk_networks_wrong",
            Self::OtherPeer { .. } => "trunk_of_other_sort",
            Self::Seat(refusal) => refusal.code(),
            Self::Access(access) => access.code(),
        }
    }

    fn refused_seat(&self) -> Option<&SeatRefusal> {
        match self {
            Self::Seat(refusal) => Some(refusal),
            _ => None,
        }
    }
}

may_fail_in_the_store!(TrunkError);

impl Actions {
    /// Makes a SIP trunk, if the license has a seat for it.
    pub async fn add_trunk(&self, slug: &TenantSlug, new: TrunkToAdd) -> Result<TrunkDetails, TrunkError> {
        if ExtensionNumber::parse(new.name.as_str()).is_ok() {
            return Err(TrunkError::NameIsNumber(new.name));
        }
        if let TrunkPeer::Addresses(networks) = &new.peer {
            count(networks)?;
        }
        let (mut change, tenant) = self.change_tenant(slug, Component::Trunks).await?;
        self.once(&mut change).await?;
        let state = self.license_state(&mut change, &tenant.id).await?;
        state.admit_new_seats(&mut change, &tenant.id, Wanted::main(&KIND, &new.product)).await??;
        let (id, name) = (ServiceId::generate(&*self.random), ServiceName::Trunk(new.name.clone()));
        if change.service(&tenant.id, &name).await?.is_some() {
            return Err(TrunkError::NameTaken(new.name));
        }
        let row = NewService { id, kind: KIND, number: None, name: new.name, product: new.product };
        match change.add_trunk(&row, &new.peer).await {
            Err(StorageError::Conflict(Conflict::SipUser)) => {
                drop(change);
                return Err(self.sip_user_of_trunk_taken(&tenant.id, &new.peer).await?);
            }
            other => other?,
        }
        let detail = format!("{} with product {}", row.name, row.product);
        let service = find_service(&mut change, &tenant.id, &KIND, &name).await?;
        let states = (Value::Null, told(&service));
        self.note_change(&mut change, "trunk.added", detail, states).await?;
        let details = self.trunk_details(&mut change, &tenant.id, vec![service]).await?.pop();
        change.commit().await?;
        Ok(details.ok_or(AccessError::Service { kind: Some(KIND), name })?)
    }

    async fn sip_user_of_trunk_taken(
        &self,
        tenant: &TenantId,
        peer: &TrunkPeer,
    ) -> Result<TrunkError, StorageError> {
        if let TrunkPeer::Credentials { user, .. } = peer
            && let Some(by) = self.store.read().await?.owner_of_sip_user(tenant, user).await?
        {
            return Ok(TrunkError::SipUserTaken { user: user.clone(), by });
        }
        Ok(StorageError::Conflict(Conflict::SipUser).into())
    }

    /// The tenant's SIP trunks, by name.
    pub async fn trunks(&self, slug: &TenantSlug) -> Result<Vec<TrunkDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Trunks).await?;
        let services = session.services(&tenant.id, Some(&KIND)).await?;
        self.trunk_details(&mut session, &tenant.id, services).await
    }

    /// One SIP trunk; with `reveal` its password is going to be shown, which takes a right of its own and the audit keeps.
    pub async fn trunk(
        &self,
        slug: &TenantSlug,
        name: &PlainText,
        reveal: bool,
    ) -> Result<TrunkDetails, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Trunks).await?;
        let called = ServiceName::Trunk(name.clone());
        let service = find_service(&mut session, &tenant.id, &KIND, &called).await?;
        let details = self.trunk_details(&mut session, &tenant.id, vec![service]).await?.pop();
        drop(session);
        if reveal {
            self.may(Component::Credentials, Level::View)?;
            let entry = self.entry(Some(tenant.id), "password.shown", format!("trunk {name}"));
            self.store.audit(&entry).await?;
        }
        details.ok_or(AccessError::Service { kind: Some(KIND), name: called })
    }

    /// Lets the calls of a trunk come from other networks.
    pub async fn set_trunk_networks(
        &self,
        slug: &TenantSlug,
        name: &PlainText,
        networks: Vec<PeerNetwork>,
    ) -> Result<(), TrunkError> {
        count(&networks)?;
        let (mut change, tenant) = self.change_tenant(slug, Component::Trunks).await?;
        let called = ServiceName::Trunk(name.clone());
        let service = find_service(&mut change, &tenant.id, &KIND, &called).await?;
        self.unchanged(service.revision)?;
        let before = change.trunk_peers(&tenant.id).await?.remove(&service.id);
        if let Some(TrunkPeer::Credentials { .. }) = before {
            let has = "registers with credentials, it is not known by addresses";
            return Err(TrunkError::OtherPeer { name: name.clone(), has });
        }
        let listed = networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let known_by = match before {
            Some(TrunkPeer::Addresses(before)) => before,
            _ => Vec::new(),
        };
        let states = (json!({ "addresses": known_by }), json!({ "addresses": networks }));
        change.set_trunk_addresses(&service.id, networks).await?;
        self.note_change(&mut change, "trunk.networks-set", format!("{name}: {listed}"), states).await?;
        change.commit().await?;
        Ok(())
    }

    async fn trunk_details(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        services: Vec<Service>,
    ) -> Result<Vec<TrunkDetails>, AccessError> {
        let mut peers = session.trunk_peers(tenant).await?;
        let mut carriers = carriers_by_service(session, tenant).await?;
        let details = self.service_details(session, tenant, services).await?;
        let details = details.into_iter().filter_map(|service| {
            let peer = peers.remove(&service.service.id)?;
            let channels = service.admission.map(|admission| match admission {
                Admission::Admitted => service.granted.channels(),
                Admission::Withheld(_) => 0,
            });
            let carriers = carriers.remove(&service.service.id).unwrap_or_default();
            Some(TrunkDetails { service, peer, channels, carriers })
        });
        Ok(details.collect())
    }
}

fn count(networks: &[PeerNetwork]) -> Result<(), TrunkError> {
    if (1..=MOST_NETWORKS).contains(&networks.len()) {
        Ok(())
    } else {
        Err(TrunkError::Networks(networks.len()))
    }
}
