//! Backups: what admins own, copied row by row from either engine into one SQLite file and back.
//!
//! The journal is left out (it may be lost), and so is the master key: a copy of the file opens no secret.

use std::path::{Path, PathBuf};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
};

use super::{
    StorageError, Store,
    census::{Census, census},
    engine::{Tx, values},
    migrate,
    ownership::{adopt, create_private},
    tables::{TABLES, tables_of},
};

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupSummary {
    /// Rows per table.
    pub rows: Vec<(&'static str, u64)>,
    /// SHA-256 over all rows, in hex.
    pub digest: String,
    /// The id of the master key that its secrets are sealed with. The key itself is not in the backup.
    pub key_id: String,
}

/// Why a backup was not made or not restored; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file is in the way.
    #[error("{} exists already; only force replaces it", .0.display())]
    Exists(PathBuf),
    /// The file is something else.
    #[error("{} is no backup: {why}", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
        /// What is missing or wrong.
        why: String,
    },
    /// The file is a backup that lost or changed something.
    #[error("{} is damaged: its rows do not make the digest that was noted with them", .0.display())]
    Damaged(PathBuf),
    /// What was read back is not what was written.
    #[error("copying {} went wrong: what was written reads back differently", .0.display())]
    WrittenWrong(PathBuf),
    /// It was made by a newer release.
    #[error(
        "the backup's schema is {found}, this release restores up to {needed}; restore it with the release that made it"
    )]
    Schema {
        /// The backup's schema.
        found: i64,
        /// This release's.
        needed: i64,
    },
    /// It was made with another master key, so its secrets could not be opened.
    #[error(
        "the backup was made with master key {backup}, but the key in use is {store}; put the backup's key into the key file first, on a line of its own"
    )]
    OtherKey {
        /// The id of the backup's key.
        backup: String,
        /// The id of the key in use.
        store: String,
    },
    /// There is something that would be lost.
    #[error(
        "the store holds {tenants} tenants already; only force removes everything in it before restoring"
    )]
    NotEmpty {
        /// How many tenants there are.
        tenants: u64,
    },
    /// The database or a file failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

const MAKE_NOTE: &str = "CREATE TABLE backup (digest TEXT NOT NULL)";

impl Store {
    /// Writes everything that admins own, as it is at this moment, to `file`. Changes go on meanwhile. The file is read
    /// back and compared before it gets its name.
    pub async fn back_up(&self, file: &Path, overwrite: bool) -> Result<BackupSummary, BackupError> {
        if file.exists() && !overwrite {
            return Err(BackupError::Exists(file.to_owned()));
        }
        let mut beside = file.as_os_str().to_owned();
        beside.push(format!(".new-{}", std::process::id()));
        let beside = PathBuf::from(beside);
        let made = self.write_backup(&beside).await;
        let named = match made {
            Ok(summary) => name(&beside, file, overwrite).map(|()| summary),
            Err(error) => Err(error),
        };
        if named.is_err() {
            // it may not even have been made
            let _ = std::fs::remove_file(&beside);
        }
        named
    }

    async fn write_backup(&self, path: &Path) -> Result<BackupSummary, BackupError> {
        create_private(path)?;
        let pool = open(path, false).await?;
        migrate::make_schema(&pool).await?;
        let mut source = self.read().await?;
        let mut target = Tx::Sqlite(pool.begin().await?);
        // what a migration puts into a new database is in the source too
        for table in TABLES.iter().rev() {
            target.execute(&table.delete, values![]).await?;
        }
        let mut read = Census::default();
        for table in TABLES.iter() {
            for row in source.rows(&table.select, values![]).await? {
                let values = table.values(&row)?;
                read.count(table, &values);
                target.execute(&table.insert, values).await?;
            }
        }
        let digest = read.digest();
        target.execute(MAKE_NOTE, values![]).await?;
        target.execute("INSERT INTO backup (digest) VALUES ($1)", values![digest.as_str()]).await?;
        target.commit().await?;
        pool.close().await;
        let written = Backup::open(path).await?;
        if written.summary.digest != digest {
            return Err(BackupError::WrittenWrong(path.to_owned()));
        }
        Ok(written.close().await)
    }

