//! Which phones are being told: a repeated SUBSCRIBE and the answer to a NOTIFY find their task, nobody has too many.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc;

use super::Limits;
use crate::sip::Message;

/// What may wait for one task; more of it is dropped, as the network may drop it.
const WAITING: usize = 4;

/// All phones that are being told, or were within the life of a transaction.
#[derive(Debug)]
pub(super) struct Live {
    table: Mutex<Table>,
    limits: Limits,
}

/// By whom a dialog is known: an address, and the Call-ID that it chose.
type Dialog = (IpAddr, String);

#[derive(Debug, Default)]
struct Table {
    dialogs: HashMap<Dialog, mpsc::Sender<Event>>,
    /// The branch of each NOTIFY, and whose it is.
    branches: HashMap<String, Dialog>,
    per_address: HashMap<IpAddr, usize>,
}

/// What a dialog's task hears.
#[derive(Debug)]
pub(super) enum Event {
    /// The SUBSCRIBE came again, from here.
    Again(Box<Message>, SocketAddr),
    /// The phone answered the NOTIFY with this status.
    Answered(u16),
}

/// What becomes of a SUBSCRIBE.
#[derive(Debug)]
pub(super) enum Admission {
    /// It is to be answered.
    New(Ticket, mpsc::Receiver<Event>),
    /// It has come before; its task is told.
    Repeated,
    /// There is no room for it.
    Full,
}

impl Live {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { table: Mutex::default(), limits })
    }

    /// Takes in a SUBSCRIBE from `source`.
    pub(super) fn admit(self: &Arc<Self>, source: SocketAddr, call_id: &str, message: &Message) -> Admission {
        let mut table = self.table();
        let dialog = (source.ip(), call_id.to_owned());
        if let Some(task) = table.dialogs.get(&dialog) {
            let _ = task.try_send(Event::Again(Box::new(message.clone()), source));
            return Admission::Repeated;
        }
        let of_address = table.per_address.get(&source.ip()).copied().unwrap_or_default();
        if table.dialogs.len() >= self.limits.phones || of_address >= self.limits.per_address {
            return Admission::Full;
        }
        let (task, events) = mpsc::channel(WAITING);
        table.per_address.insert(source.ip(), of_address + 1);
        table.dialogs.insert(dialog.clone(), task);
        Admission::New(Ticket { live: Arc::clone(self), dialog, branch: None }, events)
    }

    /// Hands the answer to a NOTIFY to its task, if `source` is who was told.
    pub(super) fn answered(&self, source: IpAddr, branch: &str, status: u16) {
        let table = self.table();
        let dialog = table.branches.get(branch).filter(|(address, _)| *address == source);
        if let Some(task) = dialog.and_then(|dialog| table.dialogs.get(dialog)) {
            let _ = task.try_send(Event::Answered(status));
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // Nothing panics between two changes of the table, so it is whole even if a holder has panicked.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The place of one dialog; given back when dropped.
#[derive(Debug)]
pub(super) struct Ticket {
    live: Arc<Live>,
    dialog: Dialog,
    branch: Option<String>,
}

impl Ticket {
    /// From now on answers to this branch are the dialog's.
    pub(super) fn expects_answer(&mut self, branch: &str) {
        self.branch = Some(branch.to_owned());
        self.live.table().branches.insert(branch.to_owned(), self.dialog.clone());
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut table = self.live.table();
        table.dialogs.remove(&self.dialog);
        if let Some(branch) = &self.branch {
            table.branches.remove(branch);
        }
        if let Some(count) = table.per_address.get_mut(&self.dialog.0) {
            *count -= 1;
            if *count == 0 {
                table.per_address.remove(&self.dialog.0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(address: u8) -> SocketAddr {
        ([192, 0, 2, address], 5060).into()
    }

    fn message() -> Message {
        Message::request("SUBSCRIBE", "sip:a")
    }

    fn new(live: &Arc<Live>, address: u8, call_id: &str) -> (Ticket, mpsc::Receiver<Event>) {
        match live.admit(source(address), call_id, &message()) {
            Admission::New(ticket, events) => (ticket, events),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_repetition_finds_its_task_and_another_address_does_not() {
        let live = Live::new(Limits::default());
        let (mut ticket, mut events) = new(&live, 1, "a");
        ticket.expects_answer("z1");
        assert!(matches!(live.admit(source(1), "a", &message()), Admission::Repeated));
        assert!(matches!(events.try_recv(), Ok(Event::Again(..))));
        let other = new(&live, 2, "a");
        live.answered(source(2).ip(), "z1", 200);
        live.answered(source(1).ip(), "z2", 200);
        assert!(events.try_recv().is_err(), "neither another host nor another branch answers it");
        live.answered(source(1).ip(), "z1", 486);
        assert!(matches!(events.try_recv(), Ok(Event::Answered(486))));
        drop((ticket, other));
        let table = live.table();
        assert!(table.dialogs.is_empty() && table.branches.is_empty() && table.per_address.is_empty());
    }

    #[test]
    fn neither_one_address_nor_all_together_get_past_their_caps() {
        let live = Live::new(Limits { phones: 3, per_address: 2, ..Limits::default() });
        let kept = [new(&live, 1, "a"), new(&live, 1, "b")];
        assert!(matches!(live.admit(source(1), "c", &message()), Admission::Full));
        let other = new(&live, 2, "a");
        assert!(matches!(live.admit(source(3), "a", &message()), Admission::Full));
        drop(kept);
        let again = [new(&live, 1, "c"), new(&live, 3, "a")];
        drop((other, again));
        assert!(live.table().per_address.is_empty(), "nothing is left behind");
    }
}
