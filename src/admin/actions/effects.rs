//! What products grant an extension that shows nothing on its phones: told wherever the extension or the phone is shown,
//! so also when an add-on is switched on and when a line is assigned.

use std::collections::HashMap;

use super::{Actions, Carrier, ModelSize};
use crate::{
    domain::{
        CarriedAt, Grants, Ineffective, LineNumber, Mac, TenantId, ineffective_anywhere, ineffective_at,
    },
    storage::{Session, StorageError},
};

/// What the store and the catalog know of a tenant's phones, as far as it matters to what is granted.
#[derive(Default)]
pub(super) struct Phones {
    /// The first line of each device that carries something.
    firsts: HashMap<Mac, LineNumber>,
    /// The model that was chosen for a device.
    chosen: HashMap<Mac, String>,
    models: HashMap<String, ModelSize>,
}

impl Phones {
    /// Of all devices of the tenant, of which `carriers` are the lines that carry something.
    pub(super) async fn read(
        actions: &Actions,
        session: &mut Session,
        tenant: &TenantId,
        carriers: impl Iterator<Item = &Carrier>,
    ) -> Result<Self, StorageError> {
        let mut phones = Self::default();
        for carrier in carriers {
            let first = phones.firsts.entry(carrier.mac).or_insert(carrier.line);
            *first = carrier.line.min(*first);
        }
        phones.chosen = session.chosen_models(tenant).await?.into_iter().collect();
        for name in phones.chosen.values() {
            if !phones.models.contains_key(name)
                && let Ok(model) = actions.models.model(name)
            {
                phones.models.insert(name.clone(), model);
            }
        }
        Ok(phones)
    }

    /// What of the grants shows nothing on the phones that carry the extension, or on any.
    pub(super) fn ineffective(
        &self,
        granted: &Grants,
        has_pin: bool,
        carriers: &[Carrier],
    ) -> Vec<Ineffective> {
        let at = |carrier: &Carrier| CarriedAt {
            mac: carrier.mac,
            line: carrier.line,
            first: self.firsts.get(&carrier.mac).copied().unwrap_or(carrier.line),
            model: self.chosen.get(&carrier.mac).and_then(|name| self.models.get(name)).map(told),
        };
        let on_phones = carriers.iter().flat_map(|carrier| ineffective_at(granted, at(carrier)));
        ineffective_anywhere(granted, has_pin).into_iter().chain(on_phones).collect()
    }
}

/// The model as far as it matters to what is granted.
pub(super) fn told(model: &ModelSize) -> (&str, &[crate::domain::Effect]) {
    (&model.name, &model.cannot)
}
