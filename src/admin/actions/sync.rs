//! Whether phones have what they should, and having them asked to fetch again now.

use std::collections::BTreeMap;

use super::{AccessError, Actions};
use crate::{
    domain::{Component, DeviceId, Mac, TenantId, TenantSlug, Timestamp},
    storage::{Ask, AskState, Fetch, StorageError},
};

/// Whether a phone has what it should.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// How far it has come.
    pub state: FollowState,
    /// When it fetched the document that it has for the first time.
    pub fetched_at: Option<Timestamp>,
    /// Since when it has been in this state, where it was asked once.
    pub since: Option<Timestamp>,
    /// How often it was asked for what it should have now.
    pub attempts: u32,
    /// What it said when it was asked last, or why it cannot be asked.
    pub why: Option<String>,
    /// The newest wish that was heard, by the revision that made it.
    pub heard: i64,
}

/// How far a phone has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FollowState {
    /// It has never fetched a document.
    #[default]
    NeverFetched,
    /// It has what it should.
    Fetched,
    /// It should have another document than it has, and will be asked to fetch it.
    Wanted,
    /// It was asked to fetch, and has not yet.
    Asked,
    /// It was asked as often as is sensible.
    DidNotFetch,
    /// It should have another document, and cannot be asked to fetch it.
    CannotBeAsked,
}

impl FollowState {
    /// In words.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::NeverFetched => "never fetched",
            Self::Fetched => "fetched",
            Self::Wanted => "wanted",
            Self::Asked => "asked",
            Self::DidNotFetch => "did not fetch",
            Self::CannotBeAsked => "cannot be asked",
        }
    }

    /// Whether nothing more comes of it by itself.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Wanted | Self::Asked)
    }
}

impl Following {
    fn of(fetches: &[Fetch], ask: Option<&Ask>) -> Self {
        let fetched_at = fetches.iter().map(|fetch| fetch.at).max();
        let by_itself = if fetched_at.is_some() { FollowState::Fetched } else { FollowState::NeverFetched };
        let Some(Ask { row, .. }) = ask else {
            return Self { state: by_itself, fetched_at, ..Self::default() };
        };
        let state = match (row.state, row.attempts) {
            (AskState::Followed, _) => by_itself,
            (AskState::Open | AskState::Wished, 0) => FollowState::Wanted,
            (AskState::Open | AskState::Wished, _) => FollowState::Asked,
            (AskState::GaveUp, _) => FollowState::DidNotFetch,
            (AskState::Cannot, _) => FollowState::CannotBeAsked,
        };
        Self {
            state,
            fetched_at,
            since: Some(row.since),
            attempts: row.attempts,
            why: row.why.clone().filter(|_| row.state != AskState::Followed),
            heard: row.sync_revision,
        }
    }
}

impl Actions {
    /// Has a phone asked to fetch again now, or to restart; the revision of that wish.
    pub async fn request_sync(&self, mac: Mac, restart: bool) -> Result<i64, AccessError> {
        let (mut change, device) = self.change_device(mac, Component::Devices).await?;
        change.request_sync(&device.id, restart).await?;
        let what = if restart { "restart" } else { "fetch" };
        self.note(&mut change, "device.sync-requested", format!("{mac} {what}")).await?;
        Ok(change.commit().await?)
    }

    /// Has all phones of a tenant asked; how many, and the revision of that wish.
    pub async fn request_sync_of_all(
        &self,
        slug: &TenantSlug,
        restart: bool,
    ) -> Result<(Vec<Mac>, i64), AccessError> {
        let (mut change, tenant) = self.change_tenant(slug, Component::Devices).await?;
        let devices = change.devices(&tenant.id).await?;
        for device in &devices {
            change.request_sync(&device.id, restart).await?;
        }
        let what = if restart { "restart" } else { "fetch" };
        let detail = format!("all {} devices {what}", devices.len());
        self.note(&mut change, "device.sync-requested", detail).await?;
        let revision = change.commit().await?;
        Ok((devices.into_iter().map(|device| device.mac).collect(), revision))
    }

    /// Whether the phones with these MACs have what they should, and when each was seen last; one that is no more is left
    /// out.
    pub async fn following(
        &self,
        macs: &[Mac],
    ) -> Result<Vec<(Mac, Following, Option<Timestamp>)>, AccessError> {
        let mut found = Vec::new();
        for mac in macs {
            let (session, device) = match self.open_device(*mac, Component::Devices).await {
                Err(AccessError::Device(_)) => continue,
                opened => opened?,
            };
            drop(session);
            let facts = self.store.fleet_facts(&device.id).await?;
            let following = Following::of(&facts.fetches, facts.ask.as_ref());
            found.push((*mac, following, facts.note.map(|note| note.seen.at)));
        }
        Ok(found)
    }

    /// Whether the tenant's phones have what they should; nothing of those that never fetched and were never asked.
    pub(super) async fn following_in(
        &self,
        tenant: &TenantId,
    ) -> Result<BTreeMap<DeviceId, Following>, StorageError> {
        let all = self.store.fleet_of(tenant).await?;
        Ok(all.into_iter().map(|(id, (fetches, ask))| (id, Following::of(&fetches, ask.as_ref()))).collect())
    }

    /// Whether one phone has what it should.
    pub(super) async fn following_of(&self, device: &DeviceId) -> Result<Following, StorageError> {
        let facts = self.store.fleet_facts(device).await?;
        Ok(Following::of(&facts.fetches, facts.ask.as_ref()))
    }
}
