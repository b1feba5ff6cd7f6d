//! Walks over MACs beside honest phones: the walk is seen, reported and slowed, and every honest phone is served.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use offhook::{admin::actions::DeviceToAdd, domain::Mac};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpSocket,
    task::JoinSet,
};
use tokio_rustls::TlsConnector;

use crate::{
    running::Running,
    timing::{Wire, connector},
};

const WALK: u32 = 16_384;
const HONEST: u32 = 500;
/// The walker's connections: more than slowed answers may wait for one source.
const WALKERS: usize = 192;
/// The honest phones that boot at the same time.
const AT_ONCE: usize = 8;
const REPORTED_WITHIN: Duration = Duration::from_secs(5);

async fn connect(from: IpAddr, to: SocketAddr, tls: Option<&TlsConnector>) -> Box<dyn Wire> {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    let stream = socket.connect(to).await.unwrap();
    stream.set_nodelay(true).unwrap();
    match tls {
        Some(tls) => Box::new(tls.connect("localhost".try_into().unwrap(), stream).await.unwrap()),
        None => Box::new(stream),
    }
}

/// One request; the head of the answer.
async fn get(wire: &mut Box<dyn Wire>, path: &str) -> String {
    wire.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
    wire.flush().await.unwrap();
    let (mut answer, mut room) = (Vec::new(), vec![0; 16_384]);
    loop {
        let length = wire.read(&mut room).await.unwrap();
        assert_ne!(length, 0, "the connection ended after {path}");
        answer.extend_from_slice(&room[..length]);
        if let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            return String::from_utf8_lossy(&answer[..end]).into_owned();
        }
    }
}

/// Asks for one MAC after the other, on a new connection where the server has closed the old one.
async fn walk(http: SocketAddr, macs: Arc<Mutex<std::ops::Range<u32>>>) {
    let from = Ipv4Addr::LOCALHOST.into();
    let mut wire = connect(from, http, None).await;
    loop {
        let Some(number) = macs.lock().unwrap().next() else { return };
        let answer = get(&mut wire, &format!("/805ec1{number:06x}.cfg")).await;
        assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
        if answer.to_ascii_lowercase().contains("connection: close") {
            wire = connect(from, http, None).await;
        }
    }
}

/// Boots one phone after the other, from the walker's own address and from others.
async fn boot(
    https: SocketAddr,
    tls: TlsConnector,
    scope: Arc<str>,
    phones: Arc<Mutex<std::ops::Range<u32>>>,
) {
    loop {
        let Some(number) = phones.lock().unwrap().next() else { return };
        let from = if number % 2 == 0 { 1 } else { u8::try_from(2 + number % 200).unwrap() };
        let mut wire = connect(Ipv4Addr::new(127, 0, 0, from).into(), https, Some(&tls)).await;
        let answer = get(&mut wire, &format!("/p/{scope}/805ec0{number:06x}.cfg")).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "phone {number} from 127.0.0.{from}: {answer}");
    }
}

/// Asks the health page until it speaks of a walk from `source`; how often.
async fn health_tells(server: &Running, source: &str) -> usize {
    let admin = server.doors.admin.unwrap();
    for asked in 1.. {
        let mut wire = connect(Ipv4Addr::LOCALHOST.into(), admin, None).await;
        let request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        wire.write_all(request).await.unwrap();
        let mut answer = String::new();
        wire.read_to_string(&mut answer).await.unwrap();
        if answer.contains("walks over MACs") && answer.contains(&format!("{source} asks")) {
            return asked;
        }
    }
    0
}

