//! The last step: the document that is ready, or a new one.

use std::sync::{Arc, atomic::Ordering};

use super::{
    cache::{MadeFrom, Which},
    facts::{LineVerdict, phone_facts},
    fetches::Receipt,
    provisioner::{Grounds, Provisioner, Resolved},
    refusal::Refusal,
    request::Document,
    view::DeviceView,
};
use crate::catalog::{Catalog, CommonFacts, FileId, Model, RenderError, Rendered, Sighting};

impl Provisioner {
    /// A file that every phone may read.
    pub(super) fn common_document(
        &self,
        grounds: &Grounds,
        sighting: &Sighting<'_>,
    ) -> Result<Document, Refusal> {
        let facts = CommonFacts { server: &grounds.policy.server };
        let model = sighting.file_models.first().copied().or(sighting.model);
        let rendered = grounds.catalog.render_common(sighting.file, model, &facts);
        self.finish(rendered)
    }

    /// The document of one device: the one that is ready, if nothing that it was made from has changed.
    pub(super) fn phone_document(
        &self,
        grounds: &Grounds,
        sighting: &Sighting<'_>,
        resolved: &Resolved,
        verdicts: Vec<LineVerdict>,
    ) -> Result<Document, Refusal> {
        let model = model_for(&grounds.catalog, sighting, &resolved.device).ok_or(Refusal::UnknownFile)?;
        self.document_of(grounds, (sighting.file, model), resolved, verdicts)
    }

    /// The document of one device's file, made as for `model`.
    pub(super) fn document_of(
        &self,
        grounds: &Grounds,
        (file, model): (FileId, &Model),
        Resolved { tenant, device }: &Resolved,
        verdicts: Vec<LineVerdict>,
    ) -> Result<Document, Refusal> {
        let name = model.full_name();
        let which = Which { device: device.device.id.clone(), file, model: name.as_str().into() };
        let made_from = MadeFrom {
            device_revision: device.device.revision,
            facts_revision: device.facts_revision,
            catalog_epoch: grounds.catalog.epoch(),
            policy_epoch: grounds.policy_epoch,
            year: grounds.now.year(),
            verdicts,
        };
        if let Some(document) = self.documents.find(&which, &made_from) {
            self.outcomes.ready.fetch_add(1, Ordering::Relaxed);
            return Ok(document);
        }
        let settings = tenant.settings(device, &name);
        let zone = self.zones.rule(&settings, grounds.now);
        let facts = phone_facts(tenant, device, &settings, &grounds.policy, &made_from.verdicts, zone);
        let mut document = self.finish(grounds.catalog.render_phone(file, model, &facts))?;
        document.receipt = Some(Arc::new(Receipt {
            device: device.device.id.clone(),
            tenant: tenant.tenant.id.clone(),
            file: grounds.catalog.file(file).path.clone(),
            etag: Arc::clone(&document.etag),
            sip_user: facts.lines.first().map(|line| line.user.to_string()),
            revisions: (device.device.revision, device.facts_revision),
        }));
        self.documents.keep(which, made_from, document.clone());
        Ok(document)
    }

    pub(super) fn finish(&self, rendered: Result<Rendered, RenderError>) -> Result<Document, Refusal> {
        let rendered = rendered.map_err(|error| {
            tracing::error!(%error, "a document could not be made");
            Refusal::Broken(error.to_string())
        })?;
        self.outcomes.rendered.fetch_add(1, Ordering::Relaxed);
        Ok(Document {
            etag: self.sealer.entity_tag(&rendered.bytes).into(),
            content_type: rendered.content_type.into(),
            bytes: rendered.bytes,
            receipt: None,
        })
    }
}

/// The model that the document is made for: what the phone says it is, else what the admin says, else the vendor's
/// largest, since a phone passes over what it does not have. A wrong choice is shown to the admin, never refused.
fn model_for<'a>(catalog: &'a Catalog, sighting: &Sighting<'a>, device: &DeviceView) -> Option<&'a Model> {
    let chosen = || model_of_device(catalog, device).filter(|model| model.vendor == sighting.vendor);
    let largest = || {
        let models = catalog.models().iter().filter(|model| model.vendor == sighting.vendor);
        models.max_by_key(|model| (model.lines, model.keys()))
    };
    sighting.model.or_else(chosen).or_else(largest)
}

/// The model that the admin says the device is; none when the catalog does not have it.
pub(super) fn model_of_device<'a>(catalog: &'a Catalog, device: &DeviceView) -> Option<&'a Model> {
    catalog.model(device.device.model.as_deref()?).ok()
}
