//! Phones over TFTP, as cheap as can be, with loss made by the client itself from a seed: what it throws away is lost to
//! the server just as on a wire, and both servers lose the same packets.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;

const DATA: u16 = 3;
const ACK: u16 = 4;
const ERROR: u16 = 5;
const OPTION_ACK: u16 = 6;
/// How often a packet is sent before the client gives up.
const SENDINGS: usize = 6;

/// How phones ask.
#[derive(Clone, Copy)]
pub(crate) struct Client {
    to: SocketAddr,
    /// Block size and window size, where they are asked for.
    options: Option<(usize, u16)>,
    /// How many of 1000 packets are lost, each way; the request itself arrives.
    loss: u64,
    /// How long the client waits before it sends its last packet again.
    patience: Duration,
}

/// A finished transfer.
pub(crate) struct Fetched {
    pub(crate) bytes: usize,
    pub(crate) took: Duration,
}

impl Client {
    /// Asks for no option: blocks of 512 bytes (RFC 1350).
    pub(crate) const fn plain(to: SocketAddr) -> Self {
        Self { to, options: None, loss: 0, patience: Duration::from_millis(300) }
    }

    pub(crate) const fn with_options(self, block_size: usize, window_size: u16) -> Self {
        Self { options: Some((block_size, window_size)), ..self }
    }

    /// Loses packets, and waits so long that it is the server who has to notice.
    pub(crate) const fn with_loss(self, loss: u64) -> Self {
        Self { loss, patience: Duration::from_secs(20), ..self }
    }

    /// Fetches one file, or gives up.
    pub(crate) fn fetch(&self, file: &str, seed: u64) -> Option<Fetched> {
        let begun = Instant::now();
        let socket = UdpSocket::bind("127.0.0.1:0").ok()?;
        socket.set_read_timeout(Some(self.patience)).ok()?;
        let bytes = Transfer::new(self, socket, seed).run(file)?;
        Some(Fetched { bytes, took: begun.elapsed() })
    }

    /// Fetches `count` files of `length` bytes, so many at once, and returns how long each took, sorted.
    pub(crate) fn storm(
        &self,
        files: &[String],
        length: usize,
        at_once: usize,
        count: usize,
    ) -> anyhow::Result<Vec<Duration>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut times = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return times;
                }
                let fetched = self.fetch(&files[index % files.len()], index as u64);
                times.extend(fetched.filter(|fetched| fetched.bytes == length).map(|fetched| fetched.took));
            }
        };
        let mut times: Vec<Duration> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..at_once).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        ensure!(times.len() == count, "{} of {count} transfers failed", count - times.len());
        times.sort_unstable();
        Ok(times)
    }
}

struct Transfer<'a> {
    client: &'a Client,
    socket: UdpSocket,
    server: SocketAddr,
    last_sent: Vec<u8>,
    random: u64,
}

impl<'a> Transfer<'a> {
    fn new(client: &'a Client, socket: UdpSocket, seed: u64) -> Self {
        // neighbouring seeds start far apart; zero would stay zero
        let random = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self { client, socket, server: client.to, last_sent: Vec::new(), random }
    }

    fn run(mut self, file: &str) -> Option<usize> {
        let (mut block_size, mut window) = (512, 1);
        let mut room = vec![0; 4 + self.client.options.map_or(512, |(size, _)| size.max(512))];
        let (mut received, mut length, mut unacknowledged) = (0_u16, 0, 0);
        self.last_sent = self.request(file);
        self.socket.send_to(&self.last_sent, self.server).ok()?;
        loop {
            let size = self.receive(&mut room)?;
            let number = |at: usize| Some(u16::from_be_bytes([*room.get(at)?, *room.get(at + 1)?]));
            match number(0)? {
                OPTION_ACK => {
                    (block_size, window) = self.client.options?;
                    self.acknowledge(0);
                }
                DATA if number(2)? == received.wrapping_add(1) => {
                    received = received.wrapping_add(1);
                    length += size - 4;
                    unacknowledged += 1;
                    let last = size - 4 < block_size;
                    if last || unacknowledged == window {
                        unacknowledged = 0;
                        self.acknowledge(received);
                    }
                    if last {
                        return Some(length);
                    }
                }
                DATA => {
                    unacknowledged = 0;
                    self.acknowledge(received);
                }
                ERROR => return None,
                _ => {}
            }
        }
    }

    fn request(&self, file: &str) -> Vec<u8> {
        let options = self
            .client
            .options
            .map(|(block_size, window)| format!("blksize\0{block_size}\0windowsize\0{window}\0"));
        format!("\0\u{1}{file}\0octet\0{}", options.unwrap_or_default()).into_bytes()
    }

    fn acknowledge(&mut self, block: u16) {
        self.last_sent = [ACK.to_be_bytes(), block.to_be_bytes()].concat();
        if !self.is_lost() {
            let _ = self.socket.send_to(&self.last_sent, self.server);
        }
    }

    /// The size of the next packet that is not lost; while nothing comes the last one is sent again.
    fn receive(&mut self, room: &mut [u8]) -> Option<usize> {
        for _ in 0..SENDINGS {
            while let Ok((size, from)) = self.socket.recv_from(room) {
                if !self.is_lost() {
                    self.server = from;
                    return Some(size);
                }
            }
            self.socket.send_to(&self.last_sent, self.server).ok()?;
        }
        None
    }

    /// Xorshift: enough to lose packets by.
    fn is_lost(&mut self) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 32) % 1000 < self.client.loss
    }
}
