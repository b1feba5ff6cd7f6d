//! Sockets that a service manager passes, and what it hears.

use std::{
    net::{TcpListener, UdpSocket},
    os::{fd::OwnedFd, unix::net::UnixDatagram},
    process::{Command, Stdio},
};

use crate::{
    clients::get,
    office::{MAC, Office},
    server::{PATIENCE, Server},
};

#[test]
fn passed_sockets_take_the_place_of_configured_addresses_and_ready_is_told() {
    let office = Office::sqlite();
    office.acme();
    office.phone("101", MAC);
    let manager = UnixDatagram::bind(office.path("notify")).unwrap();
    manager.set_read_timeout(Some(PATIENCE)).unwrap();
    let hears = |part: &str| {
        let mut buffer = [0; 512];
        let length = manager.recv(&mut buffer).unwrap_or_else(|error| panic!("no {part}: {error}"));
        let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
        assert!(text.contains(part), "{text} instead of {part}");
    };
    let (http, tftp) = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (http_at, tftp_at) = (http.local_addr().unwrap(), tftp.local_addr().unwrap());

    // as systemd does: descriptors 3 and 4, and variables that name them for this process only
    let mut command = Command::new("sh");
    command.args(["-c", "exec 3<&0 4<&1 </dev/null >&2; LISTEN_PID=$$ exec \"$0\" \"$@\""]);
    command.arg(env!("CARGO_BIN_EXE_offhook"));
    command.args(["serve", "--log-format", "json"]);
    let mut command = office.surround(command);
    command
        .env("LISTEN_FDS", "2")
        .env("LISTEN_FDNAMES", "http:tftp")
        .env("NOTIFY_SOCKET", office.path("notify"));
    command.stdin(Stdio::from(OwnedFd::from(http))).stdout(Stdio::from(OwnedFd::from(tftp)));
    let server = Server::attend(command.stderr(Stdio::piped()).spawn().unwrap());

    hears("READY=1");
    assert_eq!((server.door("http"), server.door("tftp")), (http_at, tftp_at));
    assert_eq!(server.door("https").port(), office.ports[0], "what is not passed is opened");
    let over_http = get(http_at, &format!("/{MAC}.cfg"));
    assert_eq!(over_http.status, 200);
    let fetched =
        Command::new("curl").args(["-sS", &format!("tftp://{tftp_at}/{MAC}.cfg")]).output().unwrap();
    assert_eq!(String::from_utf8(fetched.stdout).unwrap(), over_http.body);
    server.reload();
    hears("RELOADING=1");
    hears("READY=1");
    server.stop();
    hears("STOPPING=1");
}

#[test]
fn a_passed_socket_of_another_kind_is_refused_by_name() {
    let office = Office::sqlite();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut command = Command::new("sh");
    command
        .args(["-c", "exec 3<&0 </dev/null; LISTEN_PID=$$ exec \"$0\" serve"])
        .arg(env!("CARGO_BIN_EXE_offhook"));
    let mut command = office.surround(command);
    command.env("LISTEN_FDS", "1").env("LISTEN_FDNAMES", "https").stdin(Stdio::from(OwnedFd::from(udp)));
    let (status, said) = Server::spawn(command).ended();
    assert_eq!(status.code(), Some(3), "{said}");
    assert!(said.contains("the socket passed for https cannot be used"), "{said}");
}
