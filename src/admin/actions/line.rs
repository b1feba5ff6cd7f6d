//! Lines: which extension or SIP trunk a line of a device carries.

use serde_json::{Value, json};

use super::{
    AccessError, ActionError, Actions, Carrier, FailureKind, ModelSize, Released, SipPassword, TrunkRefusal,
    error::may_fail_in_the_store, extension::carriers, plan::products, service::find_service,
};
use crate::{
    domain::{Component, Device, LineNumber, Mac, Service, ServiceKind, ServiceName, TenantId},
    storage::{Change, Conflict, StorageError},
};

/// Why a line does not carry the extension or SIP trunk.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The model has fewer lines.
    #[error("line {line} is not there: {model} has {lines} lines")]
    NoSuchLine {
        /// The line that was asked for.
        line: LineNumber,
        /// The device's model.
        model: String,
        /// The lines that it has.
        lines: u16,
    },
    /// The line carries something.
    #[error("line {line} of {} already carries {}; release it first", mac.colons(), carries.in_words())]
    LineTaken {
        /// The device.
        mac: Mac,
        /// The line.
        line: LineNumber,
        /// What it carries.
        carries: ServiceName,
    },
    /// As many lines carry it as its product grants.
    #[error(
        "{} is already carried by {}; its product allows {allowed} device {}",
        service.of_account(), listed(carriers), if *allowed == 1 { "line" } else { "lines" }
    )]
    AlreadyCarried {
        /// The extension or SIP trunk.
        service: ServiceName,
        /// The lines that carry it.
        carriers: Vec<Carrier>,
        /// How many may.
        allowed: u32,
    },
    /// No line of the device carries the SIP trunk.
    #[error(transparent)]
    Trunk(#[from] TrunkRefusal),
    /// The device or the service is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(carriers: &[Carrier]) -> String {
    carriers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl ActionError for AssignError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Access(access) => access.kind(),
            _ => FailureKind::Refused,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoSuchLine { .. } => "line_beyond_model",
            Self::LineTaken { .. } => "line_taken",
            Self::AlreadyCarried { service: ServiceName::Number(_), .. } => "extension_already_carried",
            Self::AlreadyCarried { service: ServiceName::Trunk(_), .. } => "trunk_already_carried",
            Self::Trunk(refusal) => refusal.code(),
            Self::Access(access) => access.code(),
        }
    }
}

/// Why a line was not released.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// The line carries nothing.
    #[error("line {line} of {} carries nothing", mac.colons())]
    Free {
        /// The device.
        mac: Mac,
        /// The line.
        line: LineNumber,
    },
    /// The device is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for ReleaseError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Free { .. } => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Free { .. } => "line_free",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(AssignError, ReleaseError);

impl Actions {
    /// Lets a line of a device carry an extension of its tenant, or a line of a gateway a SIP trunk that registers.
    pub async fn assign_line(
        &self,
        mac: Mac,
        line: LineNumber,
        name: &ServiceName,
    ) -> Result<(), AssignError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        self.assign_line_in(&mut change, &device, line, name).await?;
        change.commit().await?;
        Ok(())
    }

    /// Lets a line carry something as a part of a change.
    pub(super) async fn assign_line_in(
        &self,
        change: &mut Change,
        device: &Device,
        line: LineNumber,
        name: &ServiceName,
    ) -> Result<(), AssignError> {
        let mac = device.mac;
        let model = self.model_of(device);
        if let Some(model) = model.as_ref().filter(|model| line.get() > model.lines) {
            let (model, lines) = (model.name.clone(), model.lines);
            return Err(AssignError::NoSuchLine { line, model, lines });
        }
        let service = match name {
            ServiceName::Number(_) => {
                find_service(change, &device.tenant, &ServiceKind::Extension, name).await?
            }
            ServiceName::Trunk(_) => find_trunk(change, &device.tenant, name, model.as_ref()).await?,
        };
        let lines = change.lines(&device.id).await?;
        if let Some(carried) = lines.into_iter().find(|carried| carried.line == line) {
            return Err(AssignError::LineTaken { mac, line, carries: carried.registrant.called() });
        }
        let state = self.license_state(change, &device.tenant).await?;
        let allowed = state.lines_granted(products(&service));
        let carriers = carriers(change, &service.id).await?;
        if carriers.len() as u64 >= u64::from(allowed) {
            return Err(AssignError::AlreadyCarried { service: name.clone(), carriers, allowed });
        }
        match change.assign_line(&device.id, line, &service.id).await {
            Err(StorageError::Conflict(Conflict::Line)) => {
                return Err(AssignError::LineTaken { mac, line, carries: name.clone() });
            }
            other => other?,
        }
        self.open_window(change, &device.id, mac).await?;
        let states = (told(None), told(Some(name)));
        let detail = format!("{mac} line {line} carries {name}");
        self.note_change(change, "line.assigned", detail, states).await?;
        Ok(())
    }

    /// Frees a line of a device; what it carried.
    pub async fn release_line(
        &self,
        mac: Mac,
        line: LineNumber,
        password: SipPassword,
    ) -> Result<Released, ReleaseError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let lines = change.lines(&device.id).await?;
        let Some(carried) = lines.into_iter().find(|carried| carried.line == line) else {
            return Err(ReleaseError::Free { mac, line });
        };
        change.release_line(&device.id, line).await?;
        let name = carried.registrant.called();
        change.remember_release((mac, line), &name, self.now()).await?;
        let released = self.release(&mut change, [carried.registrant], password).await?;
        let states = (told(Some(&name)), told(None));
        let detail = format!("{mac} line {line} carried {name}");
        self.note_change(&mut change, "line.released", detail, states).await?;
        change.commit().await?;
        Ok(released)
    }
}

/// The SIP trunk that is called so, if a line of a device of this model can carry it.
async fn find_trunk(
    change: &mut Change,
    tenant: &TenantId,
    name: &ServiceName,
    model: Option<&ModelSize>,
) -> Result<Service, AssignError> {
    let trunk = find_service(change, tenant, &ServiceKind::Trunk, name).await?;
    TrunkRefusal::unless_registering(&trunk, &change.trunk_peers(tenant).await?)?;
    TrunkRefusal::unless_gateway(model)?;
    Ok(trunk)
}

/// What a line carries, as the audit keeps it.
fn told(carries: Option<&ServiceName>) -> Value {
    match carries {
        Some(ServiceName::Trunk(name)) => json!({ "number": null, "trunk": name }),
        Some(ServiceName::Number(number)) => json!({ "number": number }),
        None => json!({ "number": null }),
    }
}
