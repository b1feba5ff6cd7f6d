//! Showing what a phone would get now.

use super::{ActionError, Actions, FailureKind};
use crate::{
    catalog::{Catalog, ServerFacts},
    domain::Mac,
    provisioning::{Policy, Preview, PreviewError, preview},
};

impl ActionError for PreviewError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::UnknownDevice(_) | Self::NoFile { .. } => FailureKind::NotFound,
            Self::NoModel(_) | Self::Undecidable(_) => FailureKind::Refused,
            Self::Render(_) | Self::Storage(_) => FailureKind::Unavailable,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownDevice(_) => "device_not_found",
            Self::NoFile { .. } => "file_not_found",
            Self::NoModel(_) => "model_unknown",
            Self::Undecidable(_) => "undecidable",
            Self::Render(_) => "pack_broken",
            Self::Storage(_) => "store_unavailable",
        }
    }
}

impl Actions {
    /// What the device would get now, every line explained and every secret masked. `server` is what phones call the
    /// server, `url_base` what stands before a scope in their URL.
    pub async fn preview(
        &self,
        catalog: &Catalog,
        server: &str,
        url_base: &str,
        mac: Mac,
        file: Option<&str>,
    ) -> Result<Preview, PreviewError> {
        let policy = self.policy_of(server, url_base);
        preview(&self.store, catalog, &policy, mac, file, self.clock.now()).await
    }

    /// What documents are made by, as far as a preview shows it.
    pub(super) fn policy_of(&self, server: &str, url_base: &str) -> Policy {
        Policy {
            server: ServerFacts { name: server.to_owned() },
            url_base: url_base.to_owned(),
            license_keys: self.license_keys.clone(),
            ..Policy::default()
        }
    }
}
