//! What a phone gets, as bytes: the only place that knows status codes and headers.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use hyper::{Response, StatusCode};

use crate::provisioning::{Challenge, REALM};

/// No cache between us and a phone may keep an answer: it would outlive a withdrawn license, and most of them hold a
/// password. `no-cache` or `private` would leave copies on disk; phones keep what they fetch whatever we say, and may still
/// ask with `If-None-Match`. Missing files are included, since a 404 may be cached unless told otherwise
/// (RFC 9110 §15.5.5) and the next one may be there.
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// What a phone gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PhoneAnswer {
    /// The file.
    Document {
        /// Its bytes; left out for HEAD.
        body: Bytes,
        /// As the vendor wants it.
        content_type: HeaderValue,
        /// With its quotes.
        etag: HeaderValue,
    },
    /// The phone has it already.
    NotModified {
        /// With its quotes.
        etag: HeaderValue,
    },
    /// There is no such file, or none for this phone: the same bytes, whatever the reason.
    NotFound,
    /// A password is asked for: the same bytes whether there is such a file or not.
    Unauthorized {
        /// What is asked for.
        challenge: Challenge,
    },
    /// As [`PhoneAnswer::NotFound`], and the connection closes, because its place is wanted for others.
    Crowded,
    /// Whether there is one cannot be known now; the phone keeps what it has.
    Undecidable,
    /// Only GET and HEAD are served. The connection closes at once, an upload's body is not awaited.
    MethodRefused,
}

impl PhoneAnswer {
    /// `upload`: the request has a body, which nobody reads.
    pub(super) fn into_response(self, upload: bool) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::default());
        let close = upload || matches!(self, Self::MethodRefused | Self::Crowded);
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, NO_STORE);
        if close {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        match self {
            Self::Document { body, content_type, etag } => {
                headers.insert(CONTENT_TYPE, content_type);
                headers.insert(ETAG, etag);
                headers.insert(CONTENT_LENGTH, body.len().into());
                *response.body_mut() = Full::new(body);
            }
            Self::NotModified { etag } => {
                // without a length: it would have to be that of the document (RFC 9110 §8.6)
                headers.insert(ETAG, etag);
                *response.status_mut() = StatusCode::NOT_MODIFIED;
            }
            Self::Unauthorized { challenge } => {
                ask(headers, &challenge);
                fail(&mut response, StatusCode::UNAUTHORIZED);
            }
            Self::NotFound | Self::Crowded => fail(&mut response, StatusCode::NOT_FOUND),
            Self::Undecidable => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("600"));
                fail(&mut response, StatusCode::SERVICE_UNAVAILABLE);
            }
            Self::MethodRefused => fail(&mut response, StatusCode::FORBIDDEN),
        }
        response
    }
}

/// The ways to answer, the best one first (RFC 7616 §3.7): clients take the first that they know. Only asked over TLS, so
/// MD5 and Basic are there for phones that know nothing else.
fn ask(headers: &mut HeaderMap, Challenge { nonce, stale }: &Challenge) {
    let stale = if *stale { ", stale=true" } else { "" };
    let digest = |algorithm: &str| {
        format!(r#"Digest realm="{REALM}", qop="auth", algorithm={algorithm}, nonce="{nonce}"{stale}"#)
    };
    for way in [digest("SHA-256"), digest("MD5"), format!(r#"Basic realm="{REALM}""#)] {
        match HeaderValue::from_str(&way) {
            Ok(way) => drop(headers.append(WWW_AUTHENTICATE, way)),
            Err(error) => tracing::error!(%error, "a demand for a password cannot stand in a header"),
        }
    }
}

fn fail(response: &mut Response<Full<Bytes>>, status: StatusCode) {
    response.headers_mut().insert(CONTENT_LENGTH, 0.into());
    *response.status_mut() = status;
}
