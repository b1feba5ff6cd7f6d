//! Style, script and pictures: embedded, and kept by browsers for a year under an address that changes with them.

use std::sync::LazyLock;

use axum::{
    Router,
    body::Bytes,
    http::header,
    response::{IntoResponse as _, Response},
    routing::get,
};

const YEAR: &str = "public, max-age=31536000, immutable";

/// Per file its name, type and content.
const FILES: [(&str, &str, &[u8]); 4] = [
    ("portal.css", "text/css; charset=utf-8", include_bytes!("assets/portal.css")),
    ("portal.js", "text/javascript; charset=utf-8", include_bytes!("assets/portal.js")),
    // htmx 2.0.11 (Zero-Clause BSD, beside it)
    ("htmx.js", "text/javascript; charset=utf-8", include_bytes!("assets/htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("assets/icon.svg")),
];

/// Per file its address, which holds a part of its digest.
static ADDRESSES: LazyLock<Vec<(&str, String)>> = LazyLock::new(|| {
    let address = |(name, _, content): (&'static str, _, &[u8])| {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, content);
        let short = data_encoding::HEXLOWER.encode(&digest.as_ref()[..6]);
        (name, format!("/assets/{short}/{name}"))
    };
    FILES.map(address).into()
});

/// Where a file is.
pub(super) fn address(name: &str) -> Option<&'static str> {
    ADDRESSES.iter().find(|(found, _)| *found == name).map(|(_, address)| address.as_str())
}

/// The routes of all files.
pub(super) fn routes() -> Router {
    FILES.into_iter().zip(&*ADDRESSES).fold(
        Router::new(),
        |router, ((_, content_type, bytes), (_, address))| {
            router.route(address, get(async move || file(content_type, bytes)))
        },
    )
}

fn file(content_type: &'static str, bytes: &'static [u8]) -> Response {
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, YEAR),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'"),
    ];
    (headers, Bytes::from_static(bytes)).into_response()
}
