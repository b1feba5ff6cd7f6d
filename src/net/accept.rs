//! Who comes in: accepts connections for one handler until it is told to stop, then waits for the last of them.

use std::fmt::Debug;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use hyper::body::{Body, Incoming};
use hyper::{Request, Response};
use rustls::ServerConfig;
use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::connection;
use super::factory::{Certificate, Factory};
use super::limits::{Caps, Limits};

/// How long to wait for file descriptors or memory before accepting again.
const BREATHER: Duration = Duration::from_millis(100);

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Where the connection comes from.
    pub address: SocketAddr,
    /// True over TLS.
    pub secure: bool,
    /// Its own certificate, where it was asked for one and showed it.
    pub certificate: Option<Arc<Certificate>>,
}

/// Answers the requests of all connections of a [`Server`].
pub trait Handler: Send + Sync + 'static {
    /// What answers consist of.
    type Body: Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Send
        + Unpin
        + 'static;

    /// Answers one request. Cancelled when the connection ends. A refused upload is best answered with
    /// `Connection: close` and without a look at its body: what still comes in is thrown away.
    fn handle(
        &self,
        peer: Peer,
        request: Request<Incoming>,
    ) -> impl Future<Output = Response<Self::Body>> + Send;
}

/// An HTTP/1.0 and HTTP/1.1 server for one listener.
#[derive(Debug)]
pub struct Server<H> {
    /// Who answers.
    pub handler: H,
    /// Without it, plain HTTP is spoken.
    pub tls: Option<Arc<ServerConfig>>,
    /// Who signs the certificates that clients are asked for over TLS; without it they are asked for none.
    pub factory: Option<Arc<Factory>>,
    /// What a peer may cost.
    pub limits: Limits,
    /// Where it is counted; several servers may share them.
    pub counters: Arc<Counters>,
    /// Accept control bytes in header values, replaced by 0xBF. For a handler that reads no request bodies, since what
    /// comes in one packet with the header is replaced as well.
    pub mask_control_bytes: bool,
}

/// What has happened since the process started.
#[derive(Debug, Default)]
#[expect(missing_docs, reason = "the names say it, the comments what they leave open")]
pub struct Counters {
    pub connections: AtomicU64,
    /// Of one address that had too many already.
    pub connections_refused: AtomicU64,
    /// Connections that are open now.
    pub connections_open: AtomicU64,
    /// Connections cut because a step took too long; handshakes count as failed instead.
    pub timed_out: AtomicU64,
    pub requests: AtomicU64,
    pub handshakes_tls12: AtomicU64,
    pub handshakes_tls13: AtomicU64,
    /// Also counted under their version.
    pub handshakes_resumed: AtomicU64,
    pub handshakes_failed: AtomicU64,
    /// Clients' certificates of a known authority, whose key the client holds.
    pub certificates_chained: AtomicU64,
    pub certificates_foreign: AtomicU64,
    pub certificates_unproven: AtomicU64,
    pub certificates_broken: AtomicU64,
    /// Times that the system had no file descriptor or memory for a connection.
    pub accept_failed: AtomicU64,
}

impl<H: Handler> Server<H> {
    /// Serves until `shutdown` resolves, then closes the listener, lets running requests finish, closes idle connections
    /// and returns when the last one is gone. Dropping the future instead cuts all of them.
    pub async fn run(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        // connections inherit it (Linux), which saves a system call for each
        if let Err(error) = SockRef::from(&listener).set_tcp_nodelay(true) {
            tracing::warn!("answers may be delayed, the listener refuses TCP_NODELAY: {error}");
        }
        let caps = Caps::new(&self.limits);
        // its end, when this future is dropped, is what cuts the connections
        let (stop, stopped) = watch::channel(false);
        let server = Arc::new(self);
        let mut shutdown = pin!(shutdown);
        loop {
            let next = async {
                let permit = caps.free().await;
                (permit, server.accept(&listener).await)
            };
            let (permit, (socket, address)) = tokio::select! {
                biased;
                () = &mut shutdown => break,
                next = next => next,
            };
            let place = permit.and_then(|permit| caps.admit(permit, address.ip()));
            let Some(place) = place else {
                server.counters.connections_refused.fetch_add(1, Relaxed);
                tracing::debug!("{} has too many connections", address.ip());
                continue;
            };
            let (server, stopped) = (Arc::clone(&server), stopped.clone());
            tokio::spawn(async move {
                // dropped in reverse: who sees fewer open connections finds the place free
                let _open = server.count_open();
                let _place = place;
                let peer = Peer { address, secure: server.tls.is_some(), certificate: None };
                connection::run(Arc::clone(&server), socket, peer, stopped).await;
            });
        }
        drop(listener);
        stop.send_replace(true);
        caps.empty().await;
    }
}

impl<H> Server<H> {
    /// The next connection. Running out of file descriptors or memory passes; a loop that spins on it does not help.
    async fn accept(&self, listener: &TcpListener) -> (TcpStream, SocketAddr) {
        let mut exhausted = false;
        loop {
            match listener.accept().await {
                Ok(accepted) => {
                    self.counters.connections.fetch_add(1, Relaxed);
                    return accepted;
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    self.counters.accept_failed.fetch_add(1, Relaxed);
                    if !exhausted {
                        tracing::error!("cannot accept connections for now: {error}");
                    }
                    exhausted = true;
                    sleep(BREATHER).await;
                }
            }
        }
    }

    fn count_open(self: &Arc<Self>) -> Open {
        self.counters.connections_open.fetch_add(1, Relaxed);
        Open(Arc::clone(&self.counters))
    }
}

/// Lowers the count of open connections again, even after a panic in a handler.
struct Open(Arc<Counters>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.connections_open.fetch_sub(1, Relaxed);
    }
}

/// The peer went away while it was queued (accept(2) reports its network errors).
fn concerns_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{
        ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted,
        NetworkUnreachable, TimedOut,
    };
    matches!(
        error.kind(),
        ConnectionAborted
            | ConnectionRefused
            | ConnectionReset
            | HostUnreachable
            | Interrupted
            | NetworkUnreachable
            | TimedOut
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connections_inherit_no_delay_from_their_listener() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        SockRef::from(&listener).set_tcp_nodelay(true).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (accepted, _) = listener.accept().await.unwrap();
        assert!(accepted.nodelay().unwrap());
    }
}
