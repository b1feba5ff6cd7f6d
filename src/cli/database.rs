//! `offhook database`.

use serde_json::json;

use super::{Answer, Desk, Failure};
use crate::admin::actions::{DatabaseRole, PhonesMay, phones_access};

/// The database and who may do what in it.
#[derive(Debug, clap::Subcommand)]
pub enum DatabaseCommand {
    /// Give a PostgreSQL role what `serve --role phones` needs, and take everything else from it
    #[command(
        after_help = "The role reads what documents are made from and writes what phones leave behind. It reads
no users, sessions, tokens or audit and changes nothing that admins own: whoever breaks into the process that
phones talk to can do no more. A newer release gives its new tables to the role when it migrates.

SQLite has no roles, so nothing is kept apart there.

Example, as the owner of the database:
  psql -c \"CREATE ROLE offhook_phones LOGIN PASSWORD '...'\" offhook
  offhook database grant offhook_phones
  OFFHOOK_DATABASE_URL=postgres://offhook_phones:...@db/offhook offhook serve --role phones"
    )]
    Grant {
        /// The role; it must exist
        role: DatabaseRole,
        /// Print the statements and run none
        #[arg(long)]
        print: bool,
    },
}

impl DatabaseCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let Self::Grant { role, print } = self;
        if print {
            let statements = desk.actions.phones_grants(&role).await?;
            let text = statements.iter().map(|statement| format!("{statement};")).collect::<Vec<_>>();
            return Ok(Answer::new(text.join("\n"), json!({ "statements": statements })));
        }
        desk.actions.grant_to_phones(&role).await?;
        let tables = |wanted| -> Vec<&str> {
            let those = phones_access().iter().filter(|(_, access)| *access == wanted);
            those.map(|(table, _)| *table).collect()
        };
        let (reads, writes, nothing) =
            (tables(PhonesMay::Read), tables(PhonesMay::Write), tables(PhonesMay::Nothing));
        let text = format!(
            "{role} may read {} tables and write {}; it sees nothing of {}",
            reads.len() + writes.len(),
            writes.join(" and "),
            nothing.join(", ")
        );
        let json = json!({ "role": role.to_string(), "reads": reads, "writes": writes, "nothing": nothing });
        Ok(Answer::new(text, json))
    }
}
