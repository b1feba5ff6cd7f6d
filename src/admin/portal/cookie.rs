//! Cookies: the session, and what the browser remembers of how pages look (RFC 6265).

use axum::http::{HeaderMap, HeaderValue, header};

use crate::domain::Secret;

/// Holds the session; scripts cannot read it.
pub(super) const SESSION: &str = "offhook_session";
/// `light` or `dark`; without it as the system says.
pub(super) const THEME: &str = "offhook_theme";
/// The browser's time zone, which its script writes.
pub(super) const ZONE: &str = "offhook_zone";
/// A year: how long a browser remembers how pages look.
const YEAR: u32 = 365 * 24 * 60 * 60;

/// The value of a cookie that a request brings; the first one where there are several.
pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let texts = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    texts.flat_map(|text| text.split(';')).find_map(|pair| {
        let (found, value) = pair.trim().split_once('=')?;
        (found == name).then_some(value)
    })
}

/// Has the browser keep the session until it is closed. It goes with links from elsewhere, but with no form from there.
pub(super) fn keep_session(secret: &Secret, over_tls: bool) -> Option<HeaderValue> {
    let secure = if over_tls { "; Secure" } else { "" };
    let text = format!("{SESSION}={}; Path=/; HttpOnly; SameSite=Lax{secure}", secret.expose());
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Has the browser forget the session.
pub(super) fn forget_session() -> HeaderValue {
    HeaderValue::from_static("offhook_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
}

/// Has the browser remember whether pages are light or dark; none: as the system says.
pub(super) fn keep_theme(theme: Option<&'static str>) -> Option<HeaderValue> {
    let text = match theme {
        Some(theme) => format!("{THEME}={theme}; Path=/; SameSite=Lax; Max-Age={YEAR}"),
        None => format!("{THEME}=; Path=/; SameSite=Lax; Max-Age=0"),
    };
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("xoffhook_session=a; offhook_theme=dark"));
        headers.append(header::COOKIE, HeaderValue::from_static(" offhook_session=b=c ;offhook_session=d"));
        assert_eq!(value(&headers, SESSION), Some("b=c"));
        assert_eq!(value(&headers, THEME), Some("dark"));
        assert_eq!(value(&headers, ZONE), None);
    }

    #[test]
    fn the_session_is_marked() {
        let kept = keep_session(&Secret::new("s"), true).unwrap();
        assert_eq!(kept.to_str().unwrap(), "offhook_session=s; Path=/; HttpOnly; SameSite=Lax; Secure");
        assert!(kept.is_sensitive());
        assert!(!keep_session(&Secret::new("s"), false).unwrap().to_str().unwrap().contains("Secure"));
    }
}
