//! Asking a phone to fetch its files again: one NOTIFY outside any dialog, from its first packet to its end.

use std::net::SocketAddr;
use std::time::Duration;

use super::digest::{Challenge, Credentials};
use super::message::{LONGEST_MESSAGE, Message, Start};
use super::transaction::{Step, Timers, Transaction};
use super::via::Via;

/// A nonce that was too old is replaced once; who challenges on is not answered.
const MOST_PROOFS: u32 = 2;

/// What is asked of whom.
#[derive(Clone, Debug)]
pub struct CheckSyncRequest {
    /// From where it is sent.
    pub here: SocketAddr,
    /// The phone's SIP user.
    pub user: String,
    /// The host, with its port where that is not 5060, that stands behind the user: the phone's own address, or its SIP
    /// domain where a proxy finds it.
    pub host: String,
    /// The proxy that it goes through.
    pub proxy: Option<SocketAddr>,
    /// The event, as the vendor writes it.
    pub event: String,
    /// What answers a challenge.
    pub credentials: Option<Credentials>,
    /// What nobody can guess who does not read it; tags, branches and the Call-ID are made of it.
    pub token: String,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Nothing until the deadline.
    Wait,
    /// Send [`CheckSync::bytes`].
    Send,
    /// It is over: the final status, or none.
    Over(Option<u16>),
}

/// One phone that is being asked. Times are counted from any fixed moment.
#[derive(Debug)]
pub struct CheckSync {
    request: CheckSyncRequest,
    timers: Timers,
    transaction: Transaction,
    branch: String,
    cseq: u32,
    proofs: u32,
    bytes: Vec<u8>,
}

impl CheckSync {
    /// Begins; [`CheckSync::bytes`] are to be sent at `now`.
    #[must_use]
    pub fn begin(request: CheckSyncRequest, timers: Timers, now: Duration) -> Self {
        let transaction = Transaction::start(timers, now);
        let mut begun = Self {
            request,
            timers,
            transaction,
            branch: String::new(),
            cseq: 0,
            proofs: 0,
            bytes: Vec::new(),
        };
        begun.write(None);
        begun
    }

    /// What is to be sent.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// When [`CheckSync::on_time`] is to be asked next.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.transaction.deadline()
    }

    /// What is due at `now`.
    pub fn on_time(&mut self, now: Duration) -> Deed {
        match self.transaction.on_time(now) {
            Step::Wait => Deed::Wait,
            Step::Send => Deed::Send,
            Step::Answered(status) => Deed::Over(Some(status)),
            Step::GivenUp => Deed::Over(None),
        }
    }

    /// What a datagram means that came from whom it was sent to. Requests and what answers something else mean nothing:
    /// they are never answered.
    pub fn on_datagram(&mut self, datagram: &[u8], now: Duration) -> Deed {
        let Ok(message) = Message::parse(datagram) else { return Deed::Wait };
        let Start::Response { status, .. } = message.start else { return Deed::Wait };
        let branch = Via::top(&message).and_then(|via| via.branch());
        if message.method() != Some("NOTIFY") || branch.as_deref() != Some(self.branch.as_str()) {
            return Deed::Wait;
        }
        match self.transaction.on_response(status) {
            Step::Answered(401 | 407) => self.answer(&message, status, now),
            Step::Answered(status) => Deed::Over(Some(status)),
            Step::Send => Deed::Send,
            Step::Wait | Step::GivenUp => Deed::Wait,
        }
    }

    /// Answers a challenge with a request of its own, once, and once more where only the nonce was too old.
    fn answer(&mut self, response: &Message, status: u16, now: Duration) -> Deed {
        let over = Deed::Over(Some(status));
        let Some(challenge) = Challenge::of(response) else { return over };
        let again = self.proofs == 0 || (self.proofs < MOST_PROOFS && challenge.is_stale());
        let Some(credentials) = self.request.credentials.clone().filter(|_| again) else { return over };
        self.proofs += 1;
        let cnonce = format!("{}{}", self.request.token, self.proofs);
        let proof = challenge.proof(&credentials, ("NOTIFY", &self.uri()), (1, &cnonce));
        self.write(Some(proof));
        self.transaction = Transaction::start(self.timers, now);
        Deed::Send
    }

    fn uri(&self) -> String {
        format!("sip:{}@{}", self.request.user, self.request.host)
    }

    fn write(&mut self, proof: Option<(&'static str, String)>) {
        self.cseq += 1;
        let CheckSyncRequest { here, user, host, proxy, event, token, .. } = &self.request;
        self.branch = format!("z9hG4bK{token}{}", self.cseq);
        let uri = self.uri();
        let mut message = Message::request("NOTIFY", &uri)
            .with("Via", &format!("SIP/2.0/UDP {here};branch={};rport", self.branch))
            .with("Max-Forwards", "70");
        if let Some(proxy) = proxy {
            message = message.with("Route", &format!("<sip:{proxy};lr>"));
        }
        message = message
            .with("From", &format!("<sip:{user}@{host}>;tag={token}"))
            .with("To", &format!("<{uri}>"))
            .with("Call-ID", &format!("{token}@{}", here.ip()))
            .with("CSeq", &format!("{} NOTIFY", self.cseq))
            .with("Contact", &format!("<sip:{here}>"))
            .with("Event", event)
            .with("Subscription-State", "terminated");
        if let Some((field, value)) = proof {
            message = message.with(field, &value);
        }
        self.bytes = message.write();
        debug_assert!(self.bytes.len() <= LONGEST_MESSAGE, "nobody would read it");
    }
}

