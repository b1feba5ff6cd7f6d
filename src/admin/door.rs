//! The admin listener's handler: hands each request to the routes, with the address that it came from.

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::{Request, Response, body::Incoming, service::Service as _};
use hyper_util::service::TowerToHyperService;

use crate::net::accept::{Handler, Peer};

/// What stands behind the admin listener.
pub type Routes = Router;

/// The routes behind the admin listener.
#[derive(Clone, Debug)]
pub struct AdminDoor(TowerToHyperService<Router>);

impl AdminDoor {
    /// A door to these routes.
    #[must_use]
    pub fn new(routes: Routes) -> Self {
        Self(TowerToHyperService::new(routes))
    }

    /// Whether it may stand at this address without TLS: tokens and passwords cross it.
    #[must_use]
    pub const fn is_plain_at(address: SocketAddr) -> bool {
        address.ip().is_loopback()
    }
}

impl Handler for AdminDoor {
    type Body = Body;

    async fn handle(&self, peer: Peer, request: Request<Incoming>) -> Response<Body> {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer.address));
        match self.0.call(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}
