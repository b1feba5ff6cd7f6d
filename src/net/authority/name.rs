//! Names and addresses that can stand in a certificate.

use std::net::IpAddr;
use std::str::FromStr;

use super::AuthorityError;

/// A name by which phones reach this server, as a certificate can hold it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HostName {
    /// A DNS name in lower-case ASCII.
    Dns(DnsName),
    /// An address. Some phones refuse a certificate whose only match is an address.
    Address(IpAddr),
}

/// A DNS name in lower-case ASCII, without a trailing dot; made by parsing a [`HostName`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DnsName(String);

impl DnsName {
    /// The name as it stands in a certificate.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for HostName {
    type Err = AuthorityError;

    /// An IPv4 or IPv6 address without brackets, or a DNS name (RFC 1123 §2.1), at most 253 bytes.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(address));
        }
        let invalid = |rule| AuthorityError::Name { name: text.escape_debug().to_string(), rule };
        if text.is_empty() || text.len() > 253 {
            return Err(invalid("must have 1 to 253 characters"));
        }
        for label in text.split('.') {
            if label.is_empty() || label.len() > 63 {
                return Err(invalid("must have 1 to 63 characters between two dots"));
            }
            if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
                return Err(invalid("may hold letters, digits, hyphens and dots only"));
            }
            if label.starts_with('-') || label.ends_with('-') {
                return Err(invalid("may not have a hyphen beside a dot or at an end"));
            }
        }
        if text.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit())) {
            return Err(invalid("must not end in a number unless it is an address"));
        }
        Ok(Self::Dns(DnsName(text.to_ascii_lowercase())))
    }
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dns(name) => f.write_str(name.as_str()),
            Self::Address(address) => address.fmt(f),
        }
    }
}
