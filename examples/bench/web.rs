//! Phones over HTTP and HTTPS, as cheap as can be: they share two processors with the servers.
//!
//! Blocking sockets in a few threads, certificates unchecked, one suite and one group offered. The same for every server.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, HandshakeKind, SignatureScheme, StreamOwned,
    SupportedCipherSuite, SupportedProtocolVersion,
};

use crate::office::Wish;

/// Connections at the same time.
const AT_ONCE: usize = 16;

/// What phones speak.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    /// TLS 1.3, all requests of a thread over one connection.
    Kept,
    /// TLS 1.3 with X25519, a handshake for each request.
    Tls13,
    /// TLS 1.2 with P-256, a handshake for each request.
    Tls12,
    /// TLS 1.3, resumed from a thread's connection before; the first one is not.
    Resumed,
}

/// Fetches each wish once, checks that each got a document, and says how long all of it took.
pub(crate) fn run(to: SocketAddr, speech: Speech, wishes: &[Wish]) -> anyhow::Result<Duration> {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..AT_ONCE.min(wishes.len()))
            .map(|_| scope.spawn(|| Phone::new(to, speech).and_then(|phone| phone.work(wishes, &next))))
            .collect();
        threads
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|_| anyhow::bail!("a client panicked")))
    })?;
    Ok(begun.elapsed())
}

/// One document, for an anchor to serve.
pub(crate) fn fetch(to: SocketAddr, wish: &Wish) -> anyhow::Result<Vec<u8>> {
    let mut stream = connect(to)?;
    let mut answer = Answer::default();
    let body = answer.to(&mut stream, wish)?;
    Ok(answer.bytes[body..].to_vec())
}

struct Phone {
    to: SocketAddr,
    speech: Speech,
    tls: Arc<ClientConfig>,
    resumed: usize,
}

impl Phone {
    fn new(to: SocketAddr, speech: Speech) -> anyhow::Result<Self> {
        Ok(Self { to, speech, tls: Arc::new(tls(speech)?), resumed: 0 })
    }

    /// Fetches what is next until nothing is left.
    fn work(mut self, wishes: &[Wish], next: &AtomicUsize) -> anyhow::Result<()> {
        let mut kept = None;
        let mut answer = Answer::default();
        let mut done = 0;
        while let Some(wish) = wishes.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut stream = match kept.take() {
                Some(stream) => stream,
                None => self.connect()?,
            };
            answer.to(&mut stream, wish)?;
            done += 1;
            if self.speech == Speech::Kept {
                kept = Some(stream);
                continue;
            }
            self.resumed += usize::from(stream.conn.handshake_kind() == Some(HandshakeKind::Resumed));
            stream.conn.send_close_notify();
            let _ = stream.conn.write_tls(&mut stream.sock);
        }
        if self.speech == Speech::Resumed {
            ensure!(self.resumed + 1 >= done, "only {} of {done} handshakes were resumed", self.resumed);
        }
        Ok(())
    }

    fn connect(&self) -> anyhow::Result<StreamOwned<ClientConnection, TcpStream>> {
        let name = ServerName::try_from("localhost")?;
        let session = ClientConnection::new(Arc::clone(&self.tls), name)?;
        Ok(StreamOwned::new(session, connect(self.to)?))
    }
}

fn connect(to: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(to)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}

/// The last answer, in room that is used again.
#[derive(Default)]
struct Answer {
    bytes: Vec<u8>,
}

impl Answer {
    /// Asks, and reads the whole answer; returns where its body starts.
    fn to(&mut self, stream: &mut (impl Read + Write), wish: &Wish) -> anyhow::Result<usize> {
        let Wish { path, user_agent } = wish;
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: {user_agent}\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        self.bytes.clear();
        let mut end = None;
        let mut room = [0; 16 * 1024];
        loop {
            let read = stream.read(&mut room)?;
            ensure!(read > 0, "the server closed the connection");
            self.bytes.extend_from_slice(&room[..read]);
            if end.is_none() {
                end = self.head()?;
            }
            if let Some((_, whole)) = end
                && self.bytes.len() >= whole
            {
                break;
            }
        }
        end.map(|(body, _)| body).context("an answer without an end")
    }

    /// Where the body starts and ends, once the header is complete.
    fn head(&self) -> anyhow::Result<Option<(usize, usize)>> {
        let Some(end) = self.bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let head = String::from_utf8_lossy(&self.bytes[..end]).to_ascii_lowercase();
        ensure!(head.starts_with("http/1.1 200"), "{}", head.lines().next().unwrap_or_default());
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.context("an answer without a length")?.trim().parse()?;
        Ok(Some((end + 4, end + 4 + length)))
    }
}

fn tls(speech: Speech) -> anyhow::Result<ClientConfig> {
    let (version, suite, group): (&'static SupportedProtocolVersion, SupportedCipherSuite, _) = match speech {
        Speech::Tls12 => (
            &rustls::version::TLS12,
            aws_lc_rs::cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            aws_lc_rs::kx_group::SECP256R1,
        ),
        _ => (
            &rustls::version::TLS13,
            aws_lc_rs::cipher_suite::TLS13_AES_128_GCM_SHA256,
            aws_lc_rs::kx_group::X25519,
        ),
    };
    let provider = Arc::new(CryptoProvider {
        cipher_suites: vec![suite],
        kx_groups: vec![group],
        ..aws_lc_rs::default_provider()
    });
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Unchecked))
        .with_no_client_auth();
    config.resumption = match speech {
        Speech::Resumed => Resumption::in_memory_sessions(4),
        _ => Resumption::disabled(),
    };
    Ok(config)
}

/// Checks nothing: that is the client's work, and what is measured is the server's.
#[derive(Debug)]
struct Unchecked;

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
