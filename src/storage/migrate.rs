//! Bringing a database to this release's schema, or saying which release it belongs to.

use std::borrow::Cow;

use sqlx::{
    SqlSafeStr, SqlitePool,
    migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType, Migrator},
};

use super::{
    StorageError,
    open::{Pools, Role},
    phones_role,
};

/// The schema this release works with: the number of the newest migration.
pub(super) const NEEDED: i64 = 19;

/// Per step its number, name and SQL.
type Steps = &'static [(i64, &'static str, &'static str)];

const SQLITE: Steps = &[
    (1, "first", include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, "addons", include_str!("../../migrations/sqlite/0002_addons.sql")),
    (3, "services", include_str!("../../migrations/sqlite/0003_services.sql")),
    (4, "tokens", include_str!("../../migrations/sqlite/0004_tokens.sql")),
    (5, "tombstones", include_str!("../../migrations/sqlite/0005_tombstones.sql")),
    (6, "audit_log", include_str!("../../migrations/sqlite/0006_audit_log.sql")),
    (7, "inventory", include_str!("../../migrations/sqlite/0007_inventory.sql")),
    (8, "users", include_str!("../../migrations/sqlite/0008_users.sql")),
    (9, "pin", include_str!("../../migrations/sqlite/0009_pin.sql")),
    (10, "profile_keys", include_str!("../../migrations/sqlite/0010_profile_keys.sql")),
    (11, "enrollment", include_str!("../../migrations/sqlite/0011_enrollment.sql")),
    (12, "fleet", include_str!("../../migrations/sqlite/0012_fleet.sql")),
    (13, "walks", include_str!("../../migrations/sqlite/0013_walks.sql")),
    (14, "sealed_keys", include_str!("../../migrations/sqlite/0014_sealed_keys.sql")),
    (15, "certificates", include_str!("../../migrations/sqlite/0015_certificates.sql")),
    (17, "tenant_passwords", include_str!("../../migrations/sqlite/0017_tenant_passwords.sql")),
    (18, "former_devices", include_str!("../../migrations/sqlite/0018_former_devices.sql")),
    (19, "portal", include_str!("../../migrations/sqlite/0019_portal.sql")),
];
const SQLITE_JOURNAL: Steps = &[
    (1, "first", include_str!("../../migrations/sqlite-journal/0001_first.sql")),
    (2, "device_state", include_str!("../../migrations/sqlite-journal/0002_device_state.sql")),
    (3, "fleet", include_str!("../../migrations/sqlite-journal/0003_fleet.sql")),
    (4, "walks", include_str!("../../migrations/sqlite-journal/0004_walks.sql")),
    (5, "certificates", include_str!("../../migrations/sqlite-journal/0005_certificates.sql")),
    (18, "taken", include_str!("../../migrations/sqlite-journal/0018_taken.sql")),
    (19, "portal", include_str!("../../migrations/sqlite-journal/0019_portal.sql")),
];
const POSTGRES: Steps = &[
    (1, "first", include_str!("../../migrations/postgres/0001_first.sql")),
    (2, "addons", include_str!("../../migrations/postgres/0002_addons.sql")),
    (3, "services", include_str!("../../migrations/postgres/0003_services.sql")),
    (4, "tokens", include_str!("../../migrations/postgres/0004_tokens.sql")),
    (5, "tombstones", include_str!("../../migrations/postgres/0005_tombstones.sql")),
    (6, "audit_log", include_str!("../../migrations/postgres/0006_audit_log.sql")),
    (7, "inventory", include_str!("../../migrations/postgres/0007_inventory.sql")),
    (8, "users", include_str!("../../migrations/postgres/0008_users.sql")),
    (9, "pin", include_str!("../../migrations/postgres/0009_pin.sql")),
    (10, "profile_keys", include_str!("../../migrations/postgres/0010_profile_keys.sql")),
    (11, "enrollment", include_str!("../../migrations/postgres/0011_enrollment.sql")),
    (12, "fleet", include_str!("../../migrations/postgres/0012_fleet.sql")),
    (13, "walks", include_str!("../../migrations/postgres/0013_walks.sql")),
    (14, "sealed_keys", include_str!("../../migrations/postgres/0014_sealed_keys.sql")),
    (15, "certificates", include_str!("../../migrations/postgres/0015_certificates.sql")),
    (17, "tenant_passwords", include_str!("../../migrations/postgres/0017_tenant_passwords.sql")),
    (18, "former_devices", include_str!("../../migrations/postgres/0018_former_devices.sql")),
    (19, "portal", include_str!("../../migrations/postgres/0019_portal.sql")),
];

