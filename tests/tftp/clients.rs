//! Real clients: each file arrives byte for byte, whatever its size and whatever the client asks for.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use offhook::tftp::options::OptionLimits;
use offhook::transport::tftp::Limits;

use crate::server::{Server, content};

const SIZES: [usize; 6] = [0, 1, 511, 512, 513, 70_000];

/// Longest that a client may take before the test fails.
const PATIENCE: &str = "40";

/// Runs a client of the Debian package `package` and returns whether it was content.
pub(crate) fn client(package: &str, program: &str, arguments: &[&str]) -> bool {
    let output = Command::new("timeout").args([PATIENCE, program]).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(127), "this test needs {program} of the Debian package {package}");
    output.status.success()
}

/// A way to fetch: server, name there, path here.
type Fetch = fn(SocketAddr, &str, &str) -> bool;

fn tftp_hpa(server: SocketAddr, name: &str, to: &str) -> bool {
    let (host, port) = (server.ip().to_string(), server.port().to_string());
    client("tftp-hpa", "tftp", &["-m", "binary", &host, &port, "-c", "get", name, to])
}

fn atftp(server: SocketAddr, name: &str, to: &str, options: &[&str]) -> bool {
    let (host, port) = (server.ip().to_string(), server.port().to_string());
    let mut arguments = vec!["--get", "-r", name, "-l", to];
    for option in options {
        arguments.extend(["--option", option]);
    }
    arguments.extend([host.as_str(), port.as_str()]);
    client("atftp", "atftp", &arguments)
}

fn busybox(server: SocketAddr, name: &str, to: &str, block_size: &str) -> bool {
    let (host, port) = (server.ip().to_string(), server.port().to_string());
    client("busybox-static", "busybox", &["tftp", "-g", "-b", block_size, "-r", name, "-l", to, &host, &port])
}

fn curl(server: SocketAddr, name: &str, to: &str, options: &[&str]) -> bool {
    let url = format!("tftp://{server}/{name}");
    client("curl", "curl", &[&["-sS", "--max-time", "60", "-o", to, &url], options].concat())
}

fn assert_fetches(name: &str, fetch: Fetch, sizes: &[usize]) {
    assert_fetches_from(&Server::start(), name, fetch, sizes);
}

fn assert_fetches_from(server: &Server, name: &str, fetch: Fetch, sizes: &[usize]) {
    let folder = tempfile::tempdir().unwrap();
    for &size in sizes {
        let path = folder.path().join(format!("{name}-{size}"));
        assert!(
            fetch(server.address, &format!("size-{size}"), path.to_str().unwrap()),
            "{name}, {size} bytes"
        );
        assert!(fs::read(&path).unwrap_or_default() == content(size), "{name}, {size} bytes differ");
    }
    assert_eq!(server.counters.failed.get(), 0);
}

#[test]
fn tftp_hpa_gets_every_size() {
    assert_fetches("tftp-hpa", tftp_hpa, &SIZES);
}

#[test]
fn atftp_gets_every_size_with_and_without_options() {
    assert_fetches("atftp", |s, n, to| atftp(s, n, to, &[]), &SIZES);
    assert_fetches("atftp window", |s, n, to| atftp(s, n, to, &["blksize 1428", "windowsize 8"]), &SIZES);
    assert_fetches(
        "atftp all",
        |s, n, to| atftp(s, n, to, &["blksize 600", "windowsize 64", "tsize 0", "timeout 3"]),
        &SIZES,
    );
}

#[test]
fn blocks_larger_than_a_frame_are_sent_where_they_are_allowed() {
    let options = OptionLimits { block_size: 65_464, window_size: 64 };
    let server = Server::with(([127, 0, 0, 1], 0).into(), Limits { options, ..Limits::default() });
    let sizes = [1, 70_000, 1_000_000];
    let fetch: Fetch = |s, n, to| atftp(s, n, to, &["blksize 8192", "windowsize 4"]);
    assert_fetches_from(&server, "atftp 8192", fetch, &sizes);
    assert_fetches_from(&server, "busybox 65464", |s, n, to| busybox(s, n, to, "65464"), &sizes);
    let fetch: Fetch = |s, n, to| atftp(s, n, to, &["blksize 1428", "windowsize 64"]);
    assert_fetches_from(&server, "atftp window 64", fetch, &sizes);
}

#[test]
fn busybox_gets_every_size() {
    assert_fetches("busybox", |s, n, to| busybox(s, n, to, "512"), &SIZES);
    assert_fetches("busybox 1428", |s, n, to| busybox(s, n, to, "1428"), &SIZES);
    assert_fetches("busybox 65464", |s, n, to| busybox(s, n, to, "65464"), &SIZES);
}

#[test]
fn curl_gets_every_size() {
    assert_fetches("curl", |s, n, to| curl(s, n, to, &[]), &SIZES);
    assert_fetches("curl plain", |s, n, to| curl(s, n, to, &["--tftp-no-options"]), &SIZES);
    assert_fetches("curl 1428", |s, n, to| curl(s, n, to, &["--tftp-blksize", "1428"]), &SIZES);
}

#[test]
fn block_numbers_go_round_for_all_clients() {
    let past = [65_536 * 512 + 300_000];
    assert_fetches("tftp-hpa", tftp_hpa, &past);
    assert_fetches("busybox", |s, n, to| busybox(s, n, to, "512"), &past);
    assert_fetches("curl", |s, n, to| curl(s, n, to, &["--tftp-no-options"]), &past);
    assert_fetches("atftp", |s, n, to| atftp(s, n, to, &["blksize 512", "windowsize 16"]), &past);
}

#[test]
fn a_file_that_is_not_there_fails_at_once_for_all_clients() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let to = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let began = std::time::Instant::now();
    assert!(!atftp(server.address, "none", &to("a"), &[]));
    assert!(!busybox(server.address, "none", &to("b"), "512"));
    assert!(!curl(server.address, "none", &to("c"), &[]));
    tftp_hpa(server.address, "none", &to("d"));
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    assert_eq!((server.counters.refused.get(), server.counters.started.get()), (4, 0));
    assert!(!Path::new(&to("c")).exists() || fs::read(to("c")).unwrap().is_empty());
}

#[test]
fn an_upload_is_refused_at_once() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("up");
    fs::write(&file, "log").unwrap();
    let url = format!("tftp://{}/boot.log", server.address);
    let began = std::time::Instant::now();
    assert!(!client("curl", "curl", &["-sS", "--max-time", "9", "-T", file.to_str().unwrap(), &url]));
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
    assert_eq!(server.counters.refused.get(), 1);
}
