//! The transfer machine against a receiver of RFC 7440, over a network that loses, repeats and reorders, with a clock
//! that only exists here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use offhook::tftp::options::Terms;
use offhook::tftp::packet::Packet;
use offhook::tftp::transfer::{FIRST_PACKET_SENDS, Failure, RESENDS, Step, Transfer};
use proptest::prelude::*;

use crate::server::content;

/// How long the client waits before it repeats its last ACK, and how often.
const CLIENT_WAIT: Duration = Duration::from_secs(1);
const CLIENT_REPEATS: u32 = 8;

/// A network. Shares are of 1000.
#[derive(Clone, Copy, Debug)]
struct Network {
    lost: u64,
    repeated: u64,
    /// Delays are between 1 ms and this.
    slowest_ms: u64,
    seed: u64,
}

impl Network {
    fn chance(&mut self, of: u64) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) % of
    }
}

/// Bytes on their way, the earliest first.
type OnTheWay = BinaryHeap<Reverse<(Duration, u64, bool, Vec<u8>)>>;

struct World {
    network: Network,
    now: Duration,
    on_the_way: OnTheWay,
    order: u64,
    content: Vec<u8>,
    terms: Terms,
    /// Packets that the server sent, and those before the client's first word.
    sent: usize,
    sent_unanswered: usize,
    blocks_sent: Vec<u16>,
}

/// The receiving end, kept simple: in order or not at all.
#[derive(Default)]
struct Receiver {
    got: Vec<u8>,
    expected: u64,
    in_window: u16,
    gap_told: bool,
    complete: bool,
    waits_since: Duration,
    repeats: u32,
}

impl World {
    fn carry(&mut self, to_client: bool, bytes: &[u8]) {
        let copies = 1 + usize::from(self.network.chance(1000) < self.network.repeated);
        for _ in 0..copies {
            if self.network.chance(1000) < self.network.lost {
                continue;
            }
            let delay = Duration::from_millis(1 + self.network.chance(self.network.slowest_ms));
            self.order += 1;
            self.on_the_way.push(Reverse((self.now + delay, self.order, to_client, bytes.to_vec())));
        }
    }

    fn perform(&mut self, transfer: &Transfer, step: Step) {
        let before = self.sent;
        match step {
            Step::Offer => {
                self.sent += 1;
                self.carry(true, &[0, 6]);
            }
            Step::Send { first, count, .. } => {
                for block in first..first + u64::from(count) {
                    let (number, place) = transfer.block(block);
                    let content = std::mem::take(&mut self.content);
                    let mut bytes = Vec::new();
                    Packet::Data { block: number, payload: &content[place] }.write(&mut bytes);
                    self.content = content;
                    self.sent += 1;
                    self.blocks_sent.push(number);
                    self.carry(true, &bytes);
                }
            }
            Step::Wait | Step::Finished | Step::Failed(_) => {}
        }
        if !transfer.is_answered() {
            self.sent_unanswered += self.sent - before;
        }
    }

    fn deliver(&mut self, receiver: &mut Receiver, bytes: &[u8]) {
        let Ok(Packet::Data { block, payload }) = Packet::parse(bytes) else {
            if receiver.expected == 1 {
                self.answer(receiver);
            }
            return;
        };
        let ahead = block.wrapping_sub(u16::try_from(receiver.expected & 0xffff).unwrap());
        if ahead != 0 {
            // A gap is told once; an old block only where it shows that the last ACK was lost (RFC 7440 §4).
            let is_gap = ahead < 1000 && !receiver.gap_told;
            if is_gap || (ahead == u16::MAX && receiver.in_window == 0) {
                receiver.gap_told |= is_gap;
                self.answer(receiver);
            }
            return;
        }
        receiver.gap_told = false;
        if receiver.complete {
            return;
        }
        receiver.got.extend_from_slice(payload);
        receiver.expected += 1;
        receiver.in_window += 1;
        receiver.complete = payload.len() < usize::from(self.terms.block_size);
        if receiver.complete || receiver.in_window == self.terms.window_size {
            self.answer(receiver);
        }
    }

    fn answer(&mut self, receiver: &mut Receiver) {
        receiver.in_window = 0;
        receiver.waits_since = self.now;
        let low = u16::try_from((receiver.expected - 1) & 0xffff).unwrap();
        let mut bytes = Vec::new();
        Packet::Ack(low).write(&mut bytes);
        self.carry(false, &bytes);
    }
}

