//! Operations that take and give many things at once, as CSV.

use utoipa::ToSchema;

use super::{
    call::{Answer, Call},
    problem::Problem,
    table::{Method, Operation, QueryParameter, operation},
};
use crate::admin::actions::{CsvKind, CsvMistake, CsvOptions, CsvOutcome};

const DRY_RUN: QueryParameter = QueryParameter {
    name: "dry_run",
    about: "Check everything and change nothing.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};
const PARTIAL: QueryParameter = QueryParameter {
    name: "partial",
    about: "Take the rows that are right although others are wrong.",
    schema: r#"{"type":"boolean"}"#,
    required: false,
};

pub(super) fn operations() -> Vec<Operation> {
    const ONE: &str = "/tenants/{tenant}/csv/{kind}";
    vec![
        operation(
            Method::Get,
            ONE,
            "exportCsv",
            "Tells what there is as a CSV file that can be imported again.",
            export,
        )
        .answers::<CsvText>(),
        operation(
            Method::Post,
            ONE,
            "importCsv",
            "Adds what a CSV file lists, all of it or nothing. Every mistake is told with its row and column.",
            import,
        )
        .query(DRY_RUN)
        .query(PARTIAL)
        .takes::<CsvText>()
        .answers::<ImportShown>(),
    ]
}

/// A CSV file.
#[derive(serde::Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CsvText {
    /// The file's text; its first row names the columns.
    csv: String,
}

/// What came of a file.
#[derive(serde::Serialize, ToSchema)]
struct ImportShown {
    /// Rows that made something.
    added: u64,
    /// Rows that say what is there already.
    unchanged: u64,
    /// What is wrong with the other rows.
    mistakes: Vec<MistakeShown>,
}

/// One mistake of a file.
#[derive(serde::Serialize, ToSchema)]
struct MistakeShown {
    /// The row as spreadsheets count: the header is row 1.
    row: u64,
    /// The column's header; null where the whole row is meant.
    column: Option<&'static str>,
    /// What is wrong.
    problem: String,
}

impl ImportShown {
    fn of(outcome: &CsvOutcome) -> Self {
        let shown = |mistake: &CsvMistake| MistakeShown {
            row: mistake.row,
            column: mistake.column,
            problem: mistake.problem.clone(),
        };
        let mistakes = outcome.mistakes.iter().map(shown).collect();
        Self { added: outcome.added, unchanged: outcome.unchanged, mistakes }
    }
}

fn kind(call: &Call) -> Result<CsvKind, Problem> {
    match call.path.get("kind").map(String::as_str) {
        Some("devices") => Ok(CsvKind::Devices),
        Some("extensions") => Ok(CsvKind::Extensions),
        Some("dids") => Ok(CsvKind::Dids),
        Some("keys") => Ok(CsvKind::Keys),
        _ => Err(Problem::nowhere("kind", "is devices, extensions, dids or keys")),
    }
}

async fn export(call: Call) -> Result<Answer, Problem> {
    let csv = call.actions.export_csv(&call.path("tenant")?, kind(&call)?).await?;
    Ok(Answer::of(&CsvText { csv }))
}

async fn import(call: Call) -> Result<Answer, Problem> {
    let options = CsvOptions {
        dry_run: call.flag("dry_run")?.unwrap_or(false),
        partial: call.flag("partial")?.unwrap_or(false),
    };
    let (slug, kind) = (call.path("tenant")?, kind(&call)?);
    let body: CsvText = call.body()?;
    let outcome = call.actions.import_csv(&slug, kind, body.csv.as_bytes(), options, &|_, _| ()).await?;
    Ok(Answer::of(&ImportShown::of(&outcome)))
}
