//! SIP PnP: what a SUBSCRIBE for `ua-profile` shows of a phone, and the answers to it (RFC 6080, RFC 6665).

use std::net::SocketAddr;

use super::address::{Address, host_and_port, user};
use super::field::{parameter, split};
use super::mac::{bare, in_uuid, marked};
use super::message::{Message, Start};
use super::via::Via;

/// The event package of the device's profile.
const PACKAGE: &str = "ua-profile";
/// A longer Call-ID is nobody's.
const LONGEST_CALL_ID: usize = 256;
/// A longer vendor, model or firmware is none.
const LONGEST_WORD: usize = 64;
/// The fields without which there is nothing to answer (RFC 3261 §8.1.1).
const NEEDED: [&str; 4] = ["Via", "From", "To", "CSeq"];

/// What a SUBSCRIBE shows of a phone. All of it is claimed by whoever sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// What repetitions share.
    pub call_id: String,
    /// The MAC as 12 lower-case hex digits.
    pub mac: Option<String>,
    /// The vendor in the Event; some write `OEM`.
    pub vendor: Option<String>,
    /// The model in the Event.
    pub model: Option<String>,
    /// The firmware in the Event.
    pub version: Option<String>,
    /// The User-Agent.
    pub user_agent: Option<String>,
}

/// Why a message gets no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPnp {
    /// It asks for something else.
    #[error("no SUBSCRIBE")]
    Method,
    /// It subscribes to something else.
    #[error("a SUBSCRIBE for another event than {PACKAGE}")]
    Event,
    /// A field is missing or cannot be used.
    #[error("a SUBSCRIBE without {0}")]
    Missing(&'static str),
    /// It shows two phones.
    #[error("a SUBSCRIBE with two MACs")]
    TwoMacs,
}

impl Subscription {
    /// What `message` shows, if it is a SUBSCRIBE for a device's profile.
    pub fn read(message: &Message) -> Result<Self, NotPnp> {
        let Start::Request { method, uri } = &message.start else { return Err(NotPnp::Method) };
        if method != "SUBSCRIBE" {
            return Err(NotPnp::Method);
        }
        let event = message.field("Event").ok_or(NotPnp::Event)?;
        if !split(event, b';').next().is_some_and(|package| package.eq_ignore_ascii_case(PACKAGE)) {
            return Err(NotPnp::Event);
        }
        if let Some(missing) = NEEDED.iter().find(|name| message.field(name).is_none_or(str::is_empty)) {
            return Err(NotPnp::Missing(missing));
        }
        Via::top(message).ok_or(NotPnp::Missing("Via"))?;
        if message.method_of_cseq() != Some("SUBSCRIBE") {
            return Err(NotPnp::Missing("CSeq"));
        }
        let fits = |id: &&str| !id.is_empty() && id.len() <= LONGEST_CALL_ID;
        let call_id = message.field("Call-ID").filter(fits).ok_or(NotPnp::Missing("Call-ID"))?;
        let word =
            |name| parameter(event, name).map(|word| word.trim().to_owned()).filter(|word| is_word(word));
        Ok(Self {
            call_id: call_id.to_owned(),
            mac: mac(message, uri, event)?,
            // Panasonic's phones write "vender"
            vendor: word("vendor").or_else(|| word("vender")),
            model: word("model"),
            version: word("version"),
            user_agent: message.field("User-Agent").map(str::to_owned),
        })
    }
}

