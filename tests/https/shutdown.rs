//! Stopping: running requests finish, everybody else goes.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use offhook::net::limits::Limits;
use offhook::net::tls::Resumption;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::bed::{Bed, identity, in_time};
use crate::tools::{read_all, read_answer};

/// With these only the shutdown ends a connection.
fn patient() -> Limits {
    let long = Duration::from_mins(10);
    Limits { handshake: long, head: long, idle: long, request: long, ..Limits::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_stop_finishes_the_running_request_and_closes_the_idle() {
    let bed = Bed::plain(patient()).await;
    let (address, files) = (bed.address, bed.files.clone());
    let silent = TcpStream::connect(address).await.unwrap();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /missing HTTP/1.1\r\n\r\n").await.unwrap();
    read_answer(&mut idle, 0).await;
    let mut running = TcpStream::connect(address).await.unwrap();
    running.write_all(b"GET /wait HTTP/1.1\r\n\r\n").await.unwrap();
    in_time(files.waiting.notified()).await;

    let stopped = bed.stop();
    for mut socket in [silent, idle] {
        assert_eq!(read_all(&mut socket).await, "");
    }
    assert!(TcpStream::connect(address).await.is_err(), "the listener is still open");
    assert!(!stopped.is_finished(), "the running request was not waited for");
    files.go.notify_one();
    let answer = read_all(&mut running).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("#end\n"), "{answer:.100}");
    in_time(stopped).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_soft_stop_does_not_wait_for_handshakes() {
    let bed = Bed::secure(patient(), &identity(), Resumption::On).await;
    let mut half_open = TcpStream::connect(bed.address).await.unwrap();
    half_open.write_all(b"\x16\x03\x01").await.unwrap();
    while bed.counters.connections_open.load(Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    bed.drained().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_stop_cuts_the_running_request() {
    let bed = Bed::plain(patient()).await;
    let files = bed.files.clone();
    let mut running = TcpStream::connect(bed.address).await.unwrap();
    running.write_all(b"GET /wait HTTP/1.1\r\n\r\n").await.unwrap();
    in_time(files.waiting.notified()).await;
    bed.abort();
    assert_eq!(read_all(&mut running).await, "");
}
