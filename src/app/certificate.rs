//! `offhook certificate show`: which certificates phones meet, read from where the server keeps them.

use serde_json::{Value, json};

use super::certificates::{Maker, Places};
use crate::{
    cli::{Report, WrongInput},
    config::Config,
    domain::Timestamp,
    net::{acme::renewal, leaf::Leaf},
};

/// What is served.
struct Shown {
    /// The ACME server that was named.
    directory: Option<String>,
    certificates: Vec<Certificate>,
}

struct Certificate {
    maker: Maker,
    file: String,
    leaf: Option<Leaf>,
}

/// Reads what is there, and makes nothing.
pub(super) fn show(config: &Config) -> anyhow::Result<impl Report + use<>> {
    let mut certificates = Vec::new();
    for (maker, files) in Places::of(config)?.served() {
        // our own are made when a server starts
        let awaited = maker == Maker::Own && !files.chain.exists();
        let leaf = if awaited {
            None
        } else {
            let leaf = Leaf::read(&files.chain);
            Some(leaf.map_err(|error| WrongInput::new(format_args!("{:#}", anyhow::Error::new(error))))?)
        };
        certificates.push(Certificate { maker, file: files.chain.display().to_string(), leaf });
    }
    Ok(Shown { directory: config.acme.as_ref().map(|acme| acme.directory.clone()), certificates })
}

impl Certificate {
    /// When it is ordered again.
    fn renewal(&self) -> Option<Timestamp> {
        let leaf = self.leaf.as_ref().filter(|_| self.maker == Maker::Acme)?;
        Some(Timestamp::from_seconds(renewal::due(leaf)))
    }

    fn text(&self, directory: Option<&str>) -> String {
        let Some(leaf) = &self.leaf else {
            return format!("{}: not there yet; the server makes it", self.file);
        };
        let by = match (self.maker, directory) {
            (Maker::Given, _) => "given by you".to_owned(),
            (Maker::Own, None) => "by our own authority".to_owned(),
            (Maker::Own, Some(directory)) => {
                format!("by our own authority, until one has come from {directory}")
            }
            (Maker::Acme, directory) => format!("by ACME from {}", directory.unwrap_or_default()),
        };
        let mut lines = vec![
            format!("{} {by}", leaf.kind.as_str().to_uppercase()),
            format!("  names: {}", leaf.names.join(", ")),
            format!("  issuer: {}", leaf.issuer),
            format!("  until: {}", Timestamp::from_seconds(leaf.until)),
        ];
        if let Some(renewal) = self.renewal() {
            lines.push(format!("  next renewal: {renewal}"));
        }
        lines.push(format!("  file: {}", self.file));
        lines.join("\n")
    }

    fn json(&self) -> Value {
        let leaf = self.leaf.as_ref();
        json!({
            "maker": self.maker.as_str(),
            "kind": leaf.map(|leaf| leaf.kind.as_str()),
            "names": leaf.map(|leaf| &leaf.names),
            "issuer": leaf.map(|leaf| &leaf.issuer),
            "from": leaf.map(|leaf| Timestamp::from_seconds(leaf.from).to_string()),
            "until": leaf.map(|leaf| Timestamp::from_seconds(leaf.until).to_string()),
            "next_renewal": self.renewal().map(|time| time.to_string()),
            "file": self.file,
        })
    }
}

impl Report for Shown {
    fn text(&self) -> String {
        let texts: Vec<String> =
            self.certificates.iter().map(|shown| shown.text(self.directory.as_deref())).collect();
        texts.join("\n")
    }

    fn json(&self) -> Value {
        let certificates: Vec<Value> = self.certificates.iter().map(Certificate::json).collect();
        json!({ "acme_directory": self.directory, "certificates": certificates })
    }
}
