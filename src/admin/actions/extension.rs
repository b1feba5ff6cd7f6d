//! Extensions: making one takes a seat, changing its product moves the seat, removing it frees the seat.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, AddOnDetails, FailureKind, LicenseState, SeatRefusal, Undecidable,
    effects::Phones,
    error::may_fail_in_the_store,
    find_extension,
    license_state::Wanted,
    service::{Around, addon_details},
};
use crate::{
    domain::{
        Admission, Component, DidNumber, Extension, ExtensionNumber, Ineffective, Level, LineNumber, Mac,
        PlainText, ProductId, Secret, ServiceId, ServiceKind, ServiceName, SipUser, TenantId, TenantSlug,
    },
    storage::{Change, Conflict, NewExtension, Session, StorageError},
};

/// Up to so many extensions it is asked what stands around each.
const FEW: usize = 200;

/// A part of a list.
#[derive(Clone, Debug)]
pub struct Found<T> {
    /// The part.
    pub items: Vec<T>,
    /// How many there are in the whole list.
    pub of: u64,
    /// Whether more come after these.
    pub more: bool,
}

/// What is needed to make an extension.
#[derive(Clone, Debug)]
pub struct ExtensionToAdd {
    /// The number that people dial.
    pub number: ExtensionNumber,
    /// Whose it is.
    pub name: PlainText,
    /// Its main product.
    pub product: ProductId,
    /// The user part of its SIP address; the number when none.
    pub sip_user: Option<SipUser>,
    /// Its SIP password; made when none.
    pub sip_password: Option<Secret>,
}

impl ExtensionToAdd {
    /// The user part of its SIP address.
    pub(super) fn sip_user(&self) -> SipUser {
        self.sip_user.clone().unwrap_or_else(|| SipUser::from(&self.number))
    }
}

/// An extension beside what the license and the devices make of it.
#[derive(Clone, Debug)]
pub struct ExtensionDetails {
    /// The extension.
    pub extension: Extension,
    /// The product's name, where the license has it.
    pub product_name: Option<String>,
    /// Whether its lines are admitted; none while that is undecidable.
    pub admission: Option<Admission>,
    /// What it has besides, in the order of its add-ons.
    pub addons: Vec<AddOnDetails>,
    /// Why it is undecidable, where it is.
    pub undecidable: Option<Undecidable>,
    /// Whether the operator blocked it, so that only the operator can unblock it.
    pub blocked_by_operator: bool,
    /// The public numbers that it answers.
    pub dids: Vec<DidNumber>,
    /// The device lines that carry it.
    pub carriers: Vec<Carrier>,
    /// What its products grant that shows nothing on its phones.
    pub ineffective: Vec<Ineffective>,
}

/// A device line that carries an extension or a SIP trunk.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Carrier {
    /// The device.
    pub mac: Mac,
    /// The line.
    pub line: LineNumber,
}

impl std::fmt::Display for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} line {}", self.mac.colons(), self.line)
    }
}

/// Why an extension was not made.
#[derive(Debug, thiserror::Error)]
pub enum AddExtensionError {
    /// The number belongs to another service.
    #[error("number {number} is taken by \"{by}\"")]
    NumberTaken {
        /// The number.
        number: ExtensionNumber,
        /// The name of who has it.
        by: PlainText,
    },
    /// The SIP user belongs to another extension or a trunk.
    #[error("SIP user \"{user}\" is taken by {}", by.of_account())]
    SipUserTaken {
        /// The SIP user.
        user: SipUser,
        /// Who has it.
        by: ServiceName,
    },
    /// There is no seat for it.
    #[error(transparent)]
    Seat(#[from] SeatRefusal),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for AddExtensionError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Access(access) => access.kind(),
            _ => FailureKind::Refused,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NumberTaken { .. } => "number_taken",
            Self::SipUserTaken { .. } => "sip_user_taken",
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

may_fail_in_the_store!(AddExtensionError);

impl Actions {
    /// Makes an extension, if the license has a seat for it.
    pub async fn add_extension(
        &self,
        slug: &TenantSlug,
        new: ExtensionToAdd,
    ) -> Result<ExtensionDetails, AddExtensionError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Extensions).await?;
        self.once(&mut change).await?;
        let sip_user = new.sip_user();
        match self.add_extension_in(&mut change, new).await {
            Err(AddExtensionError::Access(AccessError::Storage(StorageError::Conflict(
                Conflict::SipUser,
            )))) => {
                drop(change);
                Err(self.sip_user_taken(&tenant.id, sip_user).await?)
            }
            Err(error) => Err(error),
            Ok(details) => {
                change.commit().await?;
                Ok(details)
            }
        }
    }

