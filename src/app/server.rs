//! A server: built from a configuration and bound sockets, run until it is told to stop, reloaded while it runs.

use std::{future::Future, sync::Arc, time::Duration};

use anyhow::Context as _;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::{
    doors::{Addresses, Sockets, http_server, tftp_server},
    opening::{self, Certificates, Installation, policy, url_base},
};
use crate::{
    catalog::Catalog,
    config::{self, Config},
    domain::{Clock, Random},
    provisioning::{JournalWriter, Provisioner, journal},
    storage::{Role, Store},
};

/// How long running requests and transfers may take to finish once the server was told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// A server that is ready to run: everything is opened, bound and loaded.
pub struct App {
    config: Config,
    store: Store,
    provisioner: Arc<Provisioner>,
    journal: JournalWriter,
    certificates: Option<Arc<Certificates>>,
    sockets: Sockets,
    addresses: Addresses,
}

/// Reloads a running server.
#[derive(Clone)]
pub struct Reloader {
    provisioner: Arc<Provisioner>,
    certificates: Option<Arc<Certificates>>,
    addresses: Addresses,
}

impl App {
    /// Opens, loads and binds. Nothing runs yet, and nothing was changed if it fails but for what was made because it
    /// was missing.
    pub async fn build(
        config: Config,
        sockets: Sockets,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> anyhow::Result<Self> {
        config.name_to_serve()?;
        let role = match config.server.role {
            config::Role::Phones => Role::Phones,
            config::Role::All | config::Role::Admin => Role::Admin,
        };
        let installation = Installation::open(&config, role, random).await?;
        let mut sockets = sockets.bind_rest(&config.listen)?;
        match config.server.role {
            config::Role::All => {}
            config::Role::Phones => sockets.admin = None,
            config::Role::Admin => sockets = Sockets { admin: sockets.admin, ..Sockets::default() },
        }
        let addresses = sockets.addresses();
        let certificates = match addresses.https {
            Some(_) => Some(Arc::new(Certificates::open(&config).context("certificates")?)),
            None => None,
        };
        let policy = policy(&config, installation.license_keys, url_base(&config, addresses));
        let (journal, writer) = journal(installation.store.clone());
        let provisioner =
            Provisioner::new(installation.store.clone(), installation.catalog, policy, clock, journal);
        provisioner.refresh().await?;
        Ok(Self {
            config,
            store: installation.store,
            provisioner: Arc::new(provisioner),
            journal: writer,
            certificates,
            sockets,
            addresses,
        })
    }

    /// Where the doors really are.
    #[must_use]
    pub const fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// The pipeline behind the doors.
    #[must_use]
    pub const fn provisioner(&self) -> &Arc<Provisioner> {
        &self.provisioner
    }

    /// The packs in use.
    #[must_use]
    pub fn catalog(&self) -> Arc<Catalog> {
        self.provisioner.catalog()
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// What reloads this server while it runs.
    #[must_use]
    pub fn reloader(&self) -> Reloader {
        Reloader {
            provisioner: Arc::clone(&self.provisioner),
            certificates: self.certificates.clone(),
            addresses: self.addresses,
        }
    }

    /// Serves until `stop`, then lets running requests finish, writes the journal and closes the store. A task that
    /// panics ends the server with an error.
    pub async fn run(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let (stopping, stopped) = watch::channel(false);
        let signal = || {
            let mut told = stopped.clone();
            async move {
                // an error means that the server itself is gone
                let _ = told.wait_for(|stop| *stop).await;
            }
        };
        let mut tasks = JoinSet::new();
        tasks.spawn(self.journal.run());
        let follower = Arc::clone(&self.provisioner);
        let until = signal();
        tasks.spawn(async move {
            tokio::select! {
                () = follower.follow() => {}
                () = until => {}
            }
        });
        if let Some(socket) = self.sockets.https {
            let server = http_server(&self.provisioner, self.certificates.as_deref(), &self.config)?;
            tasks.spawn(server.run(listener(socket)?, signal()));
        }
        if let Some(socket) = self.sockets.http {
            let server = http_server(&self.provisioner, None, &self.config)?;
            tasks.spawn(server.run(listener(socket)?, signal()));
        }
        if let Some(socket) = self.sockets.tftp {
            let server = tftp_server(&self.provisioner, socket, &self.config)?;
            let until = signal();
            tasks.spawn(async move { server.run(until).await.finished().await });
        }
        // the journal's writer ends when the last provisioner is gone
        drop(self.provisioner);
        let ended = tokio::select! {
            () = stop => Ok(()),
            Some(ended) = tasks.join_next() => ended.context("a part of the server failed")
                .and_then(|()| anyhow::bail!("a part of the server ended by itself")),
        };
        stopping.send_replace(true);
        let drained = tokio::time::timeout(DRAIN, async {
            while let Some(ended) = tasks.join_next().await {
                ended.context("a part of the server failed")?;
            }
            anyhow::Ok(())
        });
        let drained = drained.await.unwrap_or_else(|_| {
            tracing::warn!("some phones did not finish within {} s and were cut off", DRAIN.as_secs());
            Ok(())
        });
        tasks.shutdown().await;
        self.store.close().await;
        ended.and(drained)
    }
}

impl Reloader {
    /// Reads certificates, license keys, trusted networks and packs again. What cannot be read is reported, and what
    /// was in use goes on; addresses and limits need a restart.
    pub async fn reload(&self, config: &Config) -> anyhow::Result<()> {
        let mut mistakes = Vec::new();
        match opening::catalog(config) {
            Ok(catalog) => self.provisioner.replace_catalog(catalog),
            Err(error) => mistakes.push(format!("packs: {error:#}")),
        }
        match opening::license_keys(config) {
            Ok(keys) => {
                let policy = policy(config, keys, url_base(config, self.addresses));
                self.provisioner.replace_policy(policy).await?;
            }
            Err(error) => mistakes.push(format!("license keys: {error:#}")),
        }
        if let Some(certificates) = &self.certificates
            && let Err(error) = certificates.identity.reload(&certificates.files)
        {
            mistakes.push(format!("certificates: {error:#}"));
        }
        anyhow::ensure!(mistakes.is_empty(), "{}", mistakes.join("; "));
        Ok(())
    }
}

fn listener(socket: std::net::TcpListener) -> anyhow::Result<TcpListener> {
    socket.set_nonblocking(true)?;
    Ok(TcpListener::from_std(socket)?)
}
