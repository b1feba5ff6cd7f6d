//! Many things at once from a CSV file, and back: devices, extensions, DID numbers, keys.
//!
//! A file is applied in one change or not at all, unless whoever sends it wants the rows that are right. Every mistake of the
//! file is told with its row and column. A row that says what is there already changes nothing, so that a file can be sent
//! twice, and an export can be sent back.

mod devices;
mod dids;
mod extensions;
mod keys;
mod lines;
mod sheet;

use super::{AccessError, ActionError, Actions, FailureKind, error::may_fail_in_the_store};
use crate::{
    domain::{Component, Level, TenantSlug},
    storage::{Change, Session, StorageError, Tenant},
};
pub use lines::read_lines;
use sheet::{Column, Row, Sheet, written};

/// What a file is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvKind {
    /// Devices, in the ten columns of the administrator's upload, and their lines.
    Devices,
    /// Extensions with their products.
    Extensions,
    /// DID numbers and who answers them.
    Dids,
    /// Programmed keys of devices.
    Keys,
}

impl CsvKind {
    const fn columns(self) -> &'static [Column] {
        match self {
            Self::Devices => devices::Devices::COLUMNS,
            Self::Extensions => extensions::Extensions::COLUMNS,
            Self::Dids => dids::Dids::COLUMNS,
            Self::Keys => keys::Keys::COLUMNS,
        }
    }

    /// What a file says, before a tenant is asked whether it can be so: its columns in our order, and below each its
    /// cell, empty where there is none. Rows that cannot be read are among the mistakes.
    pub fn read(self, bytes: &[u8]) -> Result<(Vec<Vec<String>>, Vec<CsvMistake>), CsvError> {
        let columns = self.columns();
        let sheet = Sheet::read(bytes, columns).map_err(CsvError::Shape)?;
        let cells = |record| {
            let row = Row { record, columns, places: &sheet.places };
            columns.iter().map(|column| row.cell(column.name).to_owned()).collect()
        };
        Ok((sheet.rows.iter().map(cells).collect(), sheet.mistakes))
    }

    /// A file that says so, with all columns.
    #[must_use]
    pub fn write(self, rows: Vec<Vec<String>>) -> String {
        written(self.columns(), rows)
    }
}

/// How a file is applied.
#[derive(Clone, Copy, Debug, Default)]
pub struct CsvOptions {
    /// Nothing is kept, everything is checked.
    pub dry_run: bool,
    /// Rows that are right are kept although others are wrong.
    pub partial: bool,
}

/// One mistake of a file.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CsvMistake {
    /// The row as spreadsheets count: the header is row 1.
    pub row: u64,
    /// The column's header; none where the whole row is meant.
    pub column: Option<&'static str>,
    /// What is wrong.
    pub problem: String,
}

impl std::fmt::Display for CsvMistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.column {
            Some(column) => write!(f, "row {}, {column}: {}", self.row, self.problem),
            None => write!(f, "row {}: {}", self.row, self.problem),
        }
    }
}

/// What came of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct CsvOutcome {
    /// Rows that made something.
    pub added: u64,
    /// Rows that say what is there already.
    pub unchanged: u64,
    /// What is wrong with the other rows.
    pub mistakes: Vec<CsvMistake>,
}

/// Why a file was not applied; nothing was.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// It is no CSV file of this kind.
    #[error("{0}")]
    Shape(String),
    /// Rows of it are wrong.
    #[error("{} of the file's rows are wrong, and nothing was changed:\n{}", .0.len(), listed(.0))]
    Mistakes(Vec<CsvMistake>),
    /// The tenant is not there, or the store did not answer.
    #[error(transparent)]
    Access(#[from] AccessError),
}

