//! `offhook pbx`.

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde_json::json;

use super::{Answer, Desk, Failure, WrongInput};
use crate::{
    admin::pbx::{Format, PbxFile},
    domain::TenantSlug,
};

/// What a PBX needs.
#[derive(Debug, clap::Subcommand)]
pub enum PbxCommand {
    /// Write accounts, trunks, mailboxes and opening hours in the form that a PBX reads
    #[command(
        after_help = "What is written holds passwords, or hashes that are as good: keep it as secret as they are. A file is
readable for its owner alone. Only what the license admits and nobody blocked is in it.

Examples:
  offhook pbx export acme --format kamailio | sqlite3 /etc/kamailio/kamailio.sqlite
  offhook pbx export acme --format asterisk --output /etc/asterisk/offhook"
    )]
    Export {
        /// The tenant's short name
        tenant: TenantSlug,
        /// For which PBX
        #[arg(long, value_enum)]
        format: PbxFormat,
        /// Directory for the files; standard output when not given
        #[arg(long, value_name = "DIRECTORY")]
        output: Option<PathBuf>,
    },
}

/// A PBX that can be fed.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum PbxFormat {
    /// SQL for the tables subscriber, address and dbaliases
    Kamailio,
    /// pjsip, voicemail and extensions files to include
    Asterisk,
    /// A user directory
    Freeswitch,
}

impl PbxCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let Self::Export { tenant, format, output } = self;
        let exchange = desk.actions.exchange(&tenant).await?;
        let format = match format {
            PbxFormat::Kamailio => Format::Kamailio,
            PbxFormat::Asterisk => Format::Asterisk,
            PbxFormat::Freeswitch => Format::Freeswitch,
        };
        let files = format.files(&exchange);
        let as_of = exchange.accounts.as_of;
        let Some(folder) = output else {
            let several = files.len() > 1;
            let texts = files.iter().map(|file| {
                let title = if several { format!("; --- {}\n", file.name) } else { String::new() };
                format!("{title}{}", file.text.trim_end())
            });
            let text = texts.collect::<Vec<_>>().join("\n\n");
            let json = files.iter().map(|file| json!({ "name": file.name, "text": file.text }));
            return Ok(Answer::new(text, json!({ "as_of": as_of, "files": json.collect::<Vec<_>>() })));
        };
        if !folder.is_dir() {
            return Err(WrongInput::new(format_args!("{} is no directory", folder.display())).into());
        }
        for file in &files {
            write(&folder, file)?;
        }
        let names: Vec<_> = files.iter().map(|file| folder.join(file.name).display().to_string()).collect();
        let text = format!("wrote {} as of revision {as_of}", names.join(", "));
        Ok(Answer::new(text, json!({ "as_of": as_of, "files": names })))
    }
}

/// Writes a file beside the one that it replaces, and puts it in its place whole.
fn write(folder: &Path, file: &PbxFile) -> anyhow::Result<()> {
    let path = folder.join(file.name);
    let partial = folder.join(format!(".{}.partial", file.name));
    let write = || -> std::io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        let mut written = options.write(true).create(true).truncate(true).mode(0o600).open(&partial)?;
        written.write_all(file.text.as_bytes())?;
        written.sync_all()?;
        std::fs::rename(&partial, &path)
    };
    write().with_context(|| path.display().to_string())
}
