//! PINs of extensions: set and cleared under the right for credentials, shown to nobody.

use serde_json::{Value, json};

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store, find_extension};
use crate::domain::{Component, ExtensionNumber, Pin, TenantSlug};

/// Why a PIN was not cleared.
#[derive(Debug, thiserror::Error)]
pub enum ClearPinError {
    /// The extension has none.
    #[error("extension {0} has no PIN")]
    None(ExtensionNumber),
    /// The extension is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

impl ActionError for ClearPinError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::None(_) => FailureKind::NotFound,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::None(_) => "pin_not_set",
            Self::Access(access) => access.code(),
        }
    }
}

may_fail_in_the_store!(ClearPinError);

impl Actions {
    /// Gives an extension a PIN in place of what it had. While a product of it protects the keypad, its phone gets the
    /// PIN with its next configuration.
    pub async fn set_pin(
        &self,
        slug: &TenantSlug,
        number: &ExtensionNumber,
        pin: &Pin,
    ) -> Result<(), AccessError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Credentials).await?;
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        self.unchanged(extension.revision)?;
        change.set_pin(&extension.id, pin).await?;
        let states = (json!({ "pin": told(extension.pin.as_ref()) }), json!({ "pin": "changed" }));
        self.note_change(&mut change, "extension.pin-changed", number.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }

    /// Takes an extension's PIN away: the keypad of its phone is not locked any more.
    pub async fn clear_pin(&self, slug: &TenantSlug, number: &ExtensionNumber) -> Result<(), ClearPinError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Credentials).await?;
        let extension = find_extension(&mut change, &tenant.id, number).await?;
        self.unchanged(extension.revision)?;
        if !change.clear_pin(&extension.id).await? {
            return Err(ClearPinError::None(number.clone()));
        }
        let states = (json!({ "pin": told(extension.pin.as_ref()) }), json!({ "pin": null }));
        self.note_change(&mut change, "extension.pin-cleared", number.to_string(), states).await?;
        change.commit().await?;
        Ok(())
    }
}

/// What the audit keeps of a PIN: that there is one.
fn told(pin: Option<&Pin>) -> Value {
    pin.map_or(Value::Null, |_| "set".into())
}
