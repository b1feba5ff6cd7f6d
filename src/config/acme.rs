//! `[acme]`: the authority that signs our certificates by itself, when the operator names one.

use std::path::{Path, PathBuf};

use super::key::Kind;
use super::sources::{Given, Sources};
use super::value::{shown, word};
use super::{Key, Origin};

static DIRECTORY: Key = Key::text(
    "acme",
    "directory",
    "URL",
    "URL of an ACME server's directory, which signs the certificates that phones meet",
);
static CONTACT: Key = Key {
    section: "acme",
    name: "contact",
    kind: Kind::List,
    value: "ADDRESS",
    help: "e-mail addresses to which it may write",
};
static TERMS: Key = Key::text(
    "acme",
    "terms",
    "WORD",
    "agreed: you have read its terms of service and agree (required with it)",
);
static CA_CERTIFICATE: Key = Key::text(
    "acme",
    "ca_certificate",
    "PATH",
    "PEM file of the authority that signed its own certificate [default: those that the system trusts]",
);
pub(super) static KEYS: &[&Key] = &[&DIRECTORY, &CONTACT, &TERMS, &CA_CERTIFICATE];

/// An ACME server whose terms the operator agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// The URL of its directory.
    pub directory: String,
    /// E-mail addresses to which it may write.
    pub contact: Vec<String>,
    /// The authority that signed its own certificate, unless the system knows it.
    pub ca_certificate: Option<PathBuf>,
    /// Directory of its accounts and certificates.
    pub folder: PathBuf,
}

impl Acme {
    /// Reads the section; `None` without a directory.
    pub(super) fn read(sources: &mut Sources<'_>, data: &Path) -> Option<Self> {
        // any value, a wrong one included, means that the operator wants one: the rest is not told to be of no use
        let mut named = false;
        let directory = sources.one(&DIRECTORY, |given| Ok::<_, String>(given.text.clone()));
        if let Some(text) = &directory {
            named = true;
            if let Err(problem) = url(text) {
                sources.wrong(Origin::Nowhere, DIRECTORY.path(), problem);
            }
        }
        let contact = sources.many(&CONTACT, |given| mail(&given.text));
        let terms = sources.one(&TERMS, |given| word(&given.text, &[("agreed", ())]));
        let ca_certificate = sources.one(&CA_CERTIFICATE, Given::path);
        let lonely = [
            (&CONTACT, contact.is_some()),
            (&TERMS, terms.is_some()),
            (&CA_CERTIFICATE, ca_certificate.is_some()),
        ];
        for (key, given) in lonely {
            if given && !named {
                let problem = format!("is of no use without {}", DIRECTORY.path());
                sources.wrong(Origin::Nowhere, key.path(), problem);
            }
        }
        if named && terms.is_none() {
            sources.missing(&TERMS, "\"agreed\" says that you agree to the terms of service of that server");
        }
        Some(Self {
            directory: directory?,
            contact: contact.unwrap_or_default(),
            ca_certificate,
            folder: data.join("acme"),
        })
    }
}

fn url(text: &str) -> Result<(), String> {
    let host = text.strip_prefix("https://").map(|rest| rest.split('/').next().unwrap_or_default());
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    if plain && host.is_some_and(|host| !host.is_empty() && !host.contains('@')) {
        return Ok(());
    }
    Err(format!(
        "{} is no URL of a directory, written like \"https://acme.example.org/directory\"",
        shown(text)
    ))
}

fn mail(text: &str) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>,?&%:".contains(&byte));
    match text.split_once('@') {
        Some((user, host)) if plain && !user.is_empty() && host.contains('.') && !host.contains('@') => {
            Ok(text.to_owned())
        }
        _ => Err(format!("{} is no e-mail address", shown(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_asked_over_https_only() {
        for good in ["https://acme.example.org/directory", "https://127.0.0.1:14000/dir", "https://[::1]/"] {
            assert_eq!(url(good), Ok(()), "{good}");
        }
        for bad in
            ["http://acme.example.org/directory", "https://", "https:///x", "https://a b", "https://u@h/"]
        {
            assert!(url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_contact_is_one_plain_address() {
        assert!(mail("noc@example.org").is_ok());
        for bad in ["noc", "mailto:noc@example.org", "a@b.c,d@e.f", "a@b.c?x", "@b.c", "a@b", ""] {
            assert!(mail(bad).is_err(), "{bad}");
        }
    }
}
