//! Opening the store: which database, in which role, with which key.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use sqlx::{
    PgPool, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    Sealer, StorageError,
    engine::{Tx, values},
    migrate, ownership,
};

/// How long a statement waits for another process's write before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the store waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite file; the journal lies beside it.
    Sqlite(PathBuf),
    /// A PostgreSQL database; the URL may hold a password.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, StorageError> {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Self::Sqlite(path.trim_start_matches("//").into()));
        }
        let known = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if known && PgConnectOptions::from_str(text).is_ok() {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let scheme = text.split_once(':').map_or(text, |(scheme, _)| scheme);
        Err(StorageError::Url(format!("{}:…", scheme.chars().take(20).collect::<String>())))
    }
}

impl std::fmt::Debug for DatabaseUrl {
    /// Without user, password and options.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => match PgConnectOptions::from_str(url) {
                Ok(options) => write!(
                    f,
                    "postgres://{}:{}/{}",
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or_default()
                ),
                Err(_) => f.write_str("postgres://…"),
            },
        }
    }
}

/// What the process does with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Changes what admins own; migrates.
    Admin,
    /// Serves phones only: never migrates, writes nothing but the journal.
    Phones,
}

/// The store on either engine.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) pools: Pools,
    pub(super) sealer: Arc<Sealer>,
}

/// Connections. In SQLite there is one writer, because a second would only wait for it.
#[derive(Clone, Debug)]
pub(super) enum Pools {
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        journal: SqlitePool,
        /// The journal's file as well, where a write must have reached the disk.
        states: SqlitePool,
    },
    Postgres(PgPool),
}

impl Store {
    /// Whether the database at `url` already exists (PostgreSQL: is taken to exist once it has tables). A SQLite file
    /// that is missing beside its journal was there once, and is an error.
    pub async fn exists(url: &DatabaseUrl) -> Result<bool, StorageError> {
        match url {
            DatabaseUrl::Sqlite(path) => {
                // in this order, because the database is made before its journal
                let journal = journal_of(path);
                let had_journal = journal.exists();
                if had_journal && !path.exists() {
                    let (path, journal) = (path.display().to_string(), journal.display().to_string());
                    return Err(StorageError::DatabaseGone { path, journal });
                }
                Ok(path.exists())
            }
            DatabaseUrl::Postgres(url) => {
                let pool = postgres(url, 1).await?;
                let found = sqlx::query(
                    "SELECT 1 FROM pg_tables WHERE tablename = 'tenants' AND schemaname = current_schema()",
                )
                .fetch_optional(&pool)
                .await?;
                pool.close().await;
                Ok(found.is_some())
            }
        }
    }

    /// Opens the database; migrates it in the admin role, refuses another schema in the phone role.
    pub async fn open(url: &DatabaseUrl, role: Role, sealer: Arc<Sealer>) -> Result<Self, StorageError> {
        let pools = match url {
            DatabaseUrl::Sqlite(path) => open_sqlite(path, role).await?,
            DatabaseUrl::Postgres(url) => Pools::Postgres(postgres(url, 16).await?),
        };
        // two stores may be opened with the same master key and have other keys
        let store = Self { pools, sealer: Arc::new(sealer.for_another_store()) };
        let usable = async {
            migrate::bring_up_to_date(&store.pools, role).await?;
            store.load_keys(role).await?;
            match role {
                Role::Admin => store.chain_older_entries().await,
                Role::Phones => Ok(()),
            }
        };
        if let Err(error) = usable.await {
            // SQLite removes the files that it makes beside a database only when it is closed
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// The keys that seal this store's secrets.
    #[must_use]
    pub fn sealer(&self) -> &Arc<Sealer> {
        &self.sealer
    }

    /// Whether other machines may use the same database.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// Closes all connections, folding SQLite's write-ahead log back.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer, journal, states } => {
                readers.close().await;
                writer.close().await;
                states.close().await;
                journal.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StorageError> {
        self.begin_read().await?.row("SELECT 1 AS one", values![]).await.map(drop)
    }

    /// A snapshot for reading.
    pub(super) async fn begin_read(&self) -> Result<Tx, StorageError> {
        Ok(match &self.pools {
            Pools::Sqlite { readers, .. } => Tx::Sqlite(readers.begin().await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    /// A transaction for writing. SQLite takes its write lock at once, so that it never fails half-way for a reader's sake.
    pub(super) async fn begin_write(&self) -> Result<Tx, StorageError> {
        Ok(match &self.pools {
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction on what the phone plane notes.
    pub(super) async fn begin_journal(&self) -> Result<Tx, StorageError> {
        Ok(match &self.pools {
            Pools::Sqlite { journal, .. } => Tx::Sqlite(journal.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// A transaction on what is known of the enrollment of devices: once it is committed, it has reached the disk.
    pub(super) async fn begin_states(&self) -> Result<Tx, StorageError> {
        Ok(match &self.pools {
            Pools::Sqlite { states, .. } => Tx::Sqlite(states.begin().await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }
}

async fn postgres(url: &str, connections: u32) -> Result<PgPool, StorageError> {
    let options = PgConnectOptions::from_str(url)?.application_name("offhook");
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(options)
        .await?)
}

async fn open_sqlite(path: &Path, role: Role) -> Result<Pools, StorageError> {
    let file = |path: &Path, synchronous| {
        SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
    };
    let pool =
        |connections| SqlitePoolOptions::new().max_connections(connections).acquire_timeout(ACQUIRE_TIMEOUT);
    let admins = file(path, SqliteSynchronous::Full);
    let admins = if role == Role::Phones { admins.pragma("query_only", "true") } else { admins };
    let beside = journal_of(path);
    // SQLite gives a database's mode and owner to the files it keeps beside it
    if role == Role::Admin {
        ownership::create_private(path)?;
    }
    let writer = connect(pool(1), admins.clone()).await.map_err(|error| unless_no_database(path, error))?;
    let readers = connect(pool(4), admins).await?;
    ownership::create_private(&beside)?;
    let journal = connect(pool(1), file(&beside, SqliteSynchronous::Normal)).await?;
    let states = connect(pool(1), file(&beside, SqliteSynchronous::Full)).await?;
    Ok(Pools::Sqlite { readers, writer, journal, states })
}

/// Connects, and waits for others who do the same: SQLite's own timeout does not cover the moment in which a new database
/// gets its write-ahead log, or loses it with its last connection (sqlite.org/wal.html §10).
async fn connect(pool: SqlitePoolOptions, options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut waited = Duration::ZERO;
    loop {
        match pool.clone().connect_with(options.clone()).await {
            Err(error) if is_busy(&error) && waited < BUSY_TIMEOUT => {
                tokio::time::sleep(PAUSE).await;
                waited += PAUSE;
            }
            connected => return connected,
        }
    }
}

/// `SQLITE_BUSY` and its extended codes (sqlite.org/rescode.html).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// Where SQLite's journal of phones lies: beside the database.
fn journal_of(database: &Path) -> PathBuf {
    database.with_extension("journal.db")
}

/// SQLite's word for a file that holds something else (`SQLITE_NOTADB`), with the file.
fn unless_no_database(path: &Path, error: sqlx::Error) -> StorageError {
    match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
        Some("26") => StorageError::NoDatabase { path: path.display().to_string() },
        _ => error.into(),
    }
}
