//! A CSV file (RFC 4180) as rows of named columns: what spreadsheets write, with a byte order mark, semicolons or quotes.

use super::CsvMistake;

/// A larger file is none that an administrator made.
const MOST_ROWS: usize = 100_000;

/// A column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// Whether the file must have it.
    pub(super) required: bool,
}

pub(super) const fn required(name: &'static str) -> Column {
    Column { name, required: true }
}

pub(super) const fn optional(name: &'static str) -> Column {
    Column { name, required: false }
}

/// One row as it stands in the file.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) number: u64,
    cells: csv::StringRecord,
}

/// The rows of a file.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) rows: Vec<Record>,
    /// For each column where it stands in the file, if it does.
    pub(super) places: Vec<Option<usize>>,
    /// What is wrong with rows that cannot be read.
    pub(super) mistakes: Vec<CsvMistake>,
}

/// A row of a sheet, by the names of its columns.
pub(super) struct Row<'a> {
    pub(super) record: &'a Record,
    pub(super) columns: &'static [Column],
    pub(super) places: &'a [Option<usize>],
}

impl Row<'_> {
    /// The cell below a header, trimmed; empty when there is none. The mark that keeps spreadsheets from taking a cell for
    /// a formula is left out.
    pub(super) fn cell(&self, name: &str) -> &str {
        let place = self.columns.iter().position(|column| column.name == name);
        let place = place.and_then(|place| self.places.get(place).copied().flatten());
        let text = place.and_then(|place| self.record.cells.get(place)).unwrap_or_default().trim();
        match text.strip_prefix('\'') {
            Some(rest) if is_formula(rest) => rest,
            _ => text,
        }
    }

    /// The cell, where it is not empty.
    pub(super) fn some(&self, name: &str) -> Option<&str> {
        Some(self.cell(name)).filter(|text| !text.is_empty())
    }
}

/// Whether a spreadsheet would calculate with the text (CWE-1236).
fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

impl Sheet {
    pub(super) fn read(bytes: &[u8], columns: &'static [Column]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            format!("line {line} is not UTF-8; save the file as \"CSV UTF-8\"")
        })?;
        let first = text.lines().next().unwrap_or_default();
        let delimiter = if first.matches(';').count() > first.matches(',').count() { b';' } else { b',' };
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|error| error.to_string())?.clone();
        let place = |column: &Column| {
            headers.iter().position(|header| header.trim().eq_ignore_ascii_case(column.name))
        };
        let places: Vec<Option<usize>> = columns.iter().map(place).collect();
        let names = || columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        let missing = columns.iter().zip(&places).find(|(column, place)| column.required && place.is_none());
        if let Some((column, _)) = missing {
            return Err(format!(
                "column \"{}\" is missing in the first row; the columns are {}",
                column.name,
                names()
            ));
        }
        let unknown = headers.iter().enumerate().find(|(index, _)| !places.contains(&Some(*index)));
        if let Some((index, header)) = unknown.filter(|(_, header)| !header.trim().is_empty()) {
            let twice = columns.iter().any(|column| column.name.eq_ignore_ascii_case(header.trim()));
            let what = if twice { "stands there twice" } else { "is none" };
            let header: String = header.chars().take(40).collect();
            return Err(format!("column {} \"{header}\" {what}; the columns are {}", index + 1, names()));
        }
        let (mut rows, mut mistakes) = (Vec::new(), Vec::new());
        for (index, record) in reader.records().enumerate() {
            let number = index as u64 + 2;
            if rows.len() >= MOST_ROWS {
                return Err(format!("the file has more than {MOST_ROWS} rows"));
            }
            let cells = record.map_err(|error| format!("row {number}: {error}"))?;
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if cells.len() > headers.len() {
                let problem = format!("has {} cells, the first row has {}", cells.len(), headers.len());
                mistakes.push(CsvMistake { row: number, column: None, problem });
                continue;
            }
            rows.push(Record { number, cells });
        }
        Ok(Self { rows, places, mistakes })
    }
}

/// A file with these rows.
pub(super) fn written(columns: &[Column], rows: Vec<Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let header = columns.iter().map(|column| column.name.to_owned()).collect();
    for row in std::iter::once(header).chain(rows) {
        let guarded = row.into_iter().map(|cell| if is_formula(&cell) { format!("'{cell}") } else { cell });
        // a vector takes everything that is written to it
        let _ = writer.write_record(guarded);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}
