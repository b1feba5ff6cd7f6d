//! Phones that should have another document than they have: who is asked to fetch again, when, and what came of it.

use super::{
    StorageError, Store,
    engine::{Row, values},
};
use crate::domain::{DeviceId, Mac, TenantId, Timestamp};

/// How far a phone has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskState {
    /// It is asked, or will be.
    Open,
    /// It is asked although it has what it should, because an administrator wishes it.
    Wished,
    /// It has what it should have, as far as this can be known.
    Followed,
    /// It was asked as often as is sensible and did not fetch.
    GaveUp,
    /// It cannot be asked.
    Cannot,
}

impl AskState {
    /// The word that is stored and shown.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Wished => "wished",
            Self::Followed => "followed",
            Self::GaveUp => "gave-up",
            Self::Cannot => "cannot",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let all = [Self::Open, Self::Wished, Self::Followed, Self::GaveUp, Self::Cannot];
        all.into_iter().find(|state| state.as_str() == text).ok_or_else(|| format!("\"{text}\" is no state"))
    }
}

/// What is to be written of one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAsk {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Its MAC.
    pub mac: Mac,
    /// The entity tags that it should have.
    pub wanted: String,
    /// How far it has come.
    pub state: AskState,
    /// Why it cannot be asked, or what it said when it was asked last.
    pub why: Option<String>,
    /// Since when it has been so.
    pub since: Timestamp,
    /// How often it was asked for this.
    pub attempts: u32,
    /// When it is asked next.
    pub next_at: Timestamp,
    /// The newest wish of an administrator that was heard.
    pub sync_revision: i64,
}

/// What is stored of one phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What was written.
    pub row: NewAsk,
    /// The device.
    pub device: DeviceId,
    version: i64,
}

impl Ask {
    pub(super) fn read(row: &Row) -> Result<Self, StorageError> {
        let device = DeviceId::stored(&row.text("device_id")?);
        Ok(Self {
            row: NewAsk {
                device: device.clone(),
                tenant: TenantId::stored(&row.text("tenant_id")?),
                mac: row.parsed("mac", Mac::parse)?,
                wanted: row.text("wanted")?,
                state: row.parsed("state", AskState::parse)?,
                why: row.text_or_none("why")?,
                since: Timestamp::from_millis(row.int("since")?),
                attempts: row.int("attempts")?.try_into().unwrap_or(u32::MAX),
                next_at: Timestamp::from_millis(row.int("next_at")?),
                sync_revision: row.int("sync_revision")?,
            },
            device,
            version: row.int("version")?,
        })
    }
}

impl Store {
    /// Writes `new` in place of what was `read`, if nobody else has written there since: what is stored then. Whoever
    /// gets it is the only one who did.
    pub async fn put_ask(&self, read: Option<&Ask>, new: NewAsk) -> Result<Option<Ask>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let before = read.map_or(0, |read| read.version);
        let bound = values![
            new.device.as_str(),
            new.tenant.as_str(),
            new.mac.to_string(),
            new.wanted.as_str(),
            new.state.as_str(),
            new.why.as_deref(),
            new.since.millis(),
            i64::from(new.attempts),
            new.next_at.millis(),
            new.sync_revision,
            before
        ];
        let written = match read {
            None => {
                tx.execute(
                    "INSERT INTO device_asks (device_id, tenant_id, mac, wanted, state, why, since, attempts, next_at, \
                     sync_revision, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 + 1) \
                     ON CONFLICT (device_id) DO NOTHING",
                    bound,
                )
                .await?
            }
            Some(_) => {
                tx.execute(
                    "UPDATE device_asks SET tenant_id = $2, mac = $3, wanted = $4, state = $5, why = $6, since = $7, \
                     attempts = $8, next_at = $9, sync_revision = $10, version = version + 1 \
                     WHERE device_id = $1 AND version = $11",
                    bound,
                )
                .await?
            }
        };
        if written == 0 {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(Ask { device: new.device.clone(), row: new, version: before + 1 }))
    }

    /// Phones that are to be asked by `now`, those that wait longest first.
    pub async fn due_asks(&self, now: Timestamp, most: u32) -> Result<Vec<Ask>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let due = "SELECT * FROM device_asks WHERE state IN ('open', 'wished') AND next_at <= $1 ORDER BY next_at, device_id LIMIT $2";
        let rows = tx.rows(due, values![now.millis(), i64::from(most)]).await?;
        rows.iter().map(Ask::read).collect()
    }

    /// Phones that have fetched something since it was seen that they should, whatever has become of them.
    pub async fn asks_with_news(&self, slack_seconds: i64) -> Result<Vec<Ask>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let news = "SELECT a.* FROM device_asks a WHERE a.state <> 'followed' AND EXISTS \
                    (SELECT 1 FROM device_fetches f WHERE f.device_id = a.device_id AND f.fetched_at >= a.since - $1)";
        let rows = tx.rows(news, values![slack_seconds * 1000]).await?;
        rows.iter().map(Ask::read).collect()
    }

    /// How many phones are in each state that is not the wished one: open, gave up, cannot be asked.
    pub async fn ask_counts(&self) -> Result<Vec<(AskState, i64)>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let counts =
            "SELECT state, COUNT(*) AS phones FROM device_asks WHERE state <> 'followed' GROUP BY state";
        let rows = tx.rows(counts, values![]).await?;
        rows.iter().map(|row| Ok((row.parsed("state", AskState::parse)?, row.int("phones")?))).collect()
    }

    /// Up to which revision of each tenant it was looked which phones are touched.
    pub async fn fleet_heard(&self) -> Result<Vec<(TenantId, i64)>, StorageError> {
        let mut tx = self.begin_journal().await?;
        let rows = tx.rows("SELECT tenant_id, revision FROM fleet_heard", values![]).await?;
        rows.iter().map(|row| Ok((TenantId::stored(&row.text("tenant_id")?), row.int("revision")?))).collect()
    }

    /// Says that it was looked up to `revision`; an older one never replaces a newer.
    pub async fn remember_heard(&self, tenant: &TenantId, revision: i64) -> Result<(), StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.execute(
            "INSERT INTO fleet_heard (tenant_id, revision) VALUES ($1, $2) ON CONFLICT (tenant_id) DO UPDATE SET \
             revision = excluded.revision WHERE fleet_heard.revision < excluded.revision",
            values![tenant.as_str(), revision],
        )
        .await?;
        tx.commit().await
    }

    /// Forgets what was noted of a device that is no more.
    pub async fn forget_ask(&self, device: &DeviceId) -> Result<(), StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.execute("DELETE FROM device_asks WHERE device_id = $1", values![device.as_str()]).await?;
        tx.execute("DELETE FROM device_fetches WHERE device_id = $1", values![device.as_str()]).await?;
        tx.commit().await
    }
}
