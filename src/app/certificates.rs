//! The certificates that phones meet: whose they are, and where they lie.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use crate::{
    cli::WrongInput,
    config::{self, Config},
    net::{
        acme::Folder,
        authority::{self, DnsName, HostName, LeafKind},
        identity::{CertificateFiles, Identity, IdentityError},
    },
    storage::adopt,
};

/// Who makes a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    /// The operator gave it.
    Given,
    /// Our own authority.
    Own,
    /// The ACME server that the operator named.
    Acme,
}

impl Maker {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Own => "own",
            Self::Acme => "acme",
        }
    }
}

/// Where the certificates of a configuration lie, whether they are there or not.
#[derive(Debug)]
pub(super) enum Places {
    /// The operator's own.
    Given(Vec<CertificateFiles>),
    /// Those of our own authority, each replaced by what an ACME server has signed, if one is named.
    Made { own: Vec<(LeafKind, CertificateFiles)>, acme: Option<(Folder, DnsName)> },
}

impl Places {
    pub(super) fn of(config: &Config) -> anyhow::Result<Self> {
        let given: Vec<CertificateFiles> = [&config.tls.ecdsa, &config.tls.rsa]
            .into_iter()
            .flatten()
            .map(|files| CertificateFiles { chain: files.certificate.clone(), key: files.key.clone() })
            .collect();
        let acme = config.acme.as_ref().map(|acme| account(config, acme)).transpose()?;
        match (given.is_empty(), acme) {
            (true, acme) => Ok(Self::Made { own: authority::leaves(&config.tls.authority), acme }),
            (false, None) => Ok(Self::Given(given)),
            (false, Some(_)) => Err(WrongInput::new(
                "acme.directory and certificates of yours (under [tls]) exclude each other: only one can be served",
            )
            .into()),
        }
    }

    /// What is served, as it lies there now.
    pub(super) fn served(&self) -> Vec<(Maker, CertificateFiles)> {
        match self {
            Self::Given(files) => files.iter().map(|files| (Maker::Given, files.clone())).collect(),
            Self::Made { own, acme } => own
                .iter()
                .map(|(kind, own)| match acme {
                    Some((folder, name)) if folder.leaf(*kind, name).is_some() => {
                        (Maker::Acme, folder.files(*kind))
                    }
                    _ => (Maker::Own, own.clone()),
                })
                .collect(),
        }
    }
}

/// Where what the named ACME server signs is kept, and the name that it signs for.
pub(super) fn account(config: &Config, acme: &config::Acme) -> anyhow::Result<(Folder, DnsName)> {
    match config.name_to_serve()?.as_str().parse::<HostName>()? {
        HostName::Dns(name) if name.as_str().contains('.') => {
            Ok((Folder::of(&acme.folder, &acme.directory), name))
        }
        name => Err(WrongInput::new(format_args!(
            "server.name: {name} is no full DNS name, and an ACME server signs for nothing else here"
        ))
        .into()),
    }
}

/// The certificates that phones meet: the operator's, or made when missing.
pub(super) struct Certificates {
    pub(super) identity: Arc<Identity>,
    places: Places,
    /// Whether the certificate of each kind renews itself.
    renewed: [AtomicBool; 2],
}

impl Certificates {
    pub(super) fn open(config: &Config) -> anyhow::Result<Self> {
        let places = Places::of(config)?;
        if let Places::Made { .. } = places {
            make(config)?;
        }
        let served = places.served();
        let files: Vec<_> = served.iter().map(|(_, files)| files.clone()).collect();
        let identity = Identity::load(&files)
            .map_err(|error| WrongInput::new(format_args!("{:#}", anyhow::Error::new(error))))?;
        let certificates = Self { identity: Arc::new(identity), places, renewed: Default::default() };
        certificates.note(&served);
        Ok(certificates)
    }

    /// Serves what lies there now.
    pub(super) fn reload(&self) -> Result<(), IdentityError> {
        let served = self.places.served();
        let files: Vec<_> = served.iter().map(|(_, files)| files.clone()).collect();
        self.identity.reload(&files)?;
        self.note(&served);
        Ok(())
    }

    /// Whether the certificate of this kind, `ecdsa` or `rsa`, renews itself.
    pub(super) fn renews_itself(&self, kind: &str) -> bool {
        LeafKind::ALL
            .iter()
            .zip(&self.renewed)
            .any(|(of, renewed)| of.as_str() == kind && renewed.load(Relaxed))
    }

    fn note(&self, served: &[(Maker, CertificateFiles)]) {
        // of those that are made there is one of each kind, in the order of all kinds
        for (renewed, (maker, _)) in self.renewed.iter().zip(served) {
            renewed.store(*maker == Maker::Acme, Relaxed);
        }
    }
}

/// Makes what our own authority signs, where it is missing.
fn make(config: &Config) -> anyhow::Result<()> {
    authority::ensure(&config.tls.authority, &host_names(config)?)?;
    adopt(&config.tls.authority)?;
    for file in fs::read_dir(&config.tls.authority)? {
        let path: PathBuf = file?.path();
        adopt(&path)?;
    }
    Ok(())
}

/// The configured name, and this machine itself for whoever tries it out here.
fn host_names(config: &Config) -> anyhow::Result<Vec<HostName>> {
    let mut names: Vec<HostName> = Vec::new();
    let configured = config.name_to_serve()?.as_str();
    for text in [configured, "localhost", "127.0.0.1"] {
        let name: HostName = text.parse()?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}
