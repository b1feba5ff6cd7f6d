//! Which interfaces and IPv4 addresses this machine has now.

use std::io;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use nix::ifaddrs::getifaddrs;
use nix::net::if_::{InterfaceFlags, if_nametoindex};

/// An interface that is up and has IPv4 addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) name: String,
    pub(super) index: u32,
    /// Each with its network; at least one.
    pub(super) addresses: Vec<Ipv4Net>,
}

impl Interface {
    /// The address from which `asker` is answered: the one in its network, else the first.
    pub(super) fn facing(&self, asker: Ipv4Addr) -> Option<Ipv4Addr> {
        let near = self.addresses.iter().find(|address| address.contains(&asker));
        near.or_else(|| self.addresses.first()).map(Ipv4Net::addr)
    }
}

/// All of them, in the system's order.
pub(super) fn interfaces() -> io::Result<Vec<Interface>> {
    let mut found: Vec<Interface> = Vec::new();
    for entry in getifaddrs()?.filter(|entry| entry.flags.contains(InterfaceFlags::IFF_UP)) {
        let v4 = |address: Option<nix::sys::socket::SockaddrStorage>| {
            address.and_then(|address| address.as_sockaddr_in().map(nix::sys::socket::SockaddrIn::ip))
        };
        let Some((address, mask)) = v4(entry.address).zip(v4(entry.netmask)) else { continue };
        let Ok(address) = Ipv4Net::with_netmask(address, mask) else { continue };
        // an address may carry a label of its own behind the interface's name
        let name = entry.interface_name.split(':').next().unwrap_or_default();
        if let Some(known) = found.iter_mut().find(|interface| interface.name == name) {
            known.addresses.push(address);
        } else if let Ok(index) = if_nametoindex(name) {
            found.push(Interface { name: name.to_owned(), index, addresses: vec![address] });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_answered_from_the_address_in_its_network() {
        let addresses = ["10.0.0.5/24", "10.1.0.5/16"].map(|text| text.parse().unwrap()).to_vec();
        let interface = Interface { name: "eth0".into(), index: 2, addresses };
        let facing = |asker: [u8; 4]| interface.facing(asker.into()).unwrap().to_string();
        assert_eq!(facing([10, 1, 7, 7]), "10.1.0.5");
        assert_eq!(facing([10, 0, 0, 9]), "10.0.0.5");
        assert_eq!(facing([192, 0, 2, 1]), "10.0.0.5");
    }

    #[test]
    fn this_machine_has_its_loopback() {
        let all = interfaces().unwrap();
        assert!(
            all.iter()
                .any(|interface| interface.facing([127, 0, 0, 1].into()) == Some([127, 0, 0, 1].into()))
        );
    }
}
