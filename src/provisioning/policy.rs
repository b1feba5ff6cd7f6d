//! What the operator decided about phones: the server's name, trusted networks, license keys.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::{
    catalog::ServerFacts,
    domain::{TenantSlug, license::PublicKeys},
};

/// What the operator decided about phones. Replaced whole on reload.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The server as phones see it.
    pub server: ServerFacts,
    /// What stands before a scope in a provisioning URL: `https://NAME:PORT/p/`.
    pub url_base: String,
    /// Networks whose requests get a tenant's secrets without a credential.
    pub trusted: Vec<TrustedNetwork>,
    /// The operator's public keys, which licenses are verified with.
    pub license_keys: PublicKeys,
}

/// A network whose requests get a tenant's secrets without a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedNetwork {
    /// The network.
    pub network: IpNet,
    /// The tenant whose devices it may ask for.
    pub tenant: TenantSlug,
}

impl Policy {
    /// Whether requests from `source` get the secrets of `tenant` without a credential.
    #[must_use]
    pub fn trusts(&self, source: IpAddr, tenant: &TenantSlug) -> bool {
        let source = source.to_canonical();
        self.trusted.iter().any(|trusted| trusted.tenant == *tenant && trusted.network.contains(&source))
    }

    /// Whether `source` lies in any trusted network.
    #[must_use]
    pub fn trusts_any(&self, source: IpAddr) -> bool {
        let source = source.to_canonical();
        self.trusted.iter().any(|trusted| trusted.network.contains(&source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_trusts_its_own_tenant_only() {
        let acme = TenantSlug::parse("acme").unwrap();
        let policy = Policy {
            trusted: vec![TrustedNetwork { network: "10.1.0.0/16".parse().unwrap(), tenant: acme.clone() }],
            ..Policy::default()
        };
        assert!(policy.trusts("10.1.2.3".parse().unwrap(), &acme));
        assert!(
            policy.trusts("::ffff:10.1.2.3".parse().unwrap(), &acme),
            "an IPv4 address seen through IPv6"
        );
        assert!(!policy.trusts("10.2.2.3".parse().unwrap(), &acme));
        assert!(!policy.trusts("10.1.2.3".parse().unwrap(), &TenantSlug::parse("other").unwrap()));
    }
}
