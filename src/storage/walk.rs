//! Walks over MACs that the phone plane saw, kept for administrators, who may be in another process.

use super::{
    StorageError, Store,
    engine::{Tx, values},
};
use crate::domain::{TenantId, Timestamp};

/// How many walks are remembered; the oldest leave first.
const KEPT: i64 = 200;

/// Somebody asked for many different MACs that are no devices of what it may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenWalk {
    /// Who: an address, an IPv6 network, or all sources that used one tenant's scope.
    pub source: String,
    /// The tenant whose scope was used when it was found.
    pub tenant: Option<TenantId>,
    /// The door that was used last.
    pub door: String,
    /// When it was found.
    pub began_at: Timestamp,
    /// When it went on last.
    pub seen_at: Timestamp,
    /// About how many different MACs it has shown within ten minutes, at most.
    pub macs: i64,
    /// How many requests it has made since it was found.
    pub requests: i64,
}

/// Notes how far walks have come.
pub(super) async fn note_walks(tx: &mut Tx, walks: &[SeenWalk]) -> Result<(), StorageError> {
    for walk in walks {
        let tenant = walk.tenant.as_ref().map_or("", TenantId::as_str);
        tx.execute(
            "INSERT INTO walks (source, tenant_id, began_at, seen_at, door, macs, requests) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (source, tenant_id, began_at) DO UPDATE SET \
             seen_at = excluded.seen_at, door = excluded.door, macs = excluded.macs, requests = excluded.requests",
            values![
                walk.source.as_str(),
                tenant,
                walk.began_at.millis(),
                walk.seen_at.millis(),
                walk.door.as_str(),
                walk.macs,
                walk.requests
            ],
        )
        .await?;
    }
    if !walks.is_empty() {
        tx.execute(
            "DELETE FROM walks WHERE began_at < \
             (SELECT MIN(began_at) FROM (SELECT began_at FROM walks ORDER BY began_at DESC LIMIT $1) AS kept)",
            values![KEPT],
        )
        .await?;
    }
    Ok(())
}

impl Store {
    /// The walks over MACs that are remembered, the newest first.
    pub async fn walks(&self) -> Result<Vec<SeenWalk>, StorageError> {
        let mut tx = self.begin_journal().await?;
        tx.rows("SELECT * FROM walks ORDER BY began_at DESC, source, tenant_id", values![])
            .await?
            .iter()
            .map(|row| {
                let tenant = row.text("tenant_id")?;
                Ok(SeenWalk {
                    source: row.text("source")?,
                    tenant: (!tenant.is_empty()).then(|| TenantId::stored(&tenant)),
                    door: row.text("door")?,
                    began_at: Timestamp::from_millis(row.int("began_at")?),
                    seen_at: Timestamp::from_millis(row.int("seen_at")?),
                    macs: row.int("macs")?,
                    requests: row.int("requests")?,
                })
            })
            .collect()
    }
}
