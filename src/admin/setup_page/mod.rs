//! `/setup`: the page behind a set-up link, on which a user chooses a password and, if wanted, a second factor.
//!
//! The link's secret stands after the `#`, which browsers keep to themselves: it is in no request line and in no log. The
//! page is three files that never change while the server runs; what they do goes through the API.

use axum::{
    Router,
    body::Bytes,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};

/// Nothing from elsewhere, nothing inline but the picture of a key.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const FILES: [(&str, &str, &str); 3] = [
    ("/setup", "text/html; charset=utf-8", include_str!("page.html")),
    ("/setup/page.css", "text/css; charset=utf-8", include_str!("page.css")),
    ("/setup/page.js", "text/javascript; charset=utf-8", include_str!("page.js")),
];

/// The routes of the page.
pub fn routes() -> Router {
    FILES.into_iter().fold(Router::new(), |router, (path, content_type, text)| {
        router.route(path, get(async move || file(content_type, text)))
    })
}

fn file(content_type: &'static str, text: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    (headers, Bytes::from_static(text.as_bytes())).into_response()
}
