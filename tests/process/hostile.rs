//! Peers that send garbage, too much, too slowly or half: the server serves on, does not grow, and tells nothing.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, UdpSocket},
    process::Command,
};

use crate::{
    clients::{connect, get},
    office::{MAC, Office},
    server::{PATIENCE, Server, within},
};

/// How many of each kind.
const STORM: usize = 200;
/// How many ask at once.
const SIDE_BY_SIDE: usize = 10;
/// What a second storm may add to the memory that the first one left.
const GROWTH_KB: u64 = 4096;

fn requests(scope: &str) -> Vec<Vec<u8>> {
    let get = |path: &[u8]| [b"GET ", path, b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"].concat();
    let secret = format!("/p/{scope}/");
    let long = "a".repeat(8192);
    let flood = "X-Flood: 1\r\n".repeat(2000);
    vec![
        get(b"/../../../../etc/passwd"),
        get(format!("{secret}../../keys/master.key").as_bytes()),
        get(format!("{secret}%2e%2e%2f%2e%2e%2fkeys%2fmaster.key").as_bytes()),
        get(format!("{secret}..\\..\\keys\\master.key").as_bytes()),
        get(format!("/{long}").as_bytes()),
        get(format!("{secret}{long}.cfg").as_bytes()),
        get(b"/\xff\xfe\x80.cfg"),
        get(format!("{secret}%ff%fe.cfg").as_bytes()),
        get(b"/a\0b.cfg"),
        get(format!("{secret}{MAC}%00.cfg").as_bytes()),
        format!("GET {secret}{MAC}.cfg HTTP/1.1\r\nHost: x\r\n{flood}\r\n").into_bytes(),
        format!("GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n", "b".repeat(100_000)).into_bytes(),
        format!("POST {secret}{MAC}.cfg HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\nx")
            .into_bytes(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 and so on".to_vec(),
        b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        format!("CONNECT {secret}:443 HTTP/1.1\r\n\r\n").into_bytes(),
    ]
}

fn packets(scope: &str) -> Vec<Vec<u8>> {
    // mode and options are written with spaces here, where zeros stand on the wire
    let read = |name: &[u8], rest: &str| {
        [b"\0\x01", name, b"\0", rest.replace(' ', "\0").as_bytes(), b"\0"].concat()
    };
    let mut packets = vec![
        vec![],
        vec![0],
        vec![0, 1],
        vec![0, 9, 9, 9],
        vec![0xff; 1400],
        b"\0\x04\0\x01".to_vec(),
        b"\0\x03\0\x01stray data".to_vec(),
        b"\0\x05\0\0an error of nobody\0".to_vec(),
        b"\0\x02upload.cfg\0octet\0".to_vec(),
        b"\0\x01no end".to_vec(),
        read(b"../../keys/master.key", "octet"),
        read(format!("{scope}/../../keys/master.key").as_bytes(), "octet"),
        read(&[0xff; 300], "octet"),
        read(&[b'a'; 1300], "octet"),
        read(b"x.cfg", "mail"),
        read(b"x.cfg", "octet blksize"),
        read(b"x.cfg", "octet blksize 99999999999999999999 tsize -1 windowsize 0"),
        read(format!("{scope}/{MAC}.cfg").as_bytes(), "octet blksize 65464 windowsize 65535"),
    ];
    packets.push([&b"\0\x01x\0octet\0"[..], &b"o\0v\0".repeat(200)].concat());
    packets
}

fn storm(server: &Server, scope: &str) {
    let [https, http, tftp] = ["https", "http", "tftp"].map(|door| server.door(door));
    let (requests, packets) = (requests(scope), packets(scope));
    // side by side, because each refusal waits for its tick
    std::thread::scope(|threads| {
        for _ in 0..SIDE_BY_SIDE {
            threads.spawn(|| {
                for request in requests.iter().cycle().take(STORM / SIDE_BY_SIDE * requests.len()) {
                    let answer = sent(http, request);
                    // silence is an answer, too
                    let refused = answer.is_empty() || answer.starts_with(b"HTTP/1.1 4");
                    let (asked, answer) =
                        (String::from_utf8_lossy(request), String::from_utf8_lossy(&answer));
                    assert!(refused, "{answer:.100} for {asked:.200}");
                }
            });
        }
    });
    (0..STORM).for_each(|_| over_udp(tftp, &packets));
    // held open together: half a handshake, half a head, an answer that nobody takes
    let hello = [&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3][..], &[7; 100]].concat();
    let held: Vec<_> = (0..STORM)
        .map(|turn| {
            let (address, bytes) = match turn % 4 {
                0 => (https, hello.clone()),
                1 => (https, Vec::new()),
                2 => (http, format!("GET /p/{scope}/{MAC}.cfg HTTP/1.1\r\nHost: x\r\nX-Slow: ").into_bytes()),
                _ => (
                    http,
                    format!("GET /p/{scope}/{MAC}.cfg HTTP/1.1\r\nHost: x\r\n\r\n").repeat(200).into_bytes(),
                ),
            };
            let mut stream = connect(address);
            stream.set_nonblocking(true).unwrap();
            // an answer that is not taken stops the server from taking more questions
            let _ = stream.write(&bytes);
            stream
        })
        .collect();
    assert_eq!(get(http, &format!("/p/{scope}/{MAC}.cfg")).status, 200, "while {} are held open", held.len());
}

/// Sends all of it, says that there is no more, and takes what comes back.
fn sent(address: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(address);
    // a server that has heard enough may close before it has taken all of it
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    answer
}

fn over_udp(tftp: SocketAddr, packets: &[Vec<u8>]) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for packet in packets {
        socket.send_to(packet, tftp).unwrap();
    }
}

