//! A datagram at the SIP doors: a SUBSCRIBE and its answers, a challenge, and what a phone says that was asked to fetch.

use std::net::SocketAddr;
use std::time::Duration;

use offhook::sip::{
    Address, Answering, Challenge, CheckSync, CheckSyncRequest, Credentials, Deed, LONGEST_MESSAGE,
    Malformed, Message, Start, Subscription, Timers, Via, asks_to_fetch, host_and_port, is_proved, notify,
    notify_target, ok, ok_target, user,
};

pub(crate) const WORDS: &[&[u8]] = &[
    b"SUBSCRIBE sip:MAC%3a001565aabbcc@224.0.1.75 SIP/2.0\r\n",
    b"SIP/2.0 401 Unauthorized\r\n",
    b"Via: SIP/2.0/UDP ",
    b";branch=z9hG4bKsecrettoken1",
    b"l: 5\r\n",
    b"Content-Length: ",
    b"Event: ua-profile",
    b"Contact: <sip:",
    b"CSeq: 1 NOTIFY\r\n",
    b"WWW-Authenticate: Digest ",
    b"realm=\"r\"",
    b"nonce=\"n\"",
    b"qop=\"auth\"",
    b"stale=true",
    b"algorithm=MD5",
    b"MAC%3a",
    b";rport",
    b";received=",
    b"+sip.instance=\"<urn:uuid:",
    b"check-sync",
    b"i: ",
    b"v: ",
];

const URL: &str = "https://phones.example.org/p/tabcdefghijklmnopqrstuvwxyz/";
const PASSWORD: &str = "correct horse battery staple";

fn source() -> SocketAddr {
    "10.0.0.57:5060".parse().unwrap()
}

fn credentials() -> Credentials {
    Credentials::new("101", PASSWORD)
}

/// Reads a message; everything that is asked of one, and every answer to it, is a message again.
pub(crate) fn message(bytes: &[u8]) {
    let read = match Message::parse(bytes) {
        Ok(read) => read,
        Err(wrong) => return assert!(wrong != Malformed::Long || bytes.len() > LONGEST_MESSAGE),
    };
    let written = read.write();
    // the length that is written is one more field, and signs for what is no text are longer than it
    match Message::parse(&written) {
        Err(Malformed::Fields | Malformed::Long) => {}
        again => assert_eq!(again, Ok(read.clone()), "{:?}", String::from_utf8_lossy(&written)),
    }
    for name in ["From", "To", "Contact"] {
        if let Some(address) = read.field(name).map(Address::parse) {
            let _ = (
                address.tag(),
                address.parameter("+sip.instance"),
                host_and_port(address.uri),
                user(address.uri),
            );
        }
    }
    let _ = (asks_to_fetch(&read), is_proved(&read, "NOTIFY", "n", &credentials()));
    if let Some(challenge) = Challenge::of(&read) {
        let (_, proof) = challenge.proof(&credentials(), ("NOTIFY", "sip:101@10.0.0.57"), (1, "c"));
        assert!(!proof.contains(PASSWORD) && !proof.contains(['\r', '\n']));
    }
    answers(&read);
}

/// What is told goes to who asked, and nowhere else.
fn answers(read: &Message) {
    let answering = Answering { here: "10.0.0.5:40000".parse().unwrap(), tag: "ours".to_owned() };
    for target in [ok_target(read, source()), notify_target(read, source())] {
        assert_eq!(target.ip(), source().ip());
    }
    let ok = ok(read, source(), &answering);
    assert!(Subscription::read(&ok).is_err(), "an answer is no request");
    assert!(
        Message::parse(&ok.write()).is_ok_and(|ok| matches!(ok.start, Start::Response { status: 200, .. }))
            || ok.write().len() > LONGEST_MESSAGE
    );
    let notify = notify(read, source(), &answering, "z9hG4bK1", URL);
    assert!(Subscription::read(&notify).is_err(), "what we send asks us for nothing");
    let written = notify.write();
    if written.len() <= LONGEST_MESSAGE {
        assert_eq!(Message::parse(&written).unwrap().body, URL.as_bytes());
    }
    if let Ok(shown) = Subscription::read(read) {
        assert!(!shown.call_id.is_empty() && Via::top(read).is_some());
        assert!(
            shown.mac.is_none_or(|mac| mac.len() == 12 && mac.bytes().all(|byte| byte.is_ascii_hexdigit()))
        );
    }
}

/// Datagrams with a line of one dot between them, to a phone that is being asked: what is sent stays bounded and well formed.
pub(crate) fn check_sync(bytes: &[u8]) {
    let request = CheckSyncRequest {
        here: "10.0.0.5:40000".parse().unwrap(),
        user: "101".to_owned(),
        host: "10.0.0.57".to_owned(),
        proxy: None,
        event: "check-sync;reboot=false".to_owned(),
        credentials: Some(credentials()),
        token: "secrettoken".to_owned(),
    };
    let mut now = Duration::ZERO;
    let mut asked = CheckSync::begin(request, Timers::default(), now);
    let mut sent = 1;
    let text = bytes.escape_ascii().to_string();
    let mut rest = bytes;
    for _ in 0..64 {
        let end = rest.windows(3).position(|window| window == b"\n.\n").unwrap_or(rest.len());
        let deed = asked.on_datagram(&rest[..end], now);
        match deed {
            Deed::Over(_) => return,
            // only a challenge brings another request at once, and only twice
            Deed::Send => sent += 1,
            Deed::Wait => {}
        }
        assert!(sent <= 3, "{sent} requests for {text}");
        let notify = Message::parse(asked.bytes());
        let written = notify.expect("a message of ours is one");
        assert!(written.method() == Some("NOTIFY") && asks_to_fetch(&written));
        assert!(!String::from_utf8_lossy(asked.bytes()).contains(PASSWORD));
        // our own words, sent back, mean nothing
        let own = asked.bytes().to_vec();
        assert_eq!(asked.on_datagram(&own, now), Deed::Wait);
        rest = rest.get(end + 3..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        now += Duration::from_millis(1);
    }
}
