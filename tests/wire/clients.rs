//! curl, openssl and Debian's TFTP clients fetch the same bytes for the same phone.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{postgres::cluster, running::Running};

const MAC: &str = "805ec0000101";

/// Runs a client of the Debian package `package`; what it wrote to standard output.
pub(crate) fn client(package: &str, program: &str, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("timeout")
        .args(["30", program])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_ne!(output.status.code(), Some(127), "this test needs {program} of the Debian package {package}");
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// One request through `openssl s_client`; the answer's body.
fn openssl(port: u16, ca: &Path, version: &str, path: &str) -> Vec<u8> {
    let connect = format!("localhost:{port}");
    let ca = ca.display().to_string();
    let arguments = [
        "s_client",
        "-quiet",
        "-connect",
        &connect,
        version,
        "-CAfile",
        &ca,
        "-verify_return_error",
        "-verify_hostname",
        "localhost",
        "-servername",
        "localhost",
        "-ign_eof",
    ];
    let request = format!("GET {path} HTTP/1.0\r\n\r\n");
    let answer = client("openssl", "openssl", &arguments, request.as_bytes());
    let head = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head and a body");
    assert!(answer.starts_with(b"HTTP/1.0 200") || answer.starts_with(b"HTTP/1.1 200"));
    answer[head + 4..].to_vec()
}

async fn every_client_gets_the_same_bytes(database: Option<&str>) {
    let server = Running::start(Some("acme"), database).await;
    let acme = server.tenant("acme", 3).await;
    server.phone(&acme, "101", "Yealink SIP-T46U", MAC).await;
    server.hears().await;
    let (url, scope, ca) = (server.url(&acme).await, server.scope(&acme).await, server.ca());
    let file = format!("{MAC}.cfg");
    let doors = server.doors;
    let folder = server.path("fetched");
    std::fs::create_dir(&folder).unwrap();
    let fetched = tokio::task::spawn_blocking(move || {
        let ca_text = ca.display().to_string();
        let (https, http, tftp) = (doors.https.unwrap(), doors.http.unwrap(), doors.tftp.unwrap());
        let over_tftp = format!("tftp://{tftp}/{scope}/{file}");
        let mut fetched: Vec<(&str, Vec<u8>)> = vec![
            (
                "curl https",
                client("curl", "curl", &["-sSf", "--cacert", &ca_text, &format!("{url}{file}")], b""),
            ),
            ("curl http", client("curl", "curl", &["-sSf", &format!("http://{http}/p/{scope}/{file}")], b"")),
            ("curl tftp", client("curl", "curl", &["-sSf", &over_tftp], b"")),
            ("openssl TLS 1.2", openssl(https.port(), &ca, "-tls1_2", &format!("/p/{scope}/{file}"))),
            ("openssl TLS 1.3", openssl(https.port(), &ca, "-tls1_3", &format!("/p/{scope}/{file}"))),
        ];
        let (host, port) = (tftp.ip().to_string(), tftp.port().to_string());
        let to = |name: &str| folder.join(name).display().to_string();
        let hpa = to("hpa");
        client("tftp-hpa", "tftp", &["-m", "binary", &host, &port, "-c", "get", &file, &hpa], b"");
        fetched.push(("tftp-hpa", std::fs::read(&hpa).unwrap()));
        for (name, options) in
            [("atftp", &[][..]), ("atftp with options", &["blksize 1428", "windowsize 8"][..])]
        {
            let path = to(name);
            let mut arguments = vec!["--get", "-r", &file, "-l", &path];
            for option in options {
                arguments.extend(["--option", option]);
            }
            arguments.extend([host.as_str(), port.as_str()]);
            client("atftp", "atftp", &arguments, b"");
            fetched.push((name, std::fs::read(&path).unwrap()));
        }
        fetched
    });
    let fetched = fetched.await.unwrap();
    let (_, first) = &fetched[0];
    assert!(first.starts_with(b"#!version:1.0.0.1") && first.len() > 10_000, "{} bytes", first.len());
    for (name, bytes) in &fetched {
        assert!(bytes == first, "{name} got {} bytes, others {}", bytes.len(), first.len());
    }
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_gets_the_same_bytes_from_sqlite() {
    every_client_gets_the_same_bytes(None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_client_gets_the_same_bytes_from_postgresql() {
    let url = cluster().database().await;
    every_client_gets_the_same_bytes(Some(&url)).await;
}