    /// Makes an extension as a part of a change.
    pub(super) async fn add_extension_in(
        &self,
        change: &mut Change,
        new: ExtensionToAdd,
    ) -> Result<ExtensionDetails, AddExtensionError> {
        let tenant = change.tenant().clone();
        if let Some(other) = change.service(&tenant, &new.number.clone().into()).await? {
            return Err(AddExtensionError::NumberTaken { number: new.number, by: other.name });
        }
        let state = self.license_state(change, &tenant).await?;
        let wanted = Wanted::main(&ServiceKind::Extension, &new.product);
        state.admit_new_seats(change, &tenant, wanted).await??;
        let row = NewExtension {
            id: ServiceId::generate(&*self.random),
            sip_user: new.sip_user(),
            number: new.number,
            name: new.name,
            product: new.product,
            sip_password: new.sip_password.unwrap_or_else(|| Secret::generate_password(&*self.random)),
        };
        change.add_extension(&row).await?;
        let detail = format!("{} with product {}", row.number, row.product);
        let extension = find_extension(change, &tenant, &row.number).await?;
        let after =
            json!({ "name": extension.name, "product": extension.product, "sip_user": extension.sip_user });
        self.note_change(change, "extension.added", detail, (Value::Null, after)).await?;
        Ok(ExtensionDetails {
            product_name: state.name_of(&row.product),
            extension,
            admission: Some(Admission::Admitted),
            addons: Vec::new(),
            undecidable: None,
            blocked_by_operator: false,
            dids: Vec::new(),
            carriers: Vec::new(),
            ineffective: Vec::new(),
        })
    }

    /// Names the extension that has the SIP user.
    pub(super) async fn sip_user_taken(
        &self,
        tenant: &TenantId,
        user: SipUser,
    ) -> Result<AddExtensionError, StorageError> {
        let by = self.store.read().await?.owner_of_sip_user(tenant, &user).await?;
        Ok(match by {
            Some(by) => AddExtensionError::SipUserTaken { user, by },
            None => StorageError::Conflict(Conflict::SipUser).into(),
        })
    }

