//! `offhook demo`: a whole server on embedded defaults, with a tenant, phones, and simulated boots to look at.

mod boots;
mod world;

use std::{path::PathBuf, sync::Arc};

use super::{App, Sockets};
use crate::{
    config::{self, Config, Flags},
    domain::{Clock, Random},
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
        Ok(Config::load(&flags, &environment)?)
    }

    /// Makes what is missing, serves, boots the simulated phones against itself, and serves on until `stop`.
    pub async fn run(
        &self,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        sockets: Sockets,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let folder = self.data.display();
        println!("Offhook demo; everything it keeps is in {folder}\n");
        let config = self.config()?;
        world::make_keys(&config, &*random)?;
        let app = App::build(config.clone(), sockets, Arc::clone(&clock), Arc::clone(&random)).await?;
        let made = world::make(&config, app.catalog(), clock, random, app.store()).await?;
        println!("{made}");
        app.provisioner().refresh().await?;
        let doors = app.addresses();
        let url = made.url(&super::url_base(&config, doors));
        let ca = config.tls.authority.join("ca.crt");
        let packs = app.catalog();
        let server = tokio::spawn(app.run(stop));
        let boots = boots::all(&packs, &url, &ca, doors).await?;
        println!("{boots}");
        println!("{}", boots::lines_to_copy(&packs, &self.data, &url, &ca, doors)?);
        println!("Serving; Ctrl-C ends.");
        server.await??;
        println!("Stopped. \"offhook demo\" finds its data again.");
        Ok(())
    }
}
