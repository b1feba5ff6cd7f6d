//! The pipeline: from a request to a document or a refusal, in six steps.

use std::{
    sync::{Arc, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};

use arc_swap::ArcSwap;

use super::{
    cache::{Documents, MadeFrom, Which},
    facts::{admissions, phone_facts},
    journal::{Journal, Note},
    memory::Memory,
    outcomes::Outcomes,
    policy::Policy,
    refusal::{Refusal, Undecidable},
    request::{Document, Request, Transport, Wanted},
    view::{DeviceView, TenantView},
};
use crate::{
    catalog::{Catalog, CommonFacts, Model, Nature, Recognition, Sighting},
    domain::{Clock, RELEASED, Scope, Timestamp, doubt},
    storage::{Sealer, SeenPhone, StorageError, Store},
};

/// How long to wait before listening again to a database that went away.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);
/// Bytes of finished documents that are kept ready unless told otherwise.
const READY_DOCUMENTS: u64 = 64 << 20;

/// Serves phones. One for the whole process; every door hands its requests to it.
pub struct Provisioner {
    store: Store,
    sealer: Arc<Sealer>,
    memory: Memory,
    documents: Documents,
    catalog: ArcSwap<Catalog>,
    policy: ArcSwap<Policy>,
    policy_epoch: AtomicU64,
    clock: Arc<dyn Clock>,
    journal: Journal,
    outcomes: Outcomes,
}

/// A request that was resolved to a device that it may have.
struct Resolved {
    tenant: Arc<TenantView>,
    device: Arc<DeviceView>,
}

impl Provisioner {
    /// A provisioner that knows nothing yet; [`Provisioner::refresh`] or [`Provisioner::follow`] tells it.
    #[must_use]
    pub fn new(
        store: Store,
        catalog: Catalog,
        policy: Policy,
        clock: Arc<dyn Clock>,
        journal: Journal,
    ) -> Self {
        Self {
            sealer: Arc::clone(store.sealer()),
            memory: Memory::new(store.clone()),
            store,
            documents: Documents::within(READY_DOCUMENTS),
            catalog: ArcSwap::from_pointee(catalog),
            policy: ArcSwap::from_pointee(policy),
            policy_epoch: AtomicU64::new(0),
            clock,
            journal,
            outcomes: Outcomes::default(),
        }
    }

    /// The same, keeping up to so many bytes of finished documents ready instead of 64 MB; with 0 each is made anew.
    #[must_use]
    pub fn with_ready_documents(mut self, bytes: u64) -> Self {
        self.documents = Documents::within(bytes);
        self
    }

    /// What a phone gets for its request.
    pub async fn serve(&self, request: &Request) -> Result<Document, Refusal> {
        let now = self.clock.now();
        let catalog = self.catalog.load();
        let policy = self.policy.load();
        let wanted = Wanted::parse(&request.path).ok_or(Refusal::UnknownFile);
        let mut trail = Trail::default();
        let outcome = match wanted {
            Ok(wanted) => self.serve_wanted(request, &wanted, &catalog, &policy, now, &mut trail).await,
            Err(refusal) => Err(refusal),
        };
        self.outcomes.count(&outcome);
        self.note(request, &outcome, trail, now);
        outcome
    }

    async fn serve_wanted(
        &self,
        request: &Request,
        wanted: &Wanted<'_>,
        catalog: &Catalog,
        policy: &Policy,
        now: Timestamp,
        trail: &mut Trail,
    ) -> Result<Document, Refusal> {
        let named = self.tenant_of(wanted, now);
        trail.tenant = named.as_ref().ok().and_then(Option::as_ref).map(|view| view.tenant.id.clone());
        let sighting = recognize(catalog, request, wanted, trail)?;
        let named = named?;
        match sighting.nature {
            Nature::Absent => Err(Refusal::Absent),
            _ if named.is_none() && (request.forwarded || !policy.trusts_any(request.source)) => {
                Err(Refusal::NoScope)
            }
            Nature::Common => self.common(catalog, policy, &sighting),
            Nature::Secret => {
                let resolved = self.resolve(&sighting, policy, trail).await;
                let authorized = authorize(request, named.as_deref(), policy, resolved);
                self.certain(named.as_deref(), authorized.as_ref().ok(), now)?;
                self.document(catalog, policy, &sighting, &authorized?, now)
            }
        }
    }

    /// Hears of changes and applies them, for ever. While the database is away it goes on asking.
    pub async fn follow(&self) {
        let mut away = false;
        loop {
            if let Err(error) = self.listen(&mut away).await {
                if !away {
                    tracing::error!(%error, "the database is away; known phones are served from memory");
                }
                away = true;
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    }

    async fn listen(&self, away: &mut bool) -> Result<(), StorageError> {
        let mut feed = self.store.feed().await?;
        loop {
            self.refresh().await?;
            if std::mem::take(away) {
                tracing::info!("the database is back");
            }
            feed.changed().await?;
        }
    }

    /// Reads what changed since the last time.
    pub async fn refresh(&self) -> Result<(), StorageError> {
        let policy = self.policy.load_full();
        self.memory.refresh(&policy.license_keys, &*self.clock).await
    }

    /// The packs in use.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        self.catalog.load_full()
    }

    /// Serves from other packs from now on.
    pub fn replace_catalog(&self, catalog: Catalog) {
        self.catalog.store(Arc::new(catalog));
    }

    /// Goes by another policy from now on.
    pub async fn replace_policy(&self, policy: Policy) -> Result<(), StorageError> {
        self.policy.store(Arc::new(policy));
        self.policy_epoch.fetch_add(1, Ordering::SeqCst);
        self.memory.forget();
        self.refresh().await
    }

    /// How requests ended, since the start.
    #[must_use]
    pub const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// The journal, for its counter of dropped notes.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The tenant that the scope names; none without a scope.
    fn tenant_of(&self, wanted: &Wanted<'_>, now: Timestamp) -> Result<Option<Arc<TenantView>>, Refusal> {
        let Some(text) = wanted.scope else { return Ok(None) };
        let scope = Scope::parse(text).map_err(|_| Refusal::UnknownScope)?;
        self.memory.tenant_of_scope(&scope, now).map(Some).ok_or(Refusal::UnknownScope)
    }

    /// The device that the file is made for, and its tenant.
    async fn resolve(
        &self,
        sighting: &Sighting<'_>,
        policy: &Policy,
        trail: &mut Trail,
    ) -> Result<Resolved, Refusal> {
        let mac = sighting.mac_in_path.ok_or(Refusal::UnknownDevice)?;
        let found = self.memory.device(mac, &policy.license_keys).await.map_err(|error| {
            tracing::warn!(device.mac = %mac, %error, "could not look up {mac}");
            Refusal::Undecidable(Undecidable::DatabaseAway)
        })?;
        let (device, tenant) = found.ok_or(Refusal::UnknownDevice)?;
        trail.device = Some((device.device.id.clone(), tenant.tenant.id.clone()));
        Ok(Resolved { tenant, device })
    }

    /// Whether the server can know what phones should have. Asked for the whole scope before anything is told about the
    /// device, so that the answer shows nothing of it; without a scope, for the tenant of an authorized device.
    fn certain(
        &self,
        named: Option<&TenantView>,
        authorized: Option<&Resolved>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let undecidable = |why| Err(Refusal::Undecidable(why));
        if let Some(why) = doubt(now, RELEASED, self.memory.newest_time()) {
            return undecidable(Undecidable::Clock(why));
        }
        if !self.memory.is_recent(now) {
            return undecidable(Undecidable::TooOld);
        }
        match named.or_else(|| authorized.map(|resolved| &*resolved.tenant)).map(TenantView::certainty) {
            Some(Err(why)) => undecidable(Undecidable::License(why)),
            Some(Ok(())) | None => Ok(()),
        }
    }

    fn common(
        &self,
        catalog: &Catalog,
        policy: &Policy,
        sighting: &Sighting<'_>,
    ) -> Result<Document, Refusal> {
        let facts = CommonFacts { server: &policy.server };
        let model = sighting.file_models.first().copied().or(sighting.model);
        let rendered = catalog.render_common(sighting.file, model, &facts).map_err(broken)?;
        self.outcomes.rendered.fetch_add(1, Ordering::Relaxed);
        Ok(self.finish(rendered))
    }

    /// The document of one device: the one that is ready, if nothing that it was made from has changed.
    fn document(
        &self,
        catalog: &Catalog,
        policy: &Policy,
        sighting: &Sighting<'_>,
        Resolved { tenant, device }: &Resolved,
        now: Timestamp,
    ) -> Result<Document, Refusal> {
        let model = model_for(catalog, sighting, device).ok_or(Refusal::UnknownFile)?;
        let full_name = model.full_name();
        let which =
            Which { device: device.device.id.clone(), file: sighting.file, model: full_name.as_str().into() };
        let made_from = MadeFrom {
            device_revision: device.device.revision,
            facts_revision: device.facts_revision,
            catalog_epoch: catalog.epoch(),
            policy_epoch: self.policy_epoch.load(Ordering::SeqCst),
            year: now.year(),
            admissions: admissions(tenant, device, now),
        };
        if let Some(document) = self.documents.find(&which, &made_from) {
            self.outcomes.ready.fetch_add(1, Ordering::Relaxed);
            return Ok(document);
        }
        let settings = tenant.settings(device, &full_name);
        let facts = phone_facts(tenant, device, &settings, policy, &made_from.admissions, model.keys(), now);
        let document = self.finish(catalog.render_phone(sighting.file, model, &facts).map_err(broken)?);
        self.outcomes.rendered.fetch_add(1, Ordering::Relaxed);
        self.documents.keep(which, made_from, document.clone());
        Ok(document)
    }

    fn finish(&self, rendered: crate::catalog::Rendered) -> Document {
        Document {
            etag: self.sealer.entity_tag(&rendered.bytes).into(),
            content_type: rendered.content_type.into(),
            bytes: rendered.bytes,
        }
    }

    fn note(&self, request: &Request, outcome: &Result<Document, Refusal>, trail: Trail, now: Timestamp) {
        let Some(mac) = trail.mac else { return };
        let seen = SeenPhone {
            at: now,
            address: request.source.to_canonical().to_string(),
            transport: request.transport.as_str().to_owned(),
            vendor: trail.vendor,
            model: trail.model,
            firmware: trail.firmware,
            file: trail.file,
        };
        let note = match trail.device {
            Some((device, tenant)) => {
                let outcome = outcome.as_ref().map_or_else(Refusal::word, |_| "served");
                Note::Device { device, tenant, seen, outcome }
            }
            None => Note::Unknown { mac, tenant: trail.tenant, seen },
        };
        self.journal.note(note);
    }
}

/// What the journal will want to know of a request, gathered on its way.
#[derive(Default)]
struct Trail {
    mac: Option<crate::domain::Mac>,
    vendor: Option<String>,
    model: Option<String>,
    firmware: Option<String>,
    file: String,
    tenant: Option<crate::domain::TenantId>,
    device: Option<(crate::domain::DeviceId, crate::domain::TenantId)>,
}

/// What the request shows of the phone. Where path and User-Agent both show a MAC they must agree.
fn recognize<'a>(
    catalog: &'a Catalog,
    request: &Request,
    wanted: &Wanted<'_>,
    trail: &mut Trail,
) -> Result<Sighting<'a>, Refusal> {
    let sighting = match catalog.recognize(&wanted.file, request.user_agent.as_deref()) {
        Recognition::Recognized(sighting) => *sighting,
        Recognition::Disagreement { .. } => return Err(Refusal::Disagreement),
        Recognition::Unrecognized(_) => return Err(Refusal::UnknownFile),
    };
    trail.mac = sighting.mac_in_path.or(sighting.mac_in_user_agent);
    trail.vendor = Some(sighting.vendor.to_owned());
    trail.model = sighting.model.map(Model::full_name);
    trail.firmware.clone_from(&sighting.firmware);
    trail.file.clone_from(&wanted.file);
    match (sighting.mac_in_path, sighting.mac_in_user_agent) {
        (Some(path), Some(user_agent)) if path != user_agent => Err(Refusal::Disagreement),
        _ => Ok(sighting),
    }
}

/// Whether this request may have this device's secrets: the tenant's scope over HTTPS, or a trusted network of the
/// device's tenant over anything. Where scope and network disagree the scope decides.
fn authorize(
    request: &Request,
    named: Option<&TenantView>,
    policy: &Policy,
    resolved: Result<Resolved, Refusal>,
) -> Result<Resolved, Refusal> {
    let resolved = resolved?;
    let tenant = &resolved.tenant.tenant;
    if named.is_some_and(|named| named.tenant.id != tenant.id) {
        return Err(Refusal::OtherTenant);
    }
    let trusted = !request.forwarded && policy.trusts(request.source, &tenant.slug);
    let by_scope = named.is_some() && request.transport == Transport::Https;
    if !trusted && !by_scope {
        return Err(match named {
            None => Refusal::NoScope,
            Some(_) => Refusal::NotConfidential(request.transport.as_str()),
        });
    }
    if resolved.device.device.blocked { Err(Refusal::Blocked) } else { Ok(resolved) }
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

fn broken(error: crate::catalog::RenderError) -> Refusal {
    tracing::error!(%error, "a document could not be made");
    Refusal::Broken(error.to_string())
}
