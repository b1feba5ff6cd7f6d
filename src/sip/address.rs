//! Addresses: `"Name" <sip:user@host:port;…>;tag=…` taken apart (RFC 3261 §19.1, §20.10).

use std::borrow::Cow;

use super::field::{parameter, split};

/// The value of From, To or Contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// The URI.
    pub uri: &'a str,
    parameters: &'a str,
}

impl<'a> Address<'a> {
    /// Takes the first address of `value` apart; anything is one.
    #[must_use]
    pub fn parse(value: &'a str) -> Self {
        let first = split(value, b',').next().unwrap_or_default();
        let name = quoted_name(first);
        if let Some((_, rest)) = first[name..].split_once('<') {
            let (uri, parameters) = rest.split_once('>').unwrap_or((rest, ""));
            return Self { uri: uri.trim(), parameters };
        }
        // without brackets all parameters are the field's (RFC 3261 §20)
        let (uri, parameters) = first.split_once(';').unwrap_or((first, ""));
        Self { uri: uri.trim(), parameters }
    }

    /// A parameter of the field, not of the URI.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Cow<'a, str>> {
        parameter(self.parameters, name)
    }

    /// Its tag; none where there is an empty one.
    #[must_use]
    pub fn tag(&self) -> Option<Cow<'a, str>> {
        self.parameter("tag").filter(|tag| !tag.is_empty())
    }
}

/// The length of the quoted display name that `text` starts with.
fn quoted_name(text: &str) -> usize {
    if !text.starts_with('"') {
        return 0;
    }
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(0, |(at, _)| at + 1)
}

/// The user part of a URI.
#[must_use]
pub fn user(uri: &str) -> Option<&str> {
    without_scheme(uri).rsplit_once('@').map(|(user, _)| user)
}

/// Host and port of a URI; a host in brackets comes without them.
#[must_use]
pub fn host_and_port(uri: &str) -> Option<(&str, Option<u16>)> {
    let rest = without_scheme(uri);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    split_port(rest.split([';', '?', '>']).next().unwrap_or_default().trim())
}

/// `host`, `host:port` or `[host]:port`.
pub(super) fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        Some(port) => Some(port.trim().parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    (!host.is_empty()).then_some((host.trim(), port))
}

fn without_scheme(uri: &str) -> &str {
    uri.split_once(':')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("sip") || scheme.eq_ignore_ascii_case("sips"))
        .map_or(uri, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_its_uri_and_its_own_parameters() {
        for (value, uri, tag) in [
            ("<sip:a@b;tag=no>;tag=1", "sip:a@b;tag=no", Some("1")),
            (r#""a <b>, \"c" <sip:x@y> ; Tag = 2"#, "sip:x@y", Some("2")),
            ("sip:a@b;tag=3", "sip:a@b", Some("3")),
            ("Name <sip:a@b>, <sip:c@d>;tag=4", "sip:a@b", None),
            ("<sip:a@b;tag=", "sip:a@b;tag=", None),
            ("", "", None),
        ] {
            let address = Address::parse(value);
            assert_eq!((address.uri, address.tag().as_deref()), (uri, tag), "{value}");
        }
    }

    #[test]
    fn a_uri_is_a_user_a_host_and_a_port() {
        for (uri, user_part, place) in [
            ("sip:a@10.0.0.1:5062;x=y", Some("a"), Some(("10.0.0.1", Some(5062)))),
            ("SIP:10.0.0.1", None, Some(("10.0.0.1", None))),
            ("sip:a@[2001:db8::1]:5060", Some("a"), Some(("2001:db8::1", Some(5060)))),
            ("sip:MAC:00135E874B49@host", Some("MAC:00135E874B49"), Some(("host", None))),
            ("sip:a@host:0", Some("a"), None),
            ("sip:a@host:99999", Some("a"), None),
            ("sip:a@", Some("a"), None),
        ] {
            assert_eq!((user(uri), host_and_port(uri)), (user_part, place), "{uri}");
        }
    }
}
