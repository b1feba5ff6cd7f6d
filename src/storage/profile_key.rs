//! Programmable keys of profiles.

use std::collections::HashMap;

use super::{Change, Session, StorageError, device::key, engine::values};
use crate::domain::{Key, KeyPosition, PlainText, ProfileId, TenantId};

impl Session {
    /// The keys of the tenant's profiles, each profile's in order; nothing of profiles without keys.
    pub async fn profile_keys(
        &mut self,
        tenant: &TenantId,
    ) -> Result<HashMap<ProfileId, Vec<Key>>, StorageError> {
        let rows = self
            .rows(
                "SELECT k.* FROM profile_keys k JOIN profiles p ON p.id = k.profile_id \
                 WHERE p.tenant_id = $1 ORDER BY k.profile_id, k.position",
                values![tenant.as_str()],
            )
            .await?;
        let mut keys: HashMap<ProfileId, Vec<Key>> = HashMap::new();
        for row in &rows {
            keys.entry(ProfileId::stored(&row.text("profile_id")?)).or_default().push(key(row)?);
        }
        Ok(keys)
    }

    /// The keys of one profile, in order.
    pub async fn keys_of_profile(&mut self, profile: &ProfileId) -> Result<Vec<Key>, StorageError> {
        self.rows(
            "SELECT * FROM profile_keys WHERE profile_id = $1 ORDER BY position",
            values![profile.as_str()],
        )
        .await?
        .iter()
        .map(key)
        .collect()
    }
}

impl Change {
    /// Programs a key of a profile, in place of what was there.
    pub async fn set_profile_key(&mut self, profile: &ProfileId, key: &Key) -> Result<(), StorageError> {
        self.execute(
            "INSERT INTO profile_keys (profile_id, position, kind, line, value, label) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (profile_id, position) DO UPDATE SET kind = excluded.kind, line = excluded.line, \
             value = excluded.value, label = excluded.label",
            values![
                profile.as_str(),
                i64::from(key.position),
                key.kind.as_str(),
                i64::from(key.line.get()),
                key.value.as_deref(),
                key.label.as_ref().map(PlainText::as_str)
            ],
        )
        .await?;
        self.touch_all().await
    }

    /// Clears a key of a profile; whether it was programmed.
    pub async fn unset_profile_key(
        &mut self,
        profile: &ProfileId,
        position: KeyPosition,
    ) -> Result<bool, StorageError> {
        let cleared = self
            .execute(
                "DELETE FROM profile_keys WHERE profile_id = $1 AND position = $2",
                values![profile.as_str(), i64::from(position)],
            )
            .await?;
        self.touch_all().await?;
        Ok(cleared > 0)
    }
}
