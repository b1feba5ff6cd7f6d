//! Where a phone fetches: `https://`, `http://` or `tftp://`, as it is entered at a phone.

use http::uri::{PathAndQuery, Uri};

/// How the bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// HTTP over TLS.
    Https,
    /// Plain HTTP.
    Http,
    /// TFTP.
    Tftp,
}

/// A provisioning URL or the URL of one file. Its path may hold a scope, which is a credential: `Debug` and
/// [`Self::place`] show the server only.
#[derive(Clone, PartialEq, Eq)]
pub struct ProvisioningUrl {
    scheme: Scheme,
    host: String,
    port: u16,
    path: String,
}

/// Why a phone cannot fetch from a URL. The URL itself is not repeated: it may hold a scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUrl {
    /// Not a URL with a scheme, a host and a path.
    #[error("the URL is not of the form https://HOST[:PORT]/PATH")]
    Shape,
    /// Another scheme.
    #[error("the URL starts with \"{0}\"; phones fetch over https, http and tftp")]
    Scheme(String),
    /// A user and password before the host.
    #[error("the URL holds a user name; simulated phones have no credentials but the URL's path")]
    UserInfo,
}

impl ProvisioningUrl {
    /// Parses a URL; the port is the scheme's own when missing.
    pub fn parse(text: &str) -> Result<Self, InvalidUrl> {
        let uri: Uri = text.trim().parse().map_err(|_| InvalidUrl::Shape)?;
        let (scheme, usual_port) = match uri.scheme_str() {
            Some("https") => (Scheme::Https, 443),
            Some("http") => (Scheme::Http, 80),
            Some("tftp") => (Scheme::Tftp, 69),
            Some(other) => return Err(InvalidUrl::Scheme(other.chars().take(20).collect())),
            None => return Err(InvalidUrl::Shape),
        };
        let authority = uri.authority().ok_or(InvalidUrl::Shape)?;
        if authority.as_str().contains('@') {
            return Err(InvalidUrl::UserInfo);
        }
        let host = authority.host().trim_matches(['[', ']']).to_owned();
        if host.is_empty() {
            return Err(InvalidUrl::Shape);
        }
        let port = match authority
            .as_str()
            .rsplit_once(']')
            .unwrap_or(("", authority.as_str()))
            .1
            .rsplit_once(':')
        {
            Some((_, port)) => port.parse().map_err(|_| InvalidUrl::Shape)?,
            None => usual_port,
        };
        let path = uri.path_and_query().map_or("/", PathAndQuery::as_str).to_owned();
        Ok(Self { scheme, host, port, path })
    }

    /// Whether file names are appended (the path ends in `/`), or the URL names one file.
    #[must_use]
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }

    /// What `reference` names when this URL's folder or file mentions it: a full URL, a path from the root, or a name
    /// beside it.
    pub fn join(&self, reference: &str) -> Result<Self, InvalidUrl> {
        if reference.contains("://") {
            return Self::parse(reference);
        }
        let without_query = self.path.split('?').next().unwrap_or_default();
        let folder = without_query.rfind('/').map_or("/", |end| &without_query[..=end]);
        let path =
            if reference.starts_with('/') { reference.to_owned() } else { format!("{folder}{reference}") };
        PathAndQuery::try_from(path.as_str()).map_err(|_| InvalidUrl::Shape)?;
        Ok(Self { path, ..self.clone() })
    }

    /// How the bytes travel.
    #[must_use]
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Scheme, host and port: what may be shown.
    #[must_use]
    pub fn place(&self) -> String {
        let scheme = match self.scheme {
            Scheme::Https => "https",
            Scheme::Http => "http",
            Scheme::Tftp => "tftp",
        };
        format!("{scheme}://{}", self.authority())
    }

    /// Path and query: what goes on the wire.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The last part of the path, without the query: what may be shown of a file.
    pub(super) fn file_name(&self) -> &str {
        let path = self.path.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }

    /// Host and port as the `Host` field and messages write them.
    pub(super) fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whether a connection for `other` serves this URL too.
    pub(super) fn same_place(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
    }
}

impl std::fmt::Debug for ProvisioningUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ProvisioningUrl({}/…)", self.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_host_port_and_path() {
        let url = ProvisioningUrl::parse("https://pbx.example/p/scope/").unwrap();
        assert_eq!((url.host(), url.port(), url.path()), ("pbx.example", 443, "/p/scope/"));
        let url = ProvisioningUrl::parse("tftp://[::1]:6969/x").unwrap();
        assert_eq!((url.host(), url.port(), url.authority().as_str()), ("::1", 6969, "[::1]:6969"));
        assert_eq!(ProvisioningUrl::parse("http://h").unwrap().path(), "/");
    }

    #[test]
    fn what_no_phone_fetches_is_refused() {
        assert_eq!(ProvisioningUrl::parse("ftp://h/"), Err(InvalidUrl::Scheme("ftp".into())));
        assert_eq!(ProvisioningUrl::parse("https://a:b@h/"), Err(InvalidUrl::UserInfo));
        for text in ["", "h", "/p/", "https://", "http://h:x/", "http://h:70000/", "http://h/a b"] {
            assert!(ProvisioningUrl::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn references_stand_beside_the_file_or_alone() {
        let url = ProvisioningUrl::parse("http://h:8/p/scope/a.htm?x=/y").unwrap();
        assert_eq!(url.join("b.xml").unwrap().path(), "/p/scope/b.xml");
        assert_eq!(url.join("/c.xml").unwrap().path(), "/c.xml");
        assert_eq!(url.join("https://o/d").unwrap().place(), "https://o:443");
        assert_eq!(url.join("a b"), Err(InvalidUrl::Shape));
        assert_eq!(url.file_name(), "a.htm");
    }

    #[test]
    fn the_scope_is_not_shown() {
        let url = ProvisioningUrl::parse("https://h/p/tscope/").unwrap();
        assert!(!format!("{url:?} {}", url.place()).contains("scope"));
    }
}
