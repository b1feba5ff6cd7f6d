//! A server: built from a configuration, then spawned into a lifecycle that runs, reloads and stops it.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::net::TcpListener;

use super::{
    acme::Acme,
    asking,
    certificates::Certificates,
    doors::{Addresses, Doors, admin_server, http_server, pnp_server, tftp_server},
    expiry, first_operator,
    opening::{self, Installation, policy, url_base},
    reload::Reloader,
    shown,
    watching::{follow, remember_time},
};
use crate::{
    admin::{
        actions::{Actions, Actor, Conditions},
        api,
        door::AdminDoor,
        portal, setup_page, status,
    },
    catalog::Catalog,
    config::{self, Config},
    domain::{Clock, Random},
    lifecycle::{Lifecycle, sockets::Sockets},
    net::factory::Factory,
    observability::{health::Health, metrics::Metrics},
    provisioning::{JournalWriter, Policy, Provisioner, Tick, journal},
    storage::{Role, Store},
    transport::pnp::Ears,
};

/// A server that is ready to run: everything is opened, bound and loaded.
pub struct App {
    config: Config,
    store: Store,
    provisioner: Arc<Provisioner>,
    journal: JournalWriter,
    certificates: Option<Arc<Certificates>>,
    acme: Option<Acme>,
    factory: Arc<Factory>,
    doors: Doors,
    health: Health,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl App {
    /// Opens, loads and binds. Nothing runs yet, and nothing was changed if it fails but for what was made because it
    /// was missing.
    pub async fn build(
        config: Config,
        sockets: &mut Sockets,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> anyhow::Result<Self> {
        config.name_to_serve()?;
        let role = match config.server.role {
            config::Role::Phones => Role::Phones,
            config::Role::All | config::Role::Admin => Role::Admin,
        };
        let installation = Installation::open(&config, role, Arc::clone(&random)).await?;
        let doors = Doors::open(sockets, &config)?;
        let addresses = doors.addresses();
        let behind_tls = addresses.https.is_some()
            || addresses.admin.is_some_and(|address| !AdminDoor::is_plain_at(address));
        let certificates = if behind_tls {
            Some(Arc::new(Certificates::open(&config).context("certificates")?))
        } else {
            None
        };
        let acme = if certificates.is_some() { Acme::of(&config, addresses)? } else { None };
        let policy = Policy {
            introduction: opening::introduction(&config, addresses)?,
            ..policy(&config, installation.license_keys, url_base(&config, addresses))
        };
        let factory = Arc::new(Factory::new(opening::authorities(&config, &installation.catalog)?));
        let (journal, writer) = journal(installation.store.clone());
        let provisioner = Provisioner::new(
            installation.store.clone(),
            installation.catalog,
            policy,
            Arc::clone(&clock),
            journal,
        )
        .with_ready_documents(config.limits.ready_documents)
        .with_tick(Tick::new(Arc::clone(&random)));
        provisioner.refresh().await?;
        let provisioner = Arc::new(provisioner);
        let metrics = Metrics::default();
        shown::provisioner(&metrics, &provisioner);
        shown::walks(&metrics, &provisioner);
        let app = Self {
            config,
            store: installation.store,
            provisioner,
            journal: writer,
            certificates,
            acme,
            factory,
            doors,
            health: Health::new(Arc::clone(&clock)),
            metrics,
            clock,
            random,
        };
        app.invite_first_operator().await?;
        if role == Role::Phones && app.store.is_kept_to_phones().await? == Some(false) {
            tracing::warn!(
                "the database role in use may do more than phones need: \"offhook database grant\" makes one that may not"
            );
        }
        Ok(app)
    }

    /// Where there is nobody yet who can sign in, makes the first operator.
    async fn invite_first_operator(&self) -> anyhow::Result<()> {
        let Some(address) = self.addresses().admin else { return Ok(()) };
        if self.config.server.role == config::Role::Phones {
            return Ok(());
        }
        let actions = (self.desk())().on_behalf_of(Actor::operator("first start"));
        let url = opening::admin_url(&self.config, address);
        first_operator::invite(&actions, &url, &self.config.server.data).await
    }

    /// Where the doors really are.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        self.doors.addresses()
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
            provisioner: Arc::downgrade(&self.provisioner),
            certificates: self.certificates.clone(),
            factory: Arc::clone(&self.factory),
            addresses: self.addresses(),
            rejoin: self.doors.pnp.as_ref().map(Ears::rejoin),
            health: self.health.clone(),
        }
    }

    /// What the portal needs to show what phones get.
    fn shown_to_admins(&self) -> anyhow::Result<portal::Shown> {
        let provisioner = Arc::clone(&self.provisioner);
        Ok(portal::Shown {
            catalog: Arc::new(move || provisioner.catalog()),
            server: self.config.name_to_serve()?.to_string(),
            url_base: url_base(&self.config, self.addresses()),
        })
    }

