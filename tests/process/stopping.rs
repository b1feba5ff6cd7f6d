//! SIGTERM: what runs may finish; asked again, it is cut.

use std::{
    net::UdpSocket,
    thread::{self, JoinHandle},
};

use rustix::process::Signal;
use sqlx::{Connection as _, PgConnection};
use tokio::runtime::Runtime;

use crate::{
    clients::{get, raw},
    office::{MAC, Office},
    server::{PATIENCE, Server, within},
};

#[test]
fn a_tftp_transfer_that_runs_is_finished() {
    let office = Office::sqlite();
    office.acme();
    office.phone("101", MAC);
    let (_, whole) = {
        let server = office.serve(&[]);
        let whole = office.fetch(&office.url(), &format!("{MAC}.cfg"));
        server.stop();
        whole
    };
    let server = office.serve(&[]);
    let phone = UdpSocket::bind("127.0.0.1:0").unwrap();
    phone.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = [&b"\0\x01"[..], MAC.as_bytes(), b".cfg\0octet\0"].concat();
    phone.send_to(&request, server.door("tftp")).unwrap();
    let mut document = Vec::new();
    let mut packet = [0; 600];
    for block in 1_u16.. {
        let (length, from) = phone.recv_from(&mut packet).unwrap();
        assert_eq!(packet[..4], [0, 3, block.to_be_bytes()[0], block.to_be_bytes()[1]]);
        document.extend_from_slice(&packet[4..length]);
        if block == 1 {
            server.signal(Signal::TERM);
            server.says("stopping: what runs may finish");
        }
        phone.send_to(&[&[0, 4][..], &block.to_be_bytes()].concat(), from).unwrap();
        if length < 516 {
            break;
        }
    }
    assert_eq!(String::from_utf8(document).unwrap(), whole);
    let (status, log) = server.ended();
    assert!(status.success() && !log.contains("cutting what still runs"), "{status}: {log}");
}

/// A request over HTTP that waits for PostgreSQL, which a lock holds up.
struct Held {
    runtime: Runtime,
    lock: PgConnection,
    request: JoinHandle<Vec<u8>>,
    server: Server,
}

impl Held {
    fn new() -> Self {
        let office = Office::postgres();
        office.acme();
        office.phone("101", MAC);
        let server = office.serve(&[]);
        let runtime = Runtime::new().unwrap();
        let url = office.database_url.as_ref().unwrap();
        let mut lock = runtime.block_on(async {
            let mut lock = PgConnection::connect(url).await.unwrap();
            sqlx::raw_sql("BEGIN; LOCK TABLE devices IN ACCESS EXCLUSIVE MODE")
                .execute(&mut lock)
                .await
                .unwrap();
            lock
        });
        let http = server.door("http");
        let asks = format!("GET /{MAC}.cfg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let request = thread::spawn(move || raw(http, asks.as_bytes()));
        let waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'devices'::regclass";
        within(PATIENCE, "the request waits", || {
            let waiting = sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut lock);
            runtime.block_on(waiting).unwrap() == 1
        });
        Self { runtime, lock, request, server }
    }

    fn let_go(&mut self) {
        self.runtime.block_on(sqlx::raw_sql("COMMIT").execute(&mut self.lock)).unwrap();
    }
}

#[test]
fn a_request_that_runs_is_answered_and_nobody_new_is_let_in() {
    let mut held = Held::new();
    held.server.signal(Signal::TERM);
    held.server.says("stopping: what runs may finish");
    let http = held.server.door("http");
    within(PATIENCE, "the listener is closed", || std::net::TcpStream::connect(http).is_err());
    held.let_go();
    let answer = String::from_utf8(held.request.join().unwrap()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("account.1.enable = 1"), "{answer}");
    let (status, log) = held.server.ended();
    assert!(status.success() && !log.contains("cutting what still runs"), "{status}: {log}");
}

#[test]
fn asked_again_it_cuts_what_runs() {
    let held = Held::new();
    held.server.signal(Signal::TERM);
    held.server.says("stopping: what runs may finish");
    held.server.signal(Signal::TERM);
    let (status, log) = held.server.ended();
    assert!(status.success() && log.contains("asked again to stop"), "{status}: {log}");
    assert_eq!(held.request.join().unwrap(), b"");
}

#[test]
fn a_port_that_is_taken_is_said_and_changes_nothing_for_who_has_it() {
    let office = Office::sqlite();
    let server = office.serve(&[]);
    let second = office.run(&["serve"]);
    assert_eq!(second.code, Some(3), "{second:?}");
    assert!(second.stderr.contains(&format!("cannot listen on 127.0.0.1:{}", office.ports[0])), "{second:?}");
    assert_eq!(second.stderr.matches("in use").count(), 1, "{second:?}");
    assert_eq!(get(server.door("admin"), "/readyz").status, 200);
    server.stop();
}
