//! Requests that made something, remembered by the key that their sender gave them, so that one that is repeated makes
//! nothing twice.

use super::{Change, StorageError, engine::values};
use crate::domain::Timestamp;

/// How long a key is remembered.
const REMEMBERED_HOURS: i64 = 24;

/// What is known of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// It is new, and is remembered with this change.
    New,
    /// The same request was carried out.
    Same,
    /// Another request was carried out with that key.
    Other,
}

impl Change {
    /// Remembers a request within the change that it makes, unless it was carried out before.
    pub async fn remember_creation(
        &mut self,
        sender: &str,
        key: &str,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<Repeat, StorageError> {
        let oldest = now.plus_hours(-REMEMBERED_HOURS).millis();
        self.execute("DELETE FROM creations WHERE created_at < $1", values![oldest]).await?;
        let inserted = self
            .execute(
                "INSERT INTO creations (sender, request_key, fingerprint, created_at) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (sender, request_key) DO NOTHING",
                values![sender, key, fingerprint, now.millis()],
            )
            .await?;
        if inserted > 0 {
            return Ok(Repeat::New);
        }
        let row = self
            .row(
                "SELECT fingerprint FROM creations WHERE sender = $1 AND request_key = $2",
                values![sender, key],
            )
            .await?;
        let same = row.map(|row| row.text("fingerprint")).transpose()?.as_deref() == Some(fingerprint);
        Ok(if same { Repeat::Same } else { Repeat::Other })
    }
}
