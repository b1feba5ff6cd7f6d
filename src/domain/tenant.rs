//! A tenant's names: the slug that people type, and its SIP domain.

/// A tenant's short name in commands and URLs: 2 to 32 of `a-z`, `0-9` and `-`, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct TenantSlug(String);

/// The text is no tenant's short name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no tenant's short name: 2 to 32 of a-z, 0-9 and -, starting with a letter")]
pub struct WrongTenantSlug(String);

impl TenantSlug {
    /// Parses a short name.
    pub fn parse(text: &str) -> Result<Self, WrongTenantSlug> {
        let first = text.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
        let rest =
            text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if first && rest && (2..=32).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(WrongTenantSlug(text.chars().take(64).collect()))
        }
    }

    /// The short name's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for TenantSlug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for TenantSlug {
    type Err = WrongTenantSlug;

    fn from_str(text: &str) -> Result<Self, WrongTenantSlug> {
        Self::parse(text)
    }
}

/// The domain of a tenant's SIP addresses: a DNS name or an IP address without port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct SipDomain(String);

/// The text is neither a DNS name nor an IP address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is neither a DNS name nor an IP address")]
pub struct WrongSipDomain(String);

impl SipDomain {
    /// Parses a DNS name (RFC 1123) or an IP address; names are kept in lower case.
    pub fn parse(text: &str) -> Result<Self, WrongSipDomain> {
        let text = text.trim().to_ascii_lowercase();
        if text.parse::<std::net::IpAddr>().is_ok() || is_dns_name(&text) {
            Ok(Self(text))
        } else {
            Err(WrongSipDomain(text.chars().take(80).collect()))
        }
    }

    /// The domain's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` is a DNS host name as of RFC 1123 §2.1: labels of letters, digits and inner hyphens.
pub(crate) fn is_dns_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(label)
}

impl std::fmt::Display for SipDomain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for SipDomain {
    type Err = WrongSipDomain;

    fn from_str(text: &str) -> Result<Self, WrongSipDomain> {
        Self::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_and_domains_say_what_they_are() {
        assert!(TenantSlug::parse("acme-2").is_ok());
        for text in ["a", "2acme", "Acme", "ac me", "", "acme/x"] {
            assert!(TenantSlug::parse(text).is_err(), "{text}");
        }
        for text in ["pbx.example.org", "10.0.0.5", "localhost", "fe80::1"] {
            assert!(SipDomain::parse(text).is_ok(), "{text}");
        }
        for text in ["", "-a.org", "a..b", "pbx;transport=tls", "a b", "user@host", "host:5060"] {
            assert!(SipDomain::parse(text).is_err(), "{text}");
        }
    }
}
