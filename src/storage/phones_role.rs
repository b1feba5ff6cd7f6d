//! The database role that serves phones in PostgreSQL: what it may read and write, and giving it exactly that.
//!
//! Every table stands in [`ACCESS`]; what a new one means for phones is decided here, and nowhere else.

use std::str::FromStr;

use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::{StorageError, Store, open::Pools};

/// What whoever serves phones does with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PhonesMay {
    /// Documents are made from it.
    Read,
    /// It is what phones leave behind: written by their plane only.
    Write,
    /// It is no phone's business.
    Nothing,
}

use PhonesMay::{Nothing, Read, Write};

/// Every table, by what whoever serves phones does with it.
const ACCESS: &[(&str, PhonesMay)] = &[
    ("_sqlx_migrations", Read),
    ("meta", Read),
    ("sealed_keys", Read),
    ("tenants", Read),
    ("scopes", Read),
    ("tenant_passwords", Read),
    ("licenses", Read),
    ("services", Read),
    ("extensions", Read),
    ("extension_pins", Read),
    ("addons", Read),
    ("operator_blocks", Read),
    ("profiles", Read),
    ("profile_keys", Read),
    ("devices", Read),
    ("former_devices", Read),
    ("device_lines", Read),
    ("device_keys", Read),
    ("settings", Read),
    ("enrollments", Read),
    ("sync_requests", Read),
    ("device_state", Write),
    ("device_journal", Write),
    ("sightings", Write),
    ("device_fetches", Write),
    ("device_asks", Write),
    ("fleet_heard", Write),
    ("walks", Write),
    ("device_certificates", Write),
    ("attendants", Nothing),
    ("enrollment_rules", Nothing),
    ("trunks", Nothing),
    ("dids", Nothing),
    ("device_inventory", Nothing),
    ("tokens", Nothing),
    ("users", Nothing),
    ("user_languages", Nothing),
    ("setup_links", Nothing),
    ("sessions", Nothing),
    ("sign_in_failures", Nothing),
    ("tombstones", Nothing),
    ("released_lines", Nothing),
    ("tombstone_floors", Nothing),
    ("creations", Nothing),
    ("audit_log", Nothing),
    ("audit_heads", Nothing),
    ("audit", Nothing),
];

/// A role that writes what phones leave behind, and nothing of what admins own: one that was granted to.
const GRANTED: &str = "SELECT r.rolname::text AS name FROM pg_roles r \
    WHERE NOT r.rolsuper AND r.rolcanlogin \
    AND has_table_privilege(r.oid, 'device_journal', 'INSERT') AND NOT has_table_privilege(r.oid, 'devices', 'UPDATE')";

/// The name of a role in PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseRole(String);

/// Why a text is no name of a role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no name of a database role: 1 to 63 bytes without control characters are needed")]
pub struct InvalidDatabaseRole(String);

/// Why a role was not granted anything.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The engine has none.
    #[error(
        "SQLite has no roles: whoever may open its file may read and write all of it; only PostgreSQL keeps apart who serves phones"
    )]
    NoRoles,
    /// There is no such role.
    #[error("the database has no role \"{name}\"; make it first: CREATE ROLE {quoted} LOGIN PASSWORD '…'", quoted = quoted(name))]
    NoSuchRole {
        /// Its name.
        name: String,
    },
    /// Nothing can be kept from it.
    #[error(
        "nothing can be kept from the role \"{0}\": it is a superuser, owns the tables, or is a member of a role that does; make another for phones"
    )]
    Almighty(String),
    /// It may still do what it should not, by something that is not ours to take away.
    #[error(
        "the role \"{role}\" may still use the table {table}, by another role that it is a member of or by a privilege of PUBLIC; take that away first"
    )]
    StillMay {
        /// The role.
        role: String,
        /// One of the tables.
        table: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<sqlx::Error> for GrantError {
    fn from(error: sqlx::Error) -> Self {
        Self::Storage(error.into())
    }
}

impl FromStr for DatabaseRole {
    type Err = InvalidDatabaseRole;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseRole> {
        // longer names are cut off by PostgreSQL, and would be another role's
        if (1..=63).contains(&text.len()) && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidDatabaseRole(text.chars().take(80).collect()))
        }
    }
}

impl std::fmt::Display for DatabaseRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The tables, by what whoever serves phones does with them.
#[must_use]
pub const fn phones_access() -> &'static [(&'static str, PhonesMay)] {
    ACCESS
}

/// The statements that give `role` what whoever serves phones needs, and take from it what it had besides.
fn grants(role: &DatabaseRole, schema: &str) -> Vec<String> {
    let every = ACCESS.iter().map(|(table, _)| *table).collect::<Vec<_>>().join(", ");
    let mut statements = vec![format!("REVOKE ALL ON {every} FROM {}", quoted(&role.0))];
    statements.extend(additions(&role.0, schema));
    statements
}

