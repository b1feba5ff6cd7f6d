//! SIP addresses as phones read them out of their settings: tolerant, and never more than they need.

use crate::simulator::view::Transport;

/// The parts of `"Name" <sip:user@host:port;transport=tls>`; what is missing is empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) display: String,
    pub(super) user: String,
    pub(super) host: String,
    pub(super) port: Option<u16>,
    pub(super) transport: Option<Transport>,
}

impl Address {
    /// Reads an address with or without display name, brackets and scheme.
    pub(super) fn parse(text: &str) -> Self {
        let (display, uri) = name_and_uri(text.trim());
        let (scheme, rest) = match uri.split_once(':') {
            Some((scheme @ ("sip" | "sips"), rest)) => (scheme, rest),
            _ => ("", uri),
        };
        let mut parts = rest.split(';');
        let place = parts.next().unwrap_or_default().split('?').next().unwrap_or_default();
        let (user, server) = place.rsplit_once('@').unwrap_or(("", place));
        let (host, port) = host_and_port(server.trim());
        let named =
            parts.find_map(|part| part.trim().strip_prefix("transport=").and_then(Transport::of_word));
        let transport = named.or_else(|| (scheme == "sips").then_some(Transport::Tls));
        Self { display, user: user.to_owned(), host: host.to_owned(), port, transport }
    }
}

fn name_and_uri(text: &str) -> (String, &str) {
    let (display, rest) = match text.strip_prefix('"') {
        Some(quoted) => unquote(quoted),
        None => match text.split_once('<') {
            Some((name, _)) => (name.trim().to_owned(), &text[name.len()..]),
            None => (String::new(), text),
        },
    };
    let rest = rest.trim();
    let bracketed = rest.strip_prefix('<').and_then(|rest| rest.split('>').next());
    (display, bracketed.unwrap_or(rest))
}

/// The content of a quoted string (RFC 3261 section 25.1) whose opening quote is gone, and what follows it.
fn unquote(text: &str) -> (String, &str) {
    let mut content = String::new();
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => {
                content.push(character);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return (content, &text[at + 1..]),
            _ => content.push(character),
        }
    }
    (content, "")
}

/// `host`, `host:port`, `[v6]:port` or a bare IPv6 address.
fn host_and_port(text: &str) -> (&str, Option<u16>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port.parse().ok()),
        _ => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_parts_of_an_address_are_found_in_every_spelling() {
        let full = Address::parse(r#""Zo\"e" <sip:a.b@pbx.example:5070;x=1;transport=TLS>"#);
        let wanted = Address {
            display: "Zo\"e".into(),
            user: "a.b".into(),
            host: "pbx.example".into(),
            port: Some(5070),
            transport: Some(Transport::Tls),
        };
        assert_eq!(full, wanted);
        assert_eq!(Address::parse("pbx:5060;transport=tcp").port, Some(5060));
        assert_eq!(Address::parse("<sip:[::1]:5060>").host, "::1");
        assert_eq!(Address::parse("sips:u@h").transport, Some(Transport::Tls));
        assert_eq!(Address::parse("Bob <sip:b@h>").display, "Bob");
        assert_eq!(Address::parse("  "), Address::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "[aö<>@:;\"\\\\ \\[\\]=]{0,24}") {
            let _ = Address::parse(&text);
        }
    }
}
