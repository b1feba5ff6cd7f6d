//! `offhook tenant password`.

use serde_json::json;

use super::{Answer, Desk, Failure, answer::fields};
use crate::{admin::actions::PhonePasswords, domain::TenantSlug};

/// What phones are asked for besides the scope in their URL.
#[derive(Debug, clap::Subcommand)]
pub enum TenantPasswordCommand {
    /// Make a new password; phones learn it with their next configuration and are asked for it after a while
    #[command(after_help = "Phones that are new must be told user name and password by hand from then on.

Example:
  offhook tenant password set acme --overlap 14")]
    Set {
        /// The tenant's short name
        slug: TenantSlug,
        /// For how many days phones are not asked for it yet, or may answer with the former one; 0 begins now
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        overlap: u32,
    },
    /// Show user name and password, as they are typed at a phone
    Show {
        /// The tenant's short name
        slug: TenantSlug,
    },
    /// Ask the tenant's phones for no password any more; they forget it with their next configuration
    Remove {
        /// The tenant's short name
        slug: TenantSlug,
    },
}

impl TenantPasswordCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Set { slug, overlap } => {
                let set = desk.actions.set_tenant_password(&slug, overlap).await?;
                Ok(shown(&set))
            }
            Self::Show { slug } => Ok(shown(&desk.actions.tenant_passwords(&slug).await?)),
            Self::Remove { slug } => {
                desk.actions.remove_tenant_password(&slug).await?;
                let text = format!("phones of {slug} are asked for no password any more");
                Ok(Answer::new(text, json!({ "removed": slug })))
            }
        }
    }
}

fn shown(PhonePasswords(passwords): &PhonePasswords) -> Answer {
    let mut lines = Vec::new();
    for password in passwords {
        let text = password.password.expose().to_owned();
        match password.expires_at {
            None => lines.extend([
                ("user name", password.user.clone()),
                ("password", text),
                ("asked for from", password.demanded_from.to_string()),
            ]),
            Some(end) => lines.push(("former password", format!("{text} until {end}"))),
        }
    }
    let json = passwords.iter().map(|password| {
        json!({
            "user": password.user,
            "password": password.password.expose(),
            "demanded_from": password.demanded_from.to_string(),
            "expires_at": password.expires_at.map(|end| end.to_string()),
        })
    });
    Answer::new(fields(&lines), json!({ "passwords": json.collect::<Vec<_>>() }))
}