    /// Puts a backup's rows in place of everything that admins own; one transaction, so all or nothing. With `replace` a
    /// store that is not empty is emptied first.
    pub async fn restore(&self, file: &Path, replace: bool) -> Result<BackupSummary, BackupError> {
        let backup = Backup::open(file).await?;
        if let Err(StorageError::WrongKey { expected, found }) = self.sealer.master(&backup.summary.key_id) {
            backup.close().await;
            return Err(BackupError::OtherKey { backup: expected, store: found });
        }
        let mut session = self.write_alone().await?;
        session.keep_others_out().await?;
        let before = session
            .row("SELECT COUNT(*) AS tenants, COALESCE(MAX(revision), 0) AS newest FROM tenants", values![])
            .await?;
        let (tenants, newest) = before.map_or(Ok((0, 0)), |row| {
            Ok::<_, StorageError>((row.int("tenants")?.unsigned_abs(), row.int("newest")?))
        })?;
        if tenants > 0 && !replace {
            backup.close().await;
            return Err(BackupError::NotEmpty { tenants });
        }
        for table in TABLES.iter().rev() {
            session.execute(&table.delete, values![]).await?;
        }
        let mut source = Tx::Sqlite(backup.pool.begin().await?);
        for table in tables_of(backup.schema) {
            for row in source.rows(&table.select, values![]).await? {
                session.execute(&table.insert, table.values(&row)?).await?;
            }
        }
        drop(source);
        if census(&mut session.tx, migrate::NEEDED).await?.digest() != backup.summary.digest {
            return Err(BackupError::WrittenWrong(file.to_owned()));
        }
        session.adopt_keys().await?;
        // whoever knows a document of a revision must not take it for one of the restored state
        session
            .execute(
                "UPDATE tenants SET revision = revision + $1, facts_revision = revision + $1",
                values![newest + 1],
            )
            .await?;
        session.announce_all().await?;
        session.commit().await?;
        self.chain_older_entries().await?;
        Ok(backup.close().await)
    }
}

/// The id of the master key that a backup was made with.
pub async fn key_of_backup(file: &Path) -> Result<String, BackupError> {
    Ok(Backup::open(file).await?.close().await.key_id)
}

/// A backup that was read and found whole.
struct Backup {
    pool: SqlitePool,
    /// The schema that it was made with, this release's or an older one.
    schema: i64,
    summary: BackupSummary,
}

impl Backup {
    async fn open(path: &Path) -> Result<Self, BackupError> {
        if !path.is_file() {
            let why = "there is no such file".to_owned();
            return Err(BackupError::NoBackup { path: path.to_owned(), why });
        }
        let other = |error: &dyn std::fmt::Display| BackupError::NoBackup {
            path: path.to_owned(),
            why: error.to_string(),
        };
        let pool = open(path, true).await.map_err(|error| other(&error))?;
        let found = migrate::schema_of(&pool).await.map_err(|error| other(&error))?;
        let needed = migrate::NEEDED;
        let schema = match found {
            None => return Err(other(&"it holds no schema")),
            Some(found) if !(1..=needed).contains(&found) => {
                return Err(BackupError::Schema { found, needed });
            }
            Some(found) => found,
        };
        let mut tx = Tx::Sqlite(pool.begin().await?);
        let noted = tx.row("SELECT digest FROM backup", values![]).await.map_err(|error| other(&error))?;
        let noted = noted.map(|row| row.text("digest")).transpose()?;
        let counted = census(&mut tx, schema).await.map_err(|_| BackupError::Damaged(path.to_owned()))?;
        let digest = counted.digest();
        if noted.as_ref() != Some(&digest) {
            return Err(BackupError::Damaged(path.to_owned()));
        }
        let key = tx.row("SELECT value FROM meta WHERE name = 'key'", values![]).await?;
        let key_id = key.map(|row| row.text("value")).transpose()?;
        let key_id = key_id.ok_or_else(|| other(&"it does not say which master key it belongs to"))?;
        drop(tx);
        Ok(Self { pool, schema, summary: BackupSummary { rows: counted.rows(), digest, key_id } })
    }

    async fn close(self) -> BackupSummary {
        self.pool.close().await;
        self.summary
    }
}

/// One file without a log beside it.
async fn open(path: &Path, read_only: bool) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).foreign_keys(true).read_only(read_only);
    let options = if read_only { options } else { options.journal_mode(SqliteJournalMode::Delete) };
    SqlitePoolOptions::new().max_connections(1).connect_with(options).await
}

/// Gives the finished file its name in one step, after its bytes are on the disk.
fn name(made: &Path, file: &Path, overwrite: bool) -> Result<(), BackupError> {
    let place = || -> std::io::Result<()> {
        std::fs::File::open(made)?.sync_all()?;
        if overwrite {
            std::fs::rename(made, file)?;
        } else {
            std::fs::hard_link(made, file)?;
            std::fs::remove_file(made)?;
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        std::fs::File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
    };
    match place() {
        Ok(()) => Ok(adopt(file)?),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(BackupError::Exists(file.to_owned()))
        }
        Err(source) => Err(StorageError::File { path: file.display().to_string(), source }.into()),
    }
}
