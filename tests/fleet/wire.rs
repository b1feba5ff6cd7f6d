//! The NOTIFY on the wire: who gets one, what it says, what happens to one that is lost or challenged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use offhook::{
    domain::{Mac, Secret, SystemRandom},
    fleet::{Answer, Asker as _, Asking},
    sip::{Credentials, LONGEST_MESSAGE, Message, Start, Timers, accepted, asks_to_fetch, is_proved},
    transport::notify::Notifier,
};
use tokio::net::UdpSocket;

use crate::bench::{Bench, on_both_engines};
use crate::office::{Office, address};

/// Where a phone hears SIP.
struct Ear(UdpSocket);

impl Ear {
    async fn at(address: impl Into<std::net::IpAddr>) -> Self {
        Self(UdpSocket::bind((address.into(), 5060)).await.unwrap())
    }

    async fn hears(&self) -> (Message, SocketAddr) {
        let mut room = vec![0; LONGEST_MESSAGE];
        let (length, source) = self.0.recv_from(&mut room).await.unwrap();
        (Message::parse(&room[..length]).unwrap(), source)
    }

    async fn says(&self, status: u16, challenge: Option<&str>, (request, source): &(Message, SocketAddr)) {
        let mut answer = accepted(request, *source, request.field("To").unwrap());
        answer.start = Start::Response { status, reason: "Said".into() };
        if let Some(challenge) = challenge {
            answer = answer.with("WWW-Authenticate", challenge);
        }
        self.0.send_to(&answer.write(), source).await.unwrap();
    }

    /// How many datagrams lie there unread.
    fn unread(&self) -> usize {
        let mut room = vec![0; LONGEST_MESSAGE];
        std::iter::from_fn(|| self.0.try_recv_from(&mut room).ok()).count()
    }
}

/// The times of RFC 3261, a tenth as long.
fn timers() -> Timers {
    Timers { t1: Duration::from_millis(50), t2: Duration::from_millis(400) }
}

fn notifier(proxy: Option<SocketAddr>, timers: Timers) -> Notifier {
    Notifier::new(proxy, timers, Arc::new(SystemRandom))
}

fn asking(address: std::net::IpAddr, password: Option<&str>) -> Asking {
    Asking {
        mac: Mac::parse("001565000001").unwrap(),
        address,
        port: 5060,
        user: "acme-101".into(),
        domain: "pbx.example.org".into(),
        password: password.map(Secret::new),
        event: "check-sync;reboot=false".into(),
    }
}

async fn of_fifty_phones_one_gets_one_packet(bench: Bench) {
    let mut office = Office::open(bench).await;
    let (mut phones, mut ears) = (Vec::new(), Vec::new());
    for index in 1..=50 {
        let phone = office.phone(index, "Yealink SIP-T46U").await;
        office.boots(&phone).await;
        ears.push(Ear::at(phone.address).await);
        phones.push(phone);
    }
    office.look().await;
    office.rename(&phones[30], "Another").await;
    let notifier = notifier(None, Timers::default());
    for turn in office.turns().await {
        let ear = &ears[phones.iter().position(|phone| phone.mac == turn.asking.mac).unwrap()];
        let answering = async {
            let heard = ear.hears().await;
            assert!(asks_to_fetch(&heard.0));
            ear.says(200, None, &heard).await;
            ear.0.local_addr().unwrap().ip()
        };
        let (answer, who) = tokio::join!(notifier.ask(&turn.asking), answering);
        assert_eq!((answer, who), (Answer::Status(200), phones[30].address));
        office.fleet.report(turn, answer).await.unwrap();
    }
    assert_eq!(notifier.counters().sent.get(), 1);
    assert_eq!(ears.iter().map(Ear::unread).sum::<usize>(), 0, "nobody else heard anything");
    office.boots(&phones[30]).await;
    assert!(office.turns().await.is_empty());
}

