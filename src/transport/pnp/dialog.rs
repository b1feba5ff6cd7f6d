//! One phone, from its SUBSCRIBE until nothing of it can come any more.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use super::listener::Door;
use super::live::{Event, Ticket};
use super::{Asking, UrlTeller};
use crate::sip::{Answering, Message, Step, Transaction, notify, notify_target, ok, ok_target};

/// A SUBSCRIBE as it was heard.
pub(super) struct Heard {
    pub(super) message: Message,
    pub(super) source: SocketAddr,
    /// What answers from the address that the phone can reach.
    pub(super) mouth: Arc<UdpSocket>,
}

/// Answers one admitted SUBSCRIBE. It ends early when `serving` has gone.
pub(super) async fn serve<H: UrlTeller>(
    door: Arc<Door>,
    handler: Arc<H>,
    (mut ticket, mut events): (Ticket, mpsc::Receiver<Event>),
    (heard, asking): (Heard, Asking),
    mut serving: watch::Receiver<()>,
) {
    let began = Instant::now();
    let life = async {
        let told = handler.tell(&asking).await;
        let dialog = told.and_then(|url| Dialog::begin(&door, &mut ticket, &heard, url.expose()));
        if let Some(mut dialog) = dialog {
            dialog.run(&mut events, began).await;
        } else {
            door.counters.refused.add(1);
            // whoever is told nothing holds its place as long, so asking again and again costs one look-up
            sleep_until(began + door.limits.timers.life()).await;
        }
    };
    tokio::select! {
        () = life => {}
        _ = serving.changed() => {}
    }
}

/// A phone that is being told.
struct Dialog<'a> {
    door: &'a Door,
    heard: &'a Heard,
    answering: Answering,
    /// The NOTIFY and where it goes.
    notify: (Vec<u8>, SocketAddr),
    /// None once it is answered or given up.
    transaction: Option<Transaction>,
    sent: Instant,
}

impl<'a> Dialog<'a> {
    /// Sends the 200 and then the NOTIFY.
    fn begin(door: &'a Door, ticket: &mut Ticket, heard: &'a Heard, url: &str) -> Option<Self> {
        let here = heard.mouth.local_addr().ok()?;
        let answering = Answering { here, tag: door.token() };
        let branch = format!("z9hG4bK{}", door.token());
        ticket.expects_answer(&branch);
        let message = notify(&heard.message, heard.source, &answering, &branch, url);
        let dialog = Self {
            door,
            heard,
            answering,
            notify: (message.write(), notify_target(&heard.message, heard.source)),
            transaction: Some(Transaction::start(door.limits.timers, std::time::Duration::ZERO)),
            sent: Instant::now(),
        };
        dialog.answer(&heard.message, heard.source);
        dialog.send(&dialog.notify.0, dialog.notify.1);
        Some(dialog)
    }

    /// Goes on until the NOTIFY is over and no repetition of the SUBSCRIBE can come any more.
    async fn run(&mut self, events: &mut mpsc::Receiver<Event>, began: Instant) {
        let ends = began + self.door.limits.timers.life();
        loop {
            let deadline = self.transaction.as_ref().map_or(ends, |notify| self.sent + notify.deadline());
            tokio::select! {
                event = events.recv() => match event {
                    Some(Event::Again(message, source)) => {
                        self.door.counters.repeated.add(1);
                        self.answer(&message, source);
                    }
                    Some(Event::Answered(status)) => {
                        let step = self.transaction.as_mut().map(|notify| notify.on_response(status));
                        self.perform(step);
                    }
                    None => return,
                },
                () = sleep_until(deadline) => match &mut self.transaction {
                    Some(notify) => {
                        let step = notify.on_time(self.sent.elapsed());
                        self.perform(Some(step));
                    }
                    None => return,
                },
            }
        }
    }

    fn perform(&mut self, step: Option<Step>) {
        let counters = &self.door.counters;
        let over = match step {
            None | Some(Step::Wait) => return,
            Some(Step::Send) => {
                counters.retransmissions.add(1);
                return self.send(&self.notify.0, self.notify.1);
            }
            Some(Step::Answered(200..300)) => &counters.told,
            Some(Step::Answered(_)) => &counters.declined,
            Some(Step::GivenUp) => &counters.unanswered,
        };
        over.add(1);
        self.transaction = None;
        tracing::debug!(client = %self.heard.source, ?step, "pnp notify is over");
    }

    /// Answers the SUBSCRIBE, which may have come again.
    fn answer(&self, message: &Message, source: SocketAddr) {
        self.send(&ok(message, source, &self.answering).write(), ok_target(message, source));
    }

    /// One that cannot be sent counts as lost, and loss is the transaction's business.
    fn send(&self, bytes: &[u8], to: SocketAddr) {
        if let Err(error) = self.heard.mouth.try_send_to(bytes, to) {
            tracing::debug!(client = %to, %error, "pnp message not sent");
        }
    }
}
