//! The socket of one transfer.
//!
//! It is bound to the address that the client asked and to a port that the kernel picks at random: whoever forges
//! requests has to guess it before a second packet is sent. It is not connected, because a connected socket never sees
//! a packet from a wrong port, which is to be answered with ERROR 5 (RFC 1350 §4).
//!
//! A window of equal blocks leaves in one system call where the kernel can split it (UDP segmentation offload), through
//! the listener's `quinn-udp` state: a state of its own for each socket would cost more system calls than a small file.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::pin::Pin;
use std::task::{Context, Poll};

use quinn_udp::{Transmit, UdpSockRef, UdpSocketState};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::Interest;
use tokio::io::unix::{AsyncFd, AsyncFdReadyGuard};
use tokio::time::{Instant, Sleep};

use crate::tftp::packet::{HEADER, Packet};
use crate::tftp::transfer::Transfer;

/// A segment that fits an Ethernet frame with IPv6 and UDP headers; a larger one cannot be split off by the kernel.
const LARGEST_SEGMENT: usize = 1500 - 40 - 8;
/// What one datagram can hold, and so all segments together before they are split.
const LARGEST_BATCH: usize = 65_507;

/// Sends to one client and receives from anybody.
#[derive(Debug)]
pub(super) struct TransferSocket {
    socket: AsyncFd<UdpSocket>,
    peer: SocketAddr,
}

/// What ended a wait.
pub(super) enum Event<'a> {
    Readable(AsyncFdReadyGuard<'a, UdpSocket>),
    Timeout,
}

impl TransferSocket {
    /// A socket that answers `peer` from `local`, or from any address where that is not known.
    pub(super) fn open(local: Option<IpAddr>, peer: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(peer), Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
        if let Some(local) = local {
            let mut address = SocketAddr::new(local, 0);
            if let (SocketAddr::V6(address), SocketAddr::V6(peer)) = (&mut address, peer)
                && address.ip().is_unicast_link_local()
            {
                address.set_scope_id(peer.scope_id());
            }
            socket.bind(&address.into())?;
        }
        Ok(Self { socket: watch(socket.into())?, peer })
    }

    /// Waits for a packet until `sleep` is over and the time it should have been set to, `deadline`, has come.
    ///
    /// Setting a timer anew for each packet would cost more than letting it ring early once in a while.
    pub(super) fn poll_event(
        &self,
        cx: &mut Context<'_>,
        mut sleep: Pin<&mut Sleep>,
        deadline: Instant,
    ) -> Poll<io::Result<Event<'_>>> {
        if let Poll::Ready(ready) = self.socket.poll_read_ready(cx) {
            return Poll::Ready(ready.map(Event::Readable));
        }
        if deadline < sleep.deadline() {
            sleep.as_mut().reset(deadline);
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if deadline <= sleep.deadline() {
                return Poll::Ready(Ok(Event::Timeout));
            }
            sleep.as_mut().reset(deadline);
        }
        Poll::Pending
    }

    /// One datagram and its sender, or `None` if there is none now. A longer one is cut: an ACK needs four bytes.
    pub(super) fn receive<'b>(&self, buffer: &'b mut [u8]) -> io::Result<Option<(&'b [u8], SocketAddr)>> {
        loop {
            match self.socket.get_ref().recv_from(buffer) {
                Ok((length, from)) => return Ok(Some((&buffer[..length], from))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Whether a datagram's sender is the client. A link-local scope or flow label does not make another sender.
    pub(super) fn is_peer(&self, from: SocketAddr) -> bool {
        (from.ip(), from.port()) == (self.peer.ip(), self.peer.port())
    }

    /// Sends one packet to the client.
    pub(super) fn send(&self, packet: &[u8]) {
        self.send_to(self.peer, packet);
    }

    /// Sends one packet to anybody. One that cannot be sent counts as lost, and loss is the transfer's business.
    pub(super) fn send_to(&self, to: SocketAddr, packet: &[u8]) {
        if let Err(error) = self.socket.get_ref().send_to(packet, to) {
            tracing::trace!(%error, %to, "tftp packet not sent");
        }
    }

    /// Sends `count` blocks of `content` from block `first` on. `packets` is room that is used again for each window.
    pub(super) fn send_blocks(
        &self,
        offload: &UdpSocketState,
        packets: &mut Vec<u8>,
        (transfer, content): (&Transfer, &[u8]),
        (first, count): (u64, u16),
    ) {
        let end = first + u64::from(count);
        let (_, place) = transfer.block(first);
        let segment = place.len() + HEADER;
        let per_batch = batch(offload, segment);
        for start in (first..end).step_by(per_batch) {
            packets.clear();
            for block in start..end.min(start + per_batch as u64) {
                let (block, place) = transfer.block(block);
                Packet::Data { block, payload: &content[place] }.write(packets);
            }
            self.send_segments(offload, packets, segment);
        }
    }

    /// Sends packets of `segment` bytes each, the last may be shorter, at once if possible.
    fn send_segments(&self, offload: &UdpSocketState, packets: &[u8], segment: usize) {
        if packets.len() > segment {
            let transmit = Transmit {
                destination: self.peer,
                ecn: None,
                contents: packets,
                segment_size: Some(segment),
                src_ip: None,
            };
            match offload.try_send(UdpSockRef::from(self.socket.get_ref()), &transmit) {
                Ok(()) => return,
                // The way to this client takes smaller packets, or its interface cannot split: one by one.
                Err(error) => tracing::trace!(%error, "tftp window not sent at once"),
            }
        }
        packets.chunks(segment).for_each(|packet| self.send(packet));
    }
}

/// Has the runtime watch a socket for something to read, and for that only: `tokio::net::UdpSocket` is also told of each
/// chance to write, which wakes a transfer once more for every packet that it has sent.
#[expect(
    deprecated,
    reason = "its successor is `unsafe`; what that asks for, a `UdpSocket` keeps: its descriptor stays open"
)]
pub(super) fn watch(socket: UdpSocket) -> io::Result<AsyncFd<UdpSocket>> {
    AsyncFd::with_interest(socket, Interest::READABLE)
}

/// How many packets of `segment` bytes can be handed over at once.
fn batch(offload: &UdpSocketState, segment: usize) -> usize {
    if segment > LARGEST_SEGMENT {
        return 1;
    }
    offload.max_gso_segments().min(LARGEST_BATCH / segment).max(1)
}
