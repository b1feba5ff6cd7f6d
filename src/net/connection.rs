//! One connection: TLS handshake, requests one after the other, and a time limit for each step.

use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::header::CONNECTION;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::{HandshakeKind, ProtocolVersion};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, Sleep, sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::accept::{Handler, Peer, Server};
use super::factory::possession::{self, Possession};
use super::factory::{Certificate, Standing};
use super::limits::Limits;
use super::wire::{Progress, Reporting, Step, Wire};

/// Serves a connection to its end. It ends early when `stop` turns true (after the running request) or when its sender
/// is gone (at once).
pub(super) async fn run<H: Handler>(
    server: Arc<Server<H>>,
    socket: TcpStream,
    mut peer: Peer,
    stop: watch::Receiver<bool>,
) {
    let Some(tls) = &server.tls else {
        return serve(&server, socket, peer, stop).await;
    };
    let asks = server.factory.as_ref().is_some_and(|factory| factory.asks());
    let acceptor = TlsAcceptor::from(Arc::clone(tls));
    // the handshake starts within what watches it
    let handshake = possession::watched(asks, async move { acceptor.accept(socket).await });
    let handshake = timeout(server.limits.handshake, handshake);
    let mut stopped = stop.clone();
    let handshake = tokio::select! {
        handshake = handshake => {
            handshake.unwrap_or_else(|_| (Err(io::ErrorKind::TimedOut.into()), Possession::NotShown))
        }
        // whoever has not asked for anything yet can ask the next server
        _ = stopped.wait_for(|stop| *stop) => return,
    };
    match handshake {
        (Ok(stream), possession) => {
            count_handshake(&server, &stream);
            peer.certificate = shown_certificate(&server, &stream, possession).map(Arc::new);
            serve(&server, stream, peer, stop).await;
        }
        (Err(error), _) => {
            server.counters.handshakes_failed.fetch_add(1, Relaxed);
            tracing::debug!("no TLS handshake with {}: {error}", peer.address.ip());
        }
    }
}

fn count_handshake<H>(server: &Server<H>, stream: &TlsStream<TcpStream>) {
    let (_, session) = stream.get_ref();
    let counters = &server.counters;
    match session.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => counters.handshakes_tls13.fetch_add(1, Relaxed),
        _ => counters.handshakes_tls12.fetch_add(1, Relaxed),
    };
    if session.handshake_kind() == Some(HandshakeKind::Resumed) {
        counters.handshakes_resumed.fetch_add(1, Relaxed);
    }
}

/// What the client's certificate is worth, where it showed one.
fn shown_certificate<H>(
    server: &Server<H>,
    stream: &TlsStream<TcpStream>,
    possession: Possession,
) -> Option<Certificate> {
    let (_, session) = stream.get_ref();
    let resumed = session.handshake_kind() == Some(HandshakeKind::Resumed);
    // only sessions of clients that held the key are kept
    let possession = if resumed { Possession::Proven } else { possession };
    let certificate = server.factory.as_ref()?.graded(session.peer_certificates(), possession)?;
    let counters = &server.counters;
    let counter = match &certificate.standing {
        Standing::Chained { .. } => &counters.certificates_chained,
        Standing::Foreign => &counters.certificates_foreign,
        Standing::Unproven => &counters.certificates_unproven,
        Standing::Broken(_) => &counters.certificates_broken,
    };
    counter.fetch_add(1, Relaxed);
    Some(certificate)
}

