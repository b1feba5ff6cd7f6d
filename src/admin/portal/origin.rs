//! From which page a form comes: what changes something is taken from pages of this server alone.
//!
//! Browsers say it themselves, in `Sec-Fetch-Site` (W3C Fetch Metadata) and `Origin` (RFC 6454): no page can write these.
//! So no form needs a secret of its own, and a session that leaks into none cannot be stolen from one.

use axum::http::{HeaderMap, header};

/// Whether a request that changes something comes from a page of this server.
pub(super) fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    // not every browser says the site of a page that came without TLS
    let origin = text(header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    match (origin, text(header::HOST.as_str())) {
        (Some((_, origin)), Some(host)) => origin.eq_ignore_ascii_case(host),
        _ => false,
    }
}

/// Whether the browser reached this server over TLS, here or at a proxy before it.
pub(super) fn is_over_tls(headers: &HeaderMap) -> bool {
    headers.get(header::ORIGIN).is_some_and(|origin| origin.as_bytes().starts_with(b"https://"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        pairs.collect()
    }

    #[test]
    fn only_own_pages_may_change_something() {
        let (host, own, other) =
            (("host", "pbx:8080"), ("origin", "http://pbx:8080"), ("origin", "https://evil"));
        for (pairs, may) in [
            (&[host, ("sec-fetch-site", "same-origin")][..], true),
            (&[host, own, ("sec-fetch-site", "cross-site")], false),
            (&[host, own, ("sec-fetch-site", "same-site")], false),
            (&[host, own, ("sec-fetch-site", "none")], false),
            (&[host, own], true),
            (&[host, ("origin", "https://PBX:8080")], true),
            (&[host, other], false),
            (&[host, ("origin", "null")], false),
            (&[host], false),
            (&[own], false),
            (&[host, ("referer", "http://pbx:8080/")], false),
        ] {
            assert_eq!(is_own(&headers(pairs)), may, "{pairs:?}");
        }
    }
}
