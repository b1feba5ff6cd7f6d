//! A socket per interface that hears the group, and one per address that answers from it.
//!
//! One that hears is bound to the group, so it gets nothing that was sent to this machine, and a PBX that shares its
//! port may go on. Answers leave from ports of their own: as the request went to many, no phone can expect them from
//! where it sent it.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::sync::Arc;

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use tokio::sync::Notify;

use super::interfaces::{Interface, interfaces};

/// Asked of the kernel for each queue: a thousand phones that ask at once after a power cut.
const RECEIVE_BUFFER: usize = 1024 * 1024;

/// All sockets of the door.
#[derive(Debug)]
pub struct Ears {
    pub(super) group: SocketAddrV4,
    pub(super) open: Vec<Ear>,
    pub(super) rejoin: Rejoin,
}

/// The sockets of one interface.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) interface: Interface,
    /// Hears the group.
    pub(super) heard: UdpSocket,
    /// One per address of the interface, in their order.
    pub(super) mouths: Vec<(Ipv4Addr, UdpSocket)>,
}

/// Asks a running door to listen at interfaces that came later.
#[derive(Clone, Debug, Default)]
pub struct Rejoin(pub(super) Arc<Notify>);

impl Rejoin {
    /// Has it look once more which interfaces there are.
    pub fn ask(&self) {
        self.0.notify_one();
    }
}

impl Ears {
    /// Joins `group` on every interface that is up and has an IPv4 address. One that cannot join is left out and named
    /// in the log; fails if that is true of all.
    pub fn open(group: SocketAddrV4) -> io::Result<Self> {
        let (mut open, mut failed) = (Vec::new(), None);
        for interface in interfaces()? {
            match Ear::open(group, interface) {
                Ok(ear) => open.push(ear),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if open.is_empty() => Err(error),
            _ => Ok(Self { group, open, rejoin: Rejoin::default() }),
        }
    }

    /// The group.
    #[must_use]
    pub const fn group(&self) -> SocketAddrV4 {
        self.group
    }

    /// What asks for new interfaces later.
    #[must_use]
    pub fn rejoin(&self) -> Rejoin {
        self.rejoin.clone()
    }
}

impl Ear {
    /// Joins `group` on one interface.
    pub(super) fn open(group: SocketAddrV4, interface: Interface) -> io::Result<Self> {
        let open = || -> io::Result<_> {
            let heard = Socket::new(Domain::IPV4, Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
            // each interface has its own, and whoever else hears the group keeps hearing it
            heard.set_reuse_address(true)?;
            heard.set_recv_buffer_size(RECEIVE_BUFFER)?;
            heard.bind(&group.into())?;
            // else it would hear what any other socket joined, on whatever interface
            heard.set_multicast_all_v4(false)?;
            heard.join_multicast_v4_n(group.ip(), &InterfaceIndexOrAddress::Index(interface.index))?;
            let mouth = |address: Ipv4Addr| -> io::Result<_> {
                let socket = UdpSocket::bind((address, 0))?;
                socket.set_nonblocking(true)?;
                Ok((address, socket))
            };
            let mouths = interface.addresses.iter().map(|address| mouth(address.addr()));
            Ok((heard.into(), mouths.collect::<io::Result<Vec<_>>>()?))
        };
        match open() {
            Ok((heard, mouths)) => Ok(Self { interface, heard, mouths }),
            Err(error) => {
                tracing::warn!(interface = interface.name, %error, "pnp cannot listen on {}", interface.name);
                Err(error)
            }
        }
    }
}
