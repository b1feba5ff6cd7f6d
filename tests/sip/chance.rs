//! The codec under chance: what is written is read back, and no bytes make anything panic.

use std::net::SocketAddr;

use offhook::sip::{
    Address, Answering, Message, Start, Subscription, Via, host_and_port, notify, ok, ok_target,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn source() -> SocketAddr {
    "10.0.0.57:5060".parse().unwrap()
}

fn answering() -> Answering {
    Answering { here: "10.0.0.5:40000".parse().unwrap(), tag: "ours".to_owned() }
}

/// A message of anything that may stand in one: names known and unknown, values without control characters.
fn message() -> impl Strategy<Value = Message> {
    let name = prop_oneof![
        prop::sample::select(vec!["Via", "v", "FROM", "t", "Call-ID", "CSeq", "o", "m", "User-Agent"])
            .prop_map(str::to_owned),
        "[A-Za-z0-9.!%*_+`'~-]{1,12}".prop_filter("written as the body is", |name| {
            !name.eq_ignore_ascii_case("content-length") && !name.eq_ignore_ascii_case("l")
        }),
    ];
    let value = "[^\\p{Cc}]{0,80}".prop_map(|value| value.trim().to_owned());
    let start = prop_oneof![
        ("[A-Z]{1,10}", "sip:[a-zA-Z0-9%@.:;=]{0,40}")
            .prop_map(|(method, uri)| Start::Request { method, uri }),
        (100..700_u16, "[A-Za-z ]{0,20}").prop_map(|(status, reason)| Start::Response { status, reason }),
    ];
    (start, vec((name, value), 0..20), vec(any::<u8>(), 0..200)).prop_map(|(start, fields, body)| {
        let mut message = Message::response(200, "OK");
        message.start = start;
        for (name, value) in &fields {
            message = message.with(name, value);
        }
        message.body = body;
        message
    })
}

/// Everything that is asked of a message that came.
fn asked_for_all(message: &Message) {
    let _ = Subscription::read(message);
    let _ = (message.method(), Via::top(message).and_then(|via| via.branch()));
    for name in ["From", "To", "Contact"] {
        if let Some(address) = message.field(name).map(Address::parse) {
            let _ = (address.tag(), address.parameter("+sip.instance"), host_and_port(address.uri));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_is_read_back_as_written(message in message()) {
        prop_assert_eq!(Message::parse(&message.write()), Ok(message));
    }

    #[test]
    fn no_bytes_make_the_codec_panic(bytes in vec(any::<u8>(), 0..600)) {
        for start in ["", "SUBSCRIBE sip:a SIP/2.0\r\n", "SIP/2.0 200 OK\r\nVia: ", "A b SIP/2.0\nl: 300\n\n"] {
            if let Ok(message) = Message::parse(&[start.as_bytes(), &bytes].concat()) {
                asked_for_all(&message);
            }
        }
    }

    #[test]
    fn no_text_in_the_fields_that_count_makes_anything_panic(
        via in "\\PC{0,60}", address in "[\\PC<>@:;,\"=]{0,60}", event in "(ua-profile)?\\PC{0,60}", uri in "\\PC{1,40}",
    ) {
        let message = Message::request("SUBSCRIBE", &uri)
            .with("Via", &via).with("From", &address).with("To", &address).with("Contact", &address)
            .with("Call-ID", "1").with("CSeq", "1 SUBSCRIBE").with("Event", &event);
        asked_for_all(&message);
        let _ = (ok(&message, source(), &answering()), ok_target(&message, source()));
        let notify = notify(&message, source(), &answering(), "z9hG4bK1", "https://x/").write();
        // whatever stood in the SUBSCRIBE, what is sent is one message with the body that was meant
        prop_assert_eq!(Message::parse(&notify).unwrap().body, b"https://x/");
    }
}
