//! Many things at once from a spreadsheet, and back: checked first if wanted, and all of it or nothing.

use axum::http::StatusCode;
use minijinja::{Value, context};

use super::{
    door::{Place, page},
    failure::Failure,
    form::Filled,
    page::Answer,
    visit::Visit,
};
use crate::admin::actions::{ActionError, CsvKind, CsvMistake, CsvOptions, CsvOutcome, FailureKind};

/// How many mistakes a page lists.
const SHOWN: usize = 200;

pub(super) fn pages() -> Vec<Place> {
    vec![page("/t/{tenant}/csv/{kind}", show).takes(upload), page("/t/{tenant}/csv/{kind}/file", download)]
}

fn kind(visit: &Visit) -> Result<(CsvKind, &'static str), Failure> {
    match visit.path.get("kind").map(String::as_str) {
        Some("devices") => Ok((CsvKind::Devices, "devices")),
        Some("extensions") => Ok((CsvKind::Extensions, "extensions")),
        Some("dids") => Ok((CsvKind::Dids, "dids")),
        _ => Err(Failure::Nowhere),
    }
}

async fn show(visit: Visit) -> Result<Answer, Failure> {
    shown(&visit, StatusCode::OK, Filled::default(), None, &[])
}

fn shown(
    visit: &Visit,
    status: StatusCode,
    form: Filled,
    outcome: Option<(&CsvOutcome, bool)>,
    mistakes: &[CsvMistake],
) -> Result<Answer, Failure> {
    let (kind, word) = kind(visit)?;
    let columns = kind.write(Vec::new());
    let rows: Vec<Value> = mistakes
        .iter()
        .take(SHOWN)
        .map(|mistake| {
            context! { row => mistake.row, column => mistake.column, problem => mistake.problem.as_str() }
        })
        .collect();
    let outcome = outcome.map(|(outcome, dry_run)| {
        context! { added => outcome.added, unchanged => outcome.unchanged, dry_run }
    });
    let context = context! {
        form, outcome, kind => word,
        columns => columns.trim_end(),
        mistakes => rows,
        wrong => mistakes.len(),
    };
    visit.page_as(status, "spreadsheet.html", context)
}

async fn upload(visit: Visit) -> Result<Answer, Failure> {
    let (kind, _) = kind(&visit)?;
    let text = visit.form.exact("csv");
    let dry_run = visit.form.text("dry_run") == "true";
    let options = CsvOptions { dry_run, partial: false };
    let form = Filled::with([("csv", text.to_owned())]);
    match visit.actions.import_csv(visit.slug()?, kind, text.as_bytes(), options, &|_, _| ()).await {
        Ok(outcome) if dry_run => shown(&visit, StatusCode::OK, form, Some((&outcome, true)), &[]),
        Ok(outcome) => shown(&visit, StatusCode::OK, Filled::default(), Some((&outcome, false)), &[]),
        Err(error) if error.kind() == FailureKind::Input => {
            let mistakes = error.csv_mistakes().to_vec();
            let mut form = form;
            if mistakes.is_empty() {
                form.say("csv", visit.refused(&error).await);
            }
            shown(&visit, StatusCode::UNPROCESSABLE_ENTITY, form, None, &mistakes)
        }
        Err(error) => {
            if matches!(error.kind(), FailureKind::Unavailable | FailureKind::NotFound) {
                return Err(error.into());
            }
            let mut form = form;
            form.say("csv", visit.refused(&error).await);
            shown(&visit, StatusCode::CONFLICT, form, None, &[])
        }
    }
}

async fn download(visit: Visit) -> Result<Answer, Failure> {
    let (kind, word) = kind(&visit)?;
    let slug = visit.slug()?;
    let text = visit.actions.export_csv(slug, kind).await?;
    Ok(Answer::File { content_type: "text/csv; charset=utf-8", name: format!("{slug}-{word}.csv"), text })
}
