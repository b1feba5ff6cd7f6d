//! The pipeline: from a request to a document or a refusal, in six steps.

use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::time::Instant;

use super::{
    authorize::authorize,
    cache::Documents,
    certificate::{Judged, agreeing},
    facts::verdicts,
    fetches::{FetchCounters, FetchWriter, Fetches, fetches},
    journal::Journal,
    memory::Memory,
    password::{Demand, Judge},
    policy::Policy,
    recognize::{Trail, recognize},
    refusal::{Refusal, RefusalClass, Undecidable},
    replays::Replays,
    request::{Document, Request, Transport, Wanted},
    tick::{Crowded, Tick},
    view::{DeviceView, TenantView},
    walk::Walks,
    zones::Zones,
};
use crate::{
    catalog::{Catalog, Nature, Recognition, Sighting},
    domain::{Clock, RELEASED, Scope, Timestamp, doubt},
    storage::{Sealer, Store},
};

/// Bytes of finished documents that are kept ready unless told otherwise.
const READY_DOCUMENTS: u64 = 64 << 20;

/// Serves phones. One for the whole process; every door hands its requests to it.
pub struct Provisioner {
    pub(super) store: Store,
    pub(super) sealer: Arc<Sealer>,
    pub(super) memory: Memory,
    /// Held by whoever reads tenants into the memory, so that what is read later, or by newer keys, is what stays.
    pub(super) reading: tokio::sync::Mutex<()>,
    pub(super) documents: Documents,
    pub(super) zones: Zones,
    replays: Replays,
    pub(super) catalog: ArcSwap<Catalog>,
    pub(super) policy: ArcSwap<Policy>,
    pub(super) policy_epoch: AtomicU64,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) outcomes: Outcomes,
    pub(super) journal: Journal,
    fetches: Fetches,
    /// Until somebody takes it.
    fetch_writer: Mutex<Option<FetchWriter>>,
    tick: Option<Arc<Tick>>,
    pub(super) walks: Walks,
}

/// How requests ended, since the start.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// Documents that were made.
    pub rendered: AtomicU64,
    /// Documents that were ready.
    pub ready: AtomicU64,
    /// Requests that phones expect to fail, and requests refused.
    pub refused: AtomicU64,
    /// Requests that could not be decided.
    pub undecidable: AtomicU64,
}

/// What one request is judged by, the same from its first step to its last.
pub(super) struct Grounds {
    pub(super) catalog: Arc<Catalog>,
    pub(super) policy: Arc<Policy>,
    pub(super) policy_epoch: u64,
    pub(super) now: Timestamp,
}