impl Message {
    fn method_of_cseq(&self) -> Option<&str> {
        let (number, method) = self.field("CSeq")?.split_once([' ', '\t'])?;
        number.parse::<u32>().is_ok().then(|| method.trim())
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_WORD && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

/// The one MAC that the message shows: where it is marked, else a user part that is one, else that of a UUID.
fn mac(message: &Message, uri: &str, event: &str) -> Result<Option<String>, NotPnp> {
    let contact = message.field("Contact").map(Address::parse);
    let addresses = ["From", "To"].iter().filter_map(|name| message.field(name)).map(Address::parse);
    let uris: Vec<&str> =
        std::iter::once(uri).chain(addresses.chain(contact).map(|address| address.uri)).collect();
    let user_agent = message.field("User-Agent").and_then(marked);
    let in_event = parameter(event, "mac").and_then(|mac| bare(&mac));
    let marked = uris.iter().filter_map(|uri| marked(user(uri)?)).chain(user_agent).chain(in_event);
    let users = uris.iter().filter_map(|uri| bare(user(uri)?));
    let instance = contact.and_then(|contact| contact.parameter("+sip.instance"));
    one(marked)
        .and_then(|found| if found.is_some() { Ok(found) } else { one(users) })
        .map(|found| found.or_else(|| in_uuid(&instance?)))
}

/// The MAC that all agree on.
fn one(mut macs: impl Iterator<Item = String>) -> Result<Option<String>, NotPnp> {
    let Some(first) = macs.next() else { return Ok(None) };
    if macs.all(|mac| mac == first) { Ok(Some(first)) } else { Err(NotPnp::TwoMacs) }
}

/// Who answers a SUBSCRIBE.
#[derive(Clone, Debug)]
pub struct Answering {
    /// From where.
    pub here: SocketAddr,
    /// Our tag in the dialog.
    pub tag: String,
}

/// Where the 200 to a SUBSCRIBE from `source` goes.
#[must_use]
pub fn ok_target(subscribe: &Message, source: SocketAddr) -> SocketAddr {
    Via::top(subscribe).map_or(source, |via| via.target(source))
}

/// The 200 to a SUBSCRIBE that came from `source`. The same for the same, so that a repetition gets it again.
#[must_use]
pub fn ok(subscribe: &Message, source: SocketAddr, answering: &Answering) -> Message {
    let to = subscribe.field("To").unwrap_or_default();
    let to = match Address::parse(to).tag() {
        Some(_) => to.to_owned(),
        None => format!("{to};tag={}", answering.tag),
    };
    accepted(subscribe, source, &to)
        .with("Contact", &format!("<sip:{}>", answering.here))
        .with("Expires", "0")
}

/// The least 200 to a request that came from `source`, with its fields as they came but for `to`.
#[must_use]
pub fn accepted(request: &Message, source: SocketAddr, to: &str) -> Message {
    let mut answer = Message::response(200, "OK");
    let top = Via::top(request).map(|via| via.received(source));
    for via in top.iter().map(String::as_str).chain(request.fields("Via").skip(1)) {
        answer = answer.with("Via", via);
    }
    for route in request.fields("Record-Route") {
        answer = answer.with("Record-Route", route);
    }
    answer
        .with("From", request.field("From").unwrap_or_default())
        .with("To", to)
        .with("Call-ID", request.field("Call-ID").unwrap_or_default())
        .with("CSeq", request.field("CSeq").unwrap_or_default())
}

/// Where the NOTIFY for a SUBSCRIBE from `source` goes: to that host, whatever its Contact says, because what it
/// carries is for nobody else. The Contact may name another port there.
#[must_use]
pub fn notify_target(subscribe: &Message, source: SocketAddr) -> SocketAddr {
    let contact = subscribe.field("Contact").map(Address::parse);
    let place = contact.and_then(|contact| host_and_port(contact.uri));
    match place {
        Some((host, port)) if host.parse() == Ok(source.ip()) => {
            SocketAddr::new(source.ip(), port.unwrap_or(5060))
        }
        _ => source,
    }
}

/// The NOTIFY that tells `url`: once, and the subscription is over.
#[must_use]
pub fn notify(
    subscribe: &Message,
    source: SocketAddr,
    answering: &Answering,
    branch: &str,
    url: &str,
) -> Message {
    let contact = subscribe.field("Contact").map(|contact| Address::parse(contact).uri);
    let target = notify_target(subscribe, source);
    let is_there = |uri: &&str| {
        host_and_port(uri).is_some_and(|(host, _)| host.parse() == Ok(source.ip()))
            && !uri.contains(char::is_whitespace)
    };
    let uri = contact.filter(is_there).map_or_else(|| format!("sip:{target}"), str::to_owned);
    let (to, from) = (subscribe.field("From").unwrap_or_default(), subscribe.field("To").unwrap_or_default());
    let from = Address::parse(from);
    let tag = from.tag().map_or_else(|| answering.tag.clone(), std::borrow::Cow::into_owned);
    Message::request("NOTIFY", &uri)
        .with("Via", &format!("SIP/2.0/UDP {};branch={branch};rport", answering.here))
        .with("Max-Forwards", "70")
        .with("From", &format!("<{}>;tag={tag}", from.uri))
        .with("To", to)
        .with("Call-ID", subscribe.field("Call-ID").unwrap_or_default())
        .with("CSeq", "1 NOTIFY")
        .with("Contact", &format!("<sip:{}>", answering.here))
        .with("Event", subscribe.field("Event").unwrap_or_default())
        .with("Subscription-State", "terminated;reason=timeout")
        .with_body("application/url", url.as_bytes())
}
