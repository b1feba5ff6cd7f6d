//! Hearing of changes that any process made: PostgreSQL's notifications, SQLite's `data_version`.

use std::time::Duration;

use sqlx::{Row as _, Sqlite, pool::PoolConnection, postgres::PgListener};

use super::{StorageError, Store, open::Pools};

/// How often SQLite's counter is looked at. It costs one page-cache look-up; a change is noticed well within a second.
const SQLITE_LOOK: Duration = Duration::from_millis(250);
/// After this long without a notification PostgreSQL is asked anyway, in case one was lost.
const POSTGRES_BACKSTOP: Duration = Duration::from_secs(5);

/// Tells when something may have changed.
pub enum Feed {
    /// One connection, because the counter tells what other connections changed.
    Sqlite {
        /// The connection that looks.
        connection: PoolConnection<Sqlite>,
        /// What it saw last.
        seen: i64,
    },
    /// A listening connection; it reconnects by itself.
    Postgres(PgListener),
}

impl Store {
    /// Starts listening for changes.
    pub async fn feed(&self) -> Result<Feed, StorageError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Feed::Sqlite { connection: readers.acquire().await?, seen: -1 },
            Pools::Postgres(pool) => {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen("offhook").await?;
                Feed::Postgres(listener)
            }
        })
    }
}

impl Feed {
    /// Returns when something may have changed since the last call; the first call returns at once in SQLite.
    pub async fn changed(&mut self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite { connection, seen } => loop {
                let version: i64 =
                    sqlx::query("PRAGMA data_version").fetch_one(&mut **connection).await?.try_get(0)?;
                if version != *seen {
                    *seen = version;
                    return Ok(());
                }
                tokio::time::sleep(SQLITE_LOOK).await;
            },
            Self::Postgres(listener) => {
                match tokio::time::timeout(POSTGRES_BACKSTOP, listener.recv()).await {
                    Ok(heard) => Ok(heard.map(drop)?),
                    Err(_) => Ok(()),
                }
            }
        }
    }
}
