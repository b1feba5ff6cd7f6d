//! One request, from the handler's answer to the last ACK.

use std::future::poll_fn;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::listener::Door;
use super::live::Ticket;
use super::socket::{Event, TransferSocket};
use super::{Counters, ReadHandler, ReadRequest, TftpRefusal};
use crate::tftp::netascii;
use crate::tftp::options::negotiate;
use crate::tftp::packet::{ErrorCode, Mode, Options, Packet, Request};
use crate::tftp::transfer::{Failure, Step, Transfer};

/// Datagrams from a wrong port that are answered in one transfer; the rest of a flood is dropped.
const STRAYS_ANSWERED: u8 = 8;
/// Datagrams taken from a socket before others have their turn.
const TURN: usize = 32;

/// Between whom a request went, an IPv4 address of a dual-stack socket as IPv4.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    pub(super) peer: SocketAddr,
    pub(super) local: Option<IpAddr>,
}

/// Serves one admitted request, and serves it anew as long as its client has begun again by the end.
pub(super) async fn serve<H: ReadHandler>(
    door: Arc<Door>,
    handler: Arc<H>,
    mut ticket: Ticket,
    origin: Origin,
) {
    let datagram = Arc::clone(&ticket.request);
    let Ok(Packet::Read(request)) = Packet::parse(&datagram) else { return };
    loop {
        let wish = ReadRequest { source: origin.peer, name: request.name_lossy().into_owned() };
        let answer = handler.read(wish).await;
        // The client repeats itself while the handler thinks; one answer is for all of these.
        ticket.forget_repetition();
        match answer {
            Ok((content, receipt)) => {
                if send_file(&door, &ticket, &request, content, origin).await {
                    handler.delivered(&receipt);
                }
            }
            Err(refusal) => {
                door.counters.refused.add(1);
                refuse(&door, origin, refusal);
            }
        }
        match ticket.close() {
            Some(asked_again) => ticket = asked_again,
            None => return,
        }
    }
}

/// Refusals leave from the well-known port: a file that is not there is worth no socket.
fn refuse(door: &Door, origin: Origin, refusal: TftpRefusal) {
    match refusal {
        TftpRefusal::NotFound => door.send_error(origin, ErrorCode::FileNotFound, b"file not found"),
        TftpRefusal::Undecidable => door.send_error(origin, ErrorCode::NotDefined, b"not available"),
        TftpRefusal::Busy => {}
    }
}

/// Carries out one transfer; whether the client has acknowledged all of it.
async fn send_file(
    door: &Door,
    ticket: &Ticket,
    request: &Request<'_>,
    content: Bytes,
    origin: Origin,
) -> bool {
    let content = match request.mode {
        Mode::Octet => content,
        Mode::Netascii => netascii::encode(content),
    };
    let mut session = Session::begin(door, ticket, &request.options, content);
    let end = match TransferSocket::open(origin.local, origin.peer) {
        Ok(socket) => session.run(&socket).await,
        Err(error) => Err(error),
    };
    let (client, size, again) = (origin.peer, session.content.len(), session.tally.again);
    let finished = matches!(end, Ok(End::Finished));
    match end {
        Ok(End::Finished) => {
            session.tally.finished = Some(size as u64);
            tracing::debug!(%client, size, again, "tftp transfer finished");
        }
        Ok(End::Failed(failure)) => {
            tracing::debug!(%client, size, again, ?failure, "tftp transfer ended early");
        }
        Ok(End::BegunAnew) => tracing::debug!(%client, size, again, "tftp client has begun anew"),
        Err(error) => tracing::warn!(%client, %error, "tftp transfer has no socket"),
    }
    finished
}

/// What one transfer adds to the counters, also when it is cut off.
struct Tally<'a> {
    counters: &'a Counters,
    finished: Option<u64>,
    again: u64,
}

impl<'a> Tally<'a> {
    fn new(counters: &'a Counters) -> Self {
        counters.started.add(1);
        Self { counters, finished: None, again: 0 }
    }
}

impl Drop for Tally<'_> {
    fn drop(&mut self) {
        self.counters.retransmissions.add(self.again);
        match self.finished {
            Some(bytes) => {
                self.counters.finished.add(1);
                self.counters.bytes.add(bytes);
            }
            None => self.counters.failed.add(1),
        }
    }
}

/// A transfer and all it takes to carry it out, but for the socket.
struct Session<'a> {
    door: &'a Door,
    ticket: &'a Ticket,
    content: Bytes,
    transfer: Transfer,
    first: Step,
    offer: Vec<u8>,
    packets: Vec<u8>,
    began: Instant,
    strays_answered: u8,
    tally: Tally<'a>,
}

/// How a transfer ended.
enum End {
    Finished,
    Failed(Failure),
    /// The client asked for the same again and ignores what it gets: it was switched off and on.
    BegunAnew,
}

