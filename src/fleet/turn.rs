//! Whose turn is it to be asked, and what came of it?

use std::sync::atomic::Ordering;

use super::{Answer, Asking, Fleet, judge::Judged};
use crate::{
    domain::Timestamp,
    storage::{Ask, AskState, NewAsk, StorageError},
};

/// A phone whose turn it is, taken by this node alone.
#[derive(Debug)]
pub struct Turn {
    /// What it is asked.
    pub asking: Asking,
    taken: Ask,
}

impl Fleet {
    /// Takes phones whose turn it is, as many as one second allows: no other node gets these. One that follows by now, or
    /// was asked often enough, ends here.
    pub async fn take(&self) -> Result<Vec<Turn>, StorageError> {
        let now = self.clock.now();
        let mut taken = Vec::new();
        for ask in self.store.due_asks(now, self.pace.per_second).await? {
            let Some(judged) = self.judge(ask.row.mac).await? else {
                self.postpone(&ask, now).await?;
                continue;
            };
            if judged.facts.ask.as_ref() != Some(&ask) || self.settle(&judged, 0).await? {
                continue;
            }
            if let Some(turn) = self.take_one(&judged, &ask, now).await? {
                taken.push(turn);
            }
        }
        Ok(taken)
    }

    async fn take_one(
        &self,
        judged: &Judged,
        ask: &Ask,
        now: Timestamp,
    ) -> Result<Option<Turn>, StorageError> {
        let attempts = ask.row.attempts + 1;
        let Some(pause) = self.pace.pause(attempts, &*self.random) else {
            let row = NewAsk { state: AskState::GaveUp, next_at: now, ..ask.row.clone() };
            if self.store.put_ask(Some(ask), row).await?.is_some() {
                self.counters.gave_up.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(device.mac = %ask.row.mac, "{} did not fetch, and is not asked again", ask.row.mac);
            }
            return Ok(None);
        };
        let Some(asking) = judged.asking() else {
            self.postpone(ask, now).await?;
            return Ok(None);
        };
        let next_at = Timestamp::from_millis(now.millis() + pause);
        let row = NewAsk { attempts, next_at, ..ask.row.clone() };
        Ok(self.store.put_ask(Some(ask), row).await?.map(|taken| Turn { asking, taken }))
    }

    /// What is wanted cannot be known now, or nothing is: later. A device that is no more is forgotten.
    async fn postpone(&self, ask: &Ask, now: Timestamp) -> Result<(), StorageError> {
        let found = self.store.read().await?.device_by_mac(ask.row.mac).await?;
        if found.is_none_or(|device| device.id != ask.device) {
            return self.store.forget_ask(&ask.device).await;
        }
        let pause = self.pace.pause(1, &*self.random).unwrap_or_default();
        let next_at = Timestamp::from_millis(now.millis() + pause);
        self.store.put_ask(Some(ask), NewAsk { next_at, ..ask.row.clone() }).await.map(drop)
    }

    /// Notes what came of asking a phone.
    pub async fn report(&self, turn: Turn, answer: Answer) -> Result<(), StorageError> {
        let Turn { taken, .. } = turn;
        let mac = taken.row.mac;
        self.counters.asked.fetch_add(1, Ordering::Relaxed);
        let (state, why) = match answer {
            Answer::Status(200..300) => {
                self.counters.answered.fetch_add(1, Ordering::Relaxed);
                let over = taken.row.state == AskState::Wished;
                (if over { AskState::Followed } else { taken.row.state }, "it said that it would".to_owned())
            }
            Answer::Status(401 | 407) => (taken.row.state, "it does not take its line's password".to_owned()),
            Answer::Status(status) => (taken.row.state, format!("it answered {status}")),
            Answer::Silence => (taken.row.state, "it did not answer".to_owned()),
        };
        tracing::info!(device.mac = %mac, attempt = taken.row.attempts, "{mac} was asked to fetch again: {why}");
        let row = NewAsk { state, why: Some(why), ..taken.row.clone() };
        // if somebody has written meanwhile, it was newer than this answer
        self.store.put_ask(Some(&taken), row).await.map(drop)
    }
}

impl Judged {
    /// What the phone is asked; none where it cannot be.
    fn asking(&self) -> Option<Asking> {
        let rule = self.wanted.check_sync.as_ref()?;
        let restart = self.sync.is_some_and(|sync| {
            sync.restart && self.facts.ask.as_ref().is_some_and(|ask| ask.row.sync_revision == sync.revision)
        });
        let event = rule.restart.as_ref().filter(|_| restart).or(rule.event.as_ref())?;
        let user = self.user()?;
        let account = self.wanted.accounts.iter().find(|(name, _)| name == user);
        Some(Asking {
            mac: self.wanted.mac,
            address: self.facts.note.as_ref()?.taken?.from,
            port: rule.port,
            user: user.to_owned(),
            domain: self.wanted.domain.to_string(),
            password: account.map(|(_, password)| password.clone()),
            event: event.clone(),
        })
    }
}
