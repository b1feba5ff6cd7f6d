//! One way to run SQL on two engines: statements written once with `$1` in the subset that SQLite and PostgreSQL share.

use sqlx::{
    Column, Decode, Postgres, Row as _, Sqlite, Transaction, Type, postgres::PgRow, sqlite::SqliteRow,
};

use super::StorageError;

/// A bound value.
#[derive(Debug)]
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Flag(bool),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// A list of bound values: `values![id, 3, None::<i64>]`.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::storage::engine::Value::from($value)),*] };
}
pub(super) use values;

/// A transaction on either engine.
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs `$body` with `$query` bound to the statement for either engine and `$connection` to its connection.
macro_rules! on_either {
    ($tx:expr, $sql:expr, $values:expr, |$query:ident, $connection:ident| $body:expr) => {
        match $tx {
            Tx::Sqlite(tx) => {
                let $query = $values.into_iter().fold(sqlx::query($sql), |query, value| match value {
                    Value::Text(text) => query.bind(text),
                    Value::Int(number) => query.bind(number),
                    Value::Flag(flag) => query.bind(flag),
                });
                let $connection = &mut **tx;
                $body
            }
            Tx::Postgres(tx) => {
                let $query = $values.into_iter().fold(sqlx::query($sql), |query, value| match value {
                    Value::Text(text) => query.bind(text),
                    Value::Int(number) => query.bind(number),
                    Value::Flag(flag) => query.bind(flag),
                });
                let $connection = &mut **tx;
                $body
            }
        }
    };
}

impl Tx {
    /// Runs a statement; how many rows it touched.
    pub(super) async fn execute(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<u64, StorageError> {
        Ok(on_either!(self, sql, values, |query, connection| query
            .execute(connection)
            .await?
            .rows_affected()))
    }

    /// All rows of a query.
    pub(super) async fn rows(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, StorageError> {
        Ok(on_either!(self, sql, values, |query, connection| {
            query.fetch_all(connection).await?.into_iter().map(Row::from).collect()
        }))
    }

    /// The only row of a query, if there is one.
    pub(super) async fn row(
        &mut self,
        sql: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, StorageError> {
        Ok(on_either!(self, sql, values, |query, connection| query
            .fetch_optional(connection)
            .await?
            .map(Row::from)))
    }

    /// Makes the changes last.
    pub(super) async fn commit(self) -> Result<(), StorageError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// A row of either engine.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}

impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

impl Row {
    pub(super) fn text(&self, column: &'static str) -> Result<String, StorageError> {
        self.value(column)
    }

    pub(super) fn text_or_none(&self, column: &'static str) -> Result<Option<String>, StorageError> {
        self.value(column)
    }

    pub(super) fn int(&self, column: &'static str) -> Result<i64, StorageError> {
        self.value(column)
    }

    pub(super) fn int_or_none(&self, column: &'static str) -> Result<Option<i64>, StorageError> {
        self.value(column)
    }

    pub(super) fn flag(&self, column: &'static str) -> Result<bool, StorageError> {
        self.value(column)
    }

    fn value<T>(&self, column: &'static str) -> Result<T, StorageError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The text of `column` as `parse` understands it; what it does not understand is named with its row.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &self,
        column: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StorageError> {
        let text = self.text(column)?;
        parse(&text).map_err(|why| self.corrupt(column, why.to_string()))
    }

    /// The error for a value that this release cannot have written.
    pub(super) fn corrupt(&self, column: &'static str, why: String) -> StorageError {
        let first = match self {
            Self::Sqlite(row) => row.columns().first().map(Column::name),
            Self::Postgres(row) => row.columns().first().map(Column::name),
        };
        let row = match (self, first) {
            (Self::Sqlite(row), Some(name)) => row.try_get(name).unwrap_or_default(),
            (Self::Postgres(row), Some(name)) => row.try_get(name).unwrap_or_default(),
            (_, None) => String::new(),
        };
        StorageError::Corrupt { column, row, why }
    }
}
