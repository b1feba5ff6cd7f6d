//! Profiles: named sets of settings and keys that many devices share.

use super::{
    Change, Session, StorageError,
    engine::{Row, values},
};
use crate::domain::{PlainText, ProfileId, TenantId};

/// One profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// Its id.
    pub id: ProfileId,
    /// Its name, unique within the tenant.
    pub name: PlainText,
    /// How many devices follow it.
    pub devices: u64,
}

impl Session {
    /// The tenant's profiles, by name.
    pub async fn profiles(&mut self, tenant: &TenantId) -> Result<Vec<Profile>, StorageError> {
        self.rows(
            "SELECT p.id, p.name, (SELECT COUNT(*) FROM devices d WHERE d.profile_id = p.id) AS devices \
             FROM profiles p WHERE p.tenant_id = $1 ORDER BY p.name",
            values![tenant.as_str()],
        )
        .await?
        .iter()
        .map(profile)
        .collect()
    }
}

impl Change {
    /// Makes a profile.
    pub async fn add_profile(&mut self, id: &ProfileId, name: &PlainText) -> Result<(), StorageError> {
        let values = values![id.as_str(), self.tenant().as_str(), name.as_str(), self.revision()];
        self.execute("INSERT INTO profiles (id, tenant_id, name, revision) VALUES ($1, $2, $3, $4)", values)
            .await
            .map(drop)
    }

    /// Removes a profile that no device follows, with its settings and keys.
    pub async fn remove_profile(&mut self, id: &ProfileId) -> Result<(), StorageError> {
        let tenant = self.tenant().clone();
        self.execute(
            "DELETE FROM settings WHERE tenant_id = $1 AND layer = 'profile' AND owner = $2",
            values![tenant.as_str(), id.as_str()],
        )
        .await?;
        self.execute(
            "DELETE FROM profiles WHERE id = $1 AND tenant_id = $2",
            values![id.as_str(), tenant.as_str()],
        )
        .await
        .map(drop)
    }
}

fn profile(row: &Row) -> Result<Profile, StorageError> {
    Ok(Profile {
        id: ProfileId::stored(&row.text("id")?),
        name: PlainText::stored(row.text("name")?),
        devices: row.int("devices")?.unsigned_abs(),
    })
}
