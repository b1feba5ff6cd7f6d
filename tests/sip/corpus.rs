//! SUBSCRIBEs as real phones send them: what each shows, and answers that its dialog and its Via ask for.

use std::net::SocketAddr;
use std::path::Path;

use offhook::sip::{Answering, Message, NotPnp, Subscription, notify, notify_target, ok, ok_target};

const URL: &str = "https://phones.example.org/p/tabcdefghijklmnopqrstuvwxyz/";

fn captured(name: &str) -> Message {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/corpus").join(name);
    Message::parse(&std::fs::read(path).unwrap()).unwrap()
}

fn answering() -> Answering {
    Answering { here: "10.0.0.5:40000".parse().unwrap(), tag: "ours".to_owned() }
}

/// File, where it came from, MAC, vendor, model, firmware; where the 200 and the NOTIFY go.
type Capture =
    (&'static str, &'static str, Option<&'static str>, [Option<&'static str>; 3], &'static str, &'static str);

const CAPTURES: [Capture; 8] = [
    (
        "snom-7.sip",
        "192.168.10.67:5060",
        Some("00135e874b49"),
        [Some("OEM"), Some("OEM"), Some("7.1.19")],
        "192.168.10.67:5060",
        "192.168.10.67:5060",
    ),
    (
        "snom-m700.sip",
        "10.0.0.90:1027",
        Some("0004136a0b1c"),
        [Some("snom"), Some("snomM700"), Some("03.23.0005")],
        "10.0.0.90:5060",
        "10.0.0.90:5060",
    ),
    (
        "snom-d120.sip",
        "10.0.0.92:2048",
        Some("000413a10b1c"),
        [Some("snom"), Some("snomD120"), Some("10.1.39.11")],
        "10.0.0.92:2048",
        "10.0.0.92:5060",
    ),
    (
        "yealink-w52p.sip",
        "10.1.3.239:5059",
        Some("001565f4f9e1"),
        [Some("yealink"), Some("W52P"), Some("25.81.0.10")],
        "10.1.3.239:5059",
        "10.1.3.239:5059",
    ),
    (
        "yealink-t21p.sip",
        "172.16.156.223:5062",
        Some("0015657322f1"),
        [Some("Yealink"), Some("T21D"), Some("34.72.14.6")],
        // the port in its Via is none
        "172.16.156.223:5060",
        "172.16.156.223:5062",
    ),
    (
        "grandstream-grp2612w.sip",
        "192.168.1.2:5080",
        Some("c074ad112233"),
        [Some("Grandstream"), Some("GRP2612W"), Some("1.0.5.67")],
        "192.168.1.2:5080",
        "192.168.1.2:5080",
    ),
    (
        "audiocodes-440hd.sip",
        "10.13.2.37:5060",
        None,
        [None, Some("440HD"), Some("2.2.2")],
        "10.13.2.37:5060",
        "10.13.2.37:5060",
    ),
    (
        "planet.sip",
        "192.168.0.1:5060",
        Some("00304fa99948"),
        [Some("OEM"), Some("VIP"), Some("1")],
        "192.168.0.1:5060",
        "192.168.0.1:5060",
    ),
];

#[test]
fn each_capture_shows_its_phone_and_is_answered_where_it_listens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sip/corpus");
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), CAPTURES.len() + 1, "and a README");
    for (name, source, mac, [vendor, model, version], ok_to, notify_to) in CAPTURES {
        let message = captured(name);
        let source: SocketAddr = source.parse().unwrap();
        let shown = Subscription::read(&message).unwrap();
        let words = [&shown.vendor, &shown.model, &shown.version].map(Option::as_deref);
        assert_eq!((shown.mac.as_deref(), words), (mac, [vendor, model, version]), "{name}");
        assert_eq!(ok_target(&message, source), ok_to.parse().unwrap(), "{name}");
        assert_eq!(notify_target(&message, source), notify_to.parse().unwrap(), "{name}");
    }
}

#[test]
fn each_capture_is_answered_within_its_dialog() {
    for (name, source, ..) in CAPTURES {
        let (message, source) = (captured(name), source.parse().unwrap());
        let ok = Message::parse(&ok(&message, source, &answering()).write()).unwrap();
        for field in ["From", "Call-ID", "CSeq"] {
            assert_eq!(ok.field(field), message.field(field), "{name}: {field}");
        }
        assert_eq!(ok.field("To").unwrap(), format!("{};tag=ours", message.field("To").unwrap()), "{name}");
        assert_eq!(ok.field("Expires"), Some("0"), "{name}");
        let notify = notify(&message, source, &answering(), "z9hG4bKx", URL);
        let notify = Message::parse(&notify.write()).unwrap();
        // the parties have changed sides
        assert_eq!(notify.field("To"), message.field("From"), "{name}");
        assert!(notify.field("From").unwrap().ends_with(";tag=ours"), "{name}");
        assert_eq!(notify.field("Call-ID"), message.field("Call-ID"), "{name}");
        assert_eq!(notify.field("Content-Type"), Some("application/url"), "{name}");
        assert_eq!(notify.field("Subscription-State"), Some("terminated;reason=timeout"), "{name}");
        assert!(notify.field("Event").unwrap().starts_with("ua-profile;"), "{name}");
        assert_eq!(notify.body, URL.as_bytes(), "{name}");
    }
}

