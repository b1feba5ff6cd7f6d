//! One read transfer, seen from the server: a packet came or time ran out, what is sent now?
//!
//! The machine counts blocks from 1 without an end; only their numbers on the wire go round, from 65535 to 0.
//! It holds neither content nor clock: `now` is the time since any fixed moment, and a [`Step`] says which blocks to
//! send. Three rules protect others:
//!
//! - **A forged source** gets one packet (the OACK, or one DATA of at most 516 bytes), at most
//!   [`FIRST_PACKET_SENDS`] times. More is sent only after its first ACK.
//! - **A duplicate ACK is never answered**, or each duplicate would double all that follows (the Sorcerer's
//!   Apprentice, RFC 1123 §4.2.3.1). Within a window it says that a block is missing (RFC 7440 §4), so it shortens the
//!   wait: had the block only been overtaken, its ACK arrives first and nothing is sent twice.
//! - **A silent client** is given up after [`RESENDS`] repetitions, so a transfer always ends.

use std::ops::Range;
use std::time::Duration;

use super::options::Terms;
use super::packet::Packet;
use super::rto::RetransmissionTimeout;

/// How often the first packet is sent to an address that has not answered yet.
pub const FIRST_PACKET_SENDS: u8 = 4;

/// How often in a row a window is sent again before the client counts as gone; 18 s on a LAN, as waits double.
pub const RESENDS: u8 = 10;

/// What to do now. Whatever it is, the next call is due at [`Transfer::deadline`] if no packet comes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Wait,
    /// Send the OACK.
    Offer,
    /// Send `count` DATA packets from block `first` on.
    Send {
        /// The first block, counted from 1 without an end; see [`Transfer::block`].
        first: u64,
        /// How many blocks.
        count: u16,
        /// How many of them had been sent before.
        again: u16,
    },
    /// The last block has arrived: done.
    Finished,
    /// The transfer has ended before that.
    Failed(Failure),
}

/// Why a transfer ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The client sent an ERROR. Many do on purpose: they ask for `tsize`, then begin anew.
    Aborted,
    /// The client does not answer.
    Silent,
}

/// The state of one transfer.
#[derive(Clone, Debug)]
pub struct Transfer {
    block_size: u64,
    window: u64,
    size: u64,
    /// The number of the last block, which is shorter than the others, down to nothing.
    last: u64,
    phase: Phase,
    /// The highest block that the client has for certain.
    acked: u64,
    /// The highest block that was sent.
    sent: u64,
    /// How often what is outstanding was sent again.
    resends: u8,
    timeout: RetransmissionTimeout,
    /// The block whose ACK is awaited to learn the round trip, and when it was sent. None after a repetition.
    timed: Option<(u64, Duration)>,
    deadline: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The OACK is out; ACK 0 is awaited.
    Offered,
    /// DATA 1 is out, and the client has not answered yet.
    Opened,
    /// The client has answered: its address is real.
    Flowing,
}

impl Transfer {
    /// Begins a transfer of `size` bytes. With `offer`, an OACK with `terms` opens it, else its first block;
    /// terms that were not offered do not hold.
    #[must_use]
    pub fn start(size: u64, terms: &Terms, offer: bool, now: Duration) -> (Self, Step) {
        let terms = if offer { *terms } else { Terms::default() };
        let block_size = u64::from(terms.block_size.max(1));
        let timeout = RetransmissionTimeout::new(terms.timeout);
        let deadline = now + timeout.wait();
        let (phase, sent) = if offer { (Phase::Offered, 0) } else { (Phase::Opened, 1) };
        let transfer = Self {
            block_size,
            window: u64::from(terms.window_size.max(1)),
            size,
            last: size / block_size + 1,
            phase,
            acked: 0,
            sent,
            resends: 0,
            timeout,
            timed: Some((sent, now)),
            deadline,
        };
        let step = transfer.first_packet(0);
        (transfer, step)
    }

