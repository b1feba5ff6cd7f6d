//! Real clients, run to their end, and a bare socket.

use std::net::SocketAddr;
use std::process::{Output, Stdio};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::bed::{NAME, ca, in_time};

/// What a client printed, and whether it was content.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) ok: bool,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            ok: output.status.success(),
        }
    }
}

/// curl, silent but for errors, that trusts the test CA and finds [`NAME`] on loopback.
pub(crate) async fn curl(address: SocketAddr, arguments: &[&str]) -> Ran {
    let mut command = Command::new("curl");
    command
        .args(["-sS", "--max-time", "20", "--noproxy", "*"])
        .arg("--cacert")
        .arg(ca())
        .args(["--resolve", &format!("{NAME}:{}:{}", address.port(), address.ip())])
        .args(arguments);
    run(command, b"").await
}

/// openssl's test client with `arguments`; it checks chain and name, asks for the document by HTTP/1.0 and reads to the end.
pub(crate) async fn openssl(address: SocketAddr, arguments: &[&str]) -> Ran {
    let mut command = Command::new("openssl");
    command
        .args(["s_client", "-ign_eof", "-connect", &address.to_string(), "-verify_return_error"])
        .args(["-verify_hostname", NAME, "-CAfile"])
        .arg(ca())
        .args(arguments);
    run(command, b"GET /doc.cfg HTTP/1.0\r\n\r\n").await
}

async fn run(mut command: Command, input: &[u8]) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run {program} ({error}): apt-get install {program}"));
    // a client that refuses to connect may have gone before it read this
    let _ = child.stdin.take().unwrap().write_all(input).await;
    in_time(child.wait_with_output()).await.unwrap().into()
}

/// Sends bytes on a connection of their own, ends the sending side and returns all that comes back.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request).await.unwrap();
    socket.shutdown().await.unwrap();
    read_all(&mut socket).await
}

/// Reads until the server closes; a reset counts as closed.
pub(crate) async fn read_all(socket: &mut TcpStream) -> String {
    let mut received = Vec::new();
    let _ = in_time(socket.read_to_end(&mut received)).await;
    String::from_utf8_lossy(&received).into_owned()
}

/// Reads one answer with a body of `length` bytes and leaves the connection open.
pub(crate) async fn read_answer(socket: &mut TcpStream, length: usize) -> String {
    let mut received = Vec::new();
    let head = loop {
        if let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        assert_ne!(in_time(socket.read_buf(&mut received)).await.unwrap(), 0, "closed within the header");
    };
    let missing = (head + length).checked_sub(received.len()).expect("more than one answer came");
    let mut rest = vec![0; missing];
    in_time(socket.read_exact(&mut rest)).await.unwrap();
    received.extend(rest);
    String::from_utf8_lossy(&received).into_owned()
}
