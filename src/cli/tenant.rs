//! `offhook tenant`.

use serde_json::json;

use super::{
    Answer, Desk, Failure, WrongInput,
    answer::{fields, table},
    parse_name,
    tenant_password::TenantPasswordCommand,
};
use crate::{
    admin::actions::{TenantDetails, TenantToAdd},
    domain::{PlainText, SipDomain, TenantSlug},
};

/// Customers.
#[derive(Debug, clap::Subcommand)]
pub enum TenantCommand {
    /// Make a tenant and print the URL of its phones
    #[command(after_help = "Example:
  offhook tenant add acme --name \"Acme Ltd\" --sip-domain pbx.example.org")]
    Add {
        /// Short name: 2 to 32 of a-z, 0-9 and -
        slug: TenantSlug,
        /// The company's name
        #[arg(long, value_parser = parse_name)]
        name: PlainText,
        /// Domain of its SIP addresses: a DNS name or an IP address
        #[arg(long)]
        sip_domain: SipDomain,
    },
    /// List all tenants
    List,
    /// Show a tenant with the URL of its phones
    Show {
        /// The tenant's short name
        slug: TenantSlug,
    },
    /// The unguessable part of its URL
    #[command(subcommand)]
    Scope(ScopeCommand),
    /// What its phones are asked for besides the URL
    #[command(subcommand)]
    Password(TenantPasswordCommand),
    /// Remove a tenant with everything it has
    Remove {
        /// The tenant's short name
        slug: TenantSlug,
        /// Yes, remove it
        #[arg(long)]
        yes: bool,
    },
}

/// Scopes of provisioning URLs.
#[derive(Debug, clap::Subcommand)]
pub enum ScopeCommand {
    /// Give a tenant a new URL; the old one goes on for a while, so that phones can learn the new one
    #[command(after_help = "Example:
  offhook tenant scope rotate acme --overlap 14")]
    Rotate {
        /// The tenant's short name
        slug: TenantSlug,
        /// For how many days the old URL goes on; 0 ends it now
        #[arg(long, value_name = "DAYS", default_value_t = 30)]
        overlap: u32,
    },
}

impl TenantCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        match self {
            Self::Add { slug, name, sip_domain } => {
                let details = desk.actions.add_tenant(TenantToAdd { slug, name, sip_domain }).await?;
                Ok(shown(desk, &details))
            }
            Self::List => list(desk).await,
            Self::Show { slug } => Ok(shown(desk, &desk.actions.tenant(&slug).await?)),
            Self::Scope(scope) => scope.run(desk).await,
            Self::Password(password) => password.run(desk).await,
            Self::Remove { slug, yes } => remove(desk, &slug, yes).await,
        }
    }
}

impl ScopeCommand {
    async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let Self::Rotate { slug, overlap } = self;
        let (scope, old_until) = desk.actions.rotate_scope(&slug, overlap).await?;
        let url = desk.installation.provisioning_url(&scope.scope.expose());
        let text = fields(&[("new URL", url.clone()), ("old URL until", old_until.to_string())]);
        Ok(Answer::new(text, json!({ "provisioning_url": url, "old_until": old_until.to_string() })))
    }
}

async fn list(desk: &Desk) -> Result<Answer, Failure> {
    let tenants = desk.actions.tenants().await?;
    let rows = tenants
        .iter()
        .map(|tenant| vec![tenant.slug.to_string(), tenant.name.to_string(), tenant.sip_domain.to_string()]);
    let text = table(&["tenant", "name", "SIP domain"], rows.collect(), "no tenant yet");
    let json = tenants
        .iter()
        .map(|tenant| json!({ "slug": tenant.slug, "name": tenant.name, "sip_domain": tenant.sip_domain }));
    Ok(Answer::new(text, json.collect()))
}

fn shown(desk: &Desk, details: &TenantDetails) -> Answer {
    let tenant = &details.tenant;
    let urls: Vec<_> = details
        .scopes
        .iter()
        .map(|scope| (desk.installation.provisioning_url(&scope.scope.expose()), scope.expires_at))
        .collect();
    let current = details.scopes.iter().find(|scope| scope.expires_at.is_none());
    let bootstrap = current.and_then(|scope| desk.installation.bootstrap_url(&scope.scope.expose()));
    let mut lines = vec![
        ("tenant", tenant.slug.to_string()),
        ("name", tenant.name.to_string()),
        ("SIP domain", tenant.sip_domain.to_string()),
        ("extensions", details.extensions.to_string()),
        ("devices", details.devices.to_string()),
    ];
    for (url, expires_at) in &urls {
        match expires_at {
            None => {
                lines.push(("provisioning URL", url.clone()));
                lines.extend(bootstrap.clone().map(|url| ("URL of phones that trust nobody yet", url)));
            }
            Some(end) => lines.push(("old URL", format!("{url} until {end}"))),
        }
    }
    let json = json!({
        "slug": tenant.slug,
        "name": tenant.name,
        "sip_domain": tenant.sip_domain,
        "extensions": details.extensions,
        "devices": details.devices,
        "provisioning_urls": urls.iter().map(|(url, end)| {
            json!({ "url": url, "expires_at": end.map(|end| end.to_string()) })
        }).collect::<Vec<_>>(),
        "bootstrap_url": bootstrap,
    });
    Answer::new(fields(&lines), json)
}

async fn remove(desk: &Desk, slug: &TenantSlug, yes: bool) -> Result<Answer, Failure> {
    let details = desk.actions.tenant(slug).await?;
    if !yes {
        return Err(WrongInput::new(format_args!(
            "this removes tenant {slug} with {} extensions and {} devices, for good; confirm it with --yes",
            details.extensions, details.devices
        ))
        .into());
    }
    desk.actions.remove_tenant(slug).await?;
    Ok(Answer::new(format!("removed tenant {slug}"), json!({ "removed": slug })))
}