    /// When [`Transfer::on_timeout`] is due.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Whether the client has answered at all.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.phase == Phase::Flowing
    }

    /// Whether the client had answered and has been silent since, over more than one repetition.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        self.is_answered() && self.resends > 1
    }

    /// A block's number on the wire, and the place of its payload in the content.
    #[must_use]
    pub fn block(&self, block: u64) -> (u16, Range<usize>) {
        let place = |bytes: u64| usize::try_from(bytes.min(self.size)).unwrap_or(usize::MAX);
        let start = block.saturating_sub(1).saturating_mul(self.block_size);
        (on_wire(block), place(start)..place(start.saturating_add(self.block_size)))
    }

    /// A packet came from the client. What has no business in a read transfer is ignored.
    pub fn on_packet(&mut self, packet: &Packet<'_>, now: Duration) -> Step {
        match packet {
            Packet::Ack(block) => self.on_ack(*block, now),
            Packet::Error { .. } => Step::Failed(Failure::Aborted),
            Packet::Read(_) | Packet::Write(_) | Packet::Data { .. } | Packet::OptionAck(_) => Step::Wait,
        }
    }

    /// Time has passed and no packet came. Too early a call does nothing.
    pub fn on_timeout(&mut self, now: Duration) -> Step {
        if now < self.deadline {
            return Step::Wait;
        }
        let allowed = if self.is_answered() { RESENDS } else { FIRST_PACKET_SENDS - 1 };
        if self.resends >= allowed {
            return Step::Failed(Failure::Silent);
        }
        self.resends += 1;
        self.timed = None;
        self.timeout.back_off();
        self.deadline = now + self.timeout.wait();
        if self.is_answered() { self.window(self.sent) } else { self.first_packet(1) }
    }

    fn on_ack(&mut self, block: u16, now: Duration) -> Step {
        let ahead = u64::from(block.wrapping_sub(on_wire(self.acked)));
        match (self.phase, ahead) {
            (Phase::Offered, 0) => {}
            (Phase::Flowing, 0) => {
                if self.window > 1 {
                    self.deadline = self.deadline.min(now + self.timeout.wait_on_gap());
                }
                return Step::Wait;
            }
            // Nothing that is outstanding: an old one that was late, or nonsense.
            (_, ahead) if ahead == 0 || ahead > self.sent - self.acked => return Step::Wait,
            _ => {}
        }
        self.phase = Phase::Flowing;
        self.acked += ahead;
        self.resends = 0;
        if let Some((block, at)) = self.timed
            && block <= self.acked
        {
            self.timeout.learn(now.saturating_sub(at));
        }
        if self.acked == self.last {
            return Step::Finished;
        }
        let sent_before = self.sent;
        self.sent = (self.acked + self.window).min(self.last);
        self.timed = (sent_before == self.acked).then_some((self.sent, now));
        self.deadline = now + self.timeout.wait();
        self.window(sent_before)
    }

    /// Everything after what was acknowledged, up to what counts as sent; up to `sent_before` it is a repetition.
    fn window(&self, sent_before: u64) -> Step {
        let count = |blocks: u64| u16::try_from(blocks).unwrap_or(u16::MAX);
        Step::Send {
            first: self.acked + 1,
            count: count(self.sent - self.acked),
            again: count(sent_before - self.acked),
        }
    }

    fn first_packet(&self, again: u16) -> Step {
        if self.phase == Phase::Offered { Step::Offer } else { Step::Send { first: 1, count: 1, again } }
    }
}

