//! Phones over HTTPS and plain HTTP: a request becomes a [`PhoneRequest`], a [`PhoneAnswer`] becomes bytes.
//!
//! Answers are made for clients of all ages: always with `Content-Length`, never chunked, never a redirect (some phones
//! store one for ever), no body but a document's (some read any body as a configuration), and nothing that tells one
//! missing file from another.
//!
//! Still impossible, and answered by the HTTP library with 400 and a closed connection: in the path a raw space, `<`, `>`,
//! backtick or a byte that is not UTF-8; NUL and other control bytes in the path; NUL in a header; a space before a
//! header's colon; folded headers; HTTP/0.9; HTTP/2. More than 100 headers, or more bytes than the limit, get 431 and a
//! path over 64 kB 414. A control byte in a header's value arrives as `¿`, so a User-Agent is known but for that byte.

mod answer;
mod authorization;
mod pipeline;
mod request;

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};

use crate::net::accept::{Handler, Peer};
pub use answer::PhoneAnswer;
pub use request::{Method, PhoneRequest};

/// Decides what a phone gets.
pub trait PhoneHandler: Send + Sync + 'static {
    /// Answers one request; cancelled when the phone goes away.
    fn answer(&self, request: PhoneRequest) -> impl Future<Output = PhoneAnswer> + Send;
}

/// One handler may stand behind several doors.
impl<P: PhoneHandler> PhoneHandler for Arc<P> {
    fn answer(&self, request: PhoneRequest) -> impl Future<Output = PhoneAnswer> + Send {
        self.as_ref().answer(request)
    }
}

/// Puts a [`PhoneHandler`] behind a [`crate::net::accept::Server`], which should mask control bytes.
#[derive(Debug)]
pub struct PhoneDoor<P>(pub P);

impl<P: PhoneHandler> Handler for PhoneDoor<P> {
    type Body = Full<Bytes>;

    async fn handle(&self, peer: Peer, request: Request<Incoming>) -> Response<Self::Body> {
        // a body is never read; what comes after it on the connection cannot be told from it
        let upload = !hyper::body::Body::is_end_stream(request.body());
        let request = PhoneRequest::read(peer, &request);
        self.0.answer(request).await.into_response(upload)
    }
}