fn additions(role: &str, schema: &str) -> [String; 3] {
    let (role, schema) = (quoted(role), quoted(schema));
    let tables = |wanted| {
        let those = ACCESS.iter().filter(|(_, access)| *access == wanted).map(|(table, _)| *table);
        those.collect::<Vec<_>>().join(", ")
    };
    [
        format!("GRANT USAGE ON SCHEMA {schema} TO {role}"),
        format!("GRANT SELECT ON {} TO {role}", tables(Read)),
        format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {role}", tables(Write)),
    ]
}

/// An identifier as SQL writes it whatever is in it (PostgreSQL manual 4.1.1).
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Store {
    /// The statements that [`Self::grant_to_phones`] runs.
    pub async fn phones_grants(&self, role: &DatabaseRole) -> Result<Vec<String>, GrantError> {
        let Pools::Postgres(pool) = &self.pools else { return Err(GrantError::NoRoles) };
        Ok(grants(role, &schema(&mut *pool.acquire().await?).await?))
    }

    /// Gives a role of PostgreSQL what whoever serves phones needs and nothing else; all or nothing.
    pub async fn grant_to_phones(&self, role: &DatabaseRole) -> Result<(), GrantError> {
        let Pools::Postgres(pool) = &self.pools else { return Err(GrantError::NoRoles) };
        let mut tx = pool.begin().await?;
        let found = sqlx::query(
            "SELECT r.rolsuper OR pg_has_role(r.oid, c.relowner, 'MEMBER') AS almighty \
             FROM pg_roles r, pg_class c WHERE r.rolname = $1 AND c.oid = 'devices'::regclass",
        )
        .bind(&role.0)
        .fetch_optional(&mut *tx)
        .await?;
        match found.map(|row| row.try_get("almighty")).transpose()? {
            None => return Err(GrantError::NoSuchRole { name: role.0.clone() }),
            Some(true) => return Err(GrantError::Almighty(role.0.clone())),
            Some(false) => {}
        }
        let schema = schema(&mut tx).await?;
        run(&mut tx, grants(role, &schema)).await?;
        for (table, access) in ACCESS {
            let too_much = match access {
                Nothing => "SELECT, INSERT, UPDATE, DELETE, TRUNCATE",
                Read => "INSERT, UPDATE, DELETE, TRUNCATE",
                Write => continue,
            };
            let may = sqlx::query("SELECT has_table_privilege($1, $2, $3) AS may");
            let may = may.bind(&role.0).bind(*table).bind(too_much).fetch_one(&mut *tx).await?;
            if may.try_get("may")? {
                return Err(GrantError::StillMay { role: role.0.clone(), table });
            }
        }
        Ok(tx.commit().await?)
    }

    /// Whether the database itself keeps whoever uses this store from what is no phone's business. None where the engine
    /// cannot.
    pub async fn is_kept_to_phones(&self) -> Result<Option<bool>, StorageError> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(None) };
        let may = "SELECT has_table_privilege('devices', 'UPDATE') OR has_table_privilege('users', 'SELECT') AS may";
        let may: bool = sqlx::query(may).fetch_one(pool).await?.try_get("may")?;
        Ok(Some(!may))
    }
}

async fn schema(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let found = sqlx::query("SELECT current_schema()::text AS name").fetch_one(connection).await?;
    found.try_get("name")
}

/// After a migration: gives the roles that serve phones what they need of tables that are new.
pub(super) async fn grant_anew(pools: &Pools) -> Result<(), StorageError> {
    let Pools::Postgres(pool) = pools else { return Ok(()) };
    let mut tx = pool.begin().await?;
    let schema = schema(&mut tx).await?;
    for row in sqlx::query(GRANTED).fetch_all(&mut *tx).await? {
        let role: String = row.try_get("name")?;
        run(&mut tx, additions(&role, &schema)).await?;
    }
    Ok(tx.commit().await?)
}

async fn run(
    connection: &mut PgConnection,
    statements: impl IntoIterator<Item = String> + Send,
) -> Result<(), sqlx::Error> {
    for statement in statements {
        // made of the names of our tables and a quoted one
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_phones_may_is_decided_for_every_table() {
        use sqlx::Row as _;
        let mut found = std::collections::BTreeSet::from(["_sqlx_migrations".to_owned()]);
        let (admins, journal) = (
            sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap(),
            sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap(),
        );
        super::super::migrate::make_schema(&admins).await.unwrap();
        super::super::migrate::make_journal(&journal).await.unwrap();
        for pool in [admins, journal] {
            let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
            for row in sqlx::query(tables).fetch_all(&pool).await.unwrap() {
                found.insert(row.get("name"));
            }
        }
        let decided = ACCESS.iter().map(|(table, _)| (*table).to_owned()).collect();
        assert_eq!(found, decided);
        assert_eq!(decided.len(), ACCESS.len(), "one table stands twice");
    }

    #[test]
    fn no_name_of_a_role_ends_its_quotes() {
        let role: DatabaseRole = "phones\"; DROP TABLE devices; --".parse().unwrap();
        let grants = grants(&role, "public").join(";\n");
        assert!(grants.contains("TO \"phones\"\"; DROP TABLE devices; --\""), "{grants}");
        for wrong in ["", "a\nb", &"x".repeat(64)] {
            assert!(wrong.parse::<DatabaseRole>().is_err());
        }
    }
}
