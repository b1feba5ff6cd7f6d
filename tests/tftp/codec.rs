//! The codec under chance: what is written is read back, and no bytes make it panic.

use offhook::tftp::options::{OptionLimits, negotiate};
use offhook::tftp::packet::{Mode, OptionList, Options, Packet, Request};
use proptest::collection::vec;
use proptest::prelude::*;

fn word(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(1..=255_u8, 1..most)
}

/// Options of all kinds: chance, and the known ones with any number.
fn options() -> impl Strategy<Value = OptionList> {
    let known = prop::sample::select(vec!["blksize", "WINDOWSIZE", "timeout", "tsize"]);
    let known =
        (known, 0..100_000_u32).prop_map(|(name, value)| (name.into(), value.to_string().into_bytes()));
    vec(prop_oneof![(word(12), word(12)), known], 0..6).prop_map(|pairs| {
        let mut list = OptionList::default();
        for (name, value) in &pairs {
            list.push(name, value);
        }
        list
    })
}

fn assert_round_trip(packet: Packet<'_>) -> Result<(), TestCaseError> {
    let mut bytes = Vec::new();
    packet.write(&mut bytes);
    prop_assert_eq!(Packet::parse(&bytes), Ok(packet));
    Ok(())
}

/// What is granted stays within the limits, and the OACK is no larger than a DATA packet.
fn assert_modest(options: &Options<'_>) -> Result<(), TestCaseError> {
    let (terms, granted) = negotiate(options, &OptionLimits::default(), u64::MAX);
    prop_assert!((8..=1428).contains(&terms.block_size) && (1..=16).contains(&terms.window_size));
    let mut offer = Vec::new();
    Packet::OptionAck(granted.as_options()).write(&mut offer);
    prop_assert!(offer.len() <= 516);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_packet_is_read_back_as_written(
        name in word(100), options in options(), octet in any::<bool>(), number: u16, bytes in vec(any::<u8>(), 0..600),
        message in word(40),
    ) {
        let mode = if octet { Mode::Octet } else { Mode::Netascii };
        let request = Request { name: &name, mode, options: options.as_options() };
        assert_round_trip(Packet::Read(request))?;
        assert_round_trip(Packet::Write(request))?;
        assert_round_trip(Packet::Data { block: number, payload: &bytes })?;
        assert_round_trip(Packet::Ack(number))?;
        assert_round_trip(Packet::Error { code: number, message: &message })?;
        assert_round_trip(Packet::OptionAck(options.as_options()))?;
        assert_round_trip(Packet::Read(Request { options: Options::NONE, ..request }))?;
    }

    #[test]
    fn no_bytes_make_the_codec_panic(opcode in 0..8_u8, bytes in vec(any::<u8>(), 0..700)) {
        let datagram = [&[0, opcode][..], &bytes].concat();
        for datagram in [&datagram[..], &bytes] {
            if let Ok(Packet::Read(request) | Packet::Write(request)) = Packet::parse(datagram) {
                assert_modest(&request.options)?;
            }
        }
    }

    #[test]
    fn no_options_get_more_than_the_limits(options in options()) {
        assert_modest(&options.as_options())?;
    }
}