    /// The tenant's extensions, by number.
    pub async fn extensions(&self, slug: &TenantSlug) -> Result<Vec<ExtensionDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Extensions).await?;
        let extensions = session.extensions(&tenant.id).await?;
        self.details(&mut session, &tenant.id, extensions).await
    }

    /// One extension; with `reveal` its password is going to be shown, which takes a right of its own and the audit keeps.
    pub async fn extension(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        reveal: bool,
    ) -> Result<ExtensionDetails, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Extensions).await?;
        let extension = find_extension(&mut session, &tenant.id, number).await?;
        let details = self.details(&mut session, &tenant.id, vec![extension]).await?;
        drop(session);
        if reveal {
            self.may(Component::Credentials, Level::View)?;
            let entry = self.entry(Some(tenant.id), "password.shown", format!("extension {number}"));
            self.store.audit(&entry).await?;
        }
        details.into_iter().next().ok_or_else(|| AccessError::Extension(number.clone()))
    }

    /// Some of the tenant's extensions by number, and how many there are: so many after that number, or of those that
    /// the search finds in number, name or product.
    pub async fn find_extensions(
        &self,
        slug: &TenantSlug,
        search: Option<&str>,
        after: &str,
        limit: usize,
    ) -> Result<Found<ExtensionDetails>, AccessError> {
        let (mut session, tenant) = self.open_tenant(slug, Component::Extensions).await?;
        let (mut extensions, of) = match search {
            None => {
                let wanted = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
                let some = session.extensions_after(&tenant.id, after, wanted).await?;
                (some, session.sizes(&tenant.id).await?.0)
            }
            Some(search) => {
                let search = search.to_lowercase();
                let is_found = |text: &str| text.to_lowercase().contains(&search);
                let mut names = session.extension_names(&tenant.id).await?;
                names.retain(|(number, name, product)| {
                    number.as_str().contains(&search) || is_found(name) || is_found(product.as_str())
                });
                let of = names.len() as u64;
                let mut some = Vec::new();
                for (number, ..) in
                    names.iter().filter(|(number, ..)| number.as_str() > after).take(limit + 1)
                {
                    some.extend(session.extension_by_number(&tenant.id, number).await?);
                }
                (some, of)
            }
        };
        let more = extensions.len() > limit;
        extensions.truncate(limit);
        let items = self.details(&mut session, &tenant.id, extensions).await?;
        Ok(Found { items, of, more })
    }

    pub(super) async fn license_state(
        &self,
        session: &mut Session,
        tenant: &TenantId,
    ) -> Result<LicenseState, StorageError> {
        LicenseState::read(session, tenant, &self.license_keys, (self.now(), self.actor.language)).await
    }

    pub(super) async fn details(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        extensions: Vec<Extension>,
    ) -> Result<Vec<ExtensionDetails>, AccessError> {
        let state = self.license_state(session, tenant).await?;
        let cutoffs = state.cutoffs(session, tenant).await?;
        // of a few it is cheaper to ask for each, of many to read all that there is
        let few = extensions.len() <= FEW;
        let ids: Vec<ServiceId> = extensions.iter().map(|extension| extension.id.clone()).collect();
        let (around, mut carriers) = if few {
            (Around::of(session, &ids).await?, carriers_of(session, &ids).await?)
        } else {
            (Around::read(session, tenant).await?, carriers_by_service(session, tenant).await?)
        };
        let grants: Vec<_> =
            extensions.iter().map(|extension| state.granted_to(extension, &cutoffs)).collect();
        let phones = if grants.iter().any(|granted| granted.pin_protection || granted.call_recording) {
            // which line of a phone comes first, also others' lines decide
            let all = carriers_by_service(session, tenant).await?;
            Phones::read(self, session, tenant, all.values().flatten()).await?
        } else {
            Phones::default()
        };
        let details = extensions.into_iter().zip(&grants).map(|(extension, granted)| {
            let carriers = carriers.remove(&extension.id).unwrap_or_default();
            ExtensionDetails {
                product_name: state.name_of(&extension.product),
                admission: state.admission(&extension, &cutoffs),
                addons: addon_details(&state, &ServiceKind::Extension, &extension.addons, &cutoffs),
                undecidable: state.undecidable.clone(),
                blocked_by_operator: around.blocks.contains(&extension.id),
                dids: around.answered_by(&extension.id),
                ineffective: phones.ineffective(granted, extension.pin.is_some(), &carriers),
                carriers,
                extension,
            }
        });
        Ok(details.collect())
    }
}

/// The device lines that carry the service.
pub(super) async fn carriers(
    session: &mut Session,
    service: &ServiceId,
) -> Result<Vec<Carrier>, StorageError> {
    let lines = session.carriers_of(service).await?;
    Ok(lines.into_iter().map(|(mac, line)| Carrier { mac, line }).collect())
}

async fn carriers_of(
    session: &mut Session,
    services: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Carrier>>, StorageError> {
    let mut all = HashMap::new();
    for service in services {
        all.insert(service.clone(), carriers(session, service).await?);
    }
    Ok(all)
}

pub(super) async fn carriers_by_service(
    session: &mut Session,
    tenant: &TenantId,
) -> Result<HashMap<ServiceId, Vec<Carrier>>, StorageError> {
    let mut carriers: HashMap<ServiceId, Vec<Carrier>> = HashMap::new();
    for (service, mac, line) in session.carriers(tenant).await? {
        carriers.entry(service).or_default().push(Carrier { mac, line });
    }
    Ok(carriers)
}
