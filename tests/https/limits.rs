//! Slow and greedy clients: each step has its time, each address its places.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use offhook::net::limits::Limits;
use offhook::net::tls::Resumption;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::bed::{Bed, identity};
use crate::tools::{exchange, read_all, read_answer};

const SHORT: Duration = Duration::from_millis(150);
/// Far more than any test takes: what ends earlier was not ended by this.
const LONG: Duration = Duration::from_mins(10);

/// No limit ends anything, unless a test sets it.
fn patient() -> Limits {
    Limits { handshake: LONG, head: LONG, idle: LONG, request: LONG, closing: LONG, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_connection_is_closed() {
    let bed = Bed::plain(Limits { head: SHORT, ..patient() }).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    assert_eq!(read_all(&mut socket).await, "");
    assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_trickles_in_is_cut_off() {
    let bed = Bed::plain(Limits { head: SHORT, ..patient() }).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    socket.write_all(b"GET /doc.cfg HTTP/1.1\r\nX: ").await.unwrap();
    let pace = Duration::from_millis(10);
    while tokio::time::timeout(pace, socket.readable()).await.is_err() {
        if socket.write_all(b"a").await.is_err() {
            break;
        }
    }
    drop(socket);
    assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_after_its_answer() {
    let bed = Bed::plain(Limits { idle: SHORT, ..patient() }).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    for _ in 0..2 {
        socket.write_all(b"GET /doc.cfg HTTP/1.1\r\n\r\n").await.unwrap();
        assert!(read_answer(&mut socket, 8192).await.ends_with("#end\n"));
    }
    assert_eq!(read_all(&mut socket).await, "");
    assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_header_has_its_own_limit() {
    let bed = Bed::plain(Limits { head: SHORT, ..patient() }).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    socket.write_all(b"GET /missing HTTP/1.1\r\n\r\n").await.unwrap();
    assert!(read_answer(&mut socket, 0).await.starts_with("HTTP/1.1 404 "));
    socket.write_all(b"GET /missing HTT").await.unwrap();
    assert_eq!(read_all(&mut socket).await, "");
    assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_its_answer_is_cut_off() {
    for secure in [false, true] {
        let limits = Limits { request: SHORT, ..patient() };
        let (bed, mut client);
        if secure {
            bed = Bed::secure(limits, &identity(), Resumption::On).await;
            client = tokio::process::Command::new("openssl")
                .args(["s_client", "-quiet", "-connect", &bed.address.to_string()])
                .stdin(std::process::Stdio::piped())
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::null())
                .kill_on_drop(true)
                .spawn()
                .expect("cannot run openssl: apt-get install openssl");
            client.stdin.as_mut().unwrap().write_all(b"GET /endless HTTP/1.1\r\n\r\n").await.unwrap();
            let _pipe_that_fills = &client.stdout;
            while bed.counters.requests.load(Relaxed) == 0 {
                tokio::task::yield_now().await;
            }
            assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
        } else {
            bed = Bed::plain(limits).await;
            let mut socket = TcpStream::connect(bed.address).await.unwrap();
            socket.write_all(b"GET /endless HTTP/1.1\r\n\r\n").await.unwrap();
            socket.readable().await.unwrap();
            assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_never_ends_is_cut_off_after_its_refusal() {
    let bed = Bed::plain(Limits { closing: SHORT, ..patient() }).await;
    let mut socket = TcpStream::connect(bed.address).await.unwrap();
    socket.write_all(b"PUT /boot.log HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n").await.unwrap();
    socket.write_all(&[b'.'; 1000]).await.unwrap();
    assert!(read_all(&mut socket).await.starts_with("HTTP/1.1 403 "));
    assert_eq!(bed.drained().await.timed_out.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_open_handshake_is_closed() {
    let bed = Bed::secure(Limits { handshake: SHORT, ..patient() }, &identity(), Resumption::On).await;
    for beginning in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
        let mut socket = TcpStream::connect(bed.address).await.unwrap();
        socket.write_all(beginning).await.unwrap();
        assert_eq!(read_all(&mut socket).await, "");
    }
    assert_eq!(bed.drained().await.handshakes_failed.load(Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_the_tls_port_fails_at_once() {
    let bed = Bed::secure(patient(), &identity(), Resumption::On).await;
    exchange(bed.address, b"GET /doc.cfg HTTP/1.1\r\n\r\n").await;
    assert_eq!(bed.drained().await.handshakes_failed.load(Relaxed), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_with_too_many_connections_is_refused_until_one_ends() {
    let bed = Bed::plain(Limits { per_address: 2, ..patient() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut socket = TcpStream::connect(bed.address).await.unwrap();
        socket.write_all(b"GET /missing HTTP/1.1\r\n\r\n").await.unwrap();
        read_answer(&mut socket, 0).await;
        held.push(socket);
    }
    let mut third = TcpStream::connect(bed.address).await.unwrap();
    assert_eq!(read_all(&mut third).await, "");
    assert_eq!(bed.counters.connections_refused.load(Relaxed), 1);
    held.clear();
    bed.quiet().await;
    assert!(exchange(bed.address, b"GET /missing HTTP/1.1\r\n\r\n").await.starts_with("HTTP/1.1 404 "));
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn above_the_total_cap_connections_wait_instead_of_being_refused() {
    let bed = Bed::plain(Limits { connections: 1, ..patient() }).await;
    let mut first = TcpStream::connect(bed.address).await.unwrap();
    first.write_all(b"GET /missing HTTP/1.1\r\n\r\n").await.unwrap();
    read_answer(&mut first, 0).await;
    let mut second = TcpStream::connect(bed.address).await.unwrap();
    second.write_all(b"GET /missing HTTP/1.1\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(tokio::time::timeout(SHORT, second.readable()).await.is_err(), "it was let in or refused");
    drop(first);
    assert!(read_all(&mut second).await.starts_with("HTTP/1.1 404 "));
    let counters = bed.drained().await;
    assert_eq!(counters.connections_refused.load(Relaxed), 0);
}