/// Whether a request asks the one who got it to fetch its files again: for a phone in software.
#[must_use]
pub fn asks_to_fetch(message: &Message) -> bool {
    let is_notify = matches!(&message.start, Start::Request { method, .. } if method == "NOTIFY");
    let event = message.field("Event").unwrap_or_default();
    let event = event.split(';').next().unwrap_or_default().trim();
    is_notify && event.eq_ignore_ascii_case("check-sync")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::{accepted, is_proved};

    fn asking(credentials: Option<Credentials>) -> CheckSync {
        let request = CheckSyncRequest {
            here: "10.0.0.5:40000".parse().unwrap(),
            user: "acme-101".to_owned(),
            host: "10.0.0.57".to_owned(),
            proxy: None,
            event: "check-sync;reboot=false".to_owned(),
            credentials,
            token: "0a0b".to_owned(),
        };
        CheckSync::begin(request, Timers::default(), Duration::ZERO)
    }

    fn answered(asking: &CheckSync, status: u16, challenge: Option<&str>) -> Vec<u8> {
        let request = Message::parse(asking.bytes()).unwrap();
        let mut answer =
            accepted(&request, "10.0.0.5:40000".parse().unwrap(), request.field("To").unwrap_or_default());
        answer.start = Start::Response { status, reason: "Said".to_owned() };
        if let Some(challenge) = challenge {
            answer = answer.with("WWW-Authenticate", challenge);
        }
        answer.write()
    }

    #[test]
    fn it_asks_the_phone_by_its_user_and_takes_its_answer() {
        let mut asking = asking(None);
        let text = String::from_utf8(asking.bytes().to_vec()).unwrap();
        assert!(text.starts_with("NOTIFY sip:acme-101@10.0.0.57 SIP/2.0\r\n"), "{text}");
        assert!(text.contains("\r\nMax-Forwards: 70\r\n"), "{text}");
        assert!(text.contains("\r\nEvent: check-sync;reboot=false\r\n"), "{text}");
        let ok = answered(&asking, 200, None);
        assert_eq!(asking.on_datagram(&ok, Duration::ZERO), Deed::Over(Some(200)));
    }

    #[test]
    fn a_challenge_is_answered_once_and_once_more_for_an_old_nonce() {
        let credentials = Credentials::new("acme-101", "secret");
        let mut asking = asking(Some(credentials.clone()));
        let first = answered(&asking, 401, Some("Digest realm=\"r\", nonce=\"n1\", qop=\"auth\""));
        assert_eq!(asking.on_datagram(&first, Duration::ZERO), Deed::Send);
        let proved = Message::parse(asking.bytes()).unwrap();
        assert!(is_proved(&proved, "NOTIFY", "n1", &credentials));
        assert_eq!(proved.field("CSeq"), Some("2 NOTIFY"));
        assert_eq!(asking.on_datagram(&first, Duration::ZERO), Deed::Wait, "the first answer once more");
        let old = answered(&asking, 401, Some("Digest realm=\"r\", nonce=\"n2\", stale=true"));
        assert_eq!(asking.on_datagram(&old, Duration::ZERO), Deed::Send);
        let refused = answered(&asking, 401, Some("Digest realm=\"r\", nonce=\"n3\", stale=true"));
        assert_eq!(asking.on_datagram(&refused, Duration::ZERO), Deed::Over(Some(401)));
    }

    #[test]
    fn without_a_password_or_a_second_time_a_challenge_ends_it() {
        let challenge = Some("Digest realm=\"r\", nonce=\"n\"");
        let mut bare = asking(None);
        let first = answered(&bare, 407, challenge);
        assert_eq!(bare.on_datagram(&first, Duration::ZERO), Deed::Over(Some(407)));
        let mut wrong = asking(Some(Credentials::new("acme-101", "old")));
        let first = answered(&wrong, 401, challenge);
        assert_eq!(wrong.on_datagram(&first, Duration::ZERO), Deed::Send);
        let second = answered(&wrong, 401, challenge);
        assert_eq!(wrong.on_datagram(&second, Duration::ZERO), Deed::Over(Some(401)));
    }

    #[test]
    fn what_is_no_answer_to_it_means_nothing() {
        let mut asking = asking(None);
        let own = asking.bytes().to_vec();
        assert_eq!(asking.on_datagram(&own, Duration::ZERO), Deed::Wait, "a request, as in a loop");
        assert_eq!(asking.on_datagram(b"\0\0", Duration::ZERO), Deed::Wait);
        let other = answered(&asking, 200, None);
        let other = String::from_utf8(other).unwrap().replace("z9hG4bK0a0b1", "z9hG4bKother");
        assert_eq!(asking.on_datagram(other.as_bytes(), Duration::ZERO), Deed::Wait);
    }
}
