//! What a service manager passes and hears, with a process of its own: signals, sockets and variables are the
//! process's. The test sends real signals and plays the manager's side of the notification socket.

use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use offhook::config::process_environment;
use offhook::lifecycle::sockets::{SocketError, Sockets};
use offhook::lifecycle::{Ending, Lifecycle, signals};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncWriteExt;

/// The server process of the test below, which runs it by name.
#[test]
#[ignore = "started by another test, as a process of its own"]
fn a_served_process() {
    let mut sockets = Sockets::passed(&process_environment);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let ending = runtime.block_on(async {
        let http = sockets.tcp("http", None).unwrap().unwrap();
        let http = tokio::net::TcpListener::from_std(http).unwrap();
        assert_eq!(sockets.left_over(), ["misspelt"]);
        let mut life = Lifecycle::new(Duration::from_secs(30));
        let stop = life.stop();
        life.spawn("http", async move {
            let answer = async {
                let (mut peer, _) = http.accept().await.unwrap();
                peer.write_all(b"hello").await.unwrap();
            };
            answer.await;
            stop.requested().await;
        });
        let mut outcomes = [Err("broken".to_owned()), Ok("mended".to_owned())].into_iter();
        let reload = move || std::future::ready(outcomes.next().unwrap());
        life.run(signals::receive().unwrap(), reload).await
    });
    assert_eq!(ending, Ending::Stopped);
}

/// A process that does not outlive a test that fails.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Passes `listener` twice, as a service manager does: as descriptors 3 and 4, with names.
fn start(listener: TcpListener, notify: &Path) -> Served {
    let program = std::env::current_exe().unwrap();
    let child = Command::new("sh")
        .args(["-c", "exec 3<&0 4<&0 </dev/null; LISTEN_PID=$$ exec \"$0\" \"$@\""])
        .arg(program)
        .args(["--exact", "service_manager::a_served_process", "--ignored"])
        .env("LISTEN_FDS", "2")
        .env("LISTEN_FDNAMES", "http:misspelt")
        .env("NOTIFY_SOCKET", notify)
        .env("WATCHDOG_USEC", "200000")
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)))
        .stdout(Stdio::null())
        .spawn();
    Served(child.unwrap())
}

#[test]
fn systemd_passes_sockets_and_hears_ready_reloading_stopping_and_the_watchdog() {
    let folder = tempfile::tempdir().unwrap();
    let manager = UnixDatagram::bind(folder.path().join("notify")).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let next = |part: &str| {
        let mut buffer = [0; 512];
        loop {
            let length = manager.recv(&mut buffer).unwrap_or_else(|error| panic!("no {part}: {error}"));
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if text.contains(part) {
                return text;
            }
            assert_eq!(text.trim_end(), "WATCHDOG=1", "before {part}");
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut server = start(listener, &folder.path().join("notify"));
    let pid = Pid::from_child(&server.0);

    next("READY=1");
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut TcpStream::connect(address).unwrap(), &mut answer).unwrap();
    assert_eq!(answer, "hello");
    next("WATCHDOG=1");
    next("WATCHDOG=1");
    kill_process(pid, Signal::HUP).unwrap();
    assert!(next("RELOADING=1").contains("MONOTONIC_USEC="));
    assert!(next("READY=1").contains("the last reload failed"));
    kill_process(pid, Signal::HUP).unwrap();
    next("RELOADING=1");
    assert!(!next("READY=1").contains("failed"));
    kill_process(pid, Signal::TERM).unwrap();
    next("STOPPING=1");
    assert!(server.0.wait().unwrap().success());
}

#[test]
fn without_a_service_manager_sockets_are_opened_and_a_door_may_be_off() {
    let mut sockets = Sockets::passed(&|_| None);
    assert!(sockets.tcp("https", None).unwrap().is_none());
    let http = sockets.tcp("http", Some(([127, 0, 0, 1], 0).into())).unwrap().unwrap();
    assert!(sockets.udp("tftp", Some(([127, 0, 0, 1], 0).into())).unwrap().is_some());
    let taken = http.local_addr().unwrap();
    let error = sockets.tcp("https", Some(taken)).unwrap_err();
    assert!(matches!(error, SocketError::Bind { door: "https", .. }));
    assert!(error.to_string().starts_with(&format!("cannot listen on {taken} for https: ")), "{error}");
}
