//! Sessions of users, and the attempts to sign in that came to nothing.

use std::net::IpAddr;

use super::{
    AuditEntry, Session, StorageError, Store, User,
    engine::{Row, values},
};
use crate::domain::{Secret, SessionId, Timestamp, UserId};

/// What counts attempts is forgotten after so many hours.
const FORGOTTEN_HOURS: i64 = 24;

/// A session of a user, without its secret.
#[derive(Clone, Debug)]
pub struct UserSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// From where the user signed in.
    pub origin: Option<IpAddr>,
    /// What the browser or program called itself.
    pub agent: String,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// When it ends whatever happens.
    pub expires_at: Timestamp,
}

impl Store {
    /// Keeps a new session. Sessions that ended are forgotten.
    pub async fn add_session(
        &self,
        new: &UserSession,
        secret: &Secret,
        entry: &AuditEntry,
    ) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        let now = new.created_at.millis();
        session.execute("DELETE FROM sessions WHERE expires_at <= $1", values![now]).await?;
        let lookup = session.sealer.token_lookup(secret);
        session
            .execute(
                "INSERT INTO sessions (id, user_id, lookup, origin, agent, created_at, seen_at, expires_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                values![
                    new.id.as_str(),
                    new.user.as_str(),
                    lookup,
                    new.origin.map(|address| address.to_string()),
                    new.agent.as_str(),
                    now,
                    new.seen_at.millis(),
                    new.expires_at.millis()
                ],
            )
            .await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// The session that this text is, if it is one, and its user.
    pub async fn session(&self, secret: &Secret) -> Result<Option<(UserSession, User)>, StorageError> {
        let mut session = self.read().await?;
        let lookup = session.sealer.token_lookup(secret);
        let row = session.row("SELECT * FROM sessions WHERE lookup = $1", values![lookup]).await?;
        let Some(found) = row.as_ref().map(user_session).transpose()? else { return Ok(None) };
        let user = session.user(&found.user).await?;
        Ok(user.map(|user| (found, user)))
    }

    /// Notes that a session was used.
    pub async fn touch_session(&self, id: &SessionId, now: Timestamp) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        let statement = "UPDATE sessions SET seen_at = $1 WHERE id = $2 AND seen_at < $1";
        session.execute(statement, values![now.millis(), id.as_str()]).await?;
        session.commit().await
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &SessionId, entry: &AuditEntry) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        session.execute("DELETE FROM sessions WHERE id = $1", values![id.as_str()]).await?;
        session.insert_audit(entry).await?;
        session.commit().await
    }

    /// Counts an attempt by each of `counted` before anybody knows how it ends, so that many at once are not one.
    ///
    /// `judge` is asked, with the place of each counter, its failures and the time of the last one, how many of them still
    /// count and when the next attempt is allowed; where that is later than now, nothing is counted and the latest of these
    /// times is given back.
    pub async fn count_attempt(
        &self,
        counted: &[Secret],
        now: Timestamp,
        judge: impl Fn(usize, i64, Timestamp) -> (i64, Timestamp) + Send + Sync,
    ) -> Result<Option<Timestamp>, StorageError> {
        let mut session = self.write().await?;
        let oldest = now.plus_hours(-FORGOTTEN_HOURS).millis();
        session.execute("DELETE FROM sign_in_failures WHERE last_at < $1", values![oldest]).await?;
        let mut closed_until = None;
        for (index, what) in counted.iter().enumerate() {
            let lookup = session.sealer.token_lookup(what);
            // the update that changes nothing locks the row
            let row = session
                .row(
                    "INSERT INTO sign_in_failures (lookup, failures, last_at) VALUES ($1, 0, $2) \
                     ON CONFLICT (lookup) DO UPDATE SET failures = sign_in_failures.failures \
                     RETURNING failures, last_at",
                    values![lookup.as_str(), now.millis()],
                )
                .await?
                .ok_or(StorageError::TenantGone)?;
            let last = Timestamp::from_millis(row.int("last_at")?);
            let (failures, opens) = judge(index, row.int("failures")?, last);
            if opens > now {
                closed_until = closed_until.max(Some(opens));
            }
            let statement = "UPDATE sign_in_failures SET failures = $1, last_at = $2 WHERE lookup = $3";
            session.execute(statement, values![failures + 1, now.millis(), lookup]).await?;
        }
        if closed_until.is_none() {
            session.commit().await?;
        }
        Ok(closed_until)
    }

    /// Takes back the attempt that was counted: it was no failure.
    pub async fn forgive_attempt(&self, counted: &[Secret]) -> Result<(), StorageError> {
        let mut session = self.write().await?;
        for what in counted {
            let lookup = session.sealer.token_lookup(what);
            let statement =
                "UPDATE sign_in_failures SET failures = failures - 1 WHERE lookup = $1 AND failures > 0";
            session.execute(statement, values![lookup]).await?;
        }
        session.commit().await
    }
}

impl Session {
    /// The sessions of a user that have not ended, the newest first.
    pub async fn sessions_of(
        &mut self,
        user: &UserId,
        now: Timestamp,
    ) -> Result<Vec<UserSession>, StorageError> {
        let statement =
            "SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id";
        let rows = self.rows(statement, values![user.as_str(), now.millis()]).await?;
        rows.iter().map(user_session).collect()
    }

    /// Ends every session of a user but `kept`.
    pub(super) async fn end_sessions(
        &mut self,
        user: &UserId,
        kept: Option<&SessionId>,
    ) -> Result<(), StorageError> {
        let kept = kept.map(SessionId::as_str).unwrap_or_default();
        let statement = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2";
        self.execute(statement, values![user.as_str(), kept]).await.map(drop)
    }
}

fn user_session(row: &Row) -> Result<UserSession, StorageError> {
    Ok(UserSession {
        id: SessionId::stored(&row.text("id")?),
        user: UserId::stored(&row.text("user_id")?),
        origin: row.text_or_none("origin")?.and_then(|text| text.parse().ok()),
        agent: row.text("agent")?,
        created_at: Timestamp::from_millis(row.int("created_at")?),
        seen_at: Timestamp::from_millis(row.int("seen_at")?),
        expires_at: Timestamp::from_millis(row.int("expires_at")?),
    })
}
