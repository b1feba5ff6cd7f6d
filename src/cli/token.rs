//! `offhook token`.

use serde_json::json;

use super::{
    Answer, Desk, Failure,
    answer::{fields, table},
    parse_name,
};
use crate::{
    admin::actions::{Token, TokenToAdd},
    domain::{PlainText, Rights, Role, TenantSlug, TokenId},
};

/// Tokens for programs.
#[derive(Debug, clap::Subcommand)]
pub enum TokenCommand {
    /// Make a token for the REST API; it is shown once
    #[command(
        after_help = "A token of a tenant sees that tenant alone; without --tenant it acts for the whole installation.

Examples:
  offhook token add \"Acme's portal\" --tenant acme --role administrator
  offhook token add Monitoring --right licenses:view --right devices:view --days 365"
    )]
    Add {
        /// What people call it
        #[arg(value_parser = parse_name)]
        name: PlainText,
        /// The only tenant that it sees and changes
        #[arg(long)]
        tenant: Option<TenantSlug>,
        /// What it may do.
        #[command(flatten)]
        allowed: Allowed,
        /// For how many days it is good; for ever when not given
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3650))]
        days: Option<u32>,
    },
    /// List tokens, without the tokens themselves
    List {
        /// Those of a tenant; else those of the whole installation
        #[arg(long)]
        tenant: Option<TenantSlug>,
    },
    /// End a token
    Revoke {
        /// Its id
        #[arg(value_parser = |text: &str| Ok::<_, std::convert::Infallible>(TokenId::stored(text)))]
        id: TokenId,
        /// The tenant that it belongs to
        #[arg(long)]
        tenant: Option<TenantSlug>,
    },
}

/// What the token may do.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Allowed {
    /// What a role may do: administrator, phone-manager, read-only or operator
    #[arg(long)]
    role: Option<Role>,
    /// A right such as devices:change or extensions:view; may be given more than once
    #[arg(long = "right", value_name = "RIGHT")]
    rights: Vec<Rights>,
}

impl TokenCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let actions = &desk.actions;
        Ok(match self {
            Self::Add { name, tenant, allowed, days } => {
                let rights = allowed.role.map_or_else(|| all(&allowed.rights), Role::rights);
                let new = TokenToAdd { name, rights, days };
                let (token, secret) = actions.add_token(tenant.as_ref(), new).await?;
                let lines = [
                    ("token", secret.expose().to_owned()),
                    ("id", token.id.to_string()),
                    ("may", token.rights.to_string()),
                ];
                let text = format!("{}\n\nKeep the token now: it is not shown again.", fields(&lines));
                Answer::new(
                    text,
                    json!({ "id": token.id, "token": secret.expose(), "rights": token.rights.to_string() }),
                )
            }
            Self::List { tenant } => listed(&actions.tokens(tenant.as_ref()).await?),
            Self::Revoke { id, tenant } => {
                let token = actions.revoke_token(tenant.as_ref(), &id).await?;
                Answer::new(
                    format!("token {id} \"{}\" is good no longer", token.name),
                    json!({ "revoked": id }),
                )
            }
        })
    }
}

/// All these rights together.
fn all(rights: &[Rights]) -> Rights {
    Rights::of(|component| {
        rights.iter().map(|rights| rights.level(component)).max().unwrap_or(crate::domain::Level::None)
    })
}

fn listed(tokens: &[Token]) -> Answer {
    let rows = tokens.iter().map(|token| {
        let end = token.expires_at.map_or_else(|| "never".to_owned(), |end| end.to_string());
        vec![
            token.id.to_string(),
            token.name.to_string(),
            end,
            token.created_by.clone(),
            token.rights.to_string(),
        ]
    });
    let headers = ["id", "name", "expires", "made by", "may"];
    let json = tokens.iter().map(|token| {
        json!({
            "id": token.id,
            "name": token.name,
            "rights": token.rights.to_string(),
            "created_by": token.created_by,
            "created_at": token.created_at.to_string(),
            "expires_at": token.expires_at.map(|end| end.to_string()),
        })
    });
    Answer::new(table(&headers, rows.collect(), "no token"), json.collect())
}
