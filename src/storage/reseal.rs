//! Sealing again, batch by batch while everything goes on, what is sealed with an older key.

use std::{sync::LazyLock, time::Duration};

use super::{
    StorageError, Store, device,
    engine::{Tx, values},
    extension, inventory, pin,
    seal::Place,
    tenant, tenant_password, user,
};

/// How long others may write between two transactions; and how long rows are left alone that others are changing just now.
const PAUSE: Duration = Duration::from_millis(20);

/// Every column with sealed texts: its table, the table's key, the column, and the purpose that its texts are bound to.
const SEALED: &[(&str, &str, &str, &str)] = &[
    ("scopes", "id", "sealed", tenant::SCOPE),
    ("extensions", "service_id", "sip_password", extension::SIP_PASSWORD),
    ("extension_pins", "service_id", "pin", pin::PIN),
    ("devices", "id", "web_password", device::WEB_PASSWORD),
    ("former_devices", "id", "web_password", device::WEB_PASSWORD),
    ("tenant_passwords", "id", "password", tenant_password::PASSWORD),
    ("device_inventory", "device_id", "ascii_key", inventory::ASCII_KEY),
    ("device_inventory", "device_id", "qpc_key", inventory::QPC_KEY),
    ("users", "id", "code_key", user::CODE_KEY),
];

/// One column and the statements that seal it again.
struct Column {
    purpose: &'static str,
    count: String,
    batch: String,
    /// The same for PostgreSQL: nobody changes the rows between reading and writing, and those that somebody else is
    /// changing are left out, so this never waits for anybody and nobody for a circle.
    batch_locked: String,
    update: String,
}

static COLUMNS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let column = |(table, key, column, purpose): &(&str, &str, &str, &'static str)| {
        // those with a NULL are left out too
        let older = format!("FROM {table} WHERE {column} NOT LIKE $1");
        let batch = format!(
            "SELECT {key} AS row_id, tenant_id, {column} AS sealed {older} AND {key} > $2 ORDER BY {key} LIMIT $3"
        );
        Column {
            purpose,
            count: format!("SELECT COUNT(*) AS older {older}"),
            batch_locked: format!("{batch} FOR NO KEY UPDATE SKIP LOCKED"),
            batch,
            update: format!("UPDATE {table} SET {column} = $1 WHERE {key} = $2"),
        }
    };
    SEALED.iter().map(column).collect()
});

impl Store {
    /// How many texts are sealed with another key than the newest.
    pub async fn sealed_with_older_keys(&self) -> Result<u64, StorageError> {
        let mut session = self.read().await?;
        let newest = format!("{}.%", session.sealer.seal_id());
        let mut older = 0;
        for column in COLUMNS.iter() {
            let row = session.row(&column.count, values![newest.as_str()]).await?;
            older += row.map(|row| row.int("older")).transpose()?.unwrap_or_default().unsigned_abs();
        }
        Ok(older)
    }

    /// Seals everything again that is sealed with an older key; how many texts. It touches no document, so no revision
    /// is raised. `batch` rows go into one transaction. Ended at any point it goes on from there. `done` is told how many are.
    pub async fn seal_again(&self, batch: u32, done: impl Fn(u64)) -> Result<u64, StorageError> {
        let mut sealed = 0;
        loop {
            let before = sealed;
            for column in COLUMNS.iter() {
                let mut after = String::new();
                while let Some((last, count)) = self.seal_batch_again(column, &after, batch).await? {
                    after = last;
                    sealed += count;
                    done(sealed);
                    tokio::time::sleep(PAUSE).await;
                }
            }
            if self.sealed_with_older_keys().await? == 0 {
                return Ok(sealed);
            }
            if before == sealed {
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    /// Seals the next rows after the one with this key; the last of them and how many they were.
    async fn seal_batch_again(
        &self,
        column: &'static Column,
        after: &str,
        batch: u32,
    ) -> Result<Option<(String, u64)>, StorageError> {
        let mut session = self.write().await?;
        let newest = format!("{}.%", session.sealer.seal_id());
        let shared = matches!(session.tx, Tx::Postgres(_));
        let statement = if shared { &column.batch_locked } else { &column.batch };
        let rows = session.rows(statement, values![newest, after, i64::from(batch)]).await?;
        let Some(last) = rows.last().map(|row| row.text("row_id")).transpose()? else { return Ok(None) };
        for row in &rows {
            let (id, sealed) = (row.text("row_id")?, row.text("sealed")?);
            let tenant = row.text_or_none("tenant_id")?.unwrap_or_default();
            let place = Place { purpose: column.purpose, tenant: &tenant, row: &id };
            let again = session.sealer.seal(place, &session.sealer.open(place, &sealed)?);
            session.execute(&column.update, values![again, id]).await?;
        }
        session.commit().await?;
        Ok(Some((last, rows.len() as u64)))
    }
}
