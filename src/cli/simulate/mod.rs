//! `offhook simulate`: boots one phone, or a storm of them, against a server and shows what they make of it.

mod report;
mod stay;

use std::net::SocketAddrV4;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Report, secret_line::read_secret};
use crate::catalog::{Manifest, ModelEntry};
use crate::domain::{Mac, Random, Secret};
use crate::simulator::{
    Boot, FactoryCertificate, Login, Memory, Network, Outcome, PhoneModel, Phones, ProvisioningUrl, Storm,
    Trust, boot, look_for_url,
};
use report::{PhoneReport, StormReport};
pub use stay::StayFlags;

/// Where phones ask for their URL.
const PNP_GROUP: &str = "224.0.1.75:5060";
/// The most phones of one storm; each leaves four bytes behind.
const MOST_PHONES: i64 = 1_000_000;

/// Boots phones in software and shows what they would do.
#[derive(Debug, clap::Args)]
pub struct SimulateArguments {
    /// Vendor and model, as "Yealink SIP-T46U"
    #[arg(long)]
    model: String,
    /// The phone's MAC; of several phones the first
    #[arg(long, required_unless_present = "list", conflicts_with = "list")]
    mac: Option<Mac>,
    /// The provisioning URL: https, http or tftp; ends in "/" unless it names a file. Without it the phone asks where
    /// its memory says
    #[arg(long, required_unless_present_any = ["memory", "pnp"])]
    url: Option<String>,
    /// Have one phone ask a multicast group for its URL (SIP PnP), as one does that has none yet
    #[arg(long, value_name = "GROUP", num_args = 0..=1, default_missing_value = PNP_GROUP, conflicts_with_all = ["url", "phones", "list"])]
    pnp: Option<SocketAddrV4>,
    /// Trust the authorities in this PEM file
    #[arg(long, value_name = "FILE", conflicts_with = "insecure")]
    ca: Option<PathBuf>,
    /// Do not check the server's certificate
    #[arg(long)]
    insecure: bool,
    /// Show the factory certificate in this PEM file where the server asks for one
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with_all = ["phones", "list"])]
    certificate: Option<PathBuf>,
    /// The private key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    /// Answer with this user name when a server asks for a password that no document has given
    #[arg(long, value_name = "NAME", requires = "password_file")]
    user: Option<String>,
    /// The password, in a file; - reads it from standard input
    #[arg(long, value_name = "FILE", requires = "user")]
    password_file: Option<PathBuf>,
    /// Boot the phone that this file remembers, and remember what it got
    #[arg(long, value_name = "FILE", conflicts_with_all = ["phones", "list"])]
    memory: Option<PathBuf>,
    /// Boot so many phones with MACs counted up
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=MOST_PHONES), conflicts_with = "list")]
    phones: u32,
    /// Boot the phones whose MACs stand in this file, one per line
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// How many of several phones boot at once
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..))]
    concurrency: u16,
    /// How many of several phones start per second; as many as possible when missing
    #[arg(long, value_parser = rate)]
    rate: Option<f64>,
    /// How many seconds a phone may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    deadline: u64,
    /// Whether it stays.
    #[command(flatten)]
    stay: StayFlags,
    /// Show SIP passwords and the next provisioning URL
    #[arg(long)]
    show_secrets: bool,
}

/// Boots one phone or a storm. `find` looks a model up by the name that the administrator knows it by.
pub async fn simulate(
    arguments: &SimulateArguments,
    random: &dyn Random,
    find: impl Fn(&str) -> anyhow::Result<(Arc<Manifest>, ModelEntry)>,
) -> anyhow::Result<Box<dyn Report>> {
    let (manifest, entry) = find(&arguments.model)?;
    let model = PhoneModel::new(manifest, entry)?;
    let network = Network::showing(arguments.trust().as_ref(), arguments.factory_certificate().as_ref())?
        .with_login(arguments.login()?);
    match (&arguments.list, arguments.mac) {
        (Some(list), _) => arguments.storm(model, Phones::List(macs(list)?), &network).await,
        (None, Some(first)) if arguments.phones > 1 => {
            arguments.storm(model, Phones::counted(first, arguments.phones)?, &network).await
        }
        (None, Some(mac)) => arguments.one(model, mac, &network, random).await,
        (None, None) => bail!("neither a MAC nor a list of MACs was given"),
    }
}

impl SimulateArguments {
    fn trust(&self) -> Option<Trust> {
        match &self.ca {
            Some(path) => Some(Trust::CaFile(path.clone())),
            None => self.insecure.then_some(Trust::Anybody),
        }
    }

    fn factory_certificate(&self) -> Option<FactoryCertificate> {
        let (certificate, key) = (self.certificate.clone()?, self.key.clone()?);
        Some(FactoryCertificate { certificate, key })
    }

