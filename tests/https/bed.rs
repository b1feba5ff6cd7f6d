//! A server with a small set of files, on a port of its own.

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hyper::header::HeaderValue;
use offhook::net::accept::{Counters, Server};
use offhook::net::authority::{HostName, Issued, ensure};
use offhook::net::identity::Identity;
use offhook::net::limits::Limits;
use offhook::net::tls::{Resumption, server_config};
use offhook::transport::https::{Method, PhoneAnswer, PhoneDoor, PhoneHandler, PhoneRequest};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

/// The DNS name in the test certificates.
pub(crate) const NAME: &str = "phones.example";
pub(crate) const ETAG: &str = "\"0123456789abcdef\"";
/// No test step takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// 8 kB that start and end recognizably.
pub(crate) static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let mut body = b"#begin\n".to_vec();
    body.resize(8187, b'x');
    body.extend(b"#end\n");
    body.into()
});

/// More than the socket buffers of both sides together.
static ENDLESS: LazyLock<Bytes> = LazyLock::new(|| vec![b'y'; 64 << 20].into());

static CERTIFICATES: LazyLock<(TempDir, Issued)> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    let issued = ensure(dir.path(), &names(&[NAME, "127.0.0.1"])).unwrap();
    (dir, issued)
});

pub(crate) fn names(names: &[&str]) -> Vec<HostName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// The CA of all test servers, PEM.
pub(crate) fn ca() -> &'static Path {
    &CERTIFICATES.1.ca
}

pub(crate) fn identity() -> Arc<Identity> {
    Arc::new(Identity::load(&CERTIFICATES.1.leaves).unwrap())
}

pub(crate) async fn in_time<F: Future>(step: F) -> F::Output {
    tokio::time::timeout(PATIENCE, step).await.expect("a step of the test hangs")
}

/// Answers a handful of paths and remembers what it was asked.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) asked: Mutex<Vec<PhoneRequest>>,
    /// `/wait` has been asked.
    pub(crate) waiting: Notify,
    /// Lets one `/wait` go on.
    pub(crate) go: Notify,
}

impl PhoneHandler for Files {
    async fn answer(&self, request: PhoneRequest) -> PhoneAnswer {
        self.asked.lock().unwrap().push(request.clone());
        if request.method == Method::Other {
            return PhoneAnswer::MethodRefused;
        }
        let (content_type, etag) = (HeaderValue::from_static("text/plain"), HeaderValue::from_static(ETAG));
        let document = |body: &Bytes| PhoneAnswer::Document {
            body: body.clone(),
            content_type: content_type.clone(),
            etag: etag.clone(),
        };
        match request.path.as_str() {
            "/doc.cfg" if request.if_none_match.as_deref() == Some(ETAG) => PhoneAnswer::NotModified { etag },
            "/doc.cfg" => document(&DOCUMENT),
            "/endless" => document(&ENDLESS),
            "/wait" => {
                self.waiting.notify_one();
                self.go.notified().await;
                document(&DOCUMENT)
            }
            "/undecidable" => PhoneAnswer::Undecidable,
            _ => PhoneAnswer::NotFound,
        }
    }
}

/// A running server.
pub(crate) struct Bed {
    pub(crate) address: SocketAddr,
    pub(crate) counters: Arc<Counters>,
    pub(crate) files: Arc<Files>,
    shutdown: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Bed {
    pub(crate) async fn plain(limits: Limits) -> Self {
        Self::start(limits, None).await
    }

    pub(crate) async fn secure(limits: Limits, identity: &Arc<Identity>, resumption: Resumption) -> Self {
        Self::start(limits, Some((identity, resumption))).await
    }

    async fn start(limits: Limits, tls: Option<(&Arc<Identity>, Resumption)>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (address, counters, files) = (listener.local_addr().unwrap(), Arc::default(), Arc::default());
        let (shutdown, stop) = oneshot::channel();
        let server = Server {
            handler: PhoneDoor(Arc::clone(&files)),
            tls: tls.map(|(identity, resumption)| {
                Arc::new(server_config(Arc::clone(identity), resumption).unwrap())
            }),
            factory: None,
            limits,
            counters: Arc::clone(&counters),
            mask_control_bytes: true,
        };
        let running = tokio::spawn(server.run(listener, async {
            let _ = stop.await;
        }));
        Self { address, counters, files, shutdown, running }
    }

    /// Tells the server to stop; the handle ends when its last connection has.
    pub(crate) fn stop(self) -> JoinHandle<()> {
        let _ = self.shutdown.send(());
        self.running
    }

    /// Stops the server and waits until its last connection is gone.
    pub(crate) async fn drained(self) -> Arc<Counters> {
        let counters = Arc::clone(&self.counters);
        in_time(self.stop()).await.unwrap();
        assert_eq!(counters.connections_open.load(Relaxed), 0, "a connection outlived its server");
        counters
    }

    /// Cuts the server off as `shutdown` never does.
    pub(crate) fn abort(self) {
        self.running.abort();
    }

    /// Waits until no connection is open.
    pub(crate) async fn quiet(&self) {
        in_time(async {
            while self.counters.connections_open.load(Relaxed) > 0 {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    pub(crate) fn last_asked(&self) -> PhoneRequest {
        self.files.asked.lock().unwrap().last().cloned().expect("nothing was asked")
    }
}
