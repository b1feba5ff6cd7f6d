//! Networks with the tenant whose phones stand in them: what `[[trust]]` and `[[allow]]` are made of.

use std::net::IpAddr;

use ipnet::IpNet;

use super::file::Row;
use super::key::Kind;
use super::sources::Sources;
use super::value::shown;
use super::{Key, Origin};
use crate::domain::TenantSlug;

/// The columns of such a table.
pub(super) const COLUMNS: Kind = Kind::Tables(&["network", "tenant"]);

/// A network and its tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantNetwork {
    /// The network, without host bits.
    pub network: IpNet,
    /// The tenant whose phones stand in it.
    pub tenant: TenantSlug,
}

impl TenantNetwork {
    /// Reads all of the table `key`. Flags or environment, when they name any, replace those of the file.
    pub(super) fn read(sources: &mut Sources<'_>, key: &Key) -> Vec<Self> {
        let rows = sources.rows(key);
        let of_file = rows.iter().filter_map(|row| Self::from_row(sources, key, row)).collect();
        let of_file = without_repeats(sources, key, of_file);
        let others = sources.many(key, |given| Ok((given.origin.clone(), Self::parse(&given.text)?)));
        others.map_or(of_file, |others| without_repeats(sources, key, others))
    }

    fn from_row(sources: &mut Sources<'_>, key: &Key, row: &Row) -> Option<(Origin, Self)> {
        let network = cell(sources, key, row, "network", network);
        let tenant = cell(sources, key, row, "tenant", tenant);
        let (network, tenant) = network.zip(tenant)?;
        Some((row.origin.clone(), Self { network, tenant }))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let (before, after) = text
            .split_once('=')
            .ok_or_else(|| format!("{} is not written NETWORK=TENANT, like 10.1.0.0/16=acme", shown(text)))?;
        Ok(Self { network: network(before)?, tenant: tenant(after)? })
    }
}

fn cell<T>(
    sources: &mut Sources<'_>,
    key: &Key,
    row: &Row,
    name: &str,
    parse: fn(&str) -> Result<T, String>,
) -> Option<T> {
    let (origin, problem) = match row.cells.get(name) {
        Some(given) => match parse(&given.text) {
            Ok(value) => return Some(value),
            Err(problem) => (&given.origin, problem),
        },
        None => (&row.origin, "is missing".to_owned()),
    };
    sources.wrong(origin.clone(), format!("{}.{name}", key.name), problem);
    None
}

/// An address alone is the network of this one host. Everybody is no network: it would hand secrets to the internet.
fn network(text: &str) -> Result<IpNet, String> {
    let host = || text.parse::<IpAddr>().map(IpNet::from);
    let network: IpNet = text.parse().or_else(|_| host()).map_err(|_| {
        format!("{} is no network, written like \"10.1.0.0/16\" or \"2001:db8::/48\"", shown(text))
    })?;
    if network.prefix_len() == 0 {
        return Err(format!("{network} is everybody; name the networks where phones stand"));
    }
    if network.trunc() != network {
        let meant = network.trunc();
        return Err(format!("{network} names a host with the size of a network; the network is {meant}"));
    }
    Ok(network)
}

fn tenant(text: &str) -> Result<TenantSlug, String> {
    TenantSlug::parse(text).map_err(|error| error.to_string())
}

fn without_repeats(
    sources: &mut Sources<'_>,
    key: &Key,
    all: Vec<(Origin, TenantNetwork)>,
) -> Vec<TenantNetwork> {
    let mut kept: Vec<TenantNetwork> = Vec::new();
    for (origin, named) in all {
        if kept.iter().any(|other| other.network == named.network) {
            let problem = format!("{} is named twice; a network has one tenant", named.network);
            sources.wrong(origin, key.name, problem);
        } else {
            kept.push(named);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_what_its_size_says() {
        assert_eq!(network("10.1.2.3").unwrap().to_string(), "10.1.2.3/32");
        assert_eq!(network("2001:db8::/48").unwrap().to_string(), "2001:db8::/48");
        for text in ["10.1.2.3/8", "0.0.0.0/0", "::/0", "10.0.0.0/33", "lan", ""] {
            assert!(network(text).is_err(), "{text}");
        }
        assert!(network("10.1.2.3/8").unwrap_err().ends_with("the network is 10.0.0.0/8"));
    }
}
