//! Ordering certificates from an ACME server, and ordering them again in time.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{
    Addresses,
    certificates::{Certificates, account},
    shown,
};
use crate::{
    cli::WrongInput,
    config::{Config, Role},
    domain::{Clock, Random, Timestamp},
    lifecycle::Lifecycle,
    net::{
        acme::{Challenges, Client, Directory, renewal},
        authority::LeafKind,
        leaf::Leaf,
    },
    observability::{health::Health, metrics::Metrics},
    storage::adopt,
};

/// How often it is looked whether something is due.
const CHECK: Duration = Duration::from_secs(1);
/// What health calls it.
const WHAT: &str = "acme";

/// What a server that orders certificates needs, until it is spawned.
pub(super) struct Acme {
    pub(super) challenges: Arc<Challenges>,
    client: Client,
}

/// What came of the orders of one kind of certificate.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) obtained: AtomicU64,
    pub(super) failed: AtomicU64,
    /// When the next order is made, in seconds since 1970.
    pub(super) next: AtomicI64,
}

/// The certificate of one kind, and what became of the orders for it.
struct Course {
    kind: LeafKind,
    leaf: Option<Leaf>,
    counters: Arc<Counters>,
    failures: u32,
    /// No order is made before, in seconds since 1970.
    not_before: i64,
    why: Option<String>,
}

/// Keeps certificates from running out.
struct Keeper {
    client: Client,
    certificates: Arc<Certificates>,
    health: Health,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Acme {
    /// None where no ACME server is named, or none of its certificates is ordered by this role. Whoever orders needs the
    /// door at which the name is proved.
    pub(super) fn of(config: &Config, doors: Addresses) -> anyhow::Result<Option<Self>> {
        let Some(acme) = config.acme.as_ref().filter(|_| config.server.role != Role::Admin) else {
            return Ok(None);
        };
        if doors.http.is_none() {
            return Err(WrongInput::new(
                "acme.directory needs the door \"http\" under [listen]: the name is proved over plain HTTP",
            )
            .into());
        }
        let directory = Directory {
            url: acme.directory.clone(),
            contact: acme.contact.iter().map(|address| format!("mailto:{address}")).collect(),
            authority: acme.ca_certificate.clone(),
        };
        let (folder, name) = account(config, acme)?;
        let challenges = Arc::new(Challenges::default());
        let client = Client::new(directory, name, folder, Arc::clone(&challenges));
        Ok(Some(Self { challenges, client }))
    }

    /// Orders what is missing or due while the server runs.
    pub(super) fn spawn(
        self,
        certificates: &Arc<Certificates>,
        health: &Health,
        (clock, random): (&Arc<dyn Clock>, &Arc<dyn Random>),
        metrics: &Metrics,
        lifecycle: &mut Lifecycle,
    ) {
        let courses = LeafKind::ALL.map(|kind| Course::new(kind, self.client.leaf(kind)));
        for course in &courses {
            shown::acme(metrics, course.kind.as_str(), &course.counters);
        }
        let keeper = Keeper {
            client: self.client,
            certificates: Arc::clone(certificates),
            health: health.clone(),
            clock: Arc::clone(clock),
            random: Arc::clone(random),
        };
        let stop = lifecycle.stop();
        lifecycle.spawn("keeping certificates from running out", async move {
            tokio::select! {
                () = keeper.run(courses) => {}
                () = stop.requested() => {}
            }
        });
    }
}

impl Keeper {
    async fn run(&self, mut courses: [Course; 2]) {
        let mut pause = tokio::time::interval(CHECK);
        loop {
            pause.tick().await;
            // one after the other: a name that was proved for the first need not be proved for the second
            for course in &mut courses {
                if course.next() <= self.clock.now().seconds() {
                    self.order(course).await;
                }
                let (next, kind) = (course.next(), course.kind.as_str());
                if course.counters.next.swap(next, Relaxed) != next {
                    let (name, at) = (self.client.name(), Timestamp::from_seconds(next));
                    tracing::info!(kind, "the next {kind} certificate for {name} is ordered at {at}");
                }
            }
            self.tell(&courses);
        }
    }

    async fn order(&self, course: &mut Course) {
        let ordered = self.client.order(course.kind).await.map_err(anyhow::Error::new);
        let outcome = ordered.and_then(|()| self.take_over());
        let now = self.clock.now().seconds();
        course.leaf = self.client.leaf(course.kind);
        let (kind, name) = (course.kind.as_str(), self.client.name());
        if let Err(error) = outcome {
            course.failures = course.failures.saturating_add(1);
            course.counters.failed.fetch_add(1, Relaxed);
            course.not_before = now.saturating_add(renewal::pause(course.failures, self.draw()));
            let why = format!("{error:#}");
            tracing::warn!(kind, "no {kind} certificate for {name} by ACME: {why}");
            course.why = Some(why);
        } else {
            course.failures = 0;
            course.counters.obtained.fetch_add(1, Relaxed);
            // a clock that is wrong, or a very short life, must not end in an order each second
            course.not_before = now.saturating_add(renewal::pause(1, self.draw()));
            course.why = None;
            tracing::info!(kind, "a new {kind} certificate for {name} by ACME is served");
        }
    }

    /// Serves what came, and gives the files to who owns the data.
    fn take_over(&self) -> anyhow::Result<()> {
        let folder = self.client.folder().path();
        for path in folder.parent().into_iter().chain([folder]) {
            adopt(path)?;
        }
        for file in fs::read_dir(folder)? {
            adopt(&file?.path())?;
        }
        Ok(self.certificates.reload()?)
    }

    /// Tells health of what keeps failing, once there is little time left.
    fn tell(&self, courses: &[Course]) {
        let now = self.clock.now().seconds();
        let alarms: Vec<String> =
            courses.iter().filter_map(|course| course.alarm(now, self.client.name())).collect();
        if alarms.is_empty() {
            self.health.mended(WHAT);
        } else {
            self.health.fault(WHAT, alarms.join("; "));
        }
    }

    fn draw(&self) -> u16 {
        let mut drawn = [0; 2];
        self.random.fill(&mut drawn);
        u16::from_be_bytes(drawn)
    }
}

impl Course {
    fn new(kind: LeafKind, leaf: Option<Leaf>) -> Self {
        Self { kind, leaf, counters: Arc::default(), failures: 0, not_before: 0, why: None }
    }

    /// When the next order is made.
    fn next(&self) -> i64 {
        self.leaf.as_ref().map_or(0, renewal::due).max(self.not_before)
    }

    /// What the operator has to know; nothing while there is time.
    fn alarm(&self, now: i64, name: &str) -> Option<String> {
        let (why, kind) = (self.why.as_ref()?, self.kind.as_str().to_uppercase());
        match &self.leaf {
            None => Some(format!("there is no {kind} certificate for {name} yet, our own is served: {why}")),
            Some(leaf) if renewal::is_late(leaf, now) => Some(format!(
                "less than a quarter is left of the life of the {kind} certificate for {name}, which was not renewed: {why}"
            )),
            Some(_) => None,
        }
    }
}
