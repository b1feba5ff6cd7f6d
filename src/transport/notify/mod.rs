//! Asking phones by SIP to fetch again: one socket per phone, from the first packet to the last answer.
//!
//! The socket is connected, so what others send never reaches it; and nothing that comes is answered, so no loop can
//! begin here. What is sent when is decided by [`crate::sip::CheckSync`].

mod counters;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

pub use counters::Counters;

use crate::domain::{Random, Secret};
use crate::fleet::{Answer, Asker, Asking};
use crate::sip::{CheckSync, CheckSyncRequest, Credentials, Deed, LONGEST_MESSAGE, Timers};

/// What an unguessable tag or branch is made of.
const TOKEN: usize = 12;
/// Rest after a socket has failed, so that a lasting fault does not burn a processor.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// Where SIP over UDP is spoken when no port is named.
const USUAL_PORT: u16 = 5060;

/// Asks phones by SIP over UDP.
pub struct Notifier {
    proxy: Option<SocketAddr>,
    timers: Timers,
    random: Arc<dyn Random>,
    counters: Arc<Counters>,
}

impl Notifier {
    /// One that asks through `proxy`, or else each phone at its own address.
    #[must_use]
    pub fn new(proxy: Option<SocketAddr>, timers: Timers, random: Arc<dyn Random>) -> Self {
        Self { proxy, timers, random, counters: Arc::default() }
    }

    /// What it counts, while it runs and after.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.counters)
    }

    async fn carry_out(&self, asking: &Asking) -> io::Result<Option<u16>> {
        let own = SocketAddr::new(asking.address, asking.port);
        let target = self.proxy.unwrap_or(own);
        let any: IpAddr = match target {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((any, 0)).await?;
        socket.connect(target).await?;
        let credentials = asking.password.as_ref().map(Secret::expose);
        let request = CheckSyncRequest {
            here: socket.local_addr()?,
            user: asking.user.clone(),
            host: if self.proxy.is_some() { asking.domain.clone() } else { place(own) },
            proxy: self.proxy,
            event: asking.event.clone(),
            credentials: credentials.map(|password| Credentials::new(&asking.user, password)),
            token: self.token(),
        };
        let began = Instant::now();
        let mut asked = CheckSync::begin(request, self.timers, Duration::ZERO);
        let mut room = vec![0; LONGEST_MESSAGE + 1];
        let mut deed = Deed::Send;
        loop {
            match deed {
                Deed::Over(status) => return Ok(status),
                Deed::Send => self.send(&socket, asked.bytes()).await,
                Deed::Wait => {}
            }
            deed = match timeout_at(began + asked.deadline(), socket.recv(&mut room)).await {
                Ok(Ok(length)) => asked.on_datagram(&room[..length], began.elapsed()),
                // a host that says that nobody listens may be a phone that restarts
                Ok(Err(_)) => {
                    tokio::time::sleep(AFTER_FAILURE).await;
                    Deed::Wait
                }
                Err(_) => {
                    let due = asked.on_time(began.elapsed());
                    self.counters.retransmissions.add(u64::from(due == Deed::Send));
                    due
                }
            };
        }
    }

    /// One that cannot be sent counts as lost, and loss is the transaction's business.
    async fn send(&self, socket: &UdpSocket, bytes: &[u8]) {
        self.counters.sent.add(1);
        if let Err(error) = socket.send(bytes).await {
            tracing::debug!(%error, "check-sync not sent");
        }
    }

    fn token(&self) -> String {
        let mut bytes = [0; TOKEN];
        self.random.fill(&mut bytes);
        data_encoding::HEXLOWER.encode(&bytes)
    }
}

/// A host as it stands in a URI, without the port that everybody takes.
fn place(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) if address.port() == USUAL_PORT => address.ip().to_string(),
        SocketAddr::V6(address) if address.port() == USUAL_PORT => format!("[{}]", address.ip()),
        other => other.to_string(),
    }
}

impl Asker for Notifier {
    async fn ask(&self, asking: &Asking) -> Answer {
        match self.carry_out(asking).await {
            Ok(Some(status)) => Answer::Status(status),
            Ok(None) => Answer::Silence,
            Err(error) => {
                tracing::warn!(device.mac = %asking.mac, %error, "no socket to ask {}", asking.mac);
                Answer::Silence
            }
        }
    }
}