async fn serve<H, S>(server: &Arc<Server<H>>, socket: S, peer: Peer, stop: watch::Receiver<bool>)
where
    H: Handler,
    S: AsyncRead + AsyncWrite + Unpin,
{
    let progress = Progress::new();
    let address = peer.address.ip();
    let wire = Wire::new(socket, Arc::clone(&progress), server.mask_control_bytes);
    let service = Requests { server: Arc::clone(server), peer, progress: Arc::clone(&progress) };
    let connection = http1::Builder::new()
        .auto_date_header(false)
        // some phones compare header names byte by byte with how the RFCs write them
        .title_case_headers(true)
        // a client may close its sending side after the request
        .half_close(true)
        .max_buf_size(server.limits.head_bytes.max(MIN_HEAD_BYTES))
        .serve_connection(TokioIo::new(wire), service);
    let mut connection = pin!(connection);
    let mut watchdog = pin!(Watchdog::new(server.limits, progress));
    let mut stopped = pin!(stopped(stop));
    let mut stopping = false;
    poll_fn(|cx| {
        if !stopping && let Poll::Ready(stop) = stopped.as_mut().poll(cx) {
            if stop == Stop::Now {
                return Poll::Ready(());
            }
            stopping = true;
            connection.as_mut().graceful_shutdown();
        }
        if let Poll::Ready(ended) = connection.as_mut().poll(cx) {
            if let Err(error) = ended {
                tracing::debug!("the connection of {address} broke: {error}");
            }
            return Poll::Ready(());
        }
        watchdog.as_mut().poll(cx).map(|step| {
            server.counters.timed_out.fetch_add(1, Relaxed);
            tracing::debug!("{address} took too long in {step:?}");
        })
    })
    .await;
}

/// hyper refuses to work with less.
const MIN_HEAD_BYTES: usize = 8192;

#[derive(Debug, PartialEq, Eq)]
enum Stop {
    /// Finish the running request.
    Soft,
    /// Whoever ran the server is gone.
    Now,
}

async fn stopped(mut stop: watch::Receiver<bool>) -> Stop {
    match stop.wait_for(|stop| *stop).await {
        Ok(_) => Stop::Soft,
        Err(_) => Stop::Now,
    }
}

/// Hands requests to the handler and reports their progress.
struct Requests<H> {
    server: Arc<Server<H>>,
    peer: Peer,
    progress: Arc<Progress>,
}

impl<H: Handler> Service<Request<Incoming>> for Requests<H> {
    type Response = Response<Reporting<H::Body>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.progress.enter(Step::Answering);
        let (server, peer, progress) =
            (Arc::clone(&self.server), self.peer.clone(), Arc::clone(&self.progress));
        Box::pin(async move {
            server.counters.requests.fetch_add(1, Relaxed);
            let upload = !request.body().is_end_stream();
            let response = server.handler.handle(peer, request).await;
            if upload && response.headers().get(CONNECTION).is_some_and(|value| value == "close") {
                progress.linger();
            }
            Ok(response.map(|body| Reporting::new(body, progress)))
        })
    }
}

/// One timer for all limits of a connection. It is moved only when it would ring too late, so a connection that hurries
/// arms it once.
struct Watchdog {
    limits: Limits,
    progress: Arc<Progress>,
    seen: u32,
    deadline: Instant,
    timer: Pin<Box<Sleep>>,
}

impl Watchdog {
    fn new(limits: Limits, progress: Arc<Progress>) -> Self {
        let timer = Box::pin(sleep(limits.head));
        Self { limits, seen: progress.changes(), progress, deadline: timer.deadline(), timer }
    }

    fn limit_of(&self, step: Step) -> Duration {
        match step {
            Step::Head => self.limits.head,
            Step::Answering | Step::Sent => self.limits.request,
            Step::Idle => self.limits.idle,
            Step::Closing => self.limits.closing,
        }
    }
}

impl Future for Watchdog {
    type Output = Step;

    /// To be polled after the connection, whose steps it follows.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Step> {
        let step = self.progress.step();
        if self.progress.changes() != self.seen {
            self.seen = self.progress.changes();
            self.deadline = Instant::now() + self.limit_of(step);
            if self.deadline < self.timer.deadline() {
                let deadline = self.deadline;
                self.timer.as_mut().reset(deadline);
            }
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if self.timer.deadline() >= self.deadline {
                return Poll::Ready(step);
            }
            let deadline = self.deadline;
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}
