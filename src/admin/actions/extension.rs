//! Extensions: making one takes a seat, changing its product moves the seat, removing it frees the seat.

use std::collections::BTreeMap;

use super::{
    AccessError, ActionError, Actions, FailureKind, LicenseState, SeatRefusal, Undecidable,
    error::may_fail_in_the_store, find_extension, find_tenant,
};
use crate::{
    domain::{
        AddOn, Admission, Cutoff, Extension, ExtensionNumber, LineNumber, Mac, PlainText, ProductId,
        ProductKind, Secret, ServiceId, SipUser, TenantId, TenantSlug,
    },
    storage::{Conflict, NewExtension, Session, StorageError},
};

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
    /// The device lines that carry it.
    pub carriers: Vec<Carrier>,
}

/// An add-on of an extension beside what the license makes of it.
#[derive(Clone, Debug)]
pub struct AddOnDetails {
    /// The product.
    pub product: ProductId,
    /// The product's name, where the license has it.
    pub name: Option<String>,
    /// Whether it has its effect; none while that is undecidable.
    pub admission: Option<Admission>,
}

/// A device line that carries an extension.
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
    /// The number belongs to another extension.
    #[error("number {number} is taken by \"{by}\"")]
    NumberTaken {
        /// The number.
        number: ExtensionNumber,
        /// The name of who has it.
        by: PlainText,
    },
    /// The number belongs to a service that is no extension.
    #[error("number {0} is taken by another service of the tenant")]
    NumberTakenByService(ExtensionNumber),
    /// The SIP user belongs to another extension.
    #[error("SIP user \"{user}\" is taken by extension {by}")]
    SipUserTaken {
        /// The SIP user.
        user: SipUser,
        /// The number of the extension that has it.
        by: ExtensionNumber,
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
            Self::NumberTaken { .. } | Self::NumberTakenByService(_) => "number_taken",
            Self::SipUserTaken { .. } => "sip_user_taken",
            Self::Seat(refusal) => refusal.code(),
            Self::Access(access) => access.code(),
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
        let (mut change, tenant) = self.change_tenant(slug).await?;
        if let Some(other) = change.extension_by_number(&tenant.id, &new.number).await? {
            return Err(AddExtensionError::NumberTaken { number: new.number, by: other.name });
        }
        let state = self.license_state(&mut change, &tenant.id).await?;
        state.admit_new_seat(&mut change, &tenant.id, ProductKind::Main, &new.product).await??;
        let sip_user = match new.sip_user {
            Some(user) => user,
            None => SipUser::from(&new.number),
        };
        let row = NewExtension {
            id: ServiceId::generate(&*self.random),
            number: new.number,
            name: new.name,
            product: new.product,
            sip_user,
            sip_password: new.sip_password.unwrap_or_else(|| Secret::generate_password(&*self.random)),
        };
        match change.add_extension(&row).await {
            Ok(()) => {}
            Err(StorageError::Conflict(Conflict::SipUser)) => {
                drop(change);
                return Err(self.sip_user_taken(&tenant.id, row.sip_user).await?);
            }
            Err(StorageError::Conflict(Conflict::Number)) => {
                return Err(AddExtensionError::NumberTakenByService(row.number));
            }
            Err(error) => return Err(error.into()),
        }
        let detail = format!("{} with product {}", row.number, row.product);
        self.note(&mut change, "extension.added", detail).await?;
        let extension = find_extension(&mut change, &tenant.id, &row.number).await?;
        change.commit().await?;
        let product_name = state.product(&row.product).map(|product| product.name("en").to_owned());
        let admission = Some(Admission::Admitted);
        let (addons, carriers) = (vec![], vec![]);
        Ok(ExtensionDetails { extension, product_name, admission, addons, undecidable: None, carriers })
    }

    /// Names the extension that has the SIP user.
    async fn sip_user_taken(
        &self,
        tenant: &TenantId,
        user: SipUser,
    ) -> Result<AddExtensionError, StorageError> {
        let extensions = self.store.read().await?.extensions(tenant).await?;
        Ok(match extensions.into_iter().find(|extension| extension.sip_user == user) {
            Some(other) => AddExtensionError::SipUserTaken { user, by: other.number },
            None => StorageError::Conflict(Conflict::SipUser).into(),
        })
    }

    /// The tenant's extensions, by number.
    pub async fn extensions(&self, slug: &TenantSlug) -> Result<Vec<ExtensionDetails>, AccessError> {
        let mut session = self.store.read().await?;
        let tenant = find_tenant(&mut session, slug).await?;
        let extensions = session.extensions(&tenant.id).await?;
        self.details(&mut session, &tenant.id, extensions).await
    }

    /// One extension; with `reveal` its password is going to be shown, which the audit keeps.
    pub async fn extension(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        reveal: bool,
    ) -> Result<ExtensionDetails, AccessError> {
        let mut session = self.store.read().await?;
        let tenant = find_tenant(&mut session, slug).await?;
        let extension = find_extension(&mut session, &tenant.id, number).await?;
        let details = self.details(&mut session, &tenant.id, vec![extension]).await?;
        drop(session);
        if reveal {
            let entry = self.entry(Some(tenant.id), "password.shown", format!("extension {number}"));
            self.store.audit(&*self.random, &entry).await?;
        }
        details.into_iter().next().ok_or_else(|| AccessError::Extension(number.clone()))
    }

    /// Blocks or unblocks an extension: its seat stays, its lines are withheld. Whether that changed anything.
    pub async fn block_extension(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        blocked: bool,
    ) -> Result<bool, AccessError> {
        let (mut change, tenant) = self.change_tenant(slug).await?;
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        if extension.blocked == blocked {
            return Ok(false);
        }
        change.block_extension(&extension.id, blocked).await?;
        let action = if blocked { "extension.blocked" } else { "extension.unblocked" };
        self.note(&mut change, action, number.to_string()).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Removes an extension: its seat is free, and so are the device lines that carried it; those.
    pub async fn remove_extension(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
    ) -> Result<Vec<Carrier>, AccessError> {
        let (mut change, tenant) = self.change_tenant(slug).await?;
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        let carriers = carriers(&mut change, &tenant.id, &extension.id).await?;
        change.remove_extension(&extension.id).await?;
        self.note(&mut change, "extension.removed", number.to_string()).await?;
        change.commit().await?;
        Ok(carriers)
    }

    pub(super) async fn license_state(
        &self,
        session: &mut Session,
        tenant: &TenantId,
    ) -> Result<LicenseState, StorageError> {
        LicenseState::read(session, tenant, &self.license_keys, self.now()).await
    }

    pub(super) async fn details(
        &self,
        session: &mut Session,
        tenant: &TenantId,
        extensions: Vec<Extension>,
    ) -> Result<Vec<ExtensionDetails>, AccessError> {
        let state = self.license_state(session, tenant).await?;
        let cutoffs = state.cutoffs(session, tenant).await?;
        let lines = lines_by_service(session, tenant).await?;
        let details = extensions.into_iter().map(|extension| ExtensionDetails {
            product_name: state.product(&extension.product).map(|product| product.name("en").to_owned()),
            admission: state.admission(&extension, &cutoffs),
            addons: extension.addons.iter().map(|addon| addon_details(&state, addon, &cutoffs)).collect(),
            undecidable: state.undecidable.clone(),
            carriers: carriers_among(&lines, &extension.id),
            extension,
        });
        Ok(details.collect())
    }
}

fn addon_details(state: &LicenseState, addon: &AddOn, cutoffs: &BTreeMap<ProductId, Cutoff>) -> AddOnDetails {
    AddOnDetails {
        product: addon.product.clone(),
        name: state.product(&addon.product).map(|product| product.name("en").to_owned()),
        admission: state.addon_admission(addon, cutoffs),
    }
}

/// The device lines that carry the extension.
pub(super) async fn carriers(
    session: &mut Session,
    tenant: &TenantId,
    extension: &ServiceId,
) -> Result<Vec<Carrier>, StorageError> {
    Ok(carriers_among(&lines_by_service(session, tenant).await?, extension))
}

fn carriers_among(lines: &[(ServiceId, Carrier)], extension: &ServiceId) -> Vec<Carrier> {
    lines.iter().filter(|(service, _)| service == extension).map(|(_, carrier)| carrier.clone()).collect()
}

async fn lines_by_service(
    session: &mut Session,
    tenant: &TenantId,
) -> Result<Vec<(ServiceId, Carrier)>, StorageError> {
    session.carriers(tenant).await.map(|carried| {
        carried.into_iter().map(|(service, mac, line)| (service, Carrier { mac, line })).collect()
    })
}
