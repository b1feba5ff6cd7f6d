//! SIP trunks: a peer that registers with credentials, or one that is known by its addresses.

use std::net::IpAddr;

use super::{Secret, SipUser};

/// How a trunk's peer proves who it is.
#[derive(Clone, Debug)]
pub enum TrunkPeer {
    /// It registers with a SIP user and a password.
    Credentials {
        /// The user part of its SIP address.
        user: SipUser,
        /// Its password.
        password: Secret,
    },
    /// Its calls come from these networks.
    Addresses(Vec<PeerNetwork>),
}

/// An address or a network from which the calls of a trunk come: `192.0.2.7`, `192.0.2.0/29`, `2001:db8::/64`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerNetwork {
    address: IpAddr,
    prefix: u8,
}

/// The text is no address that a trunk can be known by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongPeerNetwork {
    /// No address at all.
    #[error("\"{0}\" is no address or network, such as 192.0.2.7 or 192.0.2.0/29")]
    Unreadable(String),
    /// Bits past the prefix.
    #[error("\"{text}\" is an address inside a network; the network is {network}")]
    NotTheNetwork {
        /// The text.
        text: String,
        /// The network that it lies in.
        network: PeerNetwork,
    },
    /// Nobody in particular.
    #[error(
        "\"{0}\" is everybody: a trunk is known by the addresses of its peer, a network of at most 256 of them"
    )]
    TooWide(String),
}

impl PeerNetwork {
    /// Parses an address or a network. At most 256 IPv4 addresses, or one /64 of IPv6, count as one peer.
    pub fn parse(text: &str) -> Result<Self, WrongPeerNetwork> {
        let unreadable = || WrongPeerNetwork::Unreadable(text.chars().take(60).collect());
        let (address, prefix) = text
            .trim()
            .split_once('/')
            .map_or_else(|| (text.trim(), None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| unreadable())?;
        let (length, widest) = if address.is_ipv4() { (32, 24) } else { (128, 64) };
        let prefix = match prefix {
            None => length,
            Some(text) if text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok().filter(|prefix| *prefix <= length).ok_or_else(unreadable)?
            }
            Some(_) => return Err(unreadable()),
        };
        if prefix < widest || address.is_unspecified() || address.is_multicast() {
            return Err(WrongPeerNetwork::TooWide(text.chars().take(60).collect()));
        }
        let network = Self { address: masked(address, prefix), prefix };
        if network.address != address {
            return Err(WrongPeerNetwork::NotTheNetwork { text: text.trim().to_owned(), network });
        }
        Ok(network)
    }

    /// The address, or the first of the network.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// How many leading bits are the network's.
    #[must_use]
    pub const fn prefix(&self) -> u8 {
        self.prefix
    }
}

fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

impl std::fmt::Display for PeerNetwork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let length = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == length {
            self.address.fmt(f)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

impl std::str::FromStr for PeerNetwork {
    type Err = WrongPeerNetwork;

    fn from_str(text: &str) -> Result<Self, WrongPeerNetwork> {
        Self::parse(text)
    }
}

impl serde::Serialize for PeerNetwork {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_exact_and_narrow() {
        for text in ["192.0.2.7", "192.0.2.0/29", "2001:db8::1", "2001:db8::/64"] {
            assert_eq!(PeerNetwork::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(PeerNetwork::parse("192.0.2.7/32").unwrap().to_string(), "192.0.2.7");
        let inside = PeerNetwork::parse("192.0.2.7/29").unwrap_err().to_string();
        assert!(inside.ends_with("the network is 192.0.2.0/29"), "{inside}");
        for text in ["0.0.0.0", "10.0.0.0/8", "::/0", "224.0.0.1", "192.0.2.0/23"] {
            assert!(matches!(PeerNetwork::parse(text), Err(WrongPeerNetwork::TooWide(_))), "{text}");
        }
        for text in ["", "peer.example.org", "192.0.2.7/33", "192.0.2.7/+1", "192.0.2"] {
            assert!(matches!(PeerNetwork::parse(text), Err(WrongPeerNetwork::Unreadable(_))), "{text}");
        }
    }
}
