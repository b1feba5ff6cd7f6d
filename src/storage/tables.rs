//! Every table of what admins own, with its columns: for copying rows whole.

use std::sync::LazyLock;

use super::{
    StorageError,
    engine::{Row, Value},
};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Text,
    Int,
    Flag,
}

use Kind::{Flag, Int, Text};

/// Per table its name and columns, what is referenced before what refers to it.
const SCHEMA: &[(&str, &[(&str, Kind)])] = &[
    ("meta", &[("name", Text), ("value", Text)]),
    ("sealed_keys", &[("purpose", Text), ("id", Text), ("seq", Int), ("sealed", Text)]),
    (
        "tenants",
        &[
            ("id", Text),
            ("slug", Text),
            ("name", Text),
            ("sip_domain", Text),
            ("revision", Int),
            ("facts_revision", Int),
            ("created_at", Int),
        ],
    ),
    (
        "scopes",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("lookup", Text),
            ("sealed", Text),
            ("created_at", Int),
            ("expires_at", Int),
        ],
    ),
    (
        "tenant_passwords",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("user_name", Text),
            ("password", Text),
            ("demanded_from", Int),
            ("created_at", Int),
            ("expires_at", Int),
        ],
    ),
    (
        "licenses",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("serial", Int),
            ("revision", Int),
            ("installed_at", Int),
            ("jws", Text),
        ],
    ),
    (
        "services",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("kind", Text),
            ("number", Text),
            ("name", Text),
            ("product", Text),
            ("seat_revision", Int),
            ("seat_row", Int),
            ("blocked", Flag),
            ("revision", Int),
        ],
    ),
    ("extensions", &[("service_id", Text), ("tenant_id", Text), ("sip_user", Text), ("sip_password", Text)]),
    ("extension_pins", &[("service_id", Text), ("tenant_id", Text), ("pin", Text)]),
    (
        "addons",
        &[
            ("service_id", Text),
            ("tenant_id", Text),
            ("product", Text),
            ("seats", Int),
            ("seat_revision", Int),
            ("seat_row", Int),
        ],
    ),
    ("operator_blocks", &[("service_id", Text), ("tenant_id", Text)]),
    ("attendants", &[("service_id", Text), ("tenant_id", Text), ("schedule", Text)]),
    ("trunks", &[("service_id", Text), ("tenant_id", Text), ("addresses", Text)]),
    ("dids", &[("number", Text), ("tenant_id", Text), ("service_id", Text), ("revision", Int)]),
    ("profiles", &[("id", Text), ("tenant_id", Text), ("name", Text), ("revision", Int)]),
    (
        "profile_keys",
        &[
            ("profile_id", Text),
            ("position", Int),
            ("kind", Text),
            ("line", Int),
            ("value", Text),
            ("label", Text),
        ],
    ),
    (
        "devices",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("mac", Text),
            ("name", Text),
            ("model", Text),
            ("profile_id", Text),
            ("blocked", Flag),
            ("epoch", Int),
            ("handle", Text),
            ("scope_key", Text),
            ("web_password", Text),
            ("revision", Int),
        ],
    ),
    (
        "enrollments",
        &[("device_id", Text), ("tenant_id", Text), ("window_ends_at", Int), ("scope_floor", Int)],
    ),
    ("enrollment_rules", &[("tenant_id", Text), ("window_hours", Int)]),
    (
        "device_inventory",
        &[
            ("device_id", Text),
            ("tenant_id", Text),
            ("managed_by", Text),
            ("inventory_id", Text),
            ("description", Text),
            ("ascii_key", Text),
            ("qpc_key", Text),
        ],
    ),
    ("device_lines", &[("device_id", Text), ("line", Int), ("service_id", Text)]),
    ("sync_requests", &[("device_id", Text), ("tenant_id", Text), ("revision", Int), ("restart", Flag)]),
    (
        "released_lines",
        &[("device_id", Text), ("line", Int), ("carried", Text), ("revision", Int), ("released_at", Int)],
    ),
    (
        "former_devices",
        &[
            ("mac", Text),
            ("tenant_id", Text),
            ("id", Text),
            ("was", Text),
            ("name", Text),
            ("model", Text),
            ("handle", Text),
            ("epoch", Int),
            ("scope_key", Text),
            ("web_password", Text),
            ("replaced_by", Text),
            ("revision", Int),
            ("removed_at", Int),
        ],
    ),
    (
        "device_keys",
        &[
            ("device_id", Text),
            ("position", Int),
            ("kind", Text),
            ("line", Int),
            ("value", Text),
            ("label", Text),
        ],
    ),
    ("settings", &[("tenant_id", Text), ("layer", Text), ("owner", Text), ("name", Text), ("value", Text)]),
    (
        "tokens",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("name", Text),
            ("lookup", Text),
            ("rights", Text),
            ("created_by", Text),
            ("created_at", Int),
            ("expires_at", Int),
        ],
    ),
    (
        "users",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("name", Text),
            ("role", Text),
            ("exceptions", Text),
            ("networks", Text),
            ("password", Text),
            ("code_key", Text),
            ("code_step", Int),
            ("blocked", Flag),
            ("created_by", Text),
            ("created_at", Int),
            ("revision", Int),
        ],
    ),
    ("user_languages", &[("user_id", Text), ("language", Text)]),
    ("setup_links", &[("user_id", Text), ("lookup", Text), ("expires_at", Int)]),
    (
        "sessions",
        &[
            ("id", Text),
            ("user_id", Text),
            ("lookup", Text),
            ("origin", Text),
            ("agent", Text),
            ("created_at", Int),
            ("seen_at", Int),
            ("expires_at", Int),
        ],
    ),
    ("sign_in_failures", &[("lookup", Text), ("failures", Int), ("last_at", Int)]),
    ("tombstones", &[("tenant_id", Text), ("sip_user", Text), ("revision", Int), ("removed_at", Int)]),
    ("tombstone_floors", &[("tenant_id", Text), ("revision", Int)]),
    ("creations", &[("sender", Text), ("request_key", Text), ("fingerprint", Text), ("created_at", Int)]),
    (
        "audit_log",
        &[
            ("chain", Text),
            ("seq", Int),
            ("at", Int),
            ("actor", Text),
            ("origin", Text),
            ("action", Text),
            ("detail", Text),
            ("before_change", Text),
            ("after_change", Text),
            ("refused", Flag),
            ("mac", Text),
        ],
    ),
    (
        "audit_heads",
        &[
            ("chain", Text),
            ("seq", Int),
            ("mac", Text),
            ("base_seq", Int),
            ("base_mac", Text),
            ("base_seal", Text),
        ],
    ),
    (
        "audit",
        &[
            ("id", Text),
            ("tenant_id", Text),
            ("at", Int),
            ("actor", Text),
            ("action", Text),
            ("detail", Text),
        ],
    ),
];

