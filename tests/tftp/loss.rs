//! Real clients behind a network that loses two packets of a hundred, in both directions.

use std::collections::HashMap;
use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::clients::client;
use crate::server::{Server, content};

/// Packets lost of a hundred.
const LOST: u64 = 2;

/// Stands between clients and server and loses packets; which ones is fixed by their order. To a client it is the
/// server, with one port for all.
struct Lossy {
    address: SocketAddr,
    lost: Arc<Dice>,
}

struct Dice {
    state: AtomicU64,
    lost: AtomicU64,
}

impl Dice {
    fn loses(&self) -> bool {
        let step = |state: u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let state = self.state.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or_default();
        let loses = (state >> 33) % 100 < LOST;
        self.lost.fetch_add(u64::from(loses), Ordering::Relaxed);
        loses
    }
}

impl Lossy {
    fn before(server: SocketAddr) -> Self {
        let front = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).unwrap());
        let address = front.local_addr().unwrap();
        let dice = Arc::new(Dice { state: AtomicU64::new(20_260_101), lost: AtomicU64::new(0) });
        let lost = Arc::clone(&dice);
        thread::spawn(move || forward_requests(&front, server, &dice));
        Self { address, lost }
    }
}

/// The server's side of one client: our socket there, and the port of the server's transfer once it has spoken.
type Behind = (Arc<UdpSocket>, Arc<Mutex<Option<SocketAddr>>>);

fn forward_requests(front: &Arc<UdpSocket>, server: SocketAddr, dice: &Arc<Dice>) {
    let mut clients: HashMap<SocketAddr, Behind> = HashMap::new();
    let mut bytes = [0; 2000];
    while let Ok((length, from)) = front.recv_from(&mut bytes) {
        let (behind, transfer) =
            clients.entry(from).or_insert_with(|| open_behind(Arc::clone(front), from, Arc::clone(dice)));
        let is_request = bytes[1] == 1;
        let to = if is_request { None } else { *transfer.lock().unwrap() };
        if !dice.loses() {
            behind.send_to(&bytes[..length], to.unwrap_or(server)).unwrap();
        }
    }
}

fn open_behind(front: Arc<UdpSocket>, client: SocketAddr, dice: Arc<Dice>) -> Behind {
    let behind = Arc::new(UdpSocket::bind(("127.0.0.1", 0)).unwrap());
    let transfer = Arc::new(Mutex::new(None));
    let (socket, port) = (Arc::clone(&behind), Arc::clone(&transfer));
    thread::spawn(move || {
        let mut bytes = [0; 2000];
        while let Ok((length, from)) = socket.recv_from(&mut bytes) {
            *port.lock().unwrap() = Some(from);
            if !dice.loses() {
                let _ = front.send_to(&bytes[..length], client);
            }
        }
    });
    (behind, transfer)
}

#[test]
fn with_two_percent_loss_every_client_gets_exact_bytes() {
    let server = Server::start();
    let network = Lossy::before(server.address);
    let (host, port) = (network.address.ip().to_string(), network.address.port().to_string());
    let folder = tempfile::tempdir().unwrap();
    let size = 70_000;
    let name = format!("size-{size}");
    let url = format!("tftp://{}/{name}", network.address);
    for round in 0..3 {
        let to = |kind: &str| folder.path().join(format!("{kind}-{round}")).to_str().unwrap().to_owned();
        let (hpa, atftp, busybox, curl) = (to("hpa"), to("atftp"), to("busybox"), to("curl"));
        client("tftp-hpa", "tftp", &["-m", "binary", &host, &port, "-c", "get", &name, &hpa]);
        let window = ["--option", "blksize 1428", "--option", "windowsize 8"];
        client(
            "atftp",
            "atftp",
            &[&["--get", "-r", &name, "-l", &atftp], &window[..], &[&host, &port]].concat(),
        );
        client("busybox-static", "busybox", &["tftp", "-g", "-r", &name, "-l", &busybox, &host, &port]);
        client("curl", "curl", &["-sS", "--max-time", "60", "-o", &curl, &url]);
        for path in [hpa, atftp, busybox, curl] {
            assert!(fs::read(&path).unwrap_or_default() == content(size), "{path} differs");
        }
    }
    assert!(network.lost.lost.load(Ordering::Relaxed) > 10, "packets were lost indeed");
    assert!(server.counters.retransmissions.get() > 0);
}
