//! What extensions, auto-attendants and SIP trunks have in common: they are found, blocked and removed alike.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, Carrier, FailureKind, LicenseState, Undecidable,
    attendant::leading_to, error::may_fail_in_the_store, extension::carriers,
};
use crate::{
    domain::{
        AddOn, Admission, Component, Cutoff, DidNumber, Grants, PlainText, ProductId, Service, ServiceId,
        ServiceKind, ServiceName, TenantId, TenantSlug,
    },
    storage::{Session, StorageError},
};

/// A service beside what the license makes of it.
#[derive(Clone, Debug)]
pub struct ServiceDetails {
    /// The service.
    pub service: Service,
    /// The main product's name, where the license has it.
    pub product_name: Option<String>,
    /// Whether it is admitted; none while that is undecidable.
    pub admission: Option<Admission>,
    /// What it has besides, in the order of its add-ons.
    pub addons: Vec<AddOnDetails>,
    /// What its products grant it now.
    pub granted: Grants,
    /// Why it is undecidable, where it is.
    pub undecidable: Option<Undecidable>,
    /// Whether the operator blocked it, so that only the operator can unblock it.
    pub blocked_by_operator: bool,
    /// The public numbers that it answers.
    pub dids: Vec<DidNumber>,
}

/// An add-on of a service beside what the license makes of it.
#[derive(Clone, Debug)]
pub struct AddOnDetails {
    /// The product.
    pub product: ProductId,
    /// Its seats.
    pub seats: u32,
    /// The product's name, where the license has it.
    pub name: Option<String>,
    /// Whether it has its effect; none while that is undecidable.
    pub admission: Option<Admission>,
}

/// Why a service was not blocked or unblocked; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// The operator blocked it.
    #[error("{0} was blocked by the operator, who alone can unblock it")]
    ByOperator(ServiceName),
    /// The service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for BlockError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::ByOperator(_) => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::ByOperator(_) => "blocked_by_operator",
            Self::Access(access) => access.code(),
        }
    }
}

/// Why a service was not removed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveServiceError {
    /// Auto-attendants pass calls to it.
    #[error("{service} is where {} passes calls; change that first", listed(attendants))]
    Target {
        /// The service.
        service: ServiceName,
        /// The auto-attendants.
        attendants: Vec<ServiceName>,
    },
    /// The service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(attendants: &[ServiceName]) -> String {
    let numbers: Vec<String> = attendants.iter().map(|number| format!("auto-attendant {number}")).collect();
    numbers.join(", ")
}

impl ActionError for RemoveServiceError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Target { .. } => FailureKind::Refused,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Target { .. } => "service_is_target",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(BlockError, RemoveServiceError);

/// The component whose rights decide what may be done with a service.
pub(super) const fn component(kind: &ServiceKind) -> Component {
    match kind {
        ServiceKind::Extension | ServiceKind::Other(_) => Component::Extensions,
        ServiceKind::AutoAttendant => Component::Attendants,
        ServiceKind::Trunk => Component::Trunks,
    }
}

/// The kind's word in the audit.
pub(super) const fn noun(kind: &ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Extension | ServiceKind::Other(_) => "extension",
        ServiceKind::AutoAttendant => "attendant",
        ServiceKind::Trunk => "trunk",
    }
}