#[tokio::test]
async fn a_challenge_is_answered_with_the_lines_password() {
    let phone = address();
    let ear = Ear::at(phone).await;
    let answering = async {
        let first = ear.hears().await;
        assert!(first.0.field("Authorization").is_none());
        ear.says(401, Some("Digest realm=\"phone\", nonce=\"n1\", qop=\"auth\", algorithm=MD5"), &first)
            .await;
        let second = ear.hears().await;
        let right = is_proved(&second.0, "NOTIFY", "n1", &Credentials::new("acme-101", "hunter2"));
        ear.says(if right { 200 } else { 403 }, None, &second).await;
        String::from_utf8(second.0.write()).unwrap()
    };
    let notifier = notifier(None, Timers::default());
    let asking = asking(phone, Some("hunter2"));
    let (answer, text) = tokio::join!(notifier.ask(&asking), answering);
    assert_eq!(answer, Answer::Status(200));
    assert!(!text.contains("hunter2"), "the password itself is never sent");
    assert!(!format!("{asking:?}").contains("hunter2"));
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let phone = address();
    let ear = Ear::at(phone).await;
    let challenge = Some("Digest realm=\"phone\", nonce=\"n1\", qop=\"auth\"");
    let answering = async {
        for _ in 0..2 {
            let heard = ear.hears().await;
            ear.says(401, challenge, &heard).await;
        }
    };
    let notifier = notifier(None, Timers::default());
    let asking = asking(phone, Some("old"));
    let (answer, ()) = tokio::join!(notifier.ask(&asking), answering);
    assert_eq!((answer, ear.unread()), (Answer::Status(401), 0));
}

#[tokio::test]
async fn a_lost_request_is_sent_again_and_a_lost_answer_too() {
    let phone = address();
    let ear = Ear::at(phone).await;
    let answering = async {
        let lost = ear.hears().await;
        let again = ear.hears().await;
        assert_eq!(lost.0, again.0, "the same, byte for byte");
        // its answer is lost
        let third = ear.hears().await;
        ear.says(100, None, &third).await;
        ear.says(200, None, &third).await;
    };
    let notifier = notifier(None, timers());
    let asking = asking(phone, None);
    let (answer, ()) = tokio::join!(notifier.ask(&asking), answering);
    assert_eq!(answer, Answer::Status(200));
    assert_eq!((notifier.counters().sent.get(), notifier.counters().retransmissions.get()), (3, 2));
}

#[tokio::test]
async fn without_an_answer_it_is_sent_again_and_again_whether_the_host_is_there_or_not() {
    let (deaf, nobody) = (address(), address());
    let ear = Ear::at(deaf).await;
    for phone in [deaf, nobody] {
        let notifier =
            notifier(None, Timers { t1: Duration::from_millis(20), t2: Duration::from_millis(160) });
        assert_eq!(notifier.ask(&asking(phone, None)).await, Answer::Silence);
        // on a machine that is late the last of the eleven falls behind the end
        let sent = notifier.counters().sent.get();
        assert!((9..=11).contains(&sent), "{sent}");
        assert_eq!(ear.unread() as u64, if phone == deaf { sent } else { 0 });
    }
}

#[tokio::test]
async fn a_proxy_is_given_the_phones_name_and_a_loop_is_never_answered() {
    let proxy = address();
    let ear = Ear::at(proxy).await;
    let answering = async {
        let heard = ear.hears().await;
        let Start::Request { uri, .. } = &heard.0.start else { panic!("a request") };
        assert_eq!(uri, "sip:acme-101@pbx.example.org");
        assert_eq!(heard.0.field("Max-Forwards"), Some("70"));
        assert_eq!(heard.0.field("Route").unwrap(), format!("<sip:{proxy}:5060;lr>"));
        // it comes straight back, as from a proxy that does not know its way
        ear.0.send_to(&heard.0.write(), heard.1).await.unwrap();
        ear.says(483, None, &heard).await;
    };
    let notifier = notifier(Some(SocketAddr::new(proxy, 5060)), Timers::default());
    let asking = asking(address(), None);
    let (answer, ()) = tokio::join!(notifier.ask(&asking), answering);
    assert_eq!((answer, ear.unread()), (Answer::Status(483), 0));
}

on_both_engines!(of_fifty_phones_one_gets_one_packet);