/// Reads what `offhook walk list` shows until it shows a walk from `source`.
async fn list_tells(server: &Running, source: &str) -> (String, i64) {
    loop {
        let walks = server.actions.walks().await.unwrap();
        if let Some((walk, _)) = walks.iter().find(|(walk, _)| walk.source == source) {
            return (walk.door.clone(), walk.macs);
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_a_walk_every_honest_phone_is_served_and_the_walk_is_reported() {
    let server = Running::start(None, None).await;
    let acme = server.tenant("acme", 3).await;
    for number in 0..HONEST {
        let mac = Mac::parse(&format!("805ec0{number:06x}")).unwrap();
        let phone = DeviceToAdd { mac, model: Some("Yealink SIP-T46U".into()), name: None };
        server.actions.add_device(&acme, phone).await.unwrap();
    }
    server.hears().await;
    let scope: Arc<str> = server.scope(&acme).await.into();
    let tls = connector(&server);
    let (http, https) = (server.doors.http.unwrap(), server.doors.https.unwrap());
    let macs = Arc::new(Mutex::new(0..WALK));
    let phones = Arc::new(Mutex::new(0..HONEST));
    let (mut walking, mut booting) = (JoinSet::new(), JoinSet::new());
    let began = Instant::now();
    for _ in 0..WALKERS {
        walking.spawn(walk(http, Arc::clone(&macs)));
    }
    health_tells(&server, "127.0.0.1").await;
    let health = began.elapsed();
    for _ in 0..AT_ONCE {
        booting.spawn(boot(https, tls.clone(), Arc::clone(&scope), Arc::clone(&phones)));
    }
    let (door, _) = list_tells(&server, "127.0.0.1").await;
    let list = began.elapsed();
    booting.join_all().await;
    let booted = began.elapsed();
    walking.join_all().await;
    println!(
        "on the health page after {health:?}, listed after {list:?}, phones booted after {booted:?}, walked in {:?}",
        began.elapsed()
    );
    assert_eq!(door, "http");
    assert!(health < REPORTED_WITHIN && list < REPORTED_WITHIN, "{health:?}, {list:?}");
    // phones of others that ask once are still seen
    let mut wire = connect(Ipv4Addr::new(127, 0, 0, 250).into(), https, Some(&tls)).await;
    get(&mut wire, &format!("/p/{scope}/805ec2000001.cfg")).await;
    let (store, stopped) = (server.actions.store.clone(), Mac::parse("805ec2000001").unwrap());
    loop {
        let unknown = store.unknown_phones().await.unwrap();
        assert!(unknown.len() <= 1000);
        if unknown.iter().any(|(mac, ..)| *mac == stopped) {
            let walked = unknown.iter().filter(|(.., seen)| seen.address == "127.0.0.1").count();
            assert!(walked < 800, "{walked} of the walk's MACs fill the ring");
            break;
        }
        tokio::task::yield_now().await;
    }
    drop((store, wire));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_over_tftp_is_reported_and_a_phone_that_is_trusted_gets_its_file() {
    let server = Running::start(Some("acme"), None).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "101", "Yealink SIP-T46U", "805ec0000101").await;
    server.hears().await;
    let tftp = server.doors.tftp.unwrap();
    let walked = tokio::task::spawn_blocking(move || {
        let macs = Mutex::new(0..600_u32);
        std::thread::scope(|scope| {
            for _ in 0..32 {
                scope.spawn(|| {
                    let phone = UdpSocket::bind("127.0.0.9:0").unwrap();
                    phone.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
                    loop {
                        let Some(number) = macs.lock().unwrap().next() else { return };
                        let request = format!("\0\x01805ec1{number:06x}.cfg\0octet\0");
                        phone.send_to(request.as_bytes(), tftp).unwrap();
                        let mut room = [0; 600];
                        let (length, _) = phone.recv_from(&mut room).unwrap();
                        assert_eq!(room[..4], [0, 5, 0, 1], "{:?}", &room[..length]);
                    }
                });
            }
        });
        let fetch = |from: &str| {
            let phone = UdpSocket::bind((from, 0)).unwrap();
            phone.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            phone.send_to(b"\0\x01805ec0000101.cfg\0octet\0", tftp).unwrap();
            let mut room = [0; 600];
            phone.recv_from(&mut room).unwrap();
            room[..4].to_vec()
        };
        ["127.0.0.9", "127.0.0.10"].map(fetch)
    });
    assert_eq!(walked.await.unwrap(), [[0, 3, 0, 1], [0, 3, 0, 1]], "served from both addresses");
    health_tells(&server, "127.0.0.9").await;
    let (door, macs) = list_tells(&server, "127.0.0.9").await;
    assert_eq!(door, "tftp");
    assert!((200..700).contains(&macs), "{macs}");
    server.stop().await;
}
