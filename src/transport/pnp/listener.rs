//! Takes what is heard on every interface, starts a task for each phone that may be told, and looks for new interfaces.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::dialog::{self, Heard};
use super::ears::{Ear, Ears};
use super::interfaces::{Interface, interfaces};
use super::live::{Admission, Live};
use super::{Asking, Counters, Limits, UrlTeller};
use crate::domain::Random;
use crate::sip::{LONGEST_MESSAGE, Message, Start, Subscription, Via};

/// Rest after a socket has failed, so that a lasting fault does not burn a processor.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// What an unguessable tag or branch is made of.
const TOKEN: usize = 12;

/// A SIP PnP server on sockets that somebody else has opened.
pub struct PnpServer<H> {
    ears: Ears,
    door: Arc<Door>,
    handler: Arc<H>,
}

/// What all phones share.
pub(super) struct Door {
    pub(super) limits: Limits,
    pub(super) counters: Arc<Counters>,
    live: Arc<Live>,
    random: Arc<dyn Random>,
}

impl Door {
    /// What nobody can guess who does not read it.
    pub(super) fn token(&self) -> String {
        let mut bytes = [0; TOKEN];
        self.random.fill(&mut bytes);
        data_encoding::HEXLOWER.encode(&bytes)
    }
}

impl<H: UrlTeller> PnpServer<H> {
    /// Prepares `ears` to tell what `handler` knows.
    pub fn new(ears: Ears, handler: H, limits: Limits, random: Arc<dyn Random>) -> Self {
        let door = Door { limits, counters: Arc::default(), live: Live::new(limits), random };
        Self { ears, door: Arc::new(door), handler: Arc::new(handler) }
    }

    /// What this server counts, while it runs and after.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.door.counters)
    }

    /// Serves until `shutdown` is ready; what is going on then ends. A phone that was not told asks again.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { ears, door, handler } = self;
        let (alive, serving) = watch::channel(());
        let mut listening =
            Listening { group: ears.group, place: Place { door, handler, serving }, interfaces: Vec::new() };
        for ear in ears.open {
            listening.listen(ear);
        }
        let rejoining = async {
            loop {
                ears.rejoin.0.notified().await;
                listening.look_again();
            }
        };
        tokio::select! {
            biased;
            () = shutdown => {}
            () = rejoining => {}
        }
        drop(alive);
    }
}

/// What a task needs to take in what it hears.
struct Place<H> {
    door: Arc<Door>,
    handler: Arc<H>,
    serving: watch::Receiver<()>,
}

impl<H> Clone for Place<H> {
    fn clone(&self) -> Self {
        let Self { door, handler, serving } = self;
        Self { door: Arc::clone(door), handler: Arc::clone(handler), serving: serving.clone() }
    }
}

/// The interfaces that are listened at, each with the tasks that do.
struct Listening<H> {
    group: SocketAddrV4,
    place: Place<H>,
    interfaces: Vec<(Interface, JoinSet<()>)>,
}

impl<H: UrlTeller> Listening<H> {
    /// Listens at interfaces that are new or have other addresses, and no more at those that have gone.
    fn look_again(&mut self) {
        let now = match interfaces() {
            Ok(now) => now,
            Err(error) => return tracing::warn!(%error, "pnp cannot see the interfaces"),
        };
        self.interfaces.retain(|(interface, _)| now.contains(interface));
        for interface in now {
            if !self.interfaces.iter().any(|(known, _)| *known == interface)
                && let Ok(ear) = Ear::open(self.group, interface)
            {
                self.listen(ear);
            }
        }
    }

    fn listen(&mut self, ear: Ear) {
        let Ear { interface, heard, mouths } = ear;
        let made = || -> io::Result<_> {
            let mouth = |(address, socket)| Ok((address, Arc::new(UdpSocket::from_std(socket)?)));
            let mouths: Vec<(Ipv4Addr, Arc<UdpSocket>)> =
                mouths.into_iter().map(mouth).collect::<io::Result<_>>()?;
            Ok((UdpSocket::from_std(heard)?, mouths))
        };
        let (heard, mouths) = match made() {
            Ok(made) => made,
            Err(error) => return tracing::warn!(%error, "pnp cannot listen on {}", interface.name),
        };
        tracing::info!(interface = interface.name, group = %self.group, "pnp listens on {}", interface.name);
        let mut tasks = JoinSet::new();
        for (_, mouth) in &mouths {
            tasks.spawn(hear_answers(Arc::clone(&self.place.door), Arc::clone(mouth)));
        }
        tasks.spawn(self.place.clone().hear(heard, interface.clone(), mouths));
        self.interfaces.push((interface, tasks));
    }
}

impl<H: UrlTeller> Place<H> {
    /// Hears the group on one interface, for ever.
    async fn hear(self, heard: UdpSocket, interface: Interface, mouths: Vec<(Ipv4Addr, Arc<UdpSocket>)>) {
        let mut room = vec![0; LONGEST_MESSAGE + 1];
        loop {
            let (bytes, source) = receive(&heard, &mut room).await;
            let SocketAddr::V4(asker) = source else { continue };
            let asker = *asker.ip();
            let nobody = asker.is_multicast() || asker.is_broadcast() || asker.is_unspecified();
            let facing = interface.facing(asker);
            let mouth = mouths.iter().find(|(address, _)| Some(*address) == facing);
            if let Some((_, mouth)) = mouth.filter(|_| !nobody && source.port() != 0) {
                self.take(bytes, source, mouth);
            }
        }
    }

    fn take(&self, datagram: &[u8], source: SocketAddr, mouth: &Arc<UdpSocket>) {
        let counters = &self.door.counters;
        let message = Message::parse(datagram);
        let read = message.ok().and_then(|message| Some((Subscription::read(&message).ok()?, message)));
        let Some((subscription, message)) = read else { return counters.ignored.add(1) };
        let asking = Asking { source: source.ip(), subscription };
        if !self.handler.expects(&asking) {
            return counters.refused.add(1);
        }
        match self.door.live.admit(source, &asking.subscription.call_id, &message) {
            Admission::New(ticket, events) => {
                let heard = Heard { message, source, mouth: Arc::clone(mouth) };
                let Self { door, handler, serving } = self.clone();
                tokio::spawn(dialog::serve(door, handler, (ticket, events), (heard, asking), serving));
            }
            Admission::Repeated => {}
            Admission::Full => counters.refused.add(1),
        }
    }
}

/// Hears what phones say to the NOTIFYs that left from here, for ever.
async fn hear_answers(door: Arc<Door>, mouth: Arc<UdpSocket>) {
    let mut room = vec![0; LONGEST_MESSAGE + 1];
    loop {
        let (bytes, source) = receive(&mouth, &mut room).await;
        let Ok(message) = Message::parse(bytes) else { continue };
        let Start::Response { status, .. } = message.start else { continue };
        if message.method() == Some("NOTIFY")
            && let Some(branch) = Via::top(&message).and_then(|via| via.branch())
        {
            door.live.answered(source.ip(), &branch, status);
        }
    }
}

/// The next datagram. One that is longer than any message is cut, and seen to be.
async fn receive<'a>(socket: &UdpSocket, room: &'a mut [u8]) -> (&'a [u8], SocketAddr) {
    loop {
        match socket.recv_from(room).await {
            Ok((length, source)) => return (&room[..length], source),
            Err(error) => {
                tracing::debug!(%error, "pnp socket failed to receive");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
}