/// The device that a file is made for, and its tenant.
pub(super) struct Resolved {
    pub(super) tenant: Arc<TenantView>,
    pub(super) device: Arc<DeviceView>,
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
        let (fetches, fetch_writer) = fetches(store.clone());
        Self {
            fetches,
            fetch_writer: Mutex::new(Some(fetch_writer)),
            sealer: Arc::clone(store.sealer()),
            memory: Memory::new(store.clone()),
            reading: tokio::sync::Mutex::default(),
            store,
            documents: Documents::within(READY_DOCUMENTS),
            zones: Zones::new(),
            replays: Replays::default(),
            catalog: ArcSwap::from_pointee(catalog),
            policy: ArcSwap::from_pointee(policy),
            policy_epoch: AtomicU64::new(0),
            clock,
            outcomes: Outcomes::default(),
            journal,
            tick: None,
            walks: Walks::new(),
        }
    }

    /// The same, whose refusals leave on a common tick instead of at once.
    #[must_use]
    pub fn with_tick(mut self, tick: Arc<Tick>) -> Self {
        self.tick = Some(tick);
        self
    }

    /// The same, keeping up to so many bytes of finished documents ready instead of 64 MB; with 0 each is made anew.
    #[must_use]
    pub fn with_ready_documents(mut self, bytes: u64) -> Self {
        self.documents = Documents::within(bytes);
        self
    }

    /// What a phone gets for its request.
    pub async fn serve(&self, request: &Request) -> Result<Document, Refusal> {
        let came = Instant::now();
        let grounds = self.grounds();
        let judged = request.certificate.as_ref().map(|shown| Judged::of(shown, &grounds.catalog));
        let mut trail = Trail { certificate: judged, ..Trail::default() };
        let outcome = match Wanted::parse(&request.path) {
            Some(wanted) => self.decide(request, &wanted, &grounds, &mut trail).await,
            None => Err(Refusal::UnknownFile),
        };
        self.count(&outcome);
        // as it stood before this request, so that it tells nothing of it
        let slower = self.walks.slower(request.source, trail.tenant.as_ref(), grounds.now);
        self.note(request, &outcome, trail, grounds.now);
        match outcome {
            Err(refusal) => Err(self.in_time(refusal, (came, slower), request.source).await),
            served @ Ok(_) => served,
        }
    }

    /// Holds a refusal back until the common tick, so that its time tells nothing. A file that phones expect to be
    /// missing is refused for its name alone, whatever else there is, and phones ask for it at each boot: it need not
    /// wait.
    async fn in_time(
        &self,
        refusal: Refusal,
        (came, slower): (Instant, Duration),
        source: IpAddr,
    ) -> Refusal {
        let Some(tick) = self.tick.as_ref().filter(|_| refusal != Refusal::Absent) else { return refusal };
        match tick.leave(came, source, slower).await {
            Ok(()) => refusal,
            Err(Crowded) => Refusal::Crowded,
        }
    }

    async fn decide(
        &self,
        request: &Request,
        wanted: &Wanted<'_>,
        grounds: &Grounds,
        trail: &mut Trail,
    ) -> Result<Document, Refusal> {
        let named = self.tenant_of(wanted, grounds.now);
        trail.tenant = named.as_ref().ok().and_then(Option::as_ref).map(|view| view.tenant.id.clone());
        let stranger = || request.forwarded || !grounds.policy.trusts_any(request.source);
        if let Some(document) = self.own_file(&grounds.policy, &wanted.file) {
            return if named?.is_none() && stranger() { Err(Refusal::NoScope) } else { Ok(document) };
        }
        let view = named.as_ref().ok().and_then(Option::as_deref);
        let demand = view.and_then(|named| self.demand(request, named, grounds.now));
        let decided = self.decide_for(named.clone(), demand.as_ref(), request, wanted, grounds, trail).await;
        match (decided, demand) {
            (Err(why), Some(demand)) if hides(&why, &grounds.catalog, wanted) => Err(demand.instead_of(why)),
            (decided, _) => decided,
        }
    }

    async fn decide_for(
        &self,
        named: Result<Option<Arc<TenantView>>, Refusal>,
        demand: Option<&Demand>,
        request: &Request,
        wanted: &Wanted<'_>,
        grounds: &Grounds,
        trail: &mut Trail,
    ) -> Result<Document, Refusal> {
        let sighting = recognize(&grounds.catalog, request, wanted, trail)?;
        let named = named?;
        let stranger = named.is_none() && (request.forwarded || !grounds.policy.trusts_any(request.source));
        match sighting.nature {
            Nature::Absent => Err(Refusal::Absent),
            _ if stranger => Err(Refusal::NoScope),
            Nature::Common => self.common_document(grounds, &sighting),
            Nature::Secret => {
                let scoped = named.as_deref().zip(wanted.scope);
                if let Some(introduced) = self.bootstrap(request, scoped, grounds, &sighting) {
                    return introduced;
                }
                let resolved = self.resolve(&sighting, grounds, named.as_deref(), trail).await;
                let resolved = agreeing(trail.certificate.as_ref(), resolved);
                let password = demand.map_or(Ok(()), Demand::met);
                let authorized = authorize(request, named.as_deref(), &grounds.policy, resolved, password);
                self.certain(named.as_deref(), authorized.as_ref().ok(), grounds.now)?;
                let resolved = authorized?;
                let verdicts = verdicts(&resolved.tenant, &resolved.device, grounds.now);
                self.phone_document(grounds, &sighting, &resolved, verdicts)
            }
        }
    }

    /// What the tenant that the scope names demands of a request, and how the request answers; none where no password is
    /// asked for, as over everything that is not TLS.
    fn demand(&self, request: &Request, named: &TenantView, now: Timestamp) -> Option<Demand> {
        let passwords =
            (request.transport == Transport::Https).then(|| named.demanded_passwords(now)).flatten()?;
        let judge = Judge { sealer: &self.sealer, replays: &self.replays, tenant: &named.tenant.id, now };
        Some(judge.demand(&passwords, request.credential.as_ref(), &request.path))
    }

    pub(super) fn grounds(&self) -> Grounds {
        Grounds {
            // read before the policy: a policy that is replaced in between makes its documents old at once
            policy_epoch: self.policy_epoch.load(Ordering::SeqCst),
            policy: self.policy.load_full(),
            catalog: self.catalog.load_full(),
            now: self.clock.now(),
        }
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
        grounds: &Grounds,
        named: Option<&TenantView>,
        trail: &mut Trail,
    ) -> Result<Resolved, Refusal> {
        let mac = sighting.mac_in_path.ok_or(Refusal::UnknownDevice)?;
        let found = self.memory.device(mac, &grounds.policy.license_keys).await.map_err(|error| {
            tracing::warn!(device.mac = %mac, %error, "could not look up {mac}");
            Refusal::Undecidable(Undecidable::DatabaseAway)
        })?;
        let found = found.filter(|(device, _)| device.answers_to(named, grounds.now));
        let (device, tenant) = found.ok_or(Refusal::UnknownDevice)?;
        trail.device = Some((device.device.id.clone(), tenant.tenant.id.clone()));
        trail.revision = Some(device.tenant_revision);
        Ok(Resolved { tenant, device })
    }

    /// Whether the server can know what phones should have. Asked for the whole scope before anything is told about the
    /// device, so that the answer shows nothing of it; without a scope, for the tenant of an authorized device.
    pub(super) fn certain(
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
        let tenant = named.or_else(|| authorized.map(|resolved| &*resolved.tenant));
        match tenant.map(|tenant| tenant.certainty(now)) {
            Some(Err(why)) => undecidable(Undecidable::License(why)),
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// How requests ended, since the start.
    #[must_use]
    pub const fn outcomes(&self) -> &Outcomes {
        &self.outcomes
    }

    /// Says that a phone has this document now, because its bytes are on their way or it has had them already.
    pub fn delivered(&self, document: &Document) {
        if let Some(receipt) = &document.receipt {
            self.fetches.note(receipt, self.clock.now());
        }
    }

    /// What notes the fetches, for whoever asks first.
    #[must_use]
    pub fn fetch_writer(&self) -> Option<FetchWriter> {
        self.fetch_writer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// What was noted of fetches.
    #[must_use]
    pub const fn fetch_counters(&self) -> &Arc<FetchCounters> {
        self.fetches.counters()
    }

    /// The journal, for its counter of dropped notes.
    #[must_use]
    pub const fn journal(&self) -> &Journal {
        &self.journal
    }

    fn count(&self, outcome: &Result<Document, Refusal>) {
        let counter = match outcome {
            Ok(_) => return,
            Err(Refusal::Undecidable(_) | Refusal::Broken(_)) => &self.outcomes.undecidable,
            Err(_) => &self.outcomes.refused,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Whether a refusal must look like a demand for a password where one is demanded: that of any file with secrets. Which
/// one it is shows the path alone.
fn hides(why: &Refusal, catalog: &Catalog, wanted: &Wanted<'_>) -> bool {
    let secret = || match catalog.recognize(&wanted.file, None) {
        Recognition::Recognized(sighting) => sighting.nature == Nature::Secret,
        Recognition::Disagreement { .. } | Recognition::Unrecognized(_) => false,
    };
    match why {
        Refusal::UnknownFile | Refusal::Absent => false,
        Refusal::Disagreement => secret(),
        other => other.class() == RefusalClass::NotFound,
    }
}
