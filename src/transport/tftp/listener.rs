//! The well-known port: takes requests from the socket in batches, refuses what is none, starts a task for each other.

use std::array;
use std::io::{self, ErrorKind, IoSliceMut};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSockRef, UdpSocketState};
use tokio::io::unix::AsyncFd;

use super::live::{Admission, LiveTransfers, Ticket};
use super::session::{self, Origin};
use super::socket::watch;
use super::{Counters, Limits, ReadHandler};
use crate::tftp::packet::{ErrorCode, Packet, PacketError};

/// Room for one datagram: the longest request and more, so that a longer one is seen to be longer.
const SLOT: usize = 2048;
/// Asked of the kernel for the socket's queue: a thousand phones that ask at once after a power cut. It grants up to
/// `net.core.rmem_max`.
const RECEIVE_BUFFER: usize = 4 * 1024 * 1024;
/// Rest after the socket itself has failed, so that a lasting fault does not burn a processor.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// A TFTP server on a socket that somebody else has bound.
#[derive(Debug)]
pub struct TftpServer<H> {
    door: Arc<Door>,
    handler: Arc<H>,
}

/// The listening socket and what all transfers share.
#[derive(Debug)]
pub(super) struct Door {
    socket: AsyncFd<UdpSocket>,
    /// What the kernel can do with many datagrams at once; true for the sockets of the transfers too.
    pub(super) udp: UdpSocketState,
    pub(super) limits: Limits,
    pub(super) counters: Arc<Counters>,
}

impl<H: ReadHandler> TftpServer<H> {
    /// Prepares `socket`, which is bound already, to serve from `handler`.
    ///
    /// Must be called within a tokio runtime. Fails if the socket cannot be made ready for it.
    pub fn new(socket: UdpSocket, handler: H, limits: Limits) -> io::Result<Self> {
        let udp = UdpSocketState::new(UdpSockRef::from(&socket))?;
        udp.set_recv_buffer_size(UdpSockRef::from(&socket), RECEIVE_BUFFER)?;
        let granted = udp.recv_buffer_size(UdpSockRef::from(&socket))?;
        if granted < RECEIVE_BUFFER {
            tracing::info!(
                granted,
                wanted = RECEIVE_BUFFER,
                "tftp receive buffer is limited by net.core.rmem_max"
            );
        }
        let door = Door { socket: watch(socket)?, udp, limits, counters: Arc::default() };
        Ok(Self { door: Arc::new(door), handler: Arc::new(handler) })
    }

    /// What this server counts, while it runs and after.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.door.counters)
    }

    /// Serves until `shutdown` is ready, then takes no more requests and hands over what is still going on.
    ///
    /// If this future is dropped, all transfers end.
    pub async fn run(self, shutdown: impl Future<Output = ()>) -> Draining {
        let live = Draining { live: LiveTransfers::new(self.door.limits) };
        tokio::select! {
            biased;
            () = shutdown => live,
            () = self.receive(&live.live) => live,
        }
    }

    async fn receive(&self, live: &Arc<LiveTransfers>) {
        let mut room = vec![0; BATCH_SIZE * SLOT];
        let mut metas = [RecvMeta::default(); BATCH_SIZE];
        loop {
            match self.door.receive(&mut room, &mut metas).await {
                Ok(count) => {
                    for (slot, meta) in room.chunks(SLOT).zip(&metas[..count]) {
                        let bytes = &slot[..meta.len.min(SLOT)];
                        // Equal datagrams of one sender may come as one, and an empty one has nothing to say.
                        bytes.chunks(meta.stride.max(1)).for_each(|datagram| self.take(live, meta, datagram));
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "tftp socket failed to receive");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    fn take(&self, live: &Arc<LiveTransfers>, meta: &RecvMeta, datagram: &[u8]) {
        let Some(origin) = origin(meta) else { return };
        match Packet::parse(datagram) {
            Ok(Packet::Read(_)) => match live.admit(origin.peer, datagram) {
                Admission::New(ticket) => self.spawn(live, ticket, origin),
                Admission::Repeated => {}
                Admission::Full => self.door.counters.refused.add(1),
            },
            Ok(Packet::Write(_)) => {
                self.refuse(origin, ErrorCode::AccessViolation, b"uploads are not accepted");
            }
            Ok(Packet::Data { .. } | Packet::Ack(_) | Packet::OptionAck(_)) => {
                self.door.send_error(origin, ErrorCode::UnknownTransferId, b"unknown transfer id");
            }
            Err(PacketError::Opcode(_) | PacketError::Long(_) | PacketError::Name | PacketError::Mode) => {
                self.refuse(origin, ErrorCode::IllegalOperation, b"malformed request");
            }
            // An ERROR is never answered, or two servers could be made to answer each other for ever.
            Ok(Packet::Error { .. }) | Err(PacketError::Short(_)) => {}
        }
    }

    fn spawn(&self, live: &LiveTransfers, ticket: Ticket, origin: Origin) {
        let id = ticket.id;
        let task = session::serve(Arc::clone(&self.door), Arc::clone(&self.handler), ticket, origin);
        live.attach(origin.peer, id, tokio::spawn(task).abort_handle());
    }

    fn refuse(&self, origin: Origin, code: ErrorCode, message: &[u8]) {
        self.door.counters.refused.add(1);
        self.door.send_error(origin, code, message);
    }
}

impl Door {
    async fn receive(&self, room: &mut [u8], metas: &mut [RecvMeta; BATCH_SIZE]) -> io::Result<usize> {
        loop {
            let mut ready = self.socket.readable().await?;
            let mut slots = room.chunks_exact_mut(SLOT);
            let mut slots: [_; BATCH_SIZE] =
                array::from_fn(|_| IoSliceMut::new(slots.next().unwrap_or_default()));
            match self.udp.recv(UdpSockRef::from(self.socket.get_ref()), &mut slots, metas) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready.clear_ready(),
                result => return result,
            }
        }
    }

    /// Sends an ERROR from the address that was asked. One that cannot be sent is lost, as any datagram may be.
    pub(super) fn send_error(&self, origin: Origin, code: ErrorCode, message: &[u8]) {
        let mut packet = Vec::with_capacity(64);
        Packet::Error { code: code as u16, message }.write(&mut packet);
        let transmit = Transmit {
            destination: origin.peer,
            ecn: None,
            contents: &packet,
            segment_size: None,
            src_ip: origin.local,
        };
        if let Err(error) = self.udp.try_send(UdpSockRef::from(self.socket.get_ref()), &transmit) {
            tracing::trace!(%error, client = %origin.peer, "tftp error not sent");
        }
    }
}

/// Between whom a datagram went; `None` if it is not to be answered: it was sent to many (RFC 1123 §4.2.3.5), or
/// from a port that does not exist.
fn origin(meta: &RecvMeta) -> Option<Origin> {
    let to_many = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_multicast(),
    };
    let local = meta.dst_ip.map(|ip| ip.to_canonical());
    if meta.addr.port() == 0 || local.is_some_and(to_many) {
        return None;
    }
    let peer = match meta.addr.ip().to_canonical() {
        ip @ IpAddr::V4(_) => SocketAddr::new(ip, meta.addr.port()),
        IpAddr::V6(_) => meta.addr,
    };
    Some(Origin { peer, local })
}

/// The transfers that were live when a server stopped. Dropping it ends them.
#[derive(Debug)]
pub struct Draining {
    live: Arc<LiveTransfers>,
}

impl Draining {
    /// Waits until the last of them is over. It has no bound of its own but that each transfer ends; give it one.
    pub async fn finished(&self) {
        self.live.idle().await;
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        self.live.abort_all();
    }
}
