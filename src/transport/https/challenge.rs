//! Proofs of our name (HTTP-01), answered over plain HTTP beside what phones ask for.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response};

use crate::net::accept::{Handler, Peer};
use crate::net::acme::Challenges;

/// Answers challenges that are open now; everything else, whatever looks like one included, is the inner door's.
#[derive(Debug)]
pub struct ChallengeDoor<H> {
    /// None where no certificates are ordered.
    pub challenges: Option<Arc<Challenges>>,
    /// Who answers everything else.
    pub inner: H,
}

impl<H> ChallengeDoor<H> {
    /// The path alone decides, never `Host`: a proxy in between may have put its own there.
    fn answer(&self, peer: &Peer, request: &Request<Incoming>) -> Option<String> {
        let asks = !peer.secure
            && request.method() == Method::GET
            && request.uri().query().is_none()
            && request.body().is_end_stream();
        self.challenges.as_ref().filter(|_| asks)?.answer(request.uri().path())
    }
}

impl<H: Handler<Body = Full<Bytes>>> Handler for ChallengeDoor<H> {
    type Body = Full<Bytes>;

    async fn handle(&self, peer: Peer, request: Request<Incoming>) -> Response<Self::Body> {
        let Some(answer) = self.answer(&peer, &request) else {
            return self.inner.handle(peer, request).await;
        };
        let mut response = Response::new(Full::default());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(CONTENT_LENGTH, answer.len().into());
        *response.body_mut() = Full::new(answer.into());
        response
    }
}
