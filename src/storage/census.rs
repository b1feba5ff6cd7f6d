//! Counting and digesting everything that is kept, for comparing copies.

use aws_lc_rs::digest;
use data_encoding::HEXLOWER;

use super::{
    StorageError,
    engine::{Tx, Value, values},
    tables::{Table, tables_of},
};

/// Counts and digests rows, in whatever order an engine gives them.
#[derive(Default)]
pub(super) struct Census {
    tables: Vec<(&'static str, Vec<[u8; 32]>)>,
}

impl Census {
    /// Takes in one row; the rows of a table come together.
    pub(super) fn count(&mut self, table: &Table, values: &[Value]) {
        if self.tables.last().is_none_or(|(name, _)| *name != table.name) {
            self.tables.push((table.name, Vec::new()));
        }
        let mut bytes = Vec::new();
        for value in values {
            let text = match value {
                Value::Text(None) | Value::Int(None) => None,
                Value::Text(Some(text)) => Some(text.clone()),
                Value::Int(Some(number)) => Some(number.to_string()),
                Value::Flag(flag) => Some(flag.to_string()),
            };
            // length-prefixed, so that no two rows share their bytes
            bytes.extend(text.as_ref().map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            bytes.extend(text.unwrap_or_default().into_bytes());
        }
        if let Some((_, rows)) = self.tables.last_mut() {
            let mut hash = [0; 32];
            hash.copy_from_slice(digest::digest(&digest::SHA256, &bytes).as_ref());
            rows.push(hash);
        }
    }

    /// Rows per table that has any.
    pub(super) fn rows(&self) -> Vec<(&'static str, u64)> {
        self.tables.iter().map(|(name, rows)| (*name, rows.len() as u64)).collect()
    }

    /// SHA-256 over the sorted digests of all rows, in hex.
    pub(super) fn digest(&self) -> String {
        let mut whole = digest::Context::new(&digest::SHA256);
        for (name, rows) in &self.tables {
            whole.update(name.as_bytes());
            whole.update(&(rows.len() as u64).to_be_bytes());
            let mut rows = rows.clone();
            rows.sort_unstable();
            whole.update(rows.as_flattened());
        }
        HEXLOWER.encode(whole.finish().as_ref())
    }
}

/// Counts and digests everything in a database of a schema. A table without rows makes no difference, so a database
/// keeps its digest when it is brought to a schema with more tables.
pub(super) async fn census(tx: &mut Tx, schema: i64) -> Result<Census, StorageError> {
    let mut census = Census::default();
    for table in tables_of(schema) {
        for row in tx.rows(&table.select, values![]).await? {
            census.count(table, &table.values(&row)?);
        }
    }
    Ok(census)
}
