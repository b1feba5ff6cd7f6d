//! `offhook backup` and `offhook restore`.

use std::path::PathBuf;

use serde_json::json;

use super::{Answer, Desk, Failure, Installation};

/// Writes everything that admins own to a file.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The file is a SQLite database, whatever the engine in use; it is read back before it gets its
name. The master key is NOT in it: without the key the passwords in a backup cannot be read. Keep the key elsewhere.

Example:
  offhook backup /var/backups/offhook-$(date +%F).db"
)]
pub struct Backup {
    /// The file to write; for its owner only
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub force: bool,
}

/// Puts a backup in place of everything that admins own.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Put the master key in its place first (DATA/keys/master.key). The store must be empty; with
--force EVERYTHING IN IT IS REMOVED FIRST. All or nothing is restored, on either engine.

Example:
  offhook restore /var/backups/offhook-2027-01-31.db"
)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Remove everything that is in the store
    #[arg(long)]
    pub force: bool,
}

impl Backup {
    pub(super) async fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let made = desk.actions.back_up(&self.file, self.force).await?;
        let rows: u64 = made.rows.iter().map(|(_, rows)| rows).sum();
        let text = format!(
            "wrote {rows} rows to {}, read back and found the same\n\
             the master key is not in it: keep key {} ({}) elsewhere, nothing else opens the passwords",
            self.file.display(),
            made.key_id,
            desk.installation.master_key
        );
        let json = json!({ "file": self.file, "rows": rows, "digest": made.digest, "key_id": made.key_id });
        Ok(Answer::new(text, json))
    }
}

impl Restore {
    /// What must be so before the store is opened, because opening makes what is missing.
    pub(super) async fn check(&self, installation: &Installation) -> Result<(), Failure> {
        Ok(installation.location()?.has_key_for(&self.file).await?)
    }

    pub(super) async fn run(&self, desk: &Desk) -> Result<Answer, Failure> {
        let restored = desk.actions.restore(&self.file, self.force).await?;
        let rows: u64 = restored.rows.iter().map(|(_, rows)| rows).sum();
        let text = format!("restored {rows} rows from {}, compared with the backup", self.file.display());
        let json = json!({ "rows": rows, "digest": restored.digest, "key_id": restored.key_id });
        Ok(Answer::new(text, json))
    }
}