/// Runs one transfer to its end on both sides.
fn run(size: usize, terms: Terms, offer: bool, network: Network) -> (World, Receiver, Step) {
    let terms = if offer { terms } else { Terms::default() };
    let mut world = World {
        network,
        now: Duration::ZERO,
        on_the_way: OnTheWay::new(),
        order: 0,
        content: content(size),
        terms,
        sent: 0,
        sent_unanswered: 0,
        blocks_sent: Vec::new(),
    };
    let mut receiver = Receiver { expected: 1, ..Receiver::default() };
    let (mut transfer, first) = Transfer::start(size as u64, &terms, offer, world.now);
    world.perform(&transfer, first);
    let mut last = first;
    loop {
        let arrival = world.on_the_way.peek().map(|Reverse((at, ..))| *at);
        let client_due = (!receiver.complete && receiver.repeats < CLIENT_REPEATS)
            .then_some(receiver.waits_since + CLIENT_WAIT);
        let server_due = (!matches!(last, Step::Finished | Step::Failed(_))).then(|| transfer.deadline());
        let Some(next) = [arrival, client_due, server_due].into_iter().flatten().min() else { break };
        world.now = world.now.max(next);
        if arrival == Some(next) {
            let Some(Reverse((_, _, to_client, bytes))) = world.on_the_way.pop() else { break };
            if to_client {
                let before = receiver.expected;
                world.deliver(&mut receiver, &bytes);
                receiver.repeats *= u32::from(receiver.expected == before);
            } else if server_due.is_some() {
                last = transfer.on_packet(&Packet::parse(&bytes).unwrap(), world.now);
                world.perform(&transfer, last);
            }
        } else if client_due == Some(next) {
            receiver.repeats += 1;
            receiver.waits_since = world.now;
            if receiver.expected > 1 {
                world.answer(&mut receiver);
            }
        } else {
            last = transfer.on_timeout(world.now);
            world.perform(&transfer, last);
        }
    }
    (world, receiver, last)
}

fn terms() -> impl Strategy<Value = Terms> {
    (prop::sample::select(vec![8_u16, 512, 1428]), 1..=16_u16).prop_map(|(block_size, window_size)| Terms {
        block_size,
        window_size,
        timeout: None,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_network_does_the_bytes_are_exact_and_the_packets_bounded(
        size in 0..20_000_usize, terms in terms(), offer: bool, lost in 0..300_u64, repeated in 0..200_u64,
        slowest_ms in 1..120_u64, seed: u64,
    ) {
        let (world, receiver, end) = run(size, terms, offer, Network { lost, repeated, slowest_ms, seed });
        let content = content(size);
        prop_assert!(content.starts_with(&receiver.got));
        match end {
            Step::Finished => prop_assert!(receiver.complete && receiver.got == content),
            Step::Failed(failure) => prop_assert_eq!(failure, Failure::Silent),
            other => prop_assert!(false, "no end: {:?}", other),
        }
        prop_assert!(world.sent_unanswered <= usize::from(FIRST_PACKET_SENDS));
        let blocks = size / usize::from(world.terms.block_size) + 2;
        let most = blocks * usize::from(world.terms.window_size) * usize::from(RESENDS + 1);
        prop_assert!(world.sent <= most, "{} packets for {} blocks", world.sent, blocks);
    }

    #[test]
    fn two_percent_loss_never_ends_a_transfer(size in 0..20_000_usize, terms in terms(), offer: bool, seed: u64) {
        let network = Network { lost: 20, repeated: 0, slowest_ms: 1, seed };
        let (world, receiver, end) = run(size, terms, offer, network);
        // Only the loss of all repetitions of one packet could; that of the last ACK the server cannot see.
        prop_assert_eq!(receiver.got, content(size));
        prop_assert!(end == Step::Finished || receiver.complete, "{:?}", end);
        prop_assert!(world.sent_unanswered <= usize::from(FIRST_PACKET_SENDS));
    }

    #[test]
    fn where_every_packet_arrives_twice_no_block_is_sent_twice(size in 0..20_000_usize, offer: bool, seed: u64) {
        let network = Network { lost: 0, repeated: 1000, slowest_ms: 1, seed };
        let (world, receiver, end) = run(size, Terms::default(), offer, network);
        prop_assert_eq!(end, Step::Finished);
        prop_assert_eq!(receiver.got, content(size));
        prop_assert_eq!(world.blocks_sent.len(), size / 512 + 1);
    }

    #[test]
    fn a_window_is_not_sent_twice_for_repeated_acks(size in 0..20_000_usize, terms in terms(), seed: u64) {
        let network = Network { lost: 0, repeated: 1000, slowest_ms: 1, seed };
        let (world, receiver, end) = run(size, terms, true, network);
        prop_assert_eq!(end, Step::Finished);
        prop_assert_eq!(receiver.got, content(size));
        prop_assert_eq!(world.blocks_sent.len(), size / usize::from(terms.block_size) + 1);
    }
}

#[test]
fn a_lost_packet_costs_far_less_than_a_second() {
    let network = Network { lost: 20, repeated: 0, slowest_ms: 1, seed: 7 };
    let (world, receiver, end) = run(1_000_000, Terms::default(), false, network);
    assert!(receiver.complete, "{end:?}");
    let per_loss = world.now / u32::try_from(world.sent - (1_000_000 / 512 + 1)).unwrap();
    assert!(per_loss < Duration::from_millis(150), "{per_loss:?} per loss, round trips included");
}
