//! How many connections may be open, and how long each step of one may take.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What a peer may cost us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Open connections in total. Above it nobody is refused: the kernel's queue holds the rest until a place is free,
    /// since a phone that is turned away may not come back for an hour.
    pub connections: usize,
    /// Open connections of one address (IPv6: one /64). Above it connections are closed at once, so that one address
    /// cannot take all places. Wide, because behind NAT a whole company boots from one address.
    pub per_address: usize,
    /// From the TCP connection to the end of the TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request to the end of its header; for a new connection from its start.
    pub head: Duration,
    /// Between two requests of one connection.
    pub idle: Duration,
    /// From the end of a request's header to the last byte of the answer taken by the client.
    pub request: Duration,
    /// To take in what a refused upload still sends, so that the refusal is not lost with it.
    pub closing: Duration,
    /// Bytes of a request line with its header lines.
    pub head_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4096,
            per_address: 1024,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(15),
            request: Duration::from_mins(1),
            closing: Duration::from_secs(2),
            head_bytes: 32 * 1024,
        }
    }
}

/// Counts who is in. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub(super) struct Caps {
    total: Arc<Semaphore>,
    connections: u32,
    per_address: usize,
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Caps {
    pub(super) fn new(limits: &Limits) -> Self {
        let connections = limits.connections.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Self {
            total: Arc::new(Semaphore::new(connections)),
            connections: u32::try_from(connections).unwrap_or(u32::MAX),
            per_address: limits.per_address,
            addresses: Arc::default(),
        }
    }

    /// Waits until one more connection may be accepted.
    pub(super) async fn free(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.total).acquire_owned().await.ok()
    }

    /// Takes a place for this address, or says that it has enough of them.
    pub(super) fn admit(&self, permit: OwnedSemaphorePermit, address: IpAddr) -> Option<Place> {
        let key = counted_as(address);
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let open = addresses.entry(key).or_insert(0);
        if *open >= self.per_address {
            // an entry of zero exists only when the cap itself is zero
            if *open == 0 {
                addresses.remove(&key);
            }
            return None;
        }
        *open += 1;
        Some(Place { addresses: Arc::clone(&self.addresses), key, _permit: permit })
    }

    /// Waits until nobody is in any more.
    pub(super) async fn empty(&self) {
        let _all = self.total.acquire_many(self.connections).await;
    }
}

/// One open connection's place; dropping it frees the place.
#[derive(Debug)]
pub(super) struct Place {
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
    key: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = addresses.get_mut(&self.key) {
            *open -= 1;
            if *open == 0 {
                addresses.remove(&self.key);
            }
        }
    }
}

/// An IPv6 host owns its whole /64 (RFC 4291 §2.5.4) and could come from any address in it.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(connections: usize, per_address: usize) -> Caps {
        Caps::new(&Limits { connections, per_address, ..Limits::default() })
    }

    async fn enter(caps: &Caps, address: &str) -> Option<Place> {
        caps.admit(caps.free().await?, address.parse().unwrap())
    }

    #[tokio::test]
    async fn an_address_gets_no_more_than_its_cap_until_it_frees_a_place() {
        let caps = caps(10, 2);
        let first = enter(&caps, "192.0.2.1").await.unwrap();
        let _second = enter(&caps, "::ffff:192.0.2.1").await.unwrap();
        assert!(enter(&caps, "192.0.2.1").await.is_none());
        assert!(enter(&caps, "192.0.2.2").await.is_some());
        drop(first);
        assert!(enter(&caps, "192.0.2.1").await.is_some());
    }

    #[tokio::test]
    async fn an_ipv6_network_counts_as_one_address() {
        let caps = caps(10, 1);
        let _first = enter(&caps, "2001:db8::1").await.unwrap();
        assert!(enter(&caps, "2001:db8::ffff:2").await.is_none());
        assert!(enter(&caps, "2001:db8:0:1::1").await.is_some());
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_those_who_left() {
        let caps = caps(10, 1);
        drop(enter(&caps, "192.0.2.1").await);
        drop(caps.admit(caps.free().await.unwrap(), "192.0.2.2".parse().unwrap()));
        assert!(caps.addresses.lock().unwrap().is_empty());
        caps.empty().await;
    }
}
