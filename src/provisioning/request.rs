//! What every door turns its bytes into, and what it gets back.

use std::net::IpAddr;

use bytes::Bytes;

use super::{certificate::PhoneCertificate, credential::Credential, fetches::Receipt};

/// Through which door a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// HTTP over TLS.
    Https,
    /// Plain HTTP.
    Http,
    /// TFTP.
    Tftp,
}

impl Transport {
    /// The word used in journal, logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Tftp => "tftp",
        }
    }
}

/// One phone's request for one file.
#[derive(Clone, Debug)]
pub struct Request {
    /// The door.
    pub transport: Transport,
    /// Who asks.
    pub source: IpAddr,
    /// Whether a proxy says that it asks for somebody else: then `source` shows nothing of the phone.
    pub forwarded: bool,
    /// The path as the phone wrote it, percent-decoded once, without query.
    pub path: String,
    /// What the phone says it is; TFTP has no such thing.
    pub user_agent: Option<String>,
    /// The certificate of the phone's own that it showed.
    pub certificate: Option<PhoneCertificate>,
    /// What it answers to a demand for a password; TFTP has no such thing.
    pub credential: Option<Credential>,
}

/// The bytes for one wanted file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file's content.
    pub bytes: Bytes,
    /// Its `Content-Type`.
    pub content_type: std::sync::Arc<str>,
    /// Its entity tag in quotes; a keyed hash of the content.
    pub etag: std::sync::Arc<str>,
    /// What is noted once the phone has it; none for a file that is nobody's.
    pub(super) receipt: Option<std::sync::Arc<Receipt>>,
}

/// A path taken apart: the scope, if it starts with one, and the file below it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted<'a> {
    pub(super) scope: Option<&'a str>,
    pub(super) file: String,
}

impl<'a> Wanted<'a> {
    /// Takes `/p/SCOPE/FILE`, `SCOPE/FILE` or `FILE` apart. Back slashes are slashes, repeated slashes are one; a path
    /// with `..` or a NUL names nothing.
    pub(super) fn parse(path: &'a str) -> Option<Self> {
        if path.contains('\0') {
            return None;
        }
        let mut parts = path.split(['/', '\\']).filter(|part| !part.is_empty() && *part != ".").peekable();
        let mut scope = None;
        if parts.peek() == Some(&"p") {
            parts.next();
        }
        if parts.peek().is_some_and(|part| crate::domain::Scope::parse(part).is_ok()) {
            scope = parts.next();
        }
        let mut file = String::with_capacity(path.len());
        for part in parts {
            if part == ".." {
                return None;
            }
            if !file.is_empty() {
                file.push('/');
            }
            file.push_str(part);
        }
        (!file.is_empty()).then_some(Self { scope, file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCOPE: &str = "tabcdefghijklmnopqrstuvwxyz";

    fn parts(path: &str) -> Option<(Option<&str>, String)> {
        Wanted::parse(path).map(|wanted| (wanted.scope, wanted.file))
    }

    #[test]
    fn a_path_is_a_scope_and_a_file_however_it_is_spelled() {
        for path in [
            format!("/p/{SCOPE}/001565aabbcc.cfg"),
            format!("/p//{SCOPE}//001565aabbcc.cfg"),
            format!("{SCOPE}/001565aabbcc.cfg"),
            format!("\\p\\{SCOPE}\\001565aabbcc.cfg"),
        ] {
            assert_eq!(parts(&path), Some((Some(SCOPE), "001565aabbcc.cfg".to_owned())), "{path}");
        }
        assert_eq!(parts("/001565aabbcc.cfg"), Some((None, "001565aabbcc.cfg".to_owned())));
        assert_eq!(parts("a/b.cfg"), Some((None, "a/b.cfg".to_owned())));
    }

    #[test]
    fn a_path_that_climbs_or_names_nothing_is_none() {
        for path in ["", "/", "/p/", "../etc/passwd", "/p/../x", "a\0b", "/p/tabcdefghijklmnopqrstuvwxyz/"] {
            assert_eq!(parts(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn no_path_panics_and_no_file_climbs(path in ".{0,200}") {
            if let Some(wanted) = Wanted::parse(&path) {
                prop_assert!(!wanted.file.split('/').any(|part| part == ".." || part.is_empty()));
            }
        }
    }
}
