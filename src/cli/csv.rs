//! `offhook csv`.

use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::{Answer, Desk, Failure, license::read_text};
use crate::{
    admin::actions::{CsvKind, CsvMistake, CsvOptions},
    domain::TenantSlug,
};

/// A larger file is none that an administrator made.
const LARGEST_FILE: u64 = 64 << 20;

const COLUMNS: &str = "The first row names the columns:
  devices     Action, Name, Device model, Managed by, CPE profile, Inventory ID, MAC, Description, ASCII key, Qpc key, Lines
              Action is \"add\" or \"+\"; Lines is like \"1=101 2=102\" and may be missing, as may what is not mandatory
  extensions  Number, Name, Product, Add-ons, SIP user, SIP password
  dids        Number, Service
  keys        MAC, Position, Kind, Line, Value, Label

A file is taken whole or not at all, unless --partial is given. Sent a second time it changes nothing.";

/// Many things at once, from a spreadsheet and back.
#[derive(Debug, clap::Subcommand)]
pub enum CsvCommand {
    /// Add what a file lists
    #[command(after_help = COLUMNS)]
    Import {
        /// The tenant's short name
        tenant: TenantSlug,
        /// What the file is about
        kind: Kind,
        /// The file; `-` reads standard input
        file: PathBuf,
        /// Check everything and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Take the rows that are right although others are wrong
        #[arg(long)]
        partial: bool,
    },
    /// Print what there is as a file that can be imported again
    Export {
        /// The tenant's short name
        tenant: TenantSlug,
        /// What the file is about
        kind: Kind,
    },
}

/// What a file is about.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Kind {
    /// Devices and their lines
    Devices,
    /// Extensions and their products
    Extensions,
    /// DID numbers and who answers them
    Dids,
    /// Programmed keys of devices
    Keys,
}

impl From<Kind> for CsvKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Devices => Self::Devices,
            Kind::Extensions => Self::Extensions,
            Kind::Dids => Self::Dids,
            Kind::Keys => Self::Keys,
        }
    }
}

impl CsvCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Import { tenant, kind, file, dry_run, partial } => {
                let text = read_text(&file, LARGEST_FILE)?;
                // shown on a terminal only
                let bar = ProgressBar::new(0);
                if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} rows") {
                    bar.set_style(style);
                }
                let progress = |done: u64, total: u64| {
                    bar.set_length(total);
                    bar.set_position(done);
                };
                let options = CsvOptions { dry_run, partial };
                let outcome =
                    desk.actions.import_csv(&tenant, kind.into(), text.as_bytes(), options, &progress).await;
                bar.finish_and_clear();
                let outcome = outcome?;
                let would = if dry_run { "would be " } else { "" };
                let counts = format!("{} rows {would}added, {} unchanged", outcome.added, outcome.unchanged);
                let told: Vec<_> = outcome.mistakes.iter().map(CsvMistake::to_string).collect();
                let text = match told.len() {
                    0 => counts,
                    wrong => format!("{counts}, {wrong} wrong:\n{}", told.join("\n")),
                };
                Ok(Answer::new(text, json!(outcome)))
            }
            Self::Export { tenant, kind } => {
                let csv = desk.actions.export_csv(&tenant, kind.into()).await?;
                Ok(Answer::new(csv.trim_end(), json!({ "csv": csv })))
            }
        }
    }
}
