//! Which documents phones have: the entity tag of each secret file that was fetched last.

use std::collections::BTreeMap;

use super::{
    Ask, DeviceNote, StorageError, Store,
    engine::{Row, Tx, values},
};
use crate::domain::{DeviceId, TenantId, Timestamp};

/// A secret document that a phone has fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The file, as its pack names it.
    pub file: String,
    /// The document's entity tag.
    pub etag: String,
    /// The SIP user of the first line in it: by that name the phone is known to others until it fetches again.
    pub sip_user: Option<String>,
    /// When it was fetched for the first time; fetching the same again leaves that.
    pub at: Timestamp,
}

/// What the phone plane knows of one device besides what administrators own.
#[derive(Clone, Debug, Default)]
pub struct FleetFacts {
    /// Its last request.
    pub note: Option<DeviceNote>,
    /// What it has fetched.
    pub fetches: Vec<Fetch>,
    /// Whether it is asked to fetch again.
    pub ask: Option<Ask>,
    /// Whether another device got a document at its address since: then the address is not its own any more, or never was.
    pub address_is_shared: bool,
}

impl Store {
    /// Notes what was fetched; how many of these were news. Nothing is written for the others.
    pub async fn note_fetches(&self, fetches: &[Fetch]) -> Result<usize, StorageError> {
        let mut tx = self.begin_journal().await?;
        let mut news = 0;
        for fetch in fetches {
            let known = "SELECT etag FROM device_fetches WHERE device_id = $1 AND file = $2";
            let row = tx.row(known, values![fetch.device.as_str(), fetch.file.as_str()]).await?;
            if row.map(|row| row.text("etag")).transpose()?.as_deref() == Some(&fetch.etag) {
                continue;
            }
            news += 1;
            tx.execute(
                "INSERT INTO device_fetches (device_id, file, tenant_id, etag, sip_user, fetched_at) \
                 VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (device_id, file) DO UPDATE SET \
                 tenant_id = excluded.tenant_id, etag = excluded.etag, sip_user = excluded.sip_user, \
                 fetched_at = excluded.fetched_at",
                values![
                    fetch.device.as_str(),
                    fetch.file.as_str(),
                    fetch.tenant.as_str(),
                    fetch.etag.as_str(),
                    fetch.sip_user.as_deref(),
                    fetch.at.millis()
                ],
            )
            .await?;
        }
        // else nothing was written, and there is nothing to keep
        if news > 0 {
            tx.commit().await?;
        }
        Ok(news)
    }

    /// What the phone plane knows of one device.
    pub async fn fleet_facts(&self, device: &DeviceId) -> Result<FleetFacts, StorageError> {
        let mut tx = self.begin_journal().await?;
        let id = device.as_str();
        let fetches = tx.rows("SELECT * FROM device_fetches WHERE device_id = $1", values![id]).await?;
        let ask = tx.row("SELECT * FROM device_asks WHERE device_id = $1", values![id]).await?;
        let note = super::journal::note_of(&mut tx, device).await?;
        let address_is_shared = match &note {
            Some(note) => shared(&mut tx, note).await?,
            None => false,
        };
        Ok(FleetFacts {
            note,
            fetches: fetches.iter().map(fetch).collect::<Result<_, _>>()?,
            ask: ask.as_ref().map(Ask::read).transpose()?,
            address_is_shared,
        })
    }

    /// Per device of the tenant what it has fetched, and whether it is asked to fetch again.
    pub async fn fleet_of(
        &self,
        tenant: &TenantId,
    ) -> Result<BTreeMap<DeviceId, (Vec<Fetch>, Option<Ask>)>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let mut found: BTreeMap<DeviceId, (Vec<Fetch>, Option<Ask>)> = BTreeMap::new();
        let all = "SELECT * FROM device_fetches WHERE tenant_id = $1";
        for row in &tx.rows(all, values![tenant.as_str()]).await? {
            let fetch = fetch(row)?;
            found.entry(fetch.device.clone()).or_default().0.push(fetch);
        }
        let all = "SELECT * FROM device_asks WHERE tenant_id = $1";
        for row in &tx.rows(all, values![tenant.as_str()]).await? {
            let ask = Ask::read(row)?;
            let device = ask.device.clone();
            found.entry(device).or_default().1 = Some(ask);
        }
        Ok(found)
    }
}

/// Whether another device got a document at the address where `note`'s did, and later.
async fn shared(tx: &mut Tx, note: &DeviceNote) -> Result<bool, StorageError> {
    let Some(taken) = note.taken else { return Ok(false) };
    let later = "SELECT device_id FROM device_journal WHERE taken_from = $1 AND device_id <> $2 AND taken_at > $3 LIMIT 1";
    let values = values![taken.from.to_string(), note.device.as_str(), taken.at.millis()];
    Ok(tx.row(later, values).await?.is_some())
}

fn fetch(row: &Row) -> Result<Fetch, StorageError> {
    Ok(Fetch {
        device: DeviceId::stored(&row.text("device_id")?),
        tenant: TenantId::stored(&row.text("tenant_id")?),
        file: row.text("file")?,
        etag: row.text("etag")?,
        sip_user: row.text_or_none("sip_user")?,
        at: Timestamp::from_millis(row.int("fetched_at")?),
    })
}
