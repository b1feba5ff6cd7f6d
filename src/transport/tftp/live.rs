//! Which transfers are live: repeated requests are known again, nobody has too many, and the end can be awaited.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::task::AbortHandle;

use super::Limits;

/// The live transfers of one server, by the address and port of the client.
#[derive(Debug)]
pub(super) struct LiveTransfers {
    table: Mutex<Table>,
    limits: Limits,
    idle: Notify,
}

#[derive(Debug, Default)]
struct Table {
    by_peer: HashMap<SocketAddr, Entry>,
    per_address: HashMap<IpAddr, usize>,
    admitted: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    request: Arc<[u8]>,
    asked_again: Arc<AtomicBool>,
    task: Option<AbortHandle>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(super) enum Admission {
    /// It is to be served.
    New(Ticket),
    /// The same request is being served; its transfer is told.
    Repeated,
    /// There is no room for it.
    Full,
}

impl LiveTransfers {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { table: Mutex::default(), limits, idle: Notify::new() })
    }

    /// Takes in a request, known by its client and all its bytes: name, mode and options.
    ///
    /// A client that asks for something else from the same port has given up what it asked before, as one port
    /// carries one transfer; the old one is ended and its place taken over.
    pub(super) fn admit(self: &Arc<Self>, peer: SocketAddr, request: &[u8]) -> Admission {
        let mut table = self.table();
        let Table { by_peer, per_address, admitted } = &mut *table;
        let live = by_peer.len();
        if let Some(entry) = by_peer.get(&peer) {
            if *entry.request == *request {
                entry.asked_again.store(true, Ordering::Relaxed);
                return Admission::Repeated;
            }
            if let Some(task) = &entry.task {
                task.abort();
            }
        } else {
            let of_address = per_address.entry(peer.ip()).or_default();
            if live >= self.limits.transfers || *of_address >= self.limits.transfers_per_address {
                if *of_address == 0 {
                    per_address.remove(&peer.ip());
                }
                return Admission::Full;
            }
            *of_address += 1;
        }
        *admitted += 1;
        let ticket = Ticket {
            live: Arc::clone(self),
            peer,
            id: *admitted,
            request: request.into(),
            asked_again: Arc::default(),
        };
        let entry = Entry {
            id: ticket.id,
            request: Arc::clone(&ticket.request),
            asked_again: Arc::clone(&ticket.asked_again),
            task: None,
        };
        by_peer.insert(peer, entry);
        Admission::New(ticket)
    }

    /// Remembers the task of an admitted request, so that it can be ended; of one that is over already, nothing.
    pub(super) fn attach(&self, peer: SocketAddr, id: u64, task: AbortHandle) {
        if let Some(entry) = self.table().by_peer.get_mut(&peer).filter(|entry| entry.id == id) {
            entry.task = Some(task);
        }
    }

    /// Waits until no transfer is live.
    pub(super) async fn idle(&self) {
        loop {
            let changed = self.idle.notified();
            if self.table().by_peer.is_empty() {
                return;
            }
            changed.await;
        }
    }

    /// Ends all transfers.
    pub(super) fn abort_all(&self) {
        for task in self.table().by_peer.values().filter_map(|entry| entry.task.as_ref()) {
            task.abort();
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing panics between two changes of the table, so it is whole even if a holder has panicked.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one transfer among the live ones; given back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    live: Arc<LiveTransfers>,
    pub(super) peer: SocketAddr,
    pub(super) id: u64,
    pub(super) request: Arc<[u8]>,
    asked_again: Arc<AtomicBool>,
}

impl Ticket {
    /// Whether the client has repeated its request since the last [`Ticket::forget_repetition`].
    pub(super) fn asked_again(&self) -> bool {
        self.asked_again.load(Ordering::Relaxed)
    }

    /// The repetition has been answered by what was sent, or what came shows that it was an old one.
    pub(super) fn forget_repetition(&self) {
        if self.asked_again() {
            self.asked_again.store(false, Ordering::Relaxed);
        }
    }

    /// Gives the place back, unless the client has asked for the same again meanwhile: then it keeps the place.
    ///
    /// A client that reads a file twice from one port repeats its request right after its last ACK or its ERROR. The
    /// request may be seen before either, as they come to different sockets.
    pub(super) fn close(self) -> Option<Self> {
        let table = self.live.table();
        let is_mine = table.by_peer.get(&self.peer).is_some_and(|entry| entry.id == self.id);
        if is_mine && self.asked_again() {
            self.forget_repetition();
            drop(table);
            return Some(self);
        }
        remove(table, &self);
        None
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        remove(self.live.table(), self);
    }
}

/// Takes a ticket's entry out, unless it is gone or has been taken over.
fn remove(mut table: MutexGuard<'_, Table>, ticket: &Ticket) {
    if table.by_peer.get(&ticket.peer).is_none_or(|entry| entry.id != ticket.id) {
        return;
    }
    table.by_peer.remove(&ticket.peer);
    let address = ticket.peer.ip();
    if let Some(count) = table.per_address.get_mut(&address) {
        *count -= 1;
        if *count == 0 {
            table.per_address.remove(&address);
        }
    }
    if table.by_peer.is_empty() {
        ticket.live.idle.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: u8, port: u16) -> SocketAddr {
        ([192, 0, 2, address], port).into()
    }

    fn new(live: &Arc<LiveTransfers>, peer: SocketAddr, request: &[u8]) -> Ticket {
        match live.admit(peer, request) {
            Admission::New(ticket) => ticket,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_repeated_request_keeps_the_place_once_and_another_one_takes_it() {
        let live = LiveTransfers::new(Limits::default());
        let first = new(&live, peer(1, 9), b"a");
        assert!(matches!(live.admit(peer(1, 9), b"a"), Admission::Repeated));
        let first = first.close().expect("asked again, so it goes on");
        let second = new(&live, peer(1, 9), b"b");
        assert!(matches!(live.admit(peer(1, 9), b"b"), Admission::Repeated));
        assert!(first.close().is_none(), "its place is taken");
        assert!(second.close().is_some_and(|again| again.close().is_none()));
        assert!(live.table().by_peer.is_empty() && live.table().per_address.is_empty());
    }

    #[test]
    fn neither_one_address_nor_all_together_get_past_their_caps() {
        let limits = Limits { transfers: 3, transfers_per_address: 2, ..Limits::default() };
        let live = LiveTransfers::new(limits);
        let kept = [new(&live, peer(1, 1), b"a"), new(&live, peer(1, 2), b"a")];
        assert!(matches!(live.admit(peer(1, 3), b"a"), Admission::Full));
        let other = new(&live, peer(2, 1), b"a");
        assert!(matches!(live.admit(peer(3, 1), b"a"), Admission::Full));
        let again = new(&live, peer(2, 1), b"b");
        drop((other, kept));
        assert_eq!(live.table().by_peer.len(), 1);
        drop(again);
        assert!(live.table().per_address.is_empty(), "nothing is left behind");
    }
}
