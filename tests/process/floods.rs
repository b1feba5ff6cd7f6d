//! Peers that hold connections open, or begin them without end: honest phones meanwhile all get their files.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
    },
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use socket2::{Domain, Socket, Type};

use crate::{
    office::{MODEL, Office},
    server::{PATIENCE, Server, within},
};

/// Phones that boot meanwhile.
const PHONES: usize = 100;
const FIRST: &str = "805ec0000100";
/// Where connections are held from, and how many: all from the phones' own address that leave them room under the default
/// limit of 1024, the rest from two others.
const HELD: [(Ipv4Addr, usize); 3] =
    [(Ipv4Addr::LOCALHOST, 900), (Ipv4Addr::new(127, 0, 0, 66), 1024), (Ipv4Addr::new(127, 0, 0, 67), 76)];
/// What one connection that does nothing may cost, in kB: a TLS session that has begun, in a program that was not optimized.
const DEAREST_KB: u64 = 96;

/// A tenant with phones for everybody, and its server, whose limits of time end nothing here.
fn office() -> (Office, Server) {
    let office = Office::sqlite();
    office.acme();
    let first = u64::from_str_radix(FIRST, 16).unwrap();
    let rows: Vec<String> =
        (0..PHONES as u64).map(|phone| format!("add,,{MODEL},{:012x}\n", first + phone)).collect();
    let table = format!("Action,Name,Device model,MAC\n{}", rows.concat());
    std::fs::write(office.path("devices.csv"), table).unwrap();
    office.done(&["csv", "import", "acme", "devices", &office.text_of("devices.csv")]);
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
    let patient = ["--limits-handshake-timeout", "1h", "--limits-header-timeout", "1h"];
    let server = office.serve(&patient);
    (office, server)
}

/// Boots all phones over HTTPS; none may be refused anything.
fn phones_boot(office: &Office, url: &str) {
    let ca = office.data().join("tls/ca.crt");
    let ended = office.done(&[
        "simulate",
        "--json",
        "--model",
        MODEL,
        "--mac",
        FIRST,
        "--phones",
        &PHONES.to_string(),
        "--url",
        url,
        "--ca",
        ca.to_str().unwrap(),
    ]);
    let shown = ended.json();
    assert_eq!((shown["phones"].as_u64(), shown["succeeded"].as_u64()), (Some(100), Some(100)), "{shown}");
}

/// A connection to `door` from an address of one's own.
fn connect_from(from: Ipv4Addr, door: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((from, 0)).into()).unwrap();
    socket.connect(&door.into()).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    socket.into()
}

fn trusting(ca: &Path) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(ca).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    Arc::new(versions.with_root_certificates(roots).with_no_client_auth())
}

