//! Phones that boot over HTTPS while others hold two thousand connections half open, against the same phones in quiet.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::ensure;
use socket2::{Domain, Socket, Type};

use crate::ROUNDS;
use crate::https::Rounds;
use crate::office::Office;
use crate::server::Server;
use crate::table::{Table, Target};
use crate::web::{self, Speech};

const PHONES: u32 = 500;
/// Boots of each phone in one round.
const BOOTS: usize = 3;
/// Connections that are held, from so many addresses: each keeps within the limit of one.
const HELD: usize = 2000;
const ADDRESSES: u8 = 4;
/// How a handshake begins; what is missing of it never comes.
const BEGINNING: [u8; 11] = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
/// How often the held connections are looked through for those that were cut off, which are made anew.
const LOOK: Duration = Duration::from_millis(100);

/// The limits are those by default, so each held connection is cut off after ten seconds and begun again.
pub(crate) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let office = Office::make(PHONES)?;
    let server = Server::start(&office, &["--tls-resumption", "off"])?;
    let wishes = [office.wishes(PHONES).as_slice(); BOOTS].concat();
    web::run(server.https, Speech::Tls13, &office.wishes(PHONES))?;
    let (mut quiet, mut flooded) = (Rounds::default(), Rounds::default());
    for _ in 0..ROUNDS {
        quiet.round(&server.process, server.https, Speech::Tls13, &wishes)?;
        let (over, held) = (AtomicBool::new(false), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            let flood = scope.spawn(|| hold(server.https, &held, &over));
            let begun = Instant::now();
            while held.load(Ordering::Relaxed) < HELD && !flood.is_finished() {
                std::thread::sleep(LOOK);
            }
            let late = begun.elapsed() > Duration::from_mins(1);
            let round = flooded.round(&server.process, server.https, Speech::Tls13, &wishes);
            over.store(true, Ordering::Relaxed);
            ensure!(!late, "the connections were not taken");
            flood.join().unwrap_or_else(|_| anyhow::bail!("the flood panicked")).and(round)
        })?;
    }
    table.compare(
        format!("HTTPS, {HELD} connections held half open, against quiet: CPU per boot"),
        Target::AtMost(2.0, 1.25),
        &flooded.cpu,
        &quiet.cpu,
        "ms",
    );
    table.compare("the same: phones/s", Target::None, &flooded.rate, &quiet.rate, "/s");
    Ok(())
}

/// Holds connections until it is over; those that the server cuts off are begun again.
fn hold(to: SocketAddr, held: &AtomicUsize, over: &AtomicBool) -> anyhow::Result<()> {
    let mut connections = Vec::with_capacity(HELD);
    while !over.load(Ordering::Relaxed) {
        connections.retain_mut(is_open);
        while connections.len() < HELD && !over.load(Ordering::Relaxed) {
            connections.push(begin(to, connections.len())?);
        }
        held.store(connections.len(), Ordering::Relaxed);
        std::thread::sleep(LOOK);
    }
    Ok(())
}

fn begin(to: SocketAddr, number: usize) -> anyhow::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    let last = 66 + u8::try_from(number % usize::from(ADDRESSES))?;
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0)).into())?;
    socket.connect(&to.into())?;
    let mut stream = TcpStream::from(socket);
    stream.write_all(&BEGINNING[..number % (BEGINNING.len() + 1)])?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

fn is_open(stream: &mut TcpStream) -> bool {
    stream.read(&mut [0]).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}
