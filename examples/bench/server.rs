//! Offhook as a process of its own: `offhook serve`, and its TFTP transport with a file that no phone asks for.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use offhook::transport::tftp::{Limits, ReadHandler, ReadRequest, TftpRefusal, TftpServer};

use crate::anchors::{free_tcp, free_udp};
use crate::office::{self, Office};
use crate::process::Process;
use crate::web;

/// The size of the one file that no phone ever asks for.
pub(crate) const LARGE: usize = 64 << 20;

/// A running Offhook.
pub(crate) struct Server {
    pub(crate) process: Process,
    pub(crate) https: SocketAddr,
    pub(crate) http: SocketAddr,
    pub(crate) tftp: SocketAddr,
    /// From the start of the process until a phone had its document.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Starts Offhook on an installation, with more flags.
    pub(crate) fn start(office: &Office, flags: &[&str]) -> anyhow::Result<Self> {
        let (https, http, tftp) = (free_tcp()?, free_tcp()?, free_udp()?);
        // cargo puts examples into a folder beside the program
        let folder =
            std::env::current_exe()?.parent().and_then(|folder| folder.parent()).map(ToOwned::to_owned);
        let program = folder.context("no folder of programs")?.join("offhook").display().to_string();
        let begun = Instant::now();
        let mut process = Process::start(&program, |command| {
            command.arg("serve").arg("--config").arg(office.config_file()).args(flags);
            for (door, address) in [("--https", https), ("--http", http), ("--tftp", tftp)] {
                command.args([door, &address.to_string()]);
            }
        })?;
        while web::fetch(http, &office.wish(0)).is_err() {
            ensure!(process.child.try_wait()?.is_none(), "offhook ended at once");
            ensure!(begun.elapsed() < Duration::from_mins(1), "offhook serves no document");
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(Self { process, https, http, tftp, ready_after: begun.elapsed() })
    }
}

/// Starts a TFTP server whose every file is [`LARGE`].
pub(crate) fn start_large() -> anyhow::Result<(Process, SocketAddr)> {
    let program = std::env::current_exe()?.display().to_string();
    let mut process = Process::start(&program, |command| {
        command.arg("serve-large").stdout(Stdio::piped());
    })?;
    let mut line = String::new();
    BufReader::new(process.child.stdout.take().context("the server has no output")?).read_line(&mut line)?;
    Ok((process, line.trim().parse()?))
}

/// The server's side of [`start_large`].
pub(crate) fn serve_large() -> anyhow::Result<()> {
    struct Large(Bytes);
    impl ReadHandler for Large {
        type Receipt = ();

        async fn read(&self, _: ReadRequest) -> Result<(Bytes, ()), TftpRefusal> {
            Ok((self.0.clone(), ()))
        }

        fn delivered(&self, (): &()) {}
    }
    office::runtime()?.block_on(async {
        let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
        println!("{}", socket.local_addr()?);
        let server = TftpServer::new(socket, Large(Bytes::from(vec![0x55; LARGE])), Limits::default())?;
        // until it is killed
        server.run(std::future::pending()).await.finished().await;
        Ok(())
    })
}
