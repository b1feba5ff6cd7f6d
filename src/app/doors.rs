//! Doors: bound sockets, and what serves behind each of them.

use std::{
    net::{SocketAddr, SocketAddrV4, TcpListener, UdpSocket},
    sync::Arc,
};

use super::opening::Certificates;
use crate::{
    admin::door::{AdminDoor, Routes},
    config::{Config, Role},
    domain::Random,
    lifecycle::sockets::{SocketError, Sockets},
    net::{accept, factory::Factory, limits::Limits, tls},
    provisioning::Provisioner,
    transport::{
        https::PhoneDoor,
        pnp::{self, Ears, PnpServer},
        tftp::{self, TftpServer},
    },
};

/// The sockets of the doors that are on.
#[derive(Debug)]
pub(super) struct Doors {
    pub(super) https: Option<TcpListener>,
    pub(super) http: Option<TcpListener>,
    pub(super) tftp: Option<UdpSocket>,
    pub(super) pnp: Option<Ears>,
    pub(super) admin: Option<TcpListener>,
}

/// Where the doors really are; none where one is off.
#[derive(Clone, Copy, Debug, Default)]
pub struct Addresses {
    /// Phones over HTTPS.
    pub https: Option<SocketAddr>,
    /// Phones over plain HTTP.
    pub http: Option<SocketAddr>,
    /// Phones over TFTP.
    pub tftp: Option<SocketAddr>,
    /// The multicast group where phones look for their URL.
    pub pnp: Option<SocketAddr>,
    /// Health, metrics and administration.
    pub admin: Option<SocketAddr>,
}

impl Doors {
    /// Takes the sockets that were passed, and binds the other doors of the configured role.
    pub(super) fn open(sockets: &mut Sockets, config: &Config) -> Result<Self, SocketError> {
        let listen = &config.listen;
        let phones = config.server.role != Role::Admin;
        let of_phones = |address: Option<SocketAddr>| address.filter(|_| phones);
        let doors = Self {
            https: sockets.tcp("https", of_phones(listen.https))?,
            http: sockets.tcp("http", of_phones(listen.http))?,
            tftp: sockets.udp("tftp", of_phones(listen.tftp))?,
            pnp: listen.pnp.filter(|_| phones).map(ears).transpose()?,
            // health and metrics are wanted of every role
            admin: sockets.tcp("admin", listen.admin)?,
        };
        for name in sockets.left_over() {
            tracing::warn!("the socket \"{name}\" was passed and is no door: https, http, tftp or admin");
        }
        Ok(doors)
    }

    pub(super) fn addresses(&self) -> Addresses {
        let tcp = |socket: &Option<TcpListener>| socket.as_ref().and_then(|socket| socket.local_addr().ok());
        Addresses {
            https: tcp(&self.https),
            http: tcp(&self.http),
            tftp: self.tftp.as_ref().and_then(|socket| socket.local_addr().ok()),
            pnp: self.pnp.as_ref().map(|ears| ears.group().into()),
            admin: tcp(&self.admin),
        }
    }
}

/// The sockets of the SIP PnP door: one per interface, so none of them is passed.
fn ears(group: SocketAddrV4) -> Result<Ears, SocketError> {
    Ears::open(group).map_err(|source| SocketError::Bind { door: "pnp", address: group.into(), source })
}

/// A server for phones over HTTPS, or over plain HTTP without certificates.
pub(super) fn http_server(
    provisioner: &Arc<Provisioner>,
    certificates: Option<&Certificates>,
    factory: &Arc<Factory>,
    config: &Config,
) -> Result<accept::Server<PhoneDoor<Arc<Provisioner>>>, rustls::Error> {
    let resumption = if config.tls.resumption { tls::Resumption::On } else { tls::Resumption::Off };
    let tls =
        certificates.map(|certificates| tls::server_config(Arc::clone(&certificates.identity), resumption));
    Ok(accept::Server {
        handler: PhoneDoor(Arc::clone(provisioner)),
        tls: tls.transpose()?.map(Arc::new),
        factory: Some(Arc::clone(factory)),
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

/// A server for administrators and monitoring: over TLS where it does not stand on loopback.
pub(super) fn admin_server(
    routes: Routes,
    address: SocketAddr,
    certificates: Option<&Certificates>,
) -> anyhow::Result<accept::Server<AdminDoor>> {
    let identity = certificates.filter(|_| !AdminDoor::is_plain_at(address));
    let tls = identity
        .map(|certificates| tls::server_config(Arc::clone(&certificates.identity), tls::Resumption::On))
        .transpose()?;
    Ok(accept::Server {
        handler: AdminDoor::new(routes),
        tls: tls.map(Arc::new),
        factory: None,
        limits: Limits::default(),
        counters: Arc::default(),
        mask_control_bytes: false,
    })
}

/// A server for phones over TFTP.
pub(super) fn tftp_server(
    provisioner: &Arc<Provisioner>,
    socket: UdpSocket,
    config: &Config,
) -> std::io::Result<TftpServer<Arc<Provisioner>>> {
    let limits = tftp::Limits {
        transfers: config.limits.tftp_transfers,
        transfers_per_address: config.limits.tftp_transfers_per_address,
        ..tftp::Limits::default()
    };
    TftpServer::new(socket, Arc::clone(provisioner), limits)
}

/// A server for phones that look for their URL.
pub(super) fn pnp_server(
    provisioner: &Arc<Provisioner>,
    ears: Ears,
    random: &Arc<dyn Random>,
) -> PnpServer<Arc<Provisioner>> {
    PnpServer::new(ears, Arc::clone(provisioner), pnp::Limits::default(), Arc::clone(random))
}
