//! Noting which secret documents phones have fetched, off the request path: a bounded queue, written in batches.
//!
//! A phone that boots as it always does fetches what it has, and that is remembered: nothing is written. What could not
//! be noted is not remembered either, so the phone's next fetch brings it again.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use quick_cache::sync::Cache;
use tokio::sync::mpsc;

use crate::{
    domain::{DeviceId, TenantId, Timestamp},
    storage::{Fetch, Store},
};

/// Fetches that may wait to be noted.
const WAITING: usize = 8192;
/// The most that are noted together.
const BATCH: usize = 256;
/// Files of devices that are remembered; of one that is not, the next fetch is compared with what is stored.
const REMEMBERED: usize = 110_000;
/// How long to wait before the store is asked again after it failed.
const AGAIN: Duration = Duration::from_secs(1);

/// What is noted when a document has reached its phone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    pub(super) device: DeviceId,
    pub(super) tenant: TenantId,
    pub(super) file: String,
    pub(super) etag: Arc<str>,
    pub(super) sip_user: Option<String>,
    /// Of the device and of what all of its tenant's devices share: after a change of either the store is asked again,
    /// because the phone may have fetched something else from another node meanwhile.
    pub(super) revisions: (i64, i64),
}

type Known = Arc<Cache<(DeviceId, String), Arc<Receipt>>>;

/// Where the pipeline puts what was fetched.
#[derive(Debug)]
pub(super) struct Fetches {
    known: Known,
    queue: mpsc::Sender<(Arc<Receipt>, Timestamp)>,
    counters: Arc<FetchCounters>,
}

/// What was noted, for metrics.
#[derive(Debug, Default)]
pub struct FetchCounters {
    /// Documents that a phone has fetched for the first time.
    pub news: AtomicU64,
    /// Fetches that were not noted; the phone's next one is.
    pub dropped: AtomicU64,
}

/// Notes what was fetched until the pipeline is gone.
#[derive(Debug)]
pub struct FetchWriter {
    queue: mpsc::Receiver<(Arc<Receipt>, Timestamp)>,
    known: Known,
    store: Store,
    counters: Arc<FetchCounters>,
}

/// Both ends.
pub(super) fn fetches(store: Store) -> (Fetches, FetchWriter) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let known: Known = Arc::new(Cache::new(REMEMBERED));
    let counters = Arc::default();
    let writer =
        FetchWriter { queue: receiver, known: Arc::clone(&known), store, counters: Arc::clone(&counters) };
    (Fetches { known, queue: sender, counters }, writer)
}

impl Fetches {
    pub(super) fn note(&self, receipt: &Arc<Receipt>, now: Timestamp) {
        let known = self.known.get(&receipt.place());
        if known.is_some_and(|known| known == *receipt) {
            return;
        }
        if self.queue.try_send((Arc::clone(receipt), now)).is_err() {
            self.counters.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) const fn counters(&self) -> &Arc<FetchCounters> {
        &self.counters
    }
}

impl Receipt {
    fn place(&self) -> (DeviceId, String) {
        (self.device.clone(), self.file.clone())
    }
}

impl FetchWriter {
    /// Notes what is fetched until the pipeline is gone, then what is left.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.queue.recv_many(&mut batch, BATCH).await > 0 {
            let written = self.write(&batch).await;
            batch.clear();
            if !written {
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Notes what has been fetched so far, and returns; for whoever has no task for it.
    pub async fn catch_up(&mut self) {
        let mut batch = Vec::new();
        while let Ok(next) = self.queue.try_recv() {
            batch.push(next);
        }
        self.write(&batch).await;
    }

    async fn write(&self, batch: &[(Arc<Receipt>, Timestamp)]) -> bool {
        let fetches: Vec<Fetch> = batch
            .iter()
            .map(|(receipt, at)| Fetch {
                device: receipt.device.clone(),
                tenant: receipt.tenant.clone(),
                file: receipt.file.clone(),
                etag: receipt.etag.to_string(),
                sip_user: receipt.sip_user.clone(),
                at: *at,
            })
            .collect();
        match self.store.note_fetches(&fetches).await {
            Ok(news) => {
                self.counters.news.fetch_add(news as u64, Ordering::Relaxed);
                for (receipt, _) in batch {
                    self.known.insert(receipt.place(), Arc::clone(receipt));
                }
                true
            }
            Err(error) => {
                let lost = batch.len();
                self.counters.dropped.fetch_add(lost as u64, Ordering::Relaxed);
                tracing::warn!(lost, %error, "could not note what {lost} phones have fetched; their next fetch is noted");
                false
            }
        }
    }
}
