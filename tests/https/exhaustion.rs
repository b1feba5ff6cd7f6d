//! A server that has no file descriptor left waits without spinning, and recovers.

use std::process::Stdio;
use std::sync::atomic::Ordering::Relaxed;

use offhook::net::limits::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::bed::{Bed, in_time};
use crate::tools::read_all;

const DESCRIPTORS: u64 = 40;

/// The server process of the test below, which runs it by name: the limit holds for a whole process.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by another test, as a process of its own"]
async fn server_with_few_descriptors() {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let bed = Bed::plain(Limits::default()).await;
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(DESCRIPTORS), ..limit }).unwrap();
    eprintln!("listening on {}", bed.address);
    let mut until_closed = Vec::new();
    tokio::io::stdin().read_to_end(&mut until_closed).await.unwrap();
    eprintln!("failed {} times", bed.counters.accept_failed.load(Relaxed));
}

#[tokio::test(flavor = "multi_thread")]
async fn running_out_of_descriptors_is_waited_for_without_spinning() {
    let mut server = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "exhaustion::server_with_few_descriptors", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let mut line_with = async |part: &str| {
        let found = async {
            loop {
                let line = lines.next_line().await.unwrap().expect("the server has gone");
                if let Some((_, rest)) = line.split_once(part) {
                    return rest.to_owned();
                }
            }
        };
        in_time(found).await
    };
    let address = line_with("listening on ").await;
    let mut crowd = Vec::new();
    for _ in 0..2 * DESCRIPTORS {
        crowd.push(TcpStream::connect(&address).await.unwrap());
    }
    line_with("cannot accept connections for now").await;
    let mut last = crowd.pop().unwrap();
    drop(crowd);
    last.write_all(b"GET /missing HTTP/1.0\r\n\r\n").await.unwrap();
    assert!(read_all(&mut last).await.starts_with("HTTP/1.0 404 "));
    drop(server.stdin.take());
    let failed: u32 = line_with("failed ").await.split(' ').next().unwrap().parse().unwrap();
    assert!((1..100).contains(&failed), "tried {failed} times");
    in_time(server.wait()).await.unwrap();
}
