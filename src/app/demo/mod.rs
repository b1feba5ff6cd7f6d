//! `offhook demo`: a whole server on embedded defaults, with a tenant, phones, and simulated boots to look at.

mod boots;
mod world;

use std::{path::PathBuf, sync::Arc};

use tokio::sync::mpsc;

use super::{App, DRAIN, url_base};
use crate::{
    cli::WrongInput,
    config::{self, Config, Flags},
    domain::{Clock, Random},
    lifecycle::{Ending, Lifecycle, signals::Signal, sockets::Sockets},
};

/// Where the demo keeps its data and stands.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The folder that everything is written to.
    pub data: PathBuf,
    /// What phones call the server.
    pub name: String,
    /// Phones over HTTPS.
    pub https: String,
    /// Phones over plain HTTP.
    pub http: String,
    /// Phones over TFTP.
    pub tftp: String,
    /// Health and metrics.
    pub admin: String,
}

impl Demo {
    /// The configuration that a demo runs with: what it was given, loopback trusted, everything else as by default.
    pub fn config(&self) -> anyhow::Result<Config> {
        let mut flags = Flags::default();
        for (path, text) in [
            ("server.data", self.data.display().to_string()),
            ("server.name", self.name.clone()),
            ("listen.https", self.https.clone()),
            ("listen.http", self.http.clone()),
            ("listen.tftp", self.tftp.clone()),
            ("listen.admin", self.admin.clone()),
            ("trust", format!("127.0.0.0/8={}", world::TENANT)),
        ] {
            if let Some(key) = config::keys().find(|key| key.path() == path) {
                flags.give(key, text);
            }
        }
        // a demo stands alone: neither the environment nor a configuration file that happens to lie around counts
        let environment = |name: &str| (name == config::FILE_VARIABLE).then(|| "/dev/null".to_owned());
        Ok(Config::load(&flags, &environment).map_err(WrongInput::new)?)
    }

    /// Makes what is missing, serves, boots the simulated phones against itself, and serves on until `signals` say stop.
    pub async fn run(
        &self,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        sockets: &mut Sockets,
        signals: mpsc::Receiver<Signal>,
    ) -> anyhow::Result<Ending> {
        let config = self.config()?;
        println!(
            "Offhook demo. Everything it keeps is in {}; this machine is trusted.
",
            self.data.display()
        );
        world::make_keys(&config, &*random)?;
        let app = App::build(config.clone(), sockets, Arc::clone(&clock), Arc::clone(&random)).await?;
        let made = world::make(&config, app.catalog(), clock, random, app.store()).await?;
        println!("{made}");
        app.provisioner().refresh().await?;
        let (doors, packs, reloader) = (app.addresses(), app.catalog(), app.reloader());
        let (url, ca) = (made.url(&url_base(&config, doors)), config.tls.authority.join("ca.crt"));
        let mut lifecycle = Lifecycle::new(DRAIN);
        app.spawn(&mut lifecycle)?;
        let serving = lifecycle.run(signals, move || {
            let (reloader, config) = (reloader.clone(), config.clone());
            async move { reloader.reload(&config).await }
        });
        let showing = async {
            println!("{}", boots::all(&packs, &url, &ca, doors).await?);
            println!("{}", boots::lines_to_copy(&packs, &self.data, &url, &ca, doors)?);
            println!("Serving; Ctrl-C ends.");
            anyhow::Ok(())
        };
        let mut serving = std::pin::pin!(serving);
        let ending = tokio::select! {
            ending = &mut serving => ending,
            shown = showing => {
                shown?;
                serving.await
            }
        };
        println!("Stopped. \"offhook demo --dir {}\" finds its data again.", self.data.display());
        Ok(ending)
    }
}
