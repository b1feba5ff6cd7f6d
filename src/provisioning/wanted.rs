//! What a device should have now: its documents are made as if it asked, and go nowhere.

use super::{
    facts::verdicts,
    provisioner::{Provisioner, Resolved},
    refusal::{Refusal, Undecidable},
};
use crate::{
    catalog::{CheckSync, Nature},
    domain::{DeviceId, Mac, Secret, SipDomain, TenantId},
};

/// What a device should have now, and what is needed to tell its phone.
#[derive(Clone, Debug)]
pub struct WantedDocuments {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its MAC.
    pub mac: Mac,
    /// Each of its secret files, as its pack names it, with the entity tag of the document that is wanted.
    pub files: Vec<(String, String)>,
    /// How its phone is asked to fetch again; none where its pack does not say.
    pub check_sync: Option<CheckSync>,
    /// The tenant's SIP domain.
    pub domain: SipDomain,
    /// SIP user and password of each line that carries something, in the order of the lines.
    pub accounts: Vec<(String, Secret)>,
}

impl WantedDocuments {
    /// The entity tags in one text, in the order of the files.
    #[must_use]
    pub fn tags(&self) -> String {
        let tags: Vec<&str> = self.files.iter().map(|(_, etag)| etag.as_str()).collect();
        tags.join(" ")
    }
}

impl Provisioner {
    /// What the device with this MAC should have now. `shown` is the model that its phone said it is when it asked
    /// last, by which a document is made before what was chosen.
    pub async fn wanted(&self, mac: Mac, shown: Option<&str>) -> Result<WantedDocuments, Refusal> {
        let grounds = self.grounds();
        let found = self.memory.device(mac, &grounds.policy.license_keys).await.map_err(|error| {
            tracing::warn!(device.mac = %mac, %error, "could not look up {mac}");
            Refusal::Undecidable(Undecidable::DatabaseAway)
        })?;
        let (device, tenant) = found.ok_or(Refusal::UnknownDevice)?;
        let resolved = Resolved { tenant, device };
        self.certain(None, Some(&resolved), grounds.now)?;
        let Resolved { tenant, device } = &resolved;
        if device.device.blocked {
            return Err(Refusal::Blocked);
        }
        let names = [shown, device.device.model.as_deref()];
        let model = names.into_iter().flatten().find_map(|name| grounds.catalog.model(name).ok());
        let model = model.ok_or(Refusal::UnknownFile)?;
        let mut files = Vec::new();
        for (file, rule) in
            grounds.catalog.files_of(model).filter(|(_, rule)| Nature::of(rule) == Nature::Secret)
        {
            let verdicts = verdicts(tenant, device, grounds.now);
            let document = self.document_of(&grounds, (file, model), &resolved, verdicts)?;
            files.push((rule.path.clone(), document.etag.to_string()));
        }
        let account = |line: &crate::storage::CarriedLine| {
            (line.registrant.sip_user.to_string(), line.registrant.sip_password.clone())
        };
        Ok(WantedDocuments {
            device: device.device.id.clone(),
            tenant: tenant.tenant.id.clone(),
            mac,
            files,
            check_sync: grounds.catalog.manifest_of(model).check_sync.clone(),
            domain: tenant.tenant.sip_domain.clone(),
            accounts: device.lines.iter().map(account).collect(),
        })
    }
}
