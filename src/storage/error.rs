//! What can go wrong with the store, in words for the operator.

use sqlx::migrate::MigrateError;

use super::migrate;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Two things cannot share what only one may have.
    #[error("{0}")]
    Conflict(Conflict),
    /// The tenant was removed meanwhile.
    #[error("the tenant is no longer there")]
    TenantGone,
    /// The database did not answer, is locked, full or broken.
    #[error("the database failed: {}{}", .0, advice(.0))]
    Database(sqlx::Error),
    /// A file of that name is there and is no database.
    #[error(
        "{path} is no database, or a damaged one; move it away and put a backup in its place: offhook restore"
    )]
    NoDatabase {
        /// The file.
        path: String,
    },
    /// The journal is there without the database that it belongs to.
    #[error(
        "{path} is gone, but its journal {journal} is there; put the database back, or remove the journal and begin anew: offhook restore"
    )]
    DatabaseGone {
        /// Where the database should be.
        path: String,
        /// The journal.
        journal: String,
    },
    /// A stored value is none that this release writes.
    #[error("the database holds a wrong value in column {column} of row \"{row}\": {why}")]
    Corrupt {
        /// The column.
        column: &'static str,
        /// The row's first column.
        row: String,
        /// What is wrong with it.
        why: String,
    },
    /// A secret cannot be opened: the master key is another one, or the row was altered.
    #[error(
        "a sealed {purpose} cannot be opened: the master key is not the one that sealed it, or the row was altered"
    )]
    Unsealable {
        /// What kind of secret.
        purpose: &'static str,
    },
    /// A secret was sealed with a key that the database does not have.
    #[error("a secret was sealed with the key {key}, which the database does not have; restore a backup")]
    UnknownSeal {
        /// The key's id.
        key: String,
    },
    /// The master key is not the database's.
    #[error(
        "the master key in use (id {found}) is not the one this database's keys are sealed with (id {expected})"
    )]
    WrongKey {
        /// The id that the database remembers.
        expected: String,
        /// The id of the key that was given.
        found: String,
    },
    /// The master key's file is missing although the database exists.
    #[error(
        "there is no master key at {path}, but the database exists; restore the key, its secrets cannot be read without it"
    )]
    KeyMissing {
        /// Where the key should be.
        path: String,
    },
    /// A file of the data directory cannot be used.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The master key's file holds something else.
    #[error("{path} is no master key: 64 hex digits are expected")]
    KeyUnreadable {
        /// The file.
        path: String,
    },
    /// The database's schema is another release's.
    #[error("the database's schema is {found}, this release needs {needed}; {advice}")]
    Schema {
        /// The version found; none in an empty database.
        found: String,
        /// The version this release works with.
        needed: i64,
        /// What to do.
        advice: &'static str,
    },
    /// A migration failed; nothing of it was kept.
    #[error("the database could not be migrated: {0}")]
    Migration(MigrateError),
    /// The database's URL is not understood.
    #[error("\"{0}\" is no database URL: sqlite:PATH or postgres://…")]
    Url(String),
}

/// What only one may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// A tenant's short name.
    #[error("the short name is taken by another tenant")]
    TenantSlug,
    /// An extension's number.
    #[error("the number is taken by another service of the tenant")]
    Number,
    /// The SIP user of an extension or a trunk.
    #[error("the SIP user is taken by another extension or SIP trunk of the tenant")]
    SipUser,
    /// A device's MAC.
    #[error("the MAC is taken by another device")]
    Mac,
    /// A line of a device.
    #[error("the line already carries something")]
    Line,
    /// A profile's name.
    #[error("the name is taken by another profile of the tenant")]
    ProfileName,
    /// A trunk's name.
    #[error("the name is taken by another SIP trunk of the tenant")]
    TrunkName,
    /// A public number.
    #[error("the public number is taken")]
    Did,
    /// A user's name.
    #[error("the name is taken by another user")]
    UserName,
}

/// Per conflict the constraint's name in PostgreSQL and the columns that SQLite names instead.
const CONFLICTS: &[(Conflict, &str, &str)] = &[
    (Conflict::TenantSlug, "tenants_slug", "tenants.slug"),
    (Conflict::Number, "services_number", "services.tenant_id, services.number"),
    (Conflict::SipUser, "extensions_sip_user", "extensions.tenant_id, extensions.sip_user"),
    (Conflict::Mac, "devices_mac", "devices.mac"),
    (Conflict::Line, "device_lines_pkey", "device_lines.device_id, device_lines.line"),
    (Conflict::ProfileName, "profiles_name", "profiles.tenant_id, profiles.name"),
    (Conflict::TrunkName, "services_trunk_name", "services.tenant_id, services.name"),
    (Conflict::Did, "dids_pkey", "dids.number"),
    (Conflict::UserName, "users_name", "users.name"),
];

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let Some(violation) = error.as_database_error().filter(|database| database.is_unique_violation())
        else {
            return Self::Database(error);
        };
        let conflict = CONFLICTS.iter().find(|(_, constraint, columns)| {
            violation.constraint() == Some(constraint) || violation.message().ends_with(columns)
        });
        match conflict {
            Some((conflict, ..)) => Self::Conflict(*conflict),
            None => Self::Database(error),
        }
    }
}

impl From<MigrateError> for StorageError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::Database(error),
            other => Self::Migration(other),
        }
    }
}

impl StorageError {
    /// A database that is not there yet, or is empty, for who may not make it.
    #[must_use]
    pub fn no_schema() -> Self {
        Self::other_schema(None)
    }

    /// An older schema for who may not migrate it, or none.
    pub(super) fn other_schema(found: Option<i64>) -> Self {
        Self::Schema {
            found: found.map_or_else(|| "missing".to_owned(), |found| found.to_string()),
            needed: migrate::NEEDED,
            advice: "start a server with --role admin or all once; it migrates",
        }
    }

    /// Whether the database itself is away, so that what is known may go on being served from memory.
    #[must_use]
    pub const fn is_outage(&self) -> bool {
        matches!(self, Self::Database(_))
    }
}

/// What the operator can do, where the database's own words leave it open.
fn advice(error: &sqlx::Error) -> &'static str {
    if matches!(error, sqlx::Error::PoolTimedOut) {
        return "; it is away, or another process holds it";
    }
    // SQLite's result codes; the low byte is the primary one (sqlite.org/rescode.html)
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    // the file that readers and writers share could not grow (SQLITE_IOERR_SHMSIZE)
    if code == Some(4874) {
        return "; make room on its disk";
    }
    match code.map(|code| code & 0xff) {
        Some(5) => "; another process holds it: try again, or look for one that hangs",
        Some(11) => "; move its file away and put a backup in its place: offhook restore",
        Some(13) => "; make room on its disk",
        _ => "",
    }
}