/// Tables that came with a later schema than the first. A backup of an older one does not have them, and they are empty.
const SINCE: &[(&str, i64)] = &[
    ("addons", 2),
    ("operator_blocks", 3),
    ("attendants", 3),
    ("trunks", 3),
    ("dids", 3),
    ("tokens", 4),
    ("creations", 4),
    ("tombstones", 5),
    ("tombstone_floors", 5),
    ("audit_log", 6),
    ("audit_heads", 6),
    ("device_inventory", 7),
    ("users", 8),
    ("setup_links", 8),
    ("sessions", 8),
    ("sign_in_failures", 8),
    ("extension_pins", 9),
    ("profile_keys", 10),
    ("sync_requests", 12),
    ("enrollments", 11),
    ("enrollment_rules", 11),
    ("sealed_keys", 14),
    ("tenant_passwords", 17),
    ("released_lines", 18),
    ("former_devices", 18),
    ("user_languages", 19),
];

/// One table and the statements that copy it.
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The schema that it came with.
    since: i64,
    columns: &'static [(&'static str, Kind)],
    pub(super) select: String,
    pub(super) insert: String,
    pub(super) delete: String,
}

/// All tables, what is referenced before what refers to it.
pub(super) static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| SCHEMA.iter().map(|(name, columns)| Table::new(name, columns)).collect());

/// The tables of a schema, what is referenced before what refers to it.
pub(super) fn tables_of(schema: i64) -> impl DoubleEndedIterator<Item = &'static Table> {
    TABLES.iter().filter(move |table| table.since <= schema)
}

impl Table {
    fn new(name: &'static str, columns: &'static [(&'static str, Kind)]) -> Self {
        let names = columns.iter().map(|(column, _)| *column).collect::<Vec<_>>().join(", ");
        let places = (1..=columns.len()).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ");
        let since = SINCE.iter().find(|(later, _)| *later == name);
        Self {
            name,
            since: since.map_or(1, |(_, schema)| *schema),
            columns,
            select: format!("SELECT {names} FROM {name}"),
            insert: format!("INSERT INTO {name} ({names}) VALUES ({places})"),
            delete: format!("DELETE FROM {name}"),
        }
    }

    /// The row's values in the order of the columns.
    pub(super) fn values(&self, row: &Row) -> Result<Vec<Value>, StorageError> {
        let value = |(column, kind): &(&'static str, Kind)| {
            Ok(match kind {
                Text => Value::Text(row.text_or_none(column)?),
                Int => Value::Int(row.int_or_none(column)?),
                Flag => Value::Flag(row.flag(column)?),
            })
        };
        self.columns.iter().map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_table_and_column_of_the_schema_is_named() {
        let pool = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
        super::super::migrate::make_schema(&pool).await.unwrap();
        let found: Vec<(String, String)> = sqlx::query_as(
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE '\\_sqlx%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%' \
             ORDER BY m.name, c.name",
        )
        .fetch_all(&pool)
        .await
        .unwrap();
        let mut named: Vec<(String, String)> = SCHEMA
            .iter()
            .flat_map(|(table, columns)| {
                columns.iter().map(|(column, _)| ((*table).to_owned(), (*column).to_owned()))
            })
            .collect();
        named.sort();
        assert_eq!(named, found);
    }
}