/// Resident memory in kB, once every connection of a storm is gone: while they end they hold what they had to send.
fn resident(server: &Server) -> u64 {
    for door in ["https", "http"] {
        let none = format!("offhook_connections_open{{door=\"{door}\"}} 0");
        within(PATIENCE, &format!("nobody is at {door}"), || {
            server.admin("/metrics").body.lines().any(|line| line == none)
        });
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid().as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// What must never be written anywhere: the scope, the SIP password, the phone's web password.
fn secrets(office: &Office, scope: &str, document: &str) -> Vec<String> {
    let shown = office.done(&["extension", "show", "acme", "101", "--show-password", "--json"]).json();
    let sip = shown["sip_password"].as_str().unwrap().to_owned();
    assert!(document.contains(&sip));
    let web = document
        .lines()
        .find_map(|line| line.strip_prefix("static.security.user_password = admin:"))
        .unwrap();
    vec![scope.to_owned(), sip, web.to_owned()]
}

#[test]
fn a_storm_of_hostile_peers_ends_nothing_grows_nothing_and_learns_nothing() {
    let office = Office::sqlite();
    office.acme();
    office.phone("101", MAC);
    let server = office.serve(&["--log-level", "trace"]);
    let url = office.url();
    let scope = url.trim_end_matches('/').rsplit('/').next().unwrap().to_owned();
    let (status, document) = office.fetch(&url, &format!("{MAC}.cfg"));
    assert_eq!(status, 200);
    storm(&server, &scope);
    let first = resident(&server);
    storm(&server, &scope);
    let second = resident(&server);
    assert!(second < first + GROWTH_KB, "{first} kB after one storm, {second} kB after two");

    assert_eq!(office.fetch(&url, &format!("{MAC}.cfg")), (200, document.clone()));
    let fetched = Command::new("curl")
        .args(["-sS", &format!("tftp://{}/{MAC}.cfg", server.door("tftp"))])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(fetched.stdout).unwrap(), document);
    let mut told = ["/metrics", "/readyz", "/healthz"].map(|path| server.admin(path).body).join("\n");
    told += &server.stop();
    for secret in secrets(&office, &scope, &document) {
        assert!(secret.len() >= 8);
        if let Some(line) = told.lines().find(|line| line.contains(&secret)) {
            panic!("a secret was told: {line}");
        }
    }
}