#[test]
fn a_repetition_gets_the_same_bytes() {
    let (message, source) = (captured("yealink-w52p.sip"), "10.1.3.239:5059".parse().unwrap());
    let first = ok(&message, source, &answering()).write();
    assert_eq!(ok(&message.clone(), source, &answering()).write(), first);
}

#[test]
fn what_a_contact_says_never_leads_the_url_to_another_host() {
    let source: SocketAddr = "10.0.0.57:1025".parse().unwrap();
    for contact in
        ["<sip:192.0.2.66:5060>", "<sip:phone.example.org>", "<sip:0.0.0.0:5060>", "", "*", "<sip:10.0.0.5>"]
    {
        let message =
            Message::request("SUBSCRIBE", "sip:MAC%3a001565aabbcc@224.0.1.75").with("Contact", contact);
        assert_eq!(notify_target(&message, source), source, "{contact}");
        let notify = notify(&message, source, &answering(), "z9hG4bKx", URL).write();
        assert!(notify.starts_with(b"NOTIFY sip:10.0.0.57:1025 SIP/2.0\r\n"), "{contact}");
    }
}

#[test]
fn what_is_no_request_for_a_profile_is_named() {
    let good = || {
        Message::request("SUBSCRIBE", "sip:MAC%3a001565aabbcc@224.0.1.75")
            .with("Via", "SIP/2.0/UDP 10.0.0.57")
            .with("From", "<sip:MAC%3a001565aabbcc@224.0.1.75>;tag=1")
            .with("To", "<sip:MAC%3a001565aabbcc@224.0.1.75>")
    };
    let rest = |message: Message, id: &str, cseq: &str, event: &str| {
        Subscription::read(&message.with("Call-ID", id).with("CSeq", cseq).with("Event", event)).map(drop)
    };
    assert_eq!(rest(good(), "1", "1 SUBSCRIBE", "UA-Profile"), Ok(()));
    assert_eq!(rest(good(), "1", "1 SUBSCRIBE", "dialog"), Err(NotPnp::Event));
    assert_eq!(rest(good(), "1", "1 SUBSCRIBE", "ua-profiles"), Err(NotPnp::Event));
    assert_eq!(rest(good(), "", "1 SUBSCRIBE", "ua-profile"), Err(NotPnp::Missing("Call-ID")));
    assert_eq!(rest(good(), &"1".repeat(257), "1 SUBSCRIBE", "ua-profile"), Err(NotPnp::Missing("Call-ID")));
    assert_eq!(rest(good(), "1", "1 NOTIFY", "ua-profile"), Err(NotPnp::Missing("CSeq")));
    assert_eq!(rest(good(), "1", "x SUBSCRIBE", "ua-profile"), Err(NotPnp::Missing("CSeq")));
    let register = Message::request("REGISTER", "sip:a");
    assert_eq!(rest(register, "1", "1 REGISTER", "ua-profile"), Err(NotPnp::Method));
    assert_eq!(rest(Message::response(200, "OK"), "1", "1 SUBSCRIBE", "ua-profile"), Err(NotPnp::Method));
    let bare = Message::request("SUBSCRIBE", "sip:a");
    assert_eq!(rest(bare, "1", "1 SUBSCRIBE", "ua-profile"), Err(NotPnp::Missing("Via")));
    let other = good().with("Contact", "<sip:MAC%3a001565000001@10.0.0.57>");
    assert_eq!(rest(other, "1", "1 SUBSCRIBE", "ua-profile"), Err(NotPnp::TwoMacs));
}

#[test]
fn a_mac_is_also_found_where_nothing_marks_it() {
    let subscription = |uri: &str, contact: &str| {
        let message = Message::request("SUBSCRIBE", uri)
            .with("Via", "SIP/2.0/UDP 10.0.0.57")
            .with("From", &format!("<{uri}>;tag=1"))
            .with("To", &format!("<{uri}>"))
            .with("Contact", contact)
            .with("Call-ID", "1")
            .with("CSeq", "1 SUBSCRIBE")
            .with("Event", "ua-profile;profile-type=\"device\";vender=\"Panasonic\"");
        Subscription::read(&message).unwrap()
    };
    let panasonic = subscription("sip:0080F0123456@224.0.1.75", "<sip:10.0.0.57>");
    assert_eq!(
        (panasonic.mac.as_deref(), panasonic.vendor.as_deref()),
        (Some("0080f0123456"), Some("Panasonic"))
    );
    let instance = "<sip:10.0.0.57>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000B82AABBCC>\"";
    assert_eq!(subscription("sip:phone@224.0.1.75", instance).mac.as_deref(), Some("000b82aabbcc"));
    assert_eq!(subscription("sip:00000001@10.13.2.37", "<sip:a@b>").mac, None);
}
