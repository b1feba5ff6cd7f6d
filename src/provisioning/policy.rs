//! What the operator decided about phones: the server's name, trusted and allowed networks, license keys.

use std::net::IpAddr;

use ipnet::IpNet;

use super::bootstrap::Introduction;

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
    pub trusted: Vec<TenantNetwork>,
    /// Networks whose phones are told a tenant's URL; the trusted ones are too.
    pub allowed: Vec<TenantNetwork>,
    /// What phones are told before they can trust anybody; none where there is no HTTPS to send them to.
    pub introduction: Option<Introduction>,
    /// The operator's public keys, which licenses are verified with.
    pub license_keys: PublicKeys,
}

/// A network and the tenant whose phones stand in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantNetwork {
    /// The network.
    pub network: IpNet,
    /// The tenant.
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

    /// The tenant whose URL may be told to `source`: that of the smallest allowed or trusted network it lies in.
    #[must_use]
    pub fn told_to(&self, source: IpAddr) -> Option<&TenantSlug> {
        let source = source.to_canonical();
        let around = self.trusted.iter().chain(&self.allowed).filter(|named| named.network.contains(&source));
        around.max_by_key(|named| named.network.prefix_len()).map(|named| &named.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_trusts_its_own_tenant_only() {
        let acme = TenantSlug::parse("acme").unwrap();
        let policy = Policy {
            trusted: vec![TenantNetwork { network: "10.1.0.0/16".parse().unwrap(), tenant: acme.clone() }],
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

    #[test]
    fn the_smallest_network_around_an_address_says_whose_url_it_is_told() {
        let named = |network: &str, tenant: &str| TenantNetwork {
            network: network.parse().unwrap(),
            tenant: TenantSlug::parse(tenant).unwrap(),
        };
        let policy = Policy {
            trusted: vec![named("10.1.0.0/16", "acme"), named("10.2.7.0/24", "corner")],
            allowed: vec![named("10.1.2.0/24", "guest"), named("10.2.0.0/16", "office")],
            ..Policy::default()
        };
        let told =
            |source: &str| policy.told_to(source.parse().unwrap()).map(|tenant| tenant.as_str().to_owned());
        assert_eq!(told("10.1.9.9").as_deref(), Some("acme"), "a trusted network is allowed");
        assert_eq!(told("::ffff:10.1.2.9").as_deref(), Some("guest"), "a smaller one within it");
        assert_eq!(told("10.2.0.1").as_deref(), Some("office"));
        assert_eq!(told("10.2.7.1").as_deref(), Some("corner"));
        assert_eq!(told("192.0.2.1"), None);
    }
}
