//! Booting over TFTP: against a real server, and against one that loses packets or breaks the protocol.

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use offhook::simulator::{Boot, Network, Outcome, ProvisioningUrl, TftpPatience, boot};
use tokio::net::UdpSocket;

use crate::packs::{factory, yealink};

/// Where Debian's TFTP servers are; the packages tftpd-hpa and atftpd exclude each other and share the path.
const SERVER: &str = "/usr/sbin/in.tftpd";

/// A real server on a socket that we bound, as inetd would start it. It serves one request per start.
struct Tftpd(Child);

impl Tftpd {
    fn start(folder: &std::path::Path) -> (SocketAddr, Self) {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let server = Command::new(SERVER)
            .args(arguments())
            .arg(folder)
            .stdin(Stdio::from(OwnedFd::from(socket)))
            .spawn()
            .unwrap();
        (address, Self(server))
    }
}

/// How the installed server is told to end 20 s after its last request and to stay in the folder that follows.
fn arguments() -> &'static [&'static str] {
    let version = Command::new(SERVER).arg("--version").output();
    let version = version.expect("this test needs in.tftpd: install the package tftpd-hpa or atftpd").stdout;
    if String::from_utf8_lossy(&version).contains("tftp-hpa") {
        &["--secure", "--timeout", "20", "--user", "root"]
    } else {
        &["--tftpd-timeout", "20", "--user", "root.root", "--no-multicast"]
    }
}

impl Drop for Tftpd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn hasty(block_size: u16) -> TftpPatience {
    TftpPatience { first_wait: Duration::from_millis(20), sendings: 4, block_size }
}

async fn fetches(at: SocketAddr, file: &str, patience: TftpPatience) -> Boot {
    let url = ProvisioningUrl::parse(&format!("tftp://{at}/{file}")).unwrap();
    let network = Network::new(None).unwrap().with_tftp(patience);
    boot(&mut factory(yealink()), &url, &network, Duration::from_secs(20)).await
}

#[tokio::test]
async fn a_real_server_s_file_is_taken_whatever_its_size() {
    let folder = tempfile::tempdir().unwrap();
    for (size, block_size) in [(40, 1428), (512, 512), (1428, 1428), (70_000, 1428), (70_000, 512)] {
        let mut document = b"#!version:1.0.0.1\n".to_vec();
        document.resize(size, b'#');
        std::fs::write(folder.path().join("a.cfg"), &document).unwrap();
        let (at, _server) = Tftpd::start(folder.path());
        let boot = fetches(at, "a.cfg", TftpPatience { block_size, ..TftpPatience::default() }).await;
        assert!(boot.got_something(), "{boot:?}");
        assert_eq!(boot.bytes(), size);
    }
}

#[tokio::test]
async fn a_file_that_a_real_server_lacks_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let (at, _server) = Tftpd::start(folder.path());
    let boot = fetches(at, "b.cfg", TftpPatience::default()).await;
    assert!(matches!(boot.files[0].outcome, Outcome::Missing), "{boot:?}");
}

/// What a scripted server heard; a phone that says too little fails the test instead of hanging it.
async fn heard(served: tokio::task::JoinHandle<Vec<Vec<u8>>>) -> Vec<Vec<u8>> {
    tokio::time::timeout(Duration::from_secs(5), served)
        .await
        .expect("the phone said less than expected")
        .unwrap()
}

/// A server that answers the nth packet it gets with the nth of these (empty: says nothing), and records what came.
async fn scripted(answers: Vec<&'static [u8]>) -> (SocketAddr, tokio::task::JoinHandle<Vec<Vec<u8>>>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let mut came = Vec::new();
        let mut datagram = [0; 600];
        for answer in answers {
            let (length, from) = socket.recv_from(&mut datagram).await.unwrap();
            came.push(datagram[..length].to_vec());
            if !answer.is_empty() {
                socket.send_to(answer, from).await.unwrap();
            }
        }
        came
    });
    (address, served)
}

const DATA: &[u8] = b"\0\x03\0\x01#!version:1.0.0.1\na = 1\n";

#[tokio::test]
async fn a_lost_request_is_sent_again() {
    let (at, served) = scripted(vec![b"", b"", DATA]).await;
    let boot = fetches(at, "a.cfg", hasty(1428)).await;
    assert!(boot.got_something(), "{boot:?}");
    let came = heard(served).await;
    assert_eq!(came[0], b"\0\x01a.cfg\0octet\0blksize\x001428\0tsize\x000\0");
    assert_eq!((&came[1], &came[2]), (&came[0], &came[0]));
}

#[tokio::test]
async fn a_repeated_block_is_acknowledged_again_and_taken_once() {
    let (at, served) = scripted(vec![
        b"\0\x06blksize\x008\0",
        b"\0\x03\0\x01#!versio",
        b"\0\x03\0\x01#!versio",
        b"\0\x03\0\x02n:1.0.0.",
        b"\0\x03\0\x031\n",
    ])
    .await;
    let boot = fetches(at, "a.cfg", hasty(8)).await;
    assert_eq!(boot.bytes(), 18, "{boot:?}");
    assert!(boot.got_something(), "{boot:?}");
    assert_eq!(heard(served).await[1..], [[0, 4, 0, 0], [0, 4, 0, 1], [0, 4, 0, 1], [0, 4, 0, 2]]);
}

#[tokio::test]
async fn errors_are_told_apart() {
    for (answer, word) in [
        (b"\0\x05\0\x00wait\0".as_slice(), "undecidable"),
        (b"\0\x05\0\x01none\0", "missing"),
        (b"\0\x05\0\x02no\0", "refused 2"),
        (b"\0\x06blksize\x009000\0", "failed in request"),
        (b"\0\x06tsize\x0099999999\0", "failed in request"),
    ] {
        let (at, _served) = scripted(vec![answer]).await;
        assert_eq!(fetches(at, "a.cfg", hasty(512)).await.files[0].outcome.word(), word);
    }
}

#[tokio::test]
async fn silence_ends_after_as_many_packets_as_patience_allows() {
    let (at, served) = scripted(vec![b""; 4]).await;
    let boot = fetches(at, "a.cfg", hasty(512)).await;
    let Outcome::Failed(error) = &boot.files[0].outcome else { panic!("{boot:?}") };
    assert_eq!(std::error::Error::source(error).unwrap().to_string(), "no answer to 4 packets");
    assert_eq!(heard(served).await.len(), 4);
}
