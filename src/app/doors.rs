//! Doors: bound sockets, and what serves behind each of them.

use std::{
    net::{SocketAddr, TcpListener, UdpSocket},
    sync::Arc,
};

use anyhow::Context as _;

use super::opening::Certificates;
use crate::{
    config::{Config, Listen},
    net::{accept, limits::Limits, tls},
    provisioning::Provisioner,
    transport::{
        https::PhoneDoor,
        tftp::{self, TftpServer},
    },
};

/// Bound sockets, from a service manager or bound here. None where a door is off.
#[derive(Debug, Default)]
pub struct Sockets {
    /// Phones over HTTPS.
    pub https: Option<TcpListener>,
    /// Phones over plain HTTP.
    pub http: Option<TcpListener>,
    /// Phones over TFTP.
    pub tftp: Option<UdpSocket>,
    /// Health, metrics and administration.
    pub admin: Option<TcpListener>,
}

/// Where the doors really are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses {
    /// Phones over HTTPS.
    pub https: Option<SocketAddr>,
    /// Phones over plain HTTP.
    pub http: Option<SocketAddr>,
    /// Phones over TFTP.
    pub tftp: Option<SocketAddr>,
    /// Health, metrics and administration.
    pub admin: Option<SocketAddr>,
}

impl Sockets {
    /// Binds every door that is on and not yet bound.
    pub fn bind_rest(mut self, listen: &Listen) -> anyhow::Result<Self> {
        for (door, socket, address) in [
            ("https", &mut self.https, listen.https),
            ("http", &mut self.http, listen.http),
            ("admin", &mut self.admin, listen.admin),
        ] {
            if let (None, Some(address)) = (&socket, address) {
                *socket = Some(TcpListener::bind(address).with_context(|| cannot_bind(door, address))?);
            }
        }
        if let (None, Some(address)) = (&self.tftp, listen.tftp) {
            self.tftp = Some(UdpSocket::bind(address).with_context(|| cannot_bind("tftp", address))?);
        }
        Ok(self)
    }

    /// Where the doors really are.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        let tcp = |socket: &Option<TcpListener>| socket.as_ref().and_then(|socket| socket.local_addr().ok());
        Addresses {
            https: tcp(&self.https),
            http: tcp(&self.http),
            tftp: self.tftp.as_ref().and_then(|socket| socket.local_addr().ok()),
            admin: tcp(&self.admin),
        }
    }
}

fn cannot_bind(door: &str, address: SocketAddr) -> String {
    let advice = match address.port() {
        1..1024 => "; ports below 1024 need root or a socket from the service manager",
        _ => "",
    };
    format!("cannot listen for {door} at {address}{advice}")
}

/// A server for phones over HTTPS or plain HTTP.
pub(super) fn http_server(
    provisioner: &Arc<Provisioner>,
    certificates: Option<&Certificates>,
    config: &Config,
) -> anyhow::Result<accept::Server<PhoneDoor<Arc<Provisioner>>>> {
    let tls = match certificates {
        Some(certificates) => {
            let resumption = if config.tls.resumption { tls::Resumption::On } else { tls::Resumption::Off };
            Some(Arc::new(tls::server_config(Arc::clone(&certificates.identity), resumption)?))
        }
        None => None,
    };
    Ok(accept::Server {
        handler: PhoneDoor(Arc::clone(provisioner)),
        tls,
        limits: Limits {
            connections: config.limits.connections,
            per_address: config.limits.connections_per_address,
            handshake: config.limits.handshake_timeout,
            head: config.limits.header_timeout,
            idle: config.limits.idle_timeout,
            request: config.limits.request_timeout,
            ..Limits::default()
        },
        counters: Arc::default(),
        mask_control_bytes: true,
    })
}

/// A server for phones over TFTP.
pub(super) fn tftp_server(
    provisioner: &Arc<Provisioner>,
    socket: UdpSocket,
    config: &Config,
) -> anyhow::Result<TftpServer<Arc<Provisioner>>> {
    let limits = tftp::Limits {
        transfers: config.limits.tftp_transfers,
        transfers_per_address: config.limits.tftp_transfers_per_address,
        ..tftp::Limits::default()
    };
    Ok(TftpServer::new(socket, Arc::clone(provisioner), limits)?)
}
