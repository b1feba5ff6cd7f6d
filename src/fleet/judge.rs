//! Does a phone have what it should, and can it be asked?

use std::sync::atomic::Ordering;

use super::{Fleet, pace::chance};
use crate::{
    domain::{Mac, Timestamp},
    provisioning::{Refusal, WantedDocuments},
    storage::{Ask, AskState, FleetFacts, NewAsk, StorageError, SyncRequest},
};

/// One phone, as far as anybody knows.
pub(super) struct Judged {
    pub(super) wanted: WantedDocuments,
    pub(super) facts: FleetFacts,
    pub(super) sync: Option<SyncRequest>,
}

impl Judged {
    /// Whether the phone has every document that it should.
    pub(super) fn follows(&self) -> bool {
        self.wanted.files.iter().all(|(file, etag)| {
            self.facts.fetches.iter().any(|fetch| fetch.file == *file && fetch.etag == *etag)
        })
    }

    /// The newest wish of an administrator; 0 where there is none.
    pub(super) fn sync_revision(&self) -> i64 {
        self.sync.map_or(0, |sync| sync.revision)
    }

    /// The SIP user that the phone is known by: that of what it has fetched, else of what it will.
    pub(super) fn user(&self) -> Option<&str> {
        let fetched = self.facts.fetches.iter().find_map(|fetch| fetch.sip_user.as_deref());
        fetched.or_else(|| self.wanted.accounts.first().map(|(user, _)| user.as_str()))
    }

    /// Why the phone cannot be asked, in words for the administrator.
    pub(super) fn obstacle(&self, through_proxy: bool) -> Option<String> {
        let Some(rule) = &self.wanted.check_sync else {
            return Some("how its vendor's phones are asked is not known".to_owned());
        };
        if let Some(cannot) = &rule.cannot {
            return Some(cannot.clone());
        }
        if self.user().is_none() {
            return Some("it has no SIP line, and nothing else hears a request".to_owned());
        }
        // of one that has fetched just now the address is noted in a moment
        if self.facts.note.as_ref().is_some_and(|note| note.taken.is_none()) {
            return Some("where it stands is not known: all of its requests were refused".to_owned());
        }
        (self.facts.address_is_shared && !through_proxy).then(|| {
            "another phone was seen at its address since: behind NAT it is reached through a proxy only"
                .to_owned()
        })
    }
}

impl Fleet {
    /// What is known of the device with this MAC; none where nothing is wanted of it: it is gone, blocked, never seen,
    /// or it cannot be known what it should have.
    pub(super) async fn judge(&self, mac: Mac) -> Result<Option<Judged>, StorageError> {
        let mut session = self.store.read().await?;
        let Some(device) = session.device_by_mac(mac).await? else { return Ok(None) };
        let sync = session.sync_request(&device.id).await?;
        drop(session);
        let facts = self.store.fleet_facts(&device.id).await?;
        if facts.note.is_none() && facts.fetches.is_empty() {
            return Ok(None);
        }
        let shown = facts.note.as_ref().and_then(|note| note.seen.model.as_deref());
        match self.provisioner.wanted(mac, shown).await {
            Ok(wanted) => Ok(Some(Judged { wanted, facts, sync })),
            Err(Refusal::Broken(why)) => {
                tracing::error!(device.mac = %mac, why, "what {mac} should have could not be made");
                Ok(None)
            }
            Err(_) => Ok(None),
        }
    }

    /// Begins to ask the phone where it should, and ends that where it follows. Its turn comes within `spread`
    /// milliseconds. Whether anything was written.
    pub(super) async fn settle(&self, judged: &Judged, spread: i64) -> Result<bool, StorageError> {
        let now = self.clock.now();
        let read = judged.facts.ask.as_ref();
        let heard = read.map_or(0, |ask| ask.row.sync_revision);
        let wish = judged.sync_revision() > heard;
        let follows = judged.follows();
        let Some(new) = self.next(judged, (read, wish, follows), (now, spread)) else { return Ok(false) };
        let state = new.state;
        let written = self.store.put_ask(read, new).await?.is_some();
        if written && state == AskState::Followed && read.is_some() {
            self.counters.followed.fetch_add(1, Ordering::Relaxed);
            tracing::info!(device.mac = %judged.wanted.mac, "{} has what it should", judged.wanted.mac);
        }
        Ok(written)
    }

    /// What is to be written; nothing where all is as it should be, or goes on as it does.
    fn next(
        &self,
        judged: &Judged,
        (read, wish, follows): (Option<&Ask>, bool, bool),
        (now, spread): (Timestamp, i64),
    ) -> Option<NewAsk> {
        use AskState::{Cannot, Followed, GaveUp, Open, Wished};
        let wanted = judged.wanted.tags();
        let state = read.map(|ask| ask.row.state);
        let same = read.is_some_and(|ask| ask.row.wanted == wanted);
        let row = |state, why, since, next_at| NewAsk {
            device: judged.wanted.device.clone(),
            tenant: judged.wanted.tenant.clone(),
            mac: judged.wanted.mac,
            wanted: wanted.clone(),
            state,
            why,
            since,
            attempts: 0,
            next_at,
            sync_revision: judged.sync_revision(),
        };
        if follows && !wish {
            // one that is asked for a wish's sake is judged by its answer: what it fetches is no news
            let over = matches!(state, Some(Open | GaveUp | Cannot)) || (state == Some(Wished) && !same);
            return over.then(|| row(Followed, None, now, now));
        }
        let pending = state.is_some_and(|state| state != Followed);
        if same && pending && !wish {
            return None;
        }
        let since = read.filter(|_| pending && !wish).map_or(now, |ask| ask.row.since);
        if let Some(why) = judged.obstacle(self.through_proxy) {
            return Some(row(Cannot, Some(why), since, now));
        }
        let turn = now.millis() + chance(&*self.random, spread + 1);
        Some(row(if follows { Wished } else { Open }, None, since, Timestamp::from_millis(turn)))
    }
}