impl Actions {
    /// Blocks or unblocks a service of `kind`: its seat stays, it does nothing. Whether that changed anything.
    pub async fn block_service(
        &self,
        slug: &TenantSlug,
        kind: &ServiceKind,
        name: &ServiceName,
        blocked: bool,
    ) -> Result<bool, BlockError> {
        let (mut change, tenant) = self.change_tenant(slug, component(kind)).await?;
        let service = find_service(&mut change, &tenant.id, kind, name).await?;
        self.unchanged(service.revision)?;
        let (operator, by_operator) =
            (self.actor.operator, change.is_blocked_by_operator(&service.id).await?);
        if by_operator && !operator {
            if blocked {
                return Ok(false);
            }
            return Err(BlockError::ByOperator(name.clone()));
        }
        if service.blocked == blocked && (!blocked || by_operator == operator) {
            return Ok(false);
        }
        change.block_service(&service.id, blocked, operator).await?;
        let verb = if blocked { "blocked" } else { "unblocked" };
        let states =
            (json!({ "blocked": service.blocked }), json!({ "blocked": blocked, "by_operator": operator }));
        self.note_change(&mut change, &format!("{}.{verb}", noun(kind)), name.to_string(), states).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Calls a service of `kind` otherwise. Whether that changed anything.
    pub async fn rename_service(
        &self,
        slug: &TenantSlug,
        kind: &ServiceKind,
        name: &ServiceName,
        new: &PlainText,
    ) -> Result<bool, AccessError> {
        let (mut change, tenant) = self.change_tenant(slug, component(kind)).await?;
        let service = find_service(&mut change, &tenant.id, kind, name).await?;
        self.unchanged(service.revision)?;
        if service.name == *new {
            return Ok(false);
        }
        change.rename_service(&service.id, new).await?;
        let action = format!("{}.renamed", noun(kind));
        let names = (json!({ "name": service.name }), json!({ "name": new }));
        self.note_change(&mut change, &action, name.to_string(), names).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Removes a service of `kind`: its seats and its public numbers are free, and so are the device lines that carried
    /// it; those. Its SIP account is gone with it.
    pub async fn remove_service(
        &self,
        slug: &TenantSlug,
        kind: &ServiceKind,
        name: &ServiceName,
    ) -> Result<Vec<Carrier>, RemoveServiceError> {
        let (mut change, tenant) = self.change_tenant(slug, component(kind)).await?;
        let service = find_service(&mut change, &tenant.id, kind, name).await?;
        self.unchanged(service.revision)?;
        let attendants = leading_to(&mut change, &tenant.id, &service).await?;
        if !attendants.is_empty() {
            return Err(RemoveServiceError::Target { service: name.clone(), attendants });
        }
        let carriers = carriers(&mut change, &service.id).await?;
        let state = self.license_state(&mut change, &tenant.id).await?;
        let others_move_up = state.is_oversubscribed(&mut change, &tenant.id).await?;
        for carrier in &carriers {
            change.remember_release((carrier.mac, carrier.line), name, self.now()).await?;
        }
        change.remove_service(&service.id, self.now()).await?;
        if others_move_up {
            change.touch_all().await?;
        }
        let states = (told(&service), Value::Null);
        self.note_change(&mut change, &format!("{}.removed", noun(kind)), name.to_string(), states).await?;
        change.commit().await?;
        Ok(carriers)
    }

    /// The services beside what the license makes of them.
    pub(super) async fn service_details(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        services: Vec<Service>,
    ) -> Result<Vec<ServiceDetails>, AccessError> {
        let state = self.license_state(session, tenant).await?;
        let cutoffs = state.cutoffs(session, tenant).await?;
        let around = Around::read(session, tenant).await?;
        let details = services.into_iter().map(|service| ServiceDetails {
            product_name: state.name_of(&service.product),
            admission: state.service_admission(&service, &cutoffs),
            addons: addon_details(&state, &service.kind, &service.addons, &cutoffs),
            granted: state.granted(&service, &cutoffs),
            undecidable: state.undecidable.clone(),
            blocked_by_operator: around.blocks.contains(&service.id),
            dids: around.answered_by(&service.id),
            service,
        });
        Ok(details.collect())
    }
}

/// What the store knows of a tenant's services beside their rows.
pub(super) struct Around {
    pub(super) blocks: BTreeSet<ServiceId>,
    dids: HashMap<ServiceId, Vec<DidNumber>>,
}

impl Around {
    pub(super) async fn read(session: &mut Session, tenant: &TenantId) -> Result<Self, StorageError> {
        let mut dids: HashMap<ServiceId, Vec<DidNumber>> = HashMap::new();
        for did in session.dids(tenant).await? {
            if let Some(service) = did.service {
                dids.entry(service).or_default().push(did.number);
            }
        }
        Ok(Self { blocks: session.operator_blocks(tenant).await?, dids })
    }

    /// The same of a few services alone.
    pub(super) async fn of(session: &mut Session, services: &[ServiceId]) -> Result<Self, StorageError> {
        let (mut blocks, mut dids) = (BTreeSet::new(), HashMap::new());
        for service in services {
            let answered = session.dids_of(service).await?.into_iter().map(|did| did.number).collect();
            dids.insert(service.clone(), answered);
            if session.is_blocked_by_operator(service).await? {
                blocks.insert(service.clone());
            }
        }
        Ok(Self { blocks, dids })
    }

    /// The public numbers that the service answers.
    pub(super) fn answered_by(&self, service: &ServiceId) -> Vec<DidNumber> {
        self.dids.get(service).cloned().unwrap_or_default()
    }
}

pub(super) fn addon_details(
    state: &LicenseState,
    service: &ServiceKind,
    addons: &[AddOn],
    cutoffs: &BTreeMap<ProductId, Cutoff>,
) -> Vec<AddOnDetails> {
    let details = addons.iter().map(|addon| AddOnDetails {
        product: addon.product.clone(),
        seats: addon.seats,
        name: state.name_of(&addon.product),
        admission: state.addon_admission(service, addon, cutoffs),
    });
    details.collect()
}

/// The tenant's service of `kind` that is called so.
pub(super) async fn find_service(
    session: &mut Session,
    tenant: &TenantId,
    kind: &ServiceKind,
    name: &ServiceName,
) -> Result<Service, AccessError> {
    match session.service(tenant, name).await? {
        Some(service) if service.kind == *kind => Ok(service),
        Some(service) => {
            Err(AccessError::OtherKind { name: name.clone(), is: service.kind, wanted: kind.clone() })
        }
        None => Err(match (kind, name) {
            (ServiceKind::Extension, ServiceName::Number(number)) => AccessError::Extension(number.clone()),
            _ => AccessError::Service { kind: Some(kind.clone()), name: name.clone() },
        }),
    }
}

/// The tenant's service of any kind that is called so.
pub(super) async fn find_any_service(
    session: &mut Session,
    tenant: &TenantId,
    name: &ServiceName,
) -> Result<Service, AccessError> {
    let found = session.service(tenant, name).await?;
    found.ok_or_else(|| AccessError::Service { kind: None, name: name.clone() })
}

/// What the audit keeps of a service that was made or removed.
pub(super) fn told(service: &Service) -> Value {
    json!({ "name": service.name, "product": service.product, "blocked": service.blocked })
}