    /// Hands every part of the server to `lifecycle`, which runs them until it stops.
    pub fn spawn(self, lifecycle: &mut Lifecycle) -> anyhow::Result<()> {
        self.say_where();
        let desk = self.desk();
        let shown = self.shown_to_admins()?;
        let Self {
            config,
            store,
            provisioner,
            journal,
            certificates,
            acme,
            factory,
            doors,
            health,
            metrics,
            clock,
            random,
            ..
        } = self;
        if let Some(socket) = doors.https {
            let server = http_server(&provisioner, certificates.as_deref(), &factory, &config, None)?;
            shown::http(&metrics, "https", &server.counters);
            lifecycle.spawn(
                "the https door",
                server.run(TcpListener::from_std(socket)?, lifecycle.stop().requested()),
            );
        }
        if let Some(certificates) = &certificates {
            shown::identity(&metrics, &certificates.identity);
        }
        if let Some(socket) = doors.http {
            let challenges = acme.as_ref().map(|acme| &acme.challenges);
            let server = http_server(&provisioner, None, &factory, &config, challenges)?;
            shown::http(&metrics, "http", &server.counters);
            lifecycle.spawn(
                "the http door",
                server.run(TcpListener::from_std(socket)?, lifecycle.stop().requested()),
            );
        }
        if let Some(socket) = doors.tftp {
            let server = tftp_server(&provisioner, socket, &config)?;
            shown::tftp(&metrics, &server.counters());
            let stop = lifecycle.stop();
            lifecycle
                .spawn("the tftp door", async move { server.run(stop.requested()).await.finished().await });
        }
        if let Some(ears) = doors.pnp {
            let server = pnp_server(&provisioner, ears, &random);
            shown::pnp(&metrics, &server.counters());
            let stop = lifecycle.stop();
            lifecycle.spawn("the pnp door", async move { server.run(stop.requested()).await });
        }
        let fetches = provisioner.fetch_writer();
        let parts =
            asking::Parts { provisioner: &provisioner, store: &store, clock: &clock, random: &random };
        parts.spawn(&config, &metrics, &health, lifecycle);
        if let (Some(acme), Some(certificates)) = (acme, &certificates) {
            acme.spawn(certificates, &health, (&clock, &random), &metrics, lifecycle);
        }
        if let Some(socket) = doors.admin {
            let metrics = Arc::new(metrics);
            let mut routes = status::routes(health.clone(), Arc::clone(&metrics));
            if config.server.role != config::Role::Phones {
                let portal = portal::routes(&desk, shown);
                routes = routes.merge(api::routes(&desk)).merge(setup_page::routes()).merge(portal);
            }
            let server = admin_server(routes, socket.local_addr()?, certificates.as_deref())?;
            shown::http(&metrics, "admin", &server.counters);
            lifecycle.spawn(
                "the admin door",
                server.run(TcpListener::from_std(socket)?, lifecycle.stop().requested()),
            );
        }
        let (stop, watched) = (lifecycle.stop(), Arc::clone(&clock));
        lifecycle.spawn("following changes", async move {
            tokio::select! {
                () = follow(&provisioner, &health) => {}
                () = expiry::watch(certificates.as_deref(), &health, &*watched) => {}
                () = stop.requested() => health.stopping(),
            }
        });
        if config.server.role != config::Role::Phones {
            let (store, stop) = (store.clone(), lifecycle.stop());
            lifecycle.spawn("remembering the time", async move {
                tokio::select! {
                    () = remember_time(&store, &*clock) => {}
                    () = stop.requested() => {}
                }
            });
        }
        lifecycle.spawn("the journal", async move {
            // it ends once every door has let go of the pipeline
            let noting = async {
                if let Some(fetches) = fetches {
                    fetches.run().await;
                }
            };
            tokio::join!(journal.run(), noting);
            store.close().await;
        });
        Ok(())
    }

    /// What makes the actions behind the API, as keys and packs are when it is asked.
    fn desk(&self) -> Arc<dyn Fn() -> Actions + Send + Sync> {
        let (store, clock, random) = (self.store.clone(), Arc::clone(&self.clock), Arc::clone(&self.random));
        let (provisioner, installation) =
            (Arc::clone(&self.provisioner), self.config.license.audience.clone());
        Arc::new(move || Actions {
            store: store.clone(),
            clock: Arc::clone(&clock),
            random: Arc::clone(&random),
            license_keys: provisioner.policy().license_keys.clone(),
            installation: installation.clone(),
            models: provisioner.catalog(),
            actor: Actor::nobody(),
            conditions: Conditions::default(),
        })
    }

    fn say_where(&self) {
        let Addresses { https, http, tftp, pnp, admin } = self.addresses();
        let doors = [("https", https), ("http", http), ("tftp", tftp), ("pnp", pnp), ("admin", admin)];
        for (door, address) in doors {
            if let Some(address) = address {
                tracing::info!(door, %address, "listening for {door} at {address}");
            }
        }
        for trust in &self.config.trust {
            tracing::warn!(
                network = %trust.network,
                tenant = %trust.tenant,
                "{} is trusted: whoever asks from there gets the secrets of {}'s phones over any transport",
                trust.network,
                trust.tenant
            );
        }
        if pnp.is_some() && self.config.trust.is_empty() && self.config.allow.is_empty() {
            tracing::warn!("no network is allowed ([[allow]]), so no phone is told its URL by pnp");
        }
        if self.config.keys.environment.is_none()
            && self.config.keys.master.starts_with(&self.config.server.data)
        {
            tracing::warn!(
                "the master key lies beside the database: whoever copies the data directory can read its secrets"
            );
        }
    }
}