/// What reading from the socket has led to.
enum Taken {
    /// New packets are out. What may still be unread came before them, so it is no answer to them.
    Sent,
    /// Nothing is left to read.
    Empty,
    /// There is more to read, but others have their turn first.
    More,
    Over(End),
}

impl<'a> Session<'a> {
    fn begin(door: &'a Door, ticket: &'a Ticket, asked: &Options<'_>, content: Bytes) -> Self {
        let size = content.len() as u64;
        let (terms, granted) = negotiate(asked, &door.limits.options, size);
        let mut offer = Vec::new();
        if !granted.is_empty() {
            Packet::OptionAck(granted.as_options()).write(&mut offer);
        }
        let (transfer, first) = Transfer::start(size, &terms, !offer.is_empty(), Duration::ZERO);
        Self {
            door,
            ticket,
            content,
            transfer,
            first,
            offer,
            packets: Vec::new(),
            began: Instant::now(),
            strays_answered: 0,
            tally: Tally::new(&door.counters),
        }
    }

    async fn run(&mut self, socket: &TransferSocket) -> io::Result<End> {
        self.perform(socket, self.first);
        let sleep = sleep_until(self.began + self.transfer.deadline());
        tokio::pin!(sleep);
        loop {
            let deadline = self.began + self.transfer.deadline();
            let event = poll_fn(|cx| socket.poll_event(cx, sleep.as_mut(), deadline)).await?;
            // Before time counts as run out, what lies in the socket is read.
            let taken = self.take_in(socket)?;
            if let (Event::Readable(mut ready), Taken::Sent | Taken::Empty) = (event, &taken) {
                // After `Sent` this saves the read that would find nothing. A datagram that lies there already is
                // read with the answer to what was sent, or when time runs out.
                ready.clear_ready();
            }
            match taken {
                Taken::Sent => {}
                Taken::Over(end) => return Ok(end),
                Taken::Empty | Taken::More => {
                    if let Some(end) = self.look_at_clock(socket) {
                        return Ok(end);
                    }
                }
            }
        }
    }

    /// Reads what has come, until something is sent for it.
    fn take_in(&mut self, socket: &TransferSocket) -> io::Result<Taken> {
        let mut buffer = [0; 64];
        for _ in 0..TURN {
            let Some((datagram, from)) = socket.receive(&mut buffer)? else { return Ok(Taken::Empty) };
            if !socket.is_peer(from) {
                self.answer_stray(socket, datagram, from);
                continue;
            }
            let Ok(packet) = Packet::parse(datagram) else { continue };
            match self.transfer.on_packet(&packet, self.began.elapsed()) {
                Step::Wait => {}
                Step::Finished => return Ok(Taken::Over(End::Finished)),
                Step::Failed(failure) => return Ok(Taken::Over(End::Failed(failure))),
                step @ (Step::Offer | Step::Send { .. }) => {
                    // The client goes on with this transfer, so a repeated request was one that came late. To be
                    // forgotten before the client can see what is sent, and repeat its request for good.
                    self.ticket.forget_repetition();
                    self.perform(socket, step);
                    return Ok(Taken::Sent);
                }
            }
        }
        Ok(Taken::More)
    }

    /// Sends again what is overdue.
    fn look_at_clock(&mut self, socket: &TransferSocket) -> Option<End> {
        match self.transfer.on_timeout(self.began.elapsed()) {
            Step::Wait => None,
            Step::Finished => Some(End::Finished),
            Step::Failed(failure) => Some(End::Failed(failure)),
            Step::Offer | Step::Send { .. } if self.transfer.is_stalled() && self.ticket.asked_again() => {
                Some(End::BegunAnew)
            }
            step @ (Step::Offer | Step::Send { .. }) => {
                if !self.transfer.is_answered() {
                    // What a repeated request wants is the first packet again, and here it comes.
                    self.ticket.forget_repetition();
                }
                self.perform(socket, step);
                self.tally.again += u64::from(step == Step::Offer);
                None
            }
        }
    }

    fn perform(&mut self, socket: &TransferSocket, step: Step) {
        match step {
            Step::Offer => socket.send(&self.offer),
            Step::Send { first, count, again } => {
                self.tally.again += u64::from(again);
                let file = (&self.transfer, &*self.content);
                socket.send_blocks(&self.door.udp, &mut self.packets, file, (first, count));
            }
            Step::Wait | Step::Finished | Step::Failed(_) => {}
        }
    }

    /// Tells the sender of a packet that it has the wrong port, without disturbing the transfer (RFC 1350 §4).
    fn answer_stray(&mut self, socket: &TransferSocket, datagram: &[u8], from: SocketAddr) {
        let is_error = matches!(Packet::parse(datagram), Ok(Packet::Error { .. }));
        if is_error || self.strays_answered == STRAYS_ANSWERED {
            return;
        }
        self.strays_answered += 1;
        let mut packet = Vec::new();
        Packet::Error { code: ErrorCode::UnknownTransferId as u16, message: b"unknown transfer id" }
            .write(&mut packet);
        socket.send_to(from, &packet);
    }
}
