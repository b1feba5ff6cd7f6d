//! How we speak TLS: versions, suites and resumption for clients between a phone of 2012 and a browser of today.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{NoServerSessionStorage, ServerSessionMemoryCache, StoresServerSessions};
use rustls::version::{TLS12, TLS13};

use super::factory::possession::{OnlyProven, TakesAny};
use super::identity::Identity;

/// TLS 1.2 sessions kept for clients that resume by session id because they know no tickets (RFC 5246 §7.3).
/// About 2 MB when full, 32 MB if everybody shows the largest certificates that are kept.
const SESSIONS_BY_ID: usize = 4096;

/// May a client that was here before skip the key exchange?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumption {
    /// By ticket or session id. Ticket keys live in this process and rotate; another node does a full handshake.
    On,
    /// Never: every connection pays a full handshake, as a benchmark wants it.
    Off,
}

/// TLS 1.2 and 1.3 with these certificates, negotiating no protocol (ALPN): the answer to everybody is HTTP/1.
///
/// A client is asked for a certificate only by a server that knows factory authorities, and goes on without one.
///
/// The provider is named here, never taken from the process, so that a second one linked in by some dependency changes
/// nothing. Suites stay the provider's defaults: ECDHE with AES-GCM or `ChaCha20` (RFC 7525 §4.2 has no weaker ones).
pub fn server_config(identity: Arc<Identity>, resumption: Resumption) -> Result<ServerConfig, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_client_cert_verifier(Arc::new(TakesAny))
        .with_cert_resolver(identity);
    match resumption {
        Resumption::On => {
            config.ticketer = Arc::new(OnlyProven(aws_lc_rs::Ticketer::new()?));
            let sessions: Arc<dyn StoresServerSessions> = ServerSessionMemoryCache::new(SESSIONS_BY_ID);
            config.session_storage = Arc::new(OnlyProven(sessions));
            // one is enough for a client that fetches its files one after the other, and costs half
            config.send_tls13_tickets = 1;
        }
        Resumption::Off => {
            config.session_storage = Arc::new(NoServerSessionStorage {});
            config.send_tls13_tickets = 0;
        }
    }
    Ok(config)
}