    fn login(&self) -> anyhow::Result<Option<Login>> {
        let Some((user, path)) = self.user.as_ref().zip(self.password_file.as_ref()) else { return Ok(None) };
        let password = Secret::new(read_secret(path)?.as_str());
        Ok(Some(Login { user: user.clone(), password }))
    }

    /// Whether a certificate proves who the server behind `url` is.
    fn checks(&self, url: &str) -> bool {
        let secure = url.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"));
        secure && !self.insecure
    }

    const fn within(&self) -> Duration {
        Duration::from_secs(self.deadline)
    }

    async fn one(
        &self,
        model: PhoneModel,
        mac: Mac,
        network: &Network,
        random: &dyn Random,
    ) -> anyhow::Result<Box<dyn Report>> {
        let mut memory = match &self.memory {
            Some(path) => Memory::load(path, model, mac)?,
            None => Memory::factory(model, mac),
        };
        let url = match (self.pnp, &self.url, memory.next_url()) {
            (Some(group), ..) => look_for_url(memory.model(), mac, group, self.within(), random).await?,
            (None, Some(url), _) => ProvisioningUrl::parse(&memory.model().fill_in(url, mac))?,
            (None, None, Some(url)) => {
                ProvisioningUrl::parse(url.expose()).context("the URL in the phone's memory")?
            }
            (None, None, None) => bail!("the phone's memory holds no provisioning URL, and none was given"),
        };
        let ear = self.stay.open(random).await?;
        let mut boot = boot(&mut memory, &url, network, self.within()).await;
        if let Some(ear) = ear.filter(|_| boot.got_something()) {
            let served = (boot, &url);
            boot = self.stay.stay(ear, &mut memory, served, (network, self.within())).await?;
        }
        if let Some(path) = &self.memory {
            memory.save(path)?;
        }
        if !boot.got_something() {
            return Err(got_nothing(boot, &url));
        }
        Ok(Box::new(PhoneReport {
            memory,
            boot,
            place: url.place(),
            certificate_checked: self.checks(&url.place()),
            show_secrets: self.show_secrets,
        }))
    }

    async fn storm(
        &self,
        model: PhoneModel,
        phones: Phones,
        network: &Network,
    ) -> anyhow::Result<Box<dyn Report>> {
        let Some(url) = self.url.clone() else { bail!("several phones need a provisioning URL") };
        let certificate_checked = self.checks(&url);
        let bar = ProgressBar::new(u64::try_from(phones.count())?);
        let style = "{bar:40} {pos}/{len} phones, {per_sec}, {elapsed} elapsed, {eta} left";
        bar.set_style(ProgressStyle::with_template(style)?);
        let concurrency = self.concurrency.into();
        let storm = Storm { model, phones, url, concurrency, rate: self.rate, within: self.within() };
        let result =
            storm.run(network, |done| bar.set_position(u64::try_from(done).unwrap_or(u64::MAX))).await;
        bar.finish_and_clear();
        let result = result?;
        if result.succeeded == 0 {
            let faults: Vec<_> =
                result.faults.iter().map(|(kind, count)| format!("{count} × {kind}")).collect();
            bail!("none of {} phones booted: {}", result.phones, faults.join(", "));
        }
        Ok(Box::new(StormReport { result, certificate_checked }))
    }
}

/// The first thing that went wrong, as the command's error.
fn got_nothing(boot: Boot, url: &ProvisioningUrl) -> anyhow::Error {
    let at = boot.first_fault().map(|asked| asked.file.clone());
    let fault = boot.files.into_iter().find(|asked| Some(&asked.file) == at.as_ref());
    match fault.map(|asked| (asked.file, asked.outcome)) {
        Some((file, Outcome::Failed(error))) => {
            let step = error.step().as_str();
            anyhow::Error::new(error).context(format!("the phone got nothing: step \"{step}\" for {file}"))
        }
        Some((file, Outcome::Discarded(why))) => anyhow::Error::new(why)
            .context(format!("the phone got nothing: it discards {file} from {place}", place = url.place())),
        Some((file, outcome)) => {
            anyhow::anyhow!("the phone got nothing: {file} from {} is {}", url.place(), outcome.word())
        }
        None => anyhow::anyhow!("the phone got nothing: {} has none of its files", url.place()),
    }
}

/// The MACs in a file, one per line; empty lines and those that start with `#` do not count.
fn macs(path: &Path) -> anyhow::Result<Vec<Mac>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading the MACs in {}", path.display()))?;
    let lines = text.lines().zip(1..).map(|(line, number)| (line.trim(), number));
    let named = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with('#'));
    let parsed = named
        .map(|(line, number)| Mac::parse(line).with_context(|| format!("{} line {number}", path.display())));
    let macs = parsed.collect::<anyhow::Result<Vec<_>>>()?;
    if macs.is_empty() {
        bail!("{} names no MAC", path.display());
    }
    Ok(macs)
}

/// A rate that can be kept: more than 0, at most a million per second.
fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("a rate is a number above 0, at most 1000000 per second".to_owned()),
    }
}