/// Migrates in the admin role. Both roles refuse a newer schema; the phone role also refuses an older one.
pub(super) async fn bring_up_to_date(pools: &Pools, role: Role) -> Result<(), StorageError> {
    let found = version(pools).await?;
    match found {
        Some(found) if found > NEEDED => {
            return Err(StorageError::Schema {
                found: found.to_string(),
                needed: NEEDED,
                advice: "it was made by a newer release; run that release, or restore a backup",
            });
        }
        Some(NEEDED) => return migrate_journal(pools).await,
        _ => {}
    }
    if role == Role::Phones {
        return Err(StorageError::other_schema(found));
    }
    match pools {
        Pools::Sqlite { writer, .. } => migrate_sqlite(SQLITE, writer).await?,
        Pools::Postgres(pool) => migrator(POSTGRES).run(pool).await?,
    }
    migrate_journal(pools).await?;
    phones_role::grant_anew(pools).await
}

async fn migrate_journal(pools: &Pools) -> Result<(), StorageError> {
    match pools {
        Pools::Sqlite { journal, .. } => migrate_sqlite(SQLITE_JOURNAL, journal).await,
        Pools::Postgres(_) => Ok(()),
    }
}

/// All missing steps in one transaction that writes from its first statement: sqlx takes no lock of its own for
/// migrations of SQLite, so of two processes that open a database at once both would make the same tables.
async fn migrate_sqlite(steps: Steps, pool: &SqlitePool) -> Result<(), StorageError> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    migrator(steps).run_direct(None, &mut *tx, false).await?;
    Ok(tx.commit().await?)
}

/// Makes the schema of what admins own in a new SQLite file.
pub(super) async fn make_schema(pool: &SqlitePool) -> Result<(), StorageError> {
    migrate_sqlite(SQLITE, pool).await
}

/// Makes the schema of what phones leave behind in a new SQLite file.
#[cfg(test)]
pub(super) async fn make_journal(pool: &SqlitePool) -> Result<(), StorageError> {
    migrate_sqlite(SQLITE_JOURNAL, pool).await
}

fn migrator(steps: Steps) -> Migrator {
    Migrator::with_migrations(
        steps
            .iter()
            .map(|(version, name, sql)| {
                let sql = sql.into_sql_str();
                Migration::new(*version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
            })
            .collect(),
    )
}

/// The newest migration that the database has; none in an empty one.
async fn version(pools: &Pools) -> Result<Option<i64>, StorageError> {
    match pools {
        Pools::Sqlite { readers, .. } => schema_of(readers).await,
        Pools::Postgres(pool) => {
            let known = "SELECT 1 FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()";
            if sqlx::query(known).fetch_optional(pool).await?.is_none() {
                return Ok(None);
            }
            newest(pool.acquire().await?.list_applied_migrations(&Migrator::DEFAULT.table_name).await)
        }
    }
}

/// The newest migration that a SQLite file has; none in an empty one.
pub(super) async fn schema_of(pool: &SqlitePool) -> Result<Option<i64>, StorageError> {
    let known = "SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations'";
    if sqlx::query(known).fetch_optional(pool).await?.is_none() {
        return Ok(None);
    }
    newest(pool.acquire().await?.list_applied_migrations(&Migrator::DEFAULT.table_name).await)
}

fn newest(applied: Result<Vec<AppliedMigration>, MigrateError>) -> Result<Option<i64>, StorageError> {
    Ok(applied?.iter().map(|migration| migration.version).max())
}
