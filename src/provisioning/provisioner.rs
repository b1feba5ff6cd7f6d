//! The pipeline: from a request to a document or a refusal, in six steps.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use arc_swap::ArcSwap;

use super::{
    authorize::authorize,
    cache::Documents,
    document::model_of_device,
    facts::verdicts,
    journal::{Journal, Note},
    memory::Memory,
    named::{Named, away},
    policy::Policy,
    recognize::{Trail, recognize},
    refusal::{Refusal, Undecidable},
    request::{Document, Request, Wanted},
    view::{DeviceView, TenantView},
    zones::Zones,
};
use crate::{
    catalog::{Catalog, Nature, Sighting},
    domain::{Clock, RELEASED, Timestamp, doubt},
    storage::{Sealer, SeenPhone, Store},
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
    pub(super) catalog: ArcSwap<Catalog>,
    pub(super) policy: ArcSwap<Policy>,
    pub(super) policy_epoch: AtomicU64,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) outcomes: Outcomes,
    journal: Journal,
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
    /// Windows that were frozen.
    pub alarms: AtomicU64,
}

/// What one request is judged by, the same from its first step to its last.
pub(super) struct Grounds {
    pub(super) catalog: Arc<Catalog>,
    pub(super) policy: Arc<Policy>,
    pub(super) policy_epoch: u64,
    pub(super) now: Timestamp,
}

/// The device that a file is made for, and its tenant.
#[derive(Clone)]
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
        Self {
            sealer: Arc::clone(store.sealer()),
            memory: Memory::new(store.clone()),
            reading: tokio::sync::Mutex::default(),
            store,
            documents: Documents::within(READY_DOCUMENTS),
            zones: Zones::new(),
            catalog: ArcSwap::from_pointee(catalog),
            policy: ArcSwap::from_pointee(policy),
            policy_epoch: AtomicU64::new(0),
            clock,
            outcomes: Outcomes::default(),
            journal,
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
        let grounds = self.grounds();
        let mut trail = Trail::default();
        let outcome = match Wanted::parse(&request.path) {
            Some(wanted) => self.decide(request, &wanted, &grounds, &mut trail).await,
            None => Err(Refusal::UnknownFile),
        };
        self.count(&outcome);
        self.note(request, &outcome, trail, grounds.now);
        outcome
    }

    async fn decide(
        &self,
        request: &Request,
        wanted: &Wanted<'_>,
        grounds: &Grounds,
        trail: &mut Trail,
    ) -> Result<Document, Refusal> {
        let named = self.named(wanted, grounds).await;
        trail.tenant = named.as_ref().ok().and_then(Named::tenant).map(|view| view.tenant.id.clone());
        let sighting = recognize(&grounds.catalog, request, wanted, trail)?;
        let named = named?;
        let stranger = matches!(named, Named::Nobody) && (request.forwarded || !grounds.policy.trusts_any(request.source));
        match sighting.nature {
            Nature::Absent => Err(Refusal::Absent),
            _ if stranger => Err(Refusal::NoScope),
            Nature::Common => self.common_document(grounds, &sighting),
            Nature::Secret => {
                let resolved = self.resolve(&sighting, &named, &grounds.policy, trail).await;
                let chosen = |resolved: &Resolved| {
                    model_of_device(&grounds.catalog, &resolved.device).map(|model| model.vendor.clone())
                };
                let authorized =
                    authorize(request, &named, &grounds.policy, resolved, (sighting.vendor, chosen));
                let found = authorized.as_ref().ok().map(|(resolved, _)| resolved);
                self.certain(named.tenant(), found, grounds.now)?;
                let (resolved, access) = authorized?;
                self.enroll(access, request, &resolved, &sighting, grounds).await?;
                let verdicts = verdicts(&resolved.tenant, &resolved.device, grounds.now);
                self.phone_document(grounds, &sighting, &resolved, verdicts)
            }
        }
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

    /// The device that the file is made for, and its tenant. A device's own scope names it also where the file's name
    /// has no MAC; where path or User-Agent have one, it must be the device's.
    async fn resolve(
        &self,
        sighting: &Sighting<'_>,
        named: &Named,
        policy: &Policy,
        trail: &mut Trail,
    ) -> Result<Resolved, Refusal> {
        if let Named::Device(resolved, _) = named {
            let device = &resolved.device.device;
            let shown = [sighting.mac_in_path, sighting.mac_in_user_agent];
            trail.mac = trail.mac.or(Some(device.mac));
            trail.device = Some((device.id.clone(), device.tenant.clone()));
            let agrees = shown.into_iter().flatten().all(|mac| mac == device.mac);
            return if agrees { Ok(resolved.clone()) } else { Err(Refusal::Disagreement) };
        }
        let mac = sighting.mac_in_path.ok_or(Refusal::UnknownDevice)?;
        let found = self.memory.device(mac, &policy.license_keys).await.map_err(|error| away(&error))?;
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

    fn note(&self, request: &Request, outcome: &Result<Document, Refusal>, trail: Trail, now: Timestamp) {
        let outcome = outcome.as_ref().map_or_else(Refusal::word, |_| "served");
        self.note_seen(trail, (request.source, request.transport.as_str()), outcome, now);
    }

    /// Notes a phone that showed its MAC, where it asked from and how that ended.
    pub(super) fn note_seen(
        &self,
        trail: Trail,
        (source, transport): (IpAddr, &str),
        outcome: &'static str,
        now: Timestamp,
    ) {
        let Some(mac) = trail.mac else { return };
        let seen = SeenPhone {
            at: now,
            address: source.to_canonical().to_string(),
            transport: transport.to_owned(),
            vendor: trail.vendor,
            model: trail.model,
            firmware: trail.firmware,
            file: trail.file,
        };
        let note = match trail.device {
            Some((device, tenant)) => Note::Device { device, tenant, seen, outcome },
            None => Note::Unknown { mac, tenant: trail.tenant, seen },
        };
        self.journal.note(note);
    }
}