fn listed(mistakes: &[CsvMistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl ActionError for CsvError {
    fn kind(&self) -> FailureKind {
        match self {
            Self::Shape(_) | Self::Mistakes(_) => FailureKind::Input,
            Self::Access(access) => access.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Shape(_) => "csv_unreadable",
            Self::Mistakes(_) => "csv_mistakes",
            Self::Access(access) => access.code(),
        }
    }

    fn csv_mistakes(&self) -> &[CsvMistake] {
        match self {
            Self::Mistakes(mistakes) => mistakes,
            _ => &[],
        }
    }
}

may_fail_in_the_store!(CsvError);

/// What came of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Applied {
    Added,
    Unchanged,
}

/// The mistakes of one row.
type RowResult = Result<Applied, Vec<(Option<&'static str>, String)>>;

/// Carries out the rows of one kind of file within a change.
trait Importer: Sized {
    const COLUMNS: &'static [Column];

    /// Reads what rows are compared with.
    async fn prepare(actions: &Actions, change: &mut Change, tenant: &Tenant) -> Result<Self, StorageError>;

    /// Carries out one row, or says everything that is wrong with it. It must fail before it changes anything.
    async fn apply(
        &mut self,
        actions: &Actions,
        change: &mut Change,
        row: &Row<'_>,
    ) -> Result<RowResult, StorageError>;
}

impl Actions {
    /// Applies a file to a tenant. `progress` is told how many of how many rows are done.
    pub async fn import_csv(
        &self,
        slug: &TenantSlug,
        kind: CsvKind,
        bytes: &[u8],
        options: CsvOptions,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<CsvOutcome, CsvError> {
        match kind {
            CsvKind::Devices => {
                self.import::<devices::Devices>(slug, Component::Devices, bytes, options, progress).await
            }
            CsvKind::Extensions => {
                self.import::<extensions::Extensions>(slug, Component::Extensions, bytes, options, progress)
                    .await
            }
            CsvKind::Dids => self.import::<dids::Dids>(slug, Component::Dids, bytes, options, progress).await,
            CsvKind::Keys => {
                self.import::<keys::Keys>(slug, Component::Devices, bytes, options, progress).await
            }
        }
    }

    async fn import<I: Importer>(
        &self,
        slug: &TenantSlug,
        component: Component,
        bytes: &[u8],
        options: CsvOptions,
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<CsvOutcome, CsvError> {
        let sheet = Sheet::read(bytes, I::COLUMNS).map_err(CsvError::Shape)?;
        let (mut change, tenant) = self.change_tenant(slug, component).await?;
        let mut importer = I::prepare(self, &mut change, &tenant).await?;
        let mut outcome = CsvOutcome { mistakes: sheet.mistakes.clone(), ..CsvOutcome::default() };
        let total = sheet.rows.len() as u64;
        for (index, record) in sheet.rows.iter().enumerate() {
            let row = Row { record, columns: I::COLUMNS, places: &sheet.places };
            match importer.apply(self, &mut change, &row).await? {
                Ok(Applied::Added) => outcome.added += 1,
                Ok(Applied::Unchanged) => outcome.unchanged += 1,
                Err(mistakes) => {
                    let of_row = |(column, problem)| CsvMistake { row: record.number, column, problem };
                    outcome.mistakes.extend(mistakes.into_iter().map(of_row));
                }
            }
            progress(index as u64 + 1, total);
        }
        outcome.mistakes.sort_by_key(|mistake| mistake.row);
        if !outcome.mistakes.is_empty() && !options.partial {
            return Err(CsvError::Mistakes(outcome.mistakes));
        }
        if !options.dry_run && outcome.added > 0 {
            let detail = format!("{} rows added, {} unchanged", outcome.added, outcome.unchanged);
            self.note(&mut change, &format!("{component}.imported"), detail).await?;
            change.commit().await?;
        }
        Ok(outcome)
    }

    /// What a tenant has, as a file that can be sent back.
    pub async fn export_csv(&self, slug: &TenantSlug, kind: CsvKind) -> Result<String, AccessError> {
        let component = match kind {
            CsvKind::Devices | CsvKind::Keys => Component::Devices,
            CsvKind::Extensions => Component::Extensions,
            CsvKind::Dids => Component::Dids,
        };
        let (mut session, tenant) = self.open_tenant(slug, component).await?;
        let session: &mut Session = &mut session;
        let secrets = self.may(Component::Credentials, Level::View).is_ok();
        Ok(match kind {
            CsvKind::Devices => {
                written(devices::Devices::COLUMNS, devices::rows(session, &tenant, secrets).await?)
            }
            CsvKind::Extensions => {
                written(extensions::Extensions::COLUMNS, extensions::rows(session, &tenant).await?)
            }
            CsvKind::Dids => written(dids::Dids::COLUMNS, dids::rows(session, &tenant).await?),
            CsvKind::Keys => written(keys::Keys::COLUMNS, keys::rows(session, &tenant).await?),
        })
    }
}
