//! Telling a phone that has no URL yet where its files are: its tenant's URL, if it stands in an allowed network.

use std::net::IpAddr;

use super::{
    provisioner::{Grounds, Provisioner},
    recognize::Trail,
    refusal::{Refusal, Undecidable},
    walk::Step,
};
use crate::{
    catalog::Model,
    domain::{Mac, Secret},
};

/// What the journal calls this door and what is asked there.
const TRANSPORT: &str = "pnp";
const WANTED: &str = "SIP PnP";

/// A phone that asks where its files are. All but `source` is claimed by whoever asks.
#[derive(Clone, Debug)]
pub struct Discovery {
    /// Who asks.
    pub source: IpAddr,
    /// Its MAC as it writes it.
    pub mac: Option<String>,
    /// Its model as it writes it.
    pub model: Option<String>,
    /// Its firmware.
    pub firmware: Option<String>,
    /// What it says it is.
    pub user_agent: Option<String>,
}

impl Provisioner {
    /// Whether anybody may be told a URL at the address of `discovery`; if not, that was its end. Costs next to
    /// nothing, so that those who may not can ask as often as they like.
    pub fn expects(&self, discovery: &Discovery) -> bool {
        let grounds = self.grounds();
        let expected = grounds.policy.told_to(discovery.source).is_some();
        if !expected {
            let mut trail = Trail::default();
            let _ = self.recognize_subscriber(discovery, &mut trail);
            let outcome = (Refusal::NotAllowed.word(), true);
            self.note_seen(trail, (discovery.source, TRANSPORT), outcome, grounds.now);
        } else if let Some(mac) = discovery.mac.as_deref().and_then(|mac| Mac::parse(mac).ok())
            && !self.memory.remembers(mac)
        {
            // counted here and not where it is told: of a walk only the first few get so far
            let step =
                Step { source: discovery.source, door: TRANSPORT, tenant: None, mac, now: grounds.now };
            let _ = self.is_lost_in_a_walk(step);
        }
        expected
    }

    /// The provisioning URL that the phone may be told: its network's tenant's, and not if it is another tenant's
    /// device.
    pub async fn tell(&self, discovery: &Discovery) -> Result<Secret, Refusal> {
        let grounds = self.grounds();
        let mut trail = Trail::default();
        let told = match self.recognize_subscriber(discovery, &mut trail) {
            Ok(()) => self.url_for(discovery.source, &grounds, &mut trail).await,
            Err(refusal) => Err(refusal),
        };
        let outcome = told.as_ref().map_or_else(Refusal::word, |_| "told");
        self.note_seen(trail, (discovery.source, TRANSPORT), (outcome, false), grounds.now);
        told
    }

    fn recognize_subscriber(&self, discovery: &Discovery, trail: &mut Trail) -> Result<(), Refusal> {
        WANTED.clone_into(&mut trail.file);
        trail.mac = discovery.mac.as_deref().and_then(|mac| Mac::parse(mac).ok());
        let catalog = self.catalog();
        let shown = catalog
            .recognize_subscriber(
                trail.mac,
                discovery.user_agent.as_deref(),
                discovery.model.as_deref(),
                discovery.firmware.as_deref(),
            )
            .map_err(|_| Refusal::Disagreement)?;
        trail.vendor = shown.vendor.map(str::to_owned);
        trail.model = shown.model.map(Model::full_name);
        trail.firmware = shown.firmware;
        match (trail.mac, shown.mac) {
            (Some(claimed), Some(user_agent)) if claimed != user_agent => Err(Refusal::Disagreement),
            (claimed, user_agent) => {
                trail.mac = claimed.or(user_agent);
                Ok(())
            }
        }
    }

    async fn url_for(&self, source: IpAddr, grounds: &Grounds, trail: &mut Trail) -> Result<Secret, Refusal> {
        let policy = &*grounds.policy;
        let slug = policy.told_to(source).ok_or(Refusal::NotAllowed)?;
        // a network may name a tenant that does not exist any more
        let tenant = self.memory.tenant_named(slug).ok_or(Refusal::NotAllowed)?;
        trail.tenant = Some(tenant.tenant.id.clone());
        if let Some(mac) = trail.mac {
            let found = self.memory.device(mac, &policy.license_keys).await.map_err(|error| {
                tracing::warn!(device.mac = %mac, %error, "could not look up {mac}");
                Refusal::Undecidable(Undecidable::DatabaseAway)
            })?;
            let found = found.filter(|(device, _)| device.answers_to(Some(&tenant), grounds.now));
            if let Some((device, owner)) = found {
                trail.device = Some((device.device.id.clone(), owner.tenant.id.clone()));
                if owner.tenant.id != tenant.tenant.id {
                    return Err(Refusal::OtherTenant);
                }
            }
        }
        let scope = tenant.current_scope().ok_or(Refusal::UnknownScope)?;
        Ok(Secret::new(format!("{}{}/", policy.url_base, scope.scope.expose())))
    }
}
