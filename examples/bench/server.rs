//! Offhook as a process of its own: this program again, composed as `offhook serve` composes it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use bytes::Bytes;
use offhook::app::{App, Sockets};
use offhook::domain::{SystemClock, SystemRandom};
use offhook::transport::tftp::{Limits, ReadHandler, ReadRequest, TftpRefusal, TftpServer};

use crate::office::{self, Office};
use crate::process::Process;

/// The size of the one file that no phone ever asks for.
pub(crate) const LARGE: usize = 64 << 20;

/// A running Offhook.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) https: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) tftp: SocketAddr,
    /// From the start of the process until its doors were open.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts Offhook on an installation, with configuration flags as `KEY=VALUE`.
    pub(crate) fn start(office: &Office, flags: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("serve").arg(office.folder()).args(flags).stdout(Stdio::piped()).stdin(Stdio::null());
        let begun = Instant::now();
        let mut process = Process::start(&mut command)?;
        let line = first_line(&mut process)?;
        let ready_after = begun.elapsed();
        let doors: Vec<SocketAddr> = line.split_whitespace().filter_map(|door| door.parse().ok()).collect();
        let &[https, http, tftp] = doors.as_slice() else { anyhow::bail!("no addresses in {line:?}") };
        Ok(Self { process, https, http, tftp, ready_after })
    }
}

/// Starts a TFTP server whose every file is [`LARGE`].
pub(crate) fn start_large() -> anyhow::Result<(Process, SocketAddr)> {
    let mut command = Command::new(std::env::current_exe()?);
    let mut process = Process::start(command.arg("serve-large").stdout(Stdio::piped()).stdin(Stdio::null()))?;
    let line = first_line(&mut process)?;
    Ok((process, line.trim().parse()?))
}

fn first_line(process: &mut Process) -> anyhow::Result<String> {
    let mut line = String::new();
    let output = process.0.stdout.take().context("the server has no output")?;
    BufReader::new(output).read_line(&mut line)?;
    Ok(line)
}

/// The server's side of [`Server::start`].
pub(crate) fn serve(arguments: &[&str]) -> anyhow::Result<()> {
    let [folder, flags @ ..] = arguments else { anyhow::bail!("serve FOLDER [KEY=VALUE…]") };
    let config = office::config(Path::new(folder), flags)?;
    office::runtime()?.block_on(async {
        let app =
            App::build(config, Sockets::default(), Arc::new(SystemClock), Arc::new(SystemRandom)).await?;
        let doors = app.addresses();
        let door = |address: Option<SocketAddr>| address.context("a door is closed");
        println!("{} {} {}", door(doors.https)?, door(doors.http)?, door(doors.tftp)?);
        app.run(terminated()).await
    })
}

/// The server's side of [`start_large`].
pub(crate) fn serve_large() -> anyhow::Result<()> {
    struct Large(Bytes);
    impl ReadHandler for Large {
        async fn read(&self, _: ReadRequest) -> Result<Bytes, TftpRefusal> {
            Ok(self.0.clone())
        }
    }
    office::runtime()?.block_on(async {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
        println!("{}", socket.local_addr()?);
        let server = TftpServer::new(socket, Large(Bytes::from(vec![0x55; LARGE])), Limits::default())?;
        server.run(terminated()).await.finished().await;
        Ok(())
    })
}

async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    if let Ok(mut terminated) = signal(SignalKind::terminate()) {
        terminated.recv().await;
    }
}
