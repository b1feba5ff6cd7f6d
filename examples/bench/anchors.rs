//! The servers that Offhook is measured against, each serving ready files from a folder of its own.

use std::fs::{self, Permissions};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use crate::process::Process;
use crate::tftp;

/// A running anchor with its files.
pub(crate) struct Anchor {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    _folder: TempDir,
}

/// How nginx speaks TLS.
#[derive(Clone, Copy)]
pub(crate) struct Tls<'a> {
    /// The folder with the certificate that Offhook shows as well.
    pub(crate) certificates: &'a Path,
    /// `TLSv1.2` or `TLSv1.3`.
    pub(crate) version: &'a str,
    /// `X25519` or `prime256v1`.
    pub(crate) curve: &'a str,
    pub(crate) tickets: bool,
}

impl Anchor {
    /// nginx with two workers, as quick as its manual makes it for small files.
    pub(crate) fn nginx(files: &[(String, Vec<u8>)], tls: Option<Tls<'_>>) -> anyhow::Result<Self> {
        let folder = folder(files)?;
        let address = free_tcp()?;
        let (listen, tls) = match tls {
            None => ("", String::new()),
            Some(Tls { certificates, version, curve, tickets }) => (
                " ssl",
                format!(
                    "ssl_certificate {0}/server-ecdsa.crt; ssl_certificate_key {0}/server-ecdsa.key;\n\
                     ssl_protocols {version}; ssl_ecdh_curve {curve}; ssl_session_tickets {1};\n\
                     ssl_session_cache off; ssl_buffer_size 16k;\n",
                    certificates.display(),
                    if tickets { "on" } else { "off" }
                ),
            ),
        };
        let root = folder.path().display();
        let config = folder.path().join("nginx.conf");
        fs::write(
            &config,
            format!(
                "worker_processes 2; pid {root}/nginx.pid; error_log {root}/error.log;\n\
                 events {{ worker_connections 4096; }}\n\
                 http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;\n\
                 open_file_cache max=20000 inactive=1h; open_file_cache_valid 1h;\n{tls}\
                 server {{ listen {address}{listen} backlog=4096; root {root}; default_type text/plain; }} }}\n"
            ),
        )?;
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder.path()).arg("-c").arg(&config).args(["-g", "daemon off;"]);
        let process = Process::start(command.stderr(Stdio::null()))?;
        let begun = Instant::now();
        while std::net::TcpStream::connect(address).is_err() {
            if begun.elapsed() > Duration::from_secs(5) {
                bail!("nginx does not answer: {}", fs::read_to_string(folder.path().join("error.log"))?);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self { process, address, _folder: folder })
    }

    pub(crate) fn tftpd_hpa(files: &[(String, Vec<u8>)]) -> anyhow::Result<Self> {
        Self::tftp(files, free_udp()?, |root, address| {
            let mut command = Command::new("in.tftpd");
            command.args(["-L", "-a", &address.to_string(), "-u", "nobody", "-s"]).arg(root);
            command
        })
    }

    pub(crate) fn atftpd(files: &[(String, Vec<u8>)]) -> anyhow::Result<Self> {
        Self::tftp(files, free_udp()?, |root, address| {
            let mut command = Command::new("atftpd");
            command.args(["--daemon", "--no-fork", "--user", "nobody.nogroup", "--maxthread", "1000"]);
            command.args(["--verbose=0", "--logfile", "/dev/null", "--bind-address"]);
            command.arg(address.ip().to_string()).args(["--port", &address.port().to_string()]).arg(root);
            command
        })
    }

    /// dnsmasq knows port 69 only, so it gets a loopback address of its own.
    pub(crate) fn dnsmasq(files: &[(String, Vec<u8>)]) -> anyhow::Result<Self> {
        Self::tftp(files, ([127, 69, 69, 69], 69).into(), |root, address| {
            let mut command = Command::new("dnsmasq");
            command.args(["--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=nobody"]);
            command.args(["--pid-file=", "--enable-tftp", "--tftp-max=1000", "--bind-interfaces"]);
            command.args(["--quiet-tftp", "--log-facility=/dev/null"]);
            command.arg(format!("--listen-address={}", address.ip()));
            command.arg(format!("--tftp-root={}", root.display()));
            command
        })
    }

    fn tftp(
        files: &[(String, Vec<u8>)],
        address: SocketAddr,
        command: impl FnOnce(&Path, SocketAddr) -> Command,
    ) -> anyhow::Result<Self> {
        let folder = folder(files)?;
        let mut command = command(folder.path(), address);
        let process = Process::start(command.stderr(Stdio::null()))?;
        let (name, bytes) = files.first().context("a server without files")?;
        let begun = Instant::now();
        while tftp::Client::plain(address).fetch(name, 0).is_none_or(|fetched| fetched.bytes != bytes.len()) {
            if begun.elapsed() > Duration::from_secs(10) {
                bail!("{} does not serve on {address}", command.get_program().display());
            }
        }
        Ok(Self { process, address, _folder: folder })
    }
}

/// A folder with these files that a server without rights can read.
fn folder(files: &[(String, Vec<u8>)]) -> anyhow::Result<TempDir> {
    let folder = tempfile::tempdir()?;
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
    for (name, bytes) in files {
        let path = folder.path().join(name.trim_start_matches('/'));
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, Permissions::from_mode(0o644))?;
    }
    Ok(folder)
}

/// An address on which nothing listens now.
pub(crate) fn free_tcp() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The same for UDP.
pub(crate) fn free_udp() -> anyhow::Result<SocketAddr> {
    Ok(UdpSocket::bind("127.0.0.1:0")?.local_addr()?)
}
