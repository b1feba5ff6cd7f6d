//! The topmost Via: where a response goes, and what the server adds to it (RFC 3261 §18.2, RFC 3581).

use std::borrow::Cow;
use std::net::SocketAddr;

use super::address::split_port;
use super::field::{parameter, split};
use super::message::Message;

/// Where SIP over UDP is spoken when no port is named.
const USUAL_PORT: u16 = 5060;

/// The topmost Via of a message.
#[derive(Clone, Copy, Debug)]
pub struct Via<'a> {
    text: &'a str,
    /// What stands behind it in the same field: further Vias.
    others: &'a str,
}

impl<'a> Via<'a> {
    /// The topmost Via; several may stand in one field, separated by commas.
    #[must_use]
    pub fn top(message: &'a Message) -> Option<Self> {
        let field = message.field("Via")?;
        let text = split(field, b',').next().filter(|text| !text.is_empty())?;
        Some(Self { text, others: field.trim_start()[text.len()..].trim_start() })
    }

    /// What tells its transaction from others.
    #[must_use]
    pub fn branch(&self) -> Option<Cow<'a, str>> {
        parameter(self.text, "branch").filter(|branch| !branch.is_empty())
    }

    /// Where a response to a request from `source` goes. Never to another host than the one that asked, whatever the
    /// Via says.
    #[must_use]
    pub fn target(&self, source: SocketAddr) -> SocketAddr {
        if parameter(self.text, "rport").is_some() {
            return source;
        }
        let port = self.sent_by().and_then(|(_, port)| port).unwrap_or(USUAL_PORT);
        SocketAddr::new(source.ip(), port)
    }

    /// The field as it stands in the response: with the address, and where it was asked for with the port, that the
    /// request came from.
    #[must_use]
    pub fn received(&self, source: SocketAddr) -> String {
        let (mut asked, mut parts) = (false, Vec::new());
        for part in split(self.text, b';') {
            let name = part.split('=').next().unwrap_or_default().trim();
            if name.eq_ignore_ascii_case("rport") {
                asked = true;
            } else if !name.eq_ignore_ascii_case("received") {
                parts.push(part.to_owned());
            }
        }
        let here = self.sent_by().is_some_and(|(host, _)| host.parse() == Ok(source.ip()));
        if asked || !here {
            parts.push(format!("received={}", source.ip()));
        }
        if asked {
            parts.push(format!("rport={}", source.port()));
        }
        parts.join(";") + self.others
    }

    /// Host and port that the sender believes to have.
    fn sent_by(&self) -> Option<(&'a str, Option<u16>)> {
        let (protocol, _) = self.text.split_once(';').unwrap_or((self.text, ""));
        split_port(protocol.split_ascii_whitespace().last()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(via: &str) -> (String, SocketAddr) {
        let message = Message::request("SUBSCRIBE", "sip:a").with("Via", via);
        let source = "10.0.0.57:1024".parse().unwrap();
        let via = Via::top(&message).unwrap();
        (via.received(source), via.target(source))
    }

    #[test]
    fn an_answer_goes_where_the_via_and_the_source_say() {
        for (via, received, target) in [
            // the host that asked, at the port that it names
            (
                "SIP/2.0/UDP 10.0.0.57:5059;branch=z1",
                "SIP/2.0/UDP 10.0.0.57:5059;branch=z1",
                "10.0.0.57:5059",
            ),
            ("SIP/2.0/UDP 10.0.0.57;branch=z1", "SIP/2.0/UDP 10.0.0.57;branch=z1", "10.0.0.57:5060"),
            // RFC 3581: the port that it came from, and nothing that the sender made up
            (
                "SIP/2.0/UDP 10.0.0.57:5060;rport;branch=z1",
                "SIP/2.0/UDP 10.0.0.57:5060;branch=z1;received=10.0.0.57;rport=1024",
                "10.0.0.57:1024",
            ),
            (
                "SIP/2.0/UDP 192.0.2.1:5060;received=192.0.2.9;RPORT=7",
                "SIP/2.0/UDP 192.0.2.1:5060;received=10.0.0.57;rport=1024",
                "10.0.0.57:1024",
            ),
            // never to another host
            (
                "SIP/2.0/UDP 192.0.2.1:5062;maddr=192.0.2.2",
                "SIP/2.0/UDP 192.0.2.1:5062;maddr=192.0.2.2;received=10.0.0.57",
                "10.0.0.57:5062",
            ),
            // further Vias stay behind it
            (
                "SIP / 2.0 / UDP 10.0.0.57 ;branch=z1, SIP/2.0/TCP 192.0.2.3",
                "SIP / 2.0 / UDP 10.0.0.57;branch=z1, SIP/2.0/TCP 192.0.2.3",
                "10.0.0.57:5060",
            ),
        ] {
            assert_eq!(answered(via), (received.to_owned(), target.parse().unwrap()), "{via}");
        }
    }
}
