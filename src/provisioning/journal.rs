//! Noting what phones showed and got, off the request path: a bounded queue, written in batches, drops counted.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc;

use crate::{
    domain::{DeviceId, Mac, TenantId},
    storage::{DeviceNote, JournalBatch, SeenCertificate, SeenPhone, SeenWalk, Store, Taken},
};

/// Notes that may wait. A node that cannot write them fast enough drops the rest and counts them.
const WAITING: usize = 8192;
/// How often what has been gathered is written.
const PAUSE: Duration = Duration::from_secs(1);
/// Different phones gathered before they are written without waiting for the pause.
const BATCH: usize = 2048;

/// One note.
#[derive(Debug)]
pub(super) enum Note {
    /// A request of a known device.
    Device {
        device: DeviceId,
        tenant: TenantId,
        seen: SeenPhone,
        outcome: &'static str,
        certificate: Option<String>,
        /// The document that it got.
        taken: Option<Taken>,
    },
    /// A request of a phone that no device stands for.
    Unknown { mac: Mac, tenant: Option<TenantId>, seen: SeenPhone },
    /// How far a walk over MACs has come.
    Walk(SeenWalk),
}

/// Where the pipeline puts its notes.
#[derive(Clone, Debug)]
pub struct Journal {
    queue: mpsc::Sender<Note>,
    dropped: Arc<AtomicU64>,
}

/// Writes the notes until the last [`Journal`] is gone.
#[derive(Debug)]
pub struct JournalWriter {
    queue: mpsc::Receiver<Note>,
    store: Store,
    dropped: Arc<AtomicU64>,
}

/// A journal and its writer.
#[must_use]
pub fn journal(store: Store) -> (Journal, JournalWriter) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let dropped = Arc::new(AtomicU64::new(0));
    let writer = JournalWriter { queue: receiver, store, dropped: Arc::clone(&dropped) };
    (Journal { queue: sender, dropped }, writer)
}

impl Journal {
    pub(super) fn note(&self, note: Note) {
        if self.queue.try_send(note).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How many notes were dropped because the queue was full or could not be written.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

impl JournalWriter {
    /// Writes notes until every [`Journal`] is gone, then what is left.
    pub async fn run(mut self) {
        let mut gathered = Gathered::default();
        let mut pause = tokio::time::interval(PAUSE);
        pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                note = self.queue.recv() => match note {
                    Some(note) => {
                        gathered.add(note);
                        if gathered.len() >= BATCH {
                            self.write(&mut gathered).await;
                        }
                    }
                    None => break,
                },
                _ = pause.tick() => self.write(&mut gathered).await,
            }
        }
        self.write(&mut gathered).await;
    }

    async fn write(&self, gathered: &mut Gathered) {
        let certificates: Vec<_> = std::mem::take(&mut gathered.certificates).into_values().collect();
        let (batch, notes) = gathered.take();
        if notes == 0 {
            return;
        }
        let written = async {
            self.store.write_journal(&batch).await?;
            self.store.write_certificates(&certificates).await
        };
        if let Err(error) = written.await {
            self.dropped.fetch_add(notes, Ordering::Relaxed);
            tracing::warn!(notes, %error, "could not write the journal; {notes} notes were dropped");
        }
    }
}

/// The last note of each phone, and how many notes that stands for.
#[derive(Default)]
struct Gathered {
    devices: HashMap<DeviceId, DeviceNote>,
    unknown: HashMap<Mac, (Option<TenantId>, SeenPhone, i64)>,
    certificates: HashMap<DeviceId, SeenCertificate>,
    walks: Vec<SeenWalk>,
    notes: u64,
}

impl Gathered {
    fn add(&mut self, note: Note) {
        self.notes += 1;
        match note {
            Note::Device { device, tenant, mut seen, outcome, certificate, mut taken } => {
                if let Some(judged) = certificate {
                    let (device, tenant) = (device.clone(), tenant.clone());
                    let shown = SeenCertificate { device: device.clone(), tenant, at: seen.at, judged };
                    self.certificates.insert(device, shown);
                }
                if let Some(earlier) = self.devices.get_mut(&device) {
                    seen.vendor = seen.vendor.or_else(|| earlier.seen.vendor.take());
                    seen.model = seen.model.or_else(|| earlier.seen.model.take());
                    seen.firmware = seen.firmware.or_else(|| earlier.seen.firmware.take());
                    taken = taken.or(earlier.taken);
                }
                let (id, outcome) = (device.clone(), outcome.to_owned());
                let note = DeviceNote { device: id, tenant, seen, outcome, taken };
                self.devices.insert(device, note);
            }
            Note::Unknown { mac, tenant, seen } => {
                let asked = self.unknown.get(&mac).map_or(0, |(_, _, asked)| *asked);
                self.unknown.insert(mac, (tenant, seen, asked + 1));
            }
            Note::Walk(walk) => self.walks.push(walk),
        }
    }

    fn len(&self) -> usize {
        self.devices.len() + self.unknown.len() + self.walks.len()
    }

    fn take(&mut self) -> (JournalBatch, u64) {
        let devices = std::mem::take(&mut self.devices).into_values().collect();
        let unknown = std::mem::take(&mut self.unknown)
            .into_iter()
            .map(|(mac, (tenant, seen, asked))| (mac, tenant, seen, asked))
            .collect();
        let walks = std::mem::take(&mut self.walks);
        (JournalBatch { devices, unknown, walks }, std::mem::take(&mut self.notes))
    }
}
