//! A datagram at the TFTP door, the options in it, and a transfer that is sent anything.

use std::time::Duration;

use offhook::tftp::options::{OptionLimits, Terms, negotiate};
use offhook::tftp::packet::{MAX_REQUEST, Packet, Request};
use offhook::tftp::transfer::{FIRST_PACKET_SENDS, Step, Transfer};

pub(crate) const WORDS: &[&[u8]] = &[
    b"\0\x01",
    b"\0\x02",
    b"\0\x03",
    b"\0\x04",
    b"\0\x05",
    b"\0\x06",
    b"octet\0",
    b"netascii\0",
    b"blksize\0",
    b"tsize\0",
    b"timeout\0",
    b"windowsize\0",
    b"65464\0",
    b"1428\0",
];

/// What such a server sends without being answered fits the datagram of RFC 1350.
const FIRST_PACKET: usize = 516;

/// Reads the bytes as a datagram, and as datagrams of four bytes to a transfer.
pub(crate) fn run(bytes: &[u8]) {
    if let Ok(packet) = Packet::parse(bytes) {
        let mut written = Vec::new();
        packet.write(&mut written);
        // a mode whose end was missing is written with it, which may be one byte too many
        let again = Packet::parse(&written);
        assert!(again == Ok(packet) || (written.len() > MAX_REQUEST && bytes.len() == MAX_REQUEST));
        let _ = format!("{packet:?}");
        if let Packet::Read(request) | Packet::Write(request) = packet {
            assert!(bytes.len() <= MAX_REQUEST && !request.name.is_empty() && !request.name.contains(&0));
            asked(&request);
        }
    }
    transfer(bytes);
}

fn asked(request: &Request<'_>) {
    let limits = OptionLimits::default();
    for size in [0, 1, 8292, u64::MAX] {
        let (terms, granted) = negotiate(&request.options, &limits, size);
        assert!((8..=limits.block_size).contains(&terms.block_size));
        assert!((1..=limits.window_size).contains(&terms.window_size));
        assert!(terms.timeout.is_none_or(|wait| (1..=30).contains(&wait.as_secs())));
        let mut offer = Vec::new();
        Packet::OptionAck(granted.as_options()).write(&mut offer);
        assert!(offer.len() <= FIRST_PACKET, "an offer of {} bytes", offer.len());
        assert!(Packet::parse(&offer) == Ok(Packet::OptionAck(granted.as_options())));
    }
}

/// Whoever never sends a fitting ACK gets the first packet, a few times; whoever does gets only what there is.
fn transfer(bytes: &[u8]) {
    let [size, window, offer, script @ ..] = bytes else { return };
    let size = u64::from(*size) * 700;
    let terms = Terms { block_size: 64, window_size: u16::from(*window % 17), timeout: None };
    let mut now = Duration::ZERO;
    let (mut transfer, first) = Transfer::start(size, &terms, offer % 2 == 0, now);
    let (mut step, mut unanswered) = (first, 0);
    for datagram in script.chunks(4) {
        match step {
            Step::Send { first, count, again } => {
                assert!(count >= 1 && again <= count && count <= 16);
                let (_, place) = transfer.block(first + u64::from(count) - 1);
                assert!(place.end as u64 <= size);
                assert!(transfer.is_answered() || (first, count) == (1, 1));
            }
            Step::Offer => assert!(!transfer.is_answered()),
            Step::Wait => {}
            Step::Finished | Step::Failed(_) => return,
        }
        unanswered += u8::from(!transfer.is_answered() && step != Step::Wait);
        assert!(unanswered <= FIRST_PACKET_SENDS);
        step = if let Ok(packet) = Packet::parse(datagram) {
            transfer.on_packet(&packet, now)
        } else {
            now = transfer.deadline();
            transfer.on_timeout(now)
        };
    }
}
