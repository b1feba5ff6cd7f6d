//! A simulated phone that stays after its boot, hears SIP, and fetches again when it is asked.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::domain::Random;
use crate::simulator::{Boot, Ear, Memory, Network, ProvisioningUrl, boot};

/// Whether and how long it stays.
#[derive(Debug, clap::Args)]
pub struct StayFlags {
    /// Stay after the boot, and fetch again when asked by SIP (check-sync): so many times, once when no number is given
    #[arg(long, value_name = "TIMES", num_args = 0..=1, default_missing_value = "1", value_parser = clap::value_parser!(u16).range(1..), conflicts_with_all = ["phones", "list"])]
    stay: Option<u16>,
    /// Where the phone that stays hears SIP
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:5060", requires = "stay")]
    sip: SocketAddr,
    /// Let who asks prove with a digest to know the SIP password of the account that is asked
    #[arg(long, requires = "stay")]
    challenge: bool,
    /// How many seconds it waits to be asked
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86_400), requires = "stay")]
    patience: u64,
}

impl StayFlags {
    /// Hears SIP from now on, so that nothing that comes during the boot is lost.
    pub(super) async fn open(&self, random: &dyn Random) -> anyhow::Result<Option<Ear>> {
        if self.stay.is_none() {
            return Ok(None);
        }
        let ear = Ear::open(self.sip, self.challenge, random).await;
        Ok(Some(ear.with_context(|| format!("the phone cannot hear SIP at {}", self.sip))?))
    }

    /// Waits to be asked, and boots again each time; the last boot.
    pub(super) async fn stay(
        &self,
        mut ear: Ear,
        memory: &mut Memory,
        (first, url): (Boot, &ProvisioningUrl),
        (network, within): (&Network, Duration),
    ) -> anyhow::Result<Boot> {
        let mut last = first;
        for time in 0..self.stay.unwrap_or_default() {
            let asked = tokio::time::timeout(Duration::from_secs(self.patience), ear.asked(memory)).await;
            let Ok(asked) = asked else {
                bail!("the phone was asked {time} times to fetch again, and not again in {} s", self.patience)
            };
            asked.context("the phone cannot hear SIP any more")?;
            let next = memory.next_url().and_then(|url| ProvisioningUrl::parse(url.expose()).ok());
            last = boot(memory, next.as_ref().unwrap_or(url), network, within).await;
        }
        Ok(last)
    }
}
