//! The codec under chance: what is written is read back, and no bytes make it panic.

use offhook::tftp::options::{OptionLimits, negotiate};
use offhook::tftp::packet::{Mode, OptionList, Options, Packet, Request};
use proptest::collection::vec;
use proptest::prelude::*;

fn word(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(1..=255_u8, 1..most)
}

fn options() -> impl Strategy<Value = OptionList> {
    vec((word(12), word(12)), 0..5).prop_map(|pairs| {
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
                let (terms, granted) = negotiate(&request.options, &OptionLimits::default(), 1);
                prop_assert!(terms.block_size <= 1428 && terms.window_size <= 16);
                let mut offer = Vec::new();
                Packet::OptionAck(granted.as_options()).write(&mut offer);
                prop_assert!(offer.len() <= 516, "the first packet stays small");
            }
        }
    }
}