/// The first packet of a handshake, whole.
fn hello(config: &Arc<ClientConfig>) -> Vec<u8> {
    let mut session =
        ClientConnection::new(Arc::clone(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut bytes = Vec::new();
    session.write_tls(&mut bytes).unwrap();
    bytes
}

/// A handshake to its end. False where it was not let in.
fn shakes_hands(config: &Arc<ClientConfig>, stream: &mut TcpStream) -> bool {
    let mut session =
        ClientConnection::new(Arc::clone(config), ServerName::try_from("localhost").unwrap()).unwrap();
    while session.is_handshaking() {
        if session.complete_io(stream).is_err() {
            return false;
        }
    }
    true
}

/// Connections of phones that are open now.
fn open_connections(server: &Server) -> usize {
    let metrics = server.admin("/metrics").body;
    // the question itself came through the admin's door
    let phones = |line: &&str| line.starts_with("offhook_connections_open{door=\"http");
    metrics
        .lines()
        .filter(phones)
        .map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap())
        .sum()
}

/// Resident memory in kB.
fn resident(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn two_thousand_half_open_connections_refuse_no_honest_phone() {
    let (office, server) = office();
    let (url, https) = (office.url(), server.door("https"));
    let whole = hello(&trusting(&office.data().join("tls/ca.crt")));
    phones_boot(&office, &url);
    let before = resident(&server);
    let mut held = Vec::new();
    for (from, count) in HELD {
        for turn in 0..count {
            let mut stream = connect_from(from, https);
            // nothing, one byte, half of a hello, all of it
            let said = [0, 1, whole.len() / 2, whole.len()][turn % 4];
            stream.write_all(&whole[..said]).unwrap();
            held.push((stream, said));
        }
    }
    assert_eq!(held.len(), 2000);
    within(PATIENCE, "they all are in", || open_connections(&server) == held.len());
    // its address has its places, and no more
    let mut beyond = connect_from(HELD[1].0, https);
    assert!(matches!(beyond.read(&mut [0]), Ok(0)) || beyond.write(&[0]).is_err(), "one too many is closed");
    phones_boot(&office, &url);
    // the next byte, as slow peers send it
    for (stream, said) in &mut held {
        if *said < whole.len() {
            stream.write_all(&whole[*said..=*said]).unwrap();
            *said += 1;
        }
    }
    phones_boot(&office, &url);
    assert_eq!(open_connections(&server), held.len(), "none of them has gone, nor anybody else stayed");
    let grown = resident(&server).saturating_sub(before);
    assert!(grown < held.len() as u64 * DEAREST_KB, "{grown} kB for {} connections", held.len());
    drop(held);
    within(PATIENCE, "their places are free", || open_connections(&server) == 0);
    server.stop();
}

/// Ends a flood, also after a failure.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[test]
fn floods_of_handshakes_refuse_no_honest_phone() {
    let (office, server) = office();
    let (url, https) = (office.url(), server.door("https"));
    let config = trusting(&office.data().join("tls/ca.crt"));
    let hello = hello(&config);
    let (over, begun, done) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let _ends = Ends(&over);
        for thread in 0..4 {
            let (over, begun, done, config, hello) = (&over, &begun, &done, &config, &hello);
            scope.spawn(move || {
                let from = Ipv4Addr::new(127, 0, 0, 70 + thread);
                while !over.load(Relaxed) {
                    let mut stream = connect_from(from, https);
                    if thread % 2 == 0 {
                        // a hello, and away before the answer
                        let _ = stream.write_all(hello);
                        begun.fetch_add(1, Relaxed);
                    } else {
                        assert!(shakes_hands(config, &mut stream), "within its limits");
                        done.fetch_add(1, Relaxed);
                    }
                }
            });
        }
        let counted = || (begun.load(Relaxed), done.load(Relaxed));
        within(PATIENCE, "the flood has begun", || counted().0 > 0 && counted().1 > 0);
        let before = counted();
        phones_boot(&office, &url);
        let meanwhile = (counted().0 - before.0, counted().1 - before.1);
        assert!(meanwhile.0 >= PHONES && meanwhile.1 >= 10, "it went on: {meanwhile:?}");
    });
    within(PATIENCE, "nobody is left", || open_connections(&server) == 0);
    server.stop();
}

/// The limits as they are by default: who sends a byte a minute is cut off, whatever else goes on.
#[test]
fn who_is_slow_is_cut_off_by_the_limits_that_are_set() {
    let (office, server) = office();
    server.stop();
    let server = office.serve(&["--limits-handshake-timeout", "200ms", "--limits-header-timeout", "200ms"]);
    for door in ["https", "http"] {
        let mut held: Vec<_> = (0..200).map(|_| connect_from(HELD[1].0, server.door(door))).collect();
        for stream in &mut held {
            stream.write_all(b"G").unwrap();
        }
        for mut stream in held {
            let ended = stream.read_to_end(&mut Vec::new());
            let cut =
                ended.as_ref().map_or_else(|error| error.kind() == ErrorKind::ConnectionReset, |_| true);
            assert!(cut, "{door}: {ended:?}");
        }
    }
    within(PATIENCE, "nobody is left", || open_connections(&server) == 0);
    server.stop();
}
