//! Lines: which extension a line of a device carries.

use serde_json::json;

use super::{
    AccessError, ActionError, Actions, Carrier, FailureKind, error::may_fail_in_the_store,
    extension::carriers, find_extension,
};
use crate::{
    domain::{Component, ExtensionNumber, LineNumber, Mac},
    storage::{Conflict, StorageError},
};

/// Why a line does not carry the extension.
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
    #[error("line {line} of {} already carries {number}; release it first", mac.colons())]
    LineTaken {
        /// The device.
        mac: Mac,
        /// The line.
        line: LineNumber,
        /// What it carries.
        number: ExtensionNumber,
    },
    /// As many lines carry the extension as its product grants.
    #[error(
        "extension {number} is already carried by {}; its product allows {allowed} device {}",
        listed(carriers), if *allowed == 1 { "line" } else { "lines" }
    )]
    AlreadyCarried {
        /// The extension.
        number: ExtensionNumber,
        /// The lines that carry it.
        carriers: Vec<Carrier>,
        /// How many may.
        allowed: u32,
    },
    /// The device or the extension is not there, or the store did not answer.
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
            Self::AlreadyCarried { .. } => "extension_already_carried",
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
    /// Lets a line of a device carry an extension of its tenant.
    pub async fn assign_line(
        &self,
        mac: Mac,
        line: LineNumber,
        number: &ExtensionNumber,
    ) -> Result<(), AssignError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        if let Some(model) = self.model_of(&device).filter(|model| line.get() > model.lines) {
            return Err(AssignError::NoSuchLine { line, model: model.name, lines: model.lines });
        }
        let extension = find_extension(&mut change, &device.tenant, number).await?;
        let lines = change.lines(&device.id).await?;
        if let Some(carried) = lines.into_iter().find(|carried| carried.line == line) {
            return Err(AssignError::LineTaken { mac, line, number: carried.extension.number });
        }
        let state = self.license_state(&mut change, &device.tenant).await?;
        let allowed = state.lines_granted(extension.products());
        let carriers = carriers(&mut change, &device.tenant, &extension.id).await?;
        if carriers.len() as u64 >= u64::from(allowed) {
            return Err(AssignError::AlreadyCarried { number: number.clone(), carriers, allowed });
        }
        match change.assign_line(&device.id, line, &extension.id).await {
            Err(StorageError::Conflict(Conflict::Line)) => {
                return Err(AssignError::LineTaken { mac, line, number: number.clone() });
            }
            other => other?,
        }
        let states = (json!({ "number": null }), json!({ "number": number }));
        let detail = format!("{mac} line {line} carries {number}");
        self.note_change(&mut change, "line.assigned", detail, states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Frees a line of a device; what it carried.
    pub async fn release_line(&self, mac: Mac, line: LineNumber) -> Result<ExtensionNumber, ReleaseError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        let lines = change.lines(&device.id).await?;
        let Some(carried) = lines.into_iter().find(|carried| carried.line == line) else {
            return Err(ReleaseError::Free { mac, line });
        };
        change.release_line(&device.id, line).await?;
        let number = carried.extension.number;
        let states = (json!({ "number": number }), json!({ "number": null }));
        let detail = format!("{mac} line {line} carried {number}");
        self.note_change(&mut change, "line.released", detail, states).await?;
        change.commit().await?;
        Ok(number)
    }
}
