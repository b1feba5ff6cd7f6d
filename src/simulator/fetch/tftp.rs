//! TFTP as a phone's boot loader speaks it: one file, one socket, block by block.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::net::UdpSocket;

use super::tftp_packet::{Packet, acknowledgement, error, read_request};
use super::{FetchError, Fetched, LARGEST_DOCUMENT, Step};
use crate::simulator::url::ProvisioningUrl;

/// How long a phone waits before it sends its last packet again, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TftpPatience {
    /// The wait after the first sending; it doubles with each repetition.
    pub first_wait: Duration,
    /// How often a packet is sent before the phone gives up.
    pub sendings: u32,
    /// The block size it asks for, in bytes (RFC 2348: 8 to 65464).
    pub block_size: u16,
}

/// Why a transfer broke.
#[derive(Debug, thiserror::Error)]
pub enum TftpError {
    /// The socket failed.
    #[error("the socket failed")]
    Socket(#[from] std::io::Error),
    /// Nothing came although the packet was sent as often as patience allows.
    #[error("no answer to {0} packets")]
    Silence(u32),
    /// The server granted what was not asked for, or sent a block larger than agreed.
    #[error("the server broke the protocol: {0}")]
    Protocol(&'static str),
}

impl Default for TftpPatience {
    fn default() -> Self {
        Self { first_wait: Duration::from_secs(1), sendings: 5, block_size: 1428 }
    }
}

/// Fetches one file.
pub(super) async fn fetch(
    url: &ProvisioningUrl,
    patience: &TftpPatience,
    step: &mut Step,
) -> Result<Fetched, FetchError> {
    let resolved = |source| FetchError::Resolve { host: url.host().to_owned(), source };
    let server = tokio::net::lookup_host((url.host(), url.port()))
        .await
        .and_then(|mut addresses| addresses.next().ok_or_else(|| std::io::ErrorKind::AddrNotAvailable.into()))
        .map_err(resolved)?;
    *step = Step::Request;
    let file = url.path().trim_start_matches('/');
    match Transfer::open(server, patience).await {
        Ok(mut transfer) => transfer.run(file).await,
        Err(source) => Err(source),
    }
    .map_err(|source| FetchError::Tftp { place: url.place(), source })?
    .ok_or_else(|| FetchError::TooLarge { place: url.place() })
}

/// One transfer: the socket, the server's answering port, and the packet that is repeated while nothing comes.
struct Transfer<'a> {
    socket: UdpSocket,
    server: SocketAddr,
    patience: &'a TftpPatience,
    block_size: usize,
    answering: Option<SocketAddr>,
    last_sent: Vec<u8>,
}

impl<'a> Transfer<'a> {
    async fn open(server: SocketAddr, patience: &'a TftpPatience) -> Result<Self, TftpError> {
        let any = match server {
            SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let socket = UdpSocket::bind((any, 0)).await?;
        // Without a granted option a block has 512 bytes (RFC 1350).
        Ok(Self { socket, server, patience, block_size: 512, answering: None, last_sent: Vec::new() })
    }

    /// The file, or what the server said instead; none when it is larger than a phone takes.
    async fn run(&mut self, file: &str) -> Result<Option<Fetched>, TftpError> {
        let mut document = BytesMut::new();
        let mut expected = 1_u16;
        let mut datagram = vec![0; 4 + usize::from(self.patience.block_size).max(512) + 1];
        self.send(read_request(file, self.patience.block_size)).await?;
        loop {
            let length = self.receive(&mut datagram).await?;
            match Packet::parse(&datagram[..length]) {
                Some(Packet::Error(code)) => return Ok(Some(said(code))),
                Some(Packet::Granted { block_size, size }) if expected == 1 && document.is_empty() => {
                    self.grant(block_size).await?;
                    if size.is_some_and(|size| size > LARGEST_DOCUMENT) {
                        return self.too_large().await;
                    }
                    self.send(acknowledgement(0).to_vec()).await?;
                }
                Some(Packet::Data { block, bytes }) if block == expected => {
                    if bytes.len() > self.block_size {
                        self.give_up(4).await?;
                        return Err(TftpError::Protocol("a block is larger than agreed"));
                    }
                    document.extend_from_slice(bytes);
                    if document.len() > LARGEST_DOCUMENT {
                        return self.too_large().await;
                    }
                    let last = bytes.len() < self.block_size;
                    self.send(acknowledgement(block).to_vec()).await?;
                    if last {
                        return Ok(Some(Fetched::Document(Bytes::from(document))));
                    }
                    expected = expected.wrapping_add(1);
                }
                // The server has not seen the acknowledgement.
                Some(Packet::Data { block, .. }) if block == expected.wrapping_sub(1) => {
                    self.repeat().await?;
                }
                _ => {}
            }
        }
    }

    /// Takes over the granted block size, which may be smaller than asked for but not larger.
    async fn grant(&mut self, block_size: Option<usize>) -> Result<(), TftpError> {
        match block_size {
            Some(size) if (8..=usize::from(self.patience.block_size)).contains(&size) => {
                self.block_size = size;
            }
            Some(_) => {
                self.give_up(8).await?;
                return Err(TftpError::Protocol("the granted block size was not asked for"));
            }
            None => {}
        }
        Ok(())
    }

    async fn send(&mut self, packet: Vec<u8>) -> Result<(), TftpError> {
        self.last_sent = packet;
        self.repeat().await
    }

    async fn repeat(&self) -> Result<(), TftpError> {
        let to = self.answering.unwrap_or(self.server);
        self.socket.send_to(&self.last_sent, to).await?;
        Ok(())
    }

    async fn give_up(&self, code: u16) -> Result<(), TftpError> {
        self.socket.send_to(&error(code), self.answering.unwrap_or(self.server)).await?;
        Ok(())
    }

    async fn too_large(&self) -> Result<Option<Fetched>, TftpError> {
        self.give_up(3).await?;
        Ok(None)
    }

    /// The next datagram of this transfer; the last packet is sent again while nothing comes. The first answer fixes
    /// the server's port; another port's packets are answered with error 5 and ignored (RFC 1350 section 4).
    async fn receive(&mut self, datagram: &mut [u8]) -> Result<usize, TftpError> {
        let mut wait = self.patience.first_wait;
        for sending in 1..=self.patience.sendings {
            let until = tokio::time::Instant::now() + wait;
            while let Ok(received) = tokio::time::timeout_at(until, self.socket.recv_from(datagram)).await {
                let (length, from) = received?;
                if from.ip() != self.server.ip() {
                    continue;
                }
                if *self.answering.get_or_insert(from) == from {
                    return Ok(length);
                }
                self.socket.send_to(&error(5), from).await?;
            }
            if sending < self.patience.sendings {
                self.repeat().await?;
            }
            wait = wait.saturating_mul(2);
        }
        Err(TftpError::Silence(self.patience.sendings))
    }
}

fn said(code: u16) -> Fetched {
    match code {
        0 => Fetched::Undecidable,
        1 => Fetched::Missing,
        other => Fetched::Refused(other),
    }
}