/// Block numbers go round to 0; a client that expects 1 after 65535 does not exist among phones.
#[expect(clippy::cast_possible_truncation, reason = "the wire carries the low 16 bits")]
fn on_wire(block: u64) -> u16 {
    block as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    const T0: Duration = Duration::ZERO;
    const MS: Duration = Duration::from_millis(1);

    fn flowing(size: u64, window_size: u16) -> Transfer {
        let terms = Terms { window_size, ..Terms::default() };
        let (mut transfer, step) = Transfer::start(size, &terms, true, T0);
        assert_eq!(step, Step::Offer);
        let step = transfer.on_packet(&Packet::Ack(0), MS);
        assert!(matches!(step, Step::Send { first: 1, again: 0, .. }), "{step:?}");
        transfer
    }

    #[test]
    fn a_full_last_block_is_followed_by_an_empty_one() {
        let (mut transfer, step) = Transfer::start(512, &Terms::default(), false, T0);
        assert_eq!(step, Step::Send { first: 1, count: 1, again: 0 });
        assert_eq!(transfer.on_packet(&Packet::Ack(1), MS), Step::Send { first: 2, count: 1, again: 0 });
        assert_eq!(transfer.block(2), (2, 512..512));
        assert_eq!(transfer.on_packet(&Packet::Ack(2), MS), Step::Finished);
    }

    #[test]
    fn a_duplicate_or_foreign_ack_sends_nothing() {
        let mut transfer = flowing(10_000, 1);
        assert!(matches!(transfer.on_packet(&Packet::Ack(1), MS), Step::Send { first: 2, .. }));
        for block in [1, 0, 3, 65_535] {
            assert_eq!(transfer.on_packet(&Packet::Ack(block), MS), Step::Wait, "ACK {block}");
        }
    }

    #[test]
    fn a_partial_ack_resends_from_the_first_missing_block() {
        let mut transfer = flowing(100_000, 8);
        assert_eq!(transfer.on_packet(&Packet::Ack(3), MS), Step::Send { first: 4, count: 8, again: 5 });
    }

    #[test]
    fn a_repeated_ack_within_a_window_shortens_the_wait_and_sends_nothing() {
        let mut transfer = flowing(100_000, 8);
        transfer.on_packet(&Packet::Ack(8), 2 * MS);
        let before = transfer.deadline();
        assert_eq!(transfer.on_packet(&Packet::Ack(8), 3 * MS), Step::Wait);
        assert!(transfer.deadline() < before);
        let due = transfer.deadline();
        assert_eq!(transfer.on_timeout(due), Step::Send { first: 9, count: 8, again: 8 });
    }

    #[test]
    fn block_numbers_go_round_to_zero() {
        let mut transfer = flowing(65_537 * 512, 1);
        for block in 1..=65_537_u64 {
            let step = transfer.on_packet(&Packet::Ack(on_wire(block)), MS);
            assert_eq!(step, Step::Send { first: block + 1, count: 1, again: 0 });
        }
        assert_eq!(transfer.on_packet(&Packet::Ack(2), MS), Step::Finished);
    }

    #[test]
    fn an_address_that_never_answers_gets_four_small_packets() {
        for offer in [false, true] {
            let terms = Terms { window_size: 16, block_size: 1428, ..Terms::default() };
            let (mut transfer, first) = Transfer::start(70_000, &terms, offer, T0);
            let resent = (0..9)
                .map(|_| transfer.on_timeout(transfer.deadline()))
                .take_while(|step| *step != Step::Failed(Failure::Silent))
                .collect::<Vec<_>>();
            assert_eq!(1 + resent.len(), usize::from(FIRST_PACKET_SENDS), "{first:?} {resent:?}");
            assert!(resent.iter().all(|step| matches!(step, Step::Offer | Step::Send { count: 1, .. })));
        }
    }

    #[test]
    fn a_client_that_falls_silent_or_aborts_ends_the_transfer() {
        let mut transfer = flowing(10_000, 1);
        let resent = (0..50)
            .map(|_| transfer.on_timeout(transfer.deadline))
            .take_while(|s| *s != Step::Failed(Failure::Silent));
        assert_eq!(resent.count(), usize::from(RESENDS));
        let error = Packet::Error { code: 0, message: b"" };
        assert_eq!(flowing(10_000, 1).on_packet(&error, MS), Step::Failed(Failure::Aborted));
    }
}
