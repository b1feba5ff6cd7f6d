//! `offhook dhcp`.

use std::net::Ipv4Addr;

use serde_json::json;

use super::{Answer, Desk, Failure, WrongInput};
use crate::{
    admin::dhcp::{DhcpServer, Plan, Value, Wishes},
    domain::TenantSlug,
};

/// What a DHCP server tells phones.
#[derive(Debug, clap::Subcommand)]
pub enum DhcpCommand {
    /// Print lines for dnsmasq
    #[command(after_help = "Examples:
  offhook dhcp dnsmasq acme > /etc/dnsmasq.d/offhook.conf
  offhook dhcp dnsmasq acme --interface eth0.20 --ntp 10.20.0.1")]
    Dnsmasq {
        /// For whom, and what besides.
        #[command(flatten)]
        told: DhcpArguments,
        /// Tell only phones whose requests come in by this interface
        #[arg(long, value_name = "NAME")]
        interface: Option<String>,
    },
    /// Print client classes for Kea
    #[command(after_help = "Examples:
  offhook dhcp kea acme > /etc/kea/offhook.json
  offhook dhcp kea acme --option 160 --ntp 10.20.0.1 --ntp 10.20.0.2")]
    Kea(DhcpArguments),
    /// Print classes for ISC dhcpd
    #[command(after_help = "Example:
  offhook dhcp isc acme > /etc/dhcp/offhook.conf && dhcpd -t")]
    Isc(DhcpArguments),
    /// Print commands for RouterOS of MikroTik
    #[command(after_help = "Example:
  offhook dhcp mikrotik acme --server dhcp-voice > offhook.rsc")]
    Mikrotik {
        /// For whom, and what besides.
        #[command(flatten)]
        told: DhcpArguments,
        /// Tell only phones that ask this entry of /ip dhcp-server
        #[arg(long, value_name = "NAME")]
        server: Option<String>,
    },
    /// Print commands of PowerShell for Windows Server
    #[command(after_help = "Example:
  offhook dhcp windows acme --scope 10.20.0.0 > offhook.ps1")]
    Windows {
        /// For whom, and what besides.
        #[command(flatten)]
        told: DhcpArguments,
        /// Tell only phones in the DHCP scope of this network address
        #[arg(long, value_name = "ADDRESS")]
        scope: Option<Ipv4Addr>,
    },
}

/// For whom, and what besides.
#[derive(Debug, clap::Args)]
pub struct DhcpArguments {
    /// The tenant's short name
    tenant: TenantSlug,
    /// Time server (option 42), in place of the tenant's setting time.ntp; several times for several
    #[arg(long, value_name = "ADDRESS")]
    ntp: Vec<Ipv4Addr>,
    /// Give the URL in this option too, for phones that were told to look there: 128 to 254
    #[arg(long = "option", value_name = "CODE", value_parser = parse_code)]
    options: Vec<u8>,
    /// Address for TFTP (option 150), for phones that take nothing but an address; several times for several
    #[arg(long, value_name = "ADDRESS")]
    tftp: Vec<Ipv4Addr>,
    /// Give the URL where phones are told whom to trust (plain HTTP, or TFTP where that is all there is), in place of HTTPS
    #[arg(long)]
    bootstrap: bool,
}

impl DhcpCommand {
    pub(super) async fn run(self, desk: &Desk) -> Result<Answer, Failure> {
        let (server, told) = match self {
            Self::Dnsmasq { told, interface } => (DhcpServer::Dnsmasq { interface }, told),
            Self::Kea(told) => (DhcpServer::Kea, told),
            Self::Isc(told) => (DhcpServer::Isc, told),
            Self::Mikrotik { told, server } => (DhcpServer::Mikrotik { server }, told),
            Self::Windows { told, scope } => (DhcpServer::Windows { scope }, told),
        };
        let facts = desk.actions.dhcp_facts(&told.tenant).await?;
        if desk.installation.server_name.is_empty() {
            return Err(WrongInput::new(
                "this server has no name yet, so no phone could find it; set it in the configuration: \
                 [server] name = \"phones.example.org\"",
            )
            .into());
        }
        let scope = facts.scope.scope.expose();
        let url = if told.bootstrap {
            desk.installation.bootstrap_url(&scope).ok_or_else(|| {
                WrongInput::new(
                    "this server has no door without TLS beside its HTTPS, so no phone could be told whom to trust; open \
                     one in the configuration: [listen] http = \"0.0.0.0:80\"",
                )
            })?
        } else {
            desk.installation.provisioning_url(&scope)
        };
        let mut wishes = Wishes { ntp: told.ntp, tftp: told.tftp, also: told.options };
        wishes.also.sort_unstable();
        wishes.also.dedup();
        let catalog = desk.packs.catalog()?;
        let plan = Plan::new(&facts.tenant, url, &facts.ntp, &wishes, catalog.manifests());
        let text = server.directives(&plan)?;
        Ok(Answer::new(text.trim_end(), shown(&server, &plan, &text)))
    }
}

fn shown(server: &DhcpServer, plan: &Plan, text: &str) -> serde_json::Value {
    let classes = plan.classes.iter().map(|class| {
        let options = class.options.iter().map(|option| {
            let value = match &option.value {
                Value::Text(text) => json!(text),
                Value::Addresses(addresses) => json!(addresses),
                Value::Bytes(bytes) => json!(data_encoding::HEXLOWER.encode(bytes)),
            };
            json!({ "code": option.code, "value": value, "about": option.about })
        });
        json!({
            "vendor": class.vendor,
            "vendor_class_begins_with": class.begins_with,
            "options": options.collect::<Vec<_>>(),
        })
    });
    json!({
        "server": server.as_str(),
        "tenant": plan.tenant,
        "provisioning_url": plan.url,
        "phones": classes.collect::<Vec<_>>(),
        "text": text,
    })
}

fn parse_code(text: &str) -> Result<u8, String> {
    match text.parse() {
        Ok(150) => Err("option 150 holds addresses, not a URL: see --tftp".to_owned()),
        Ok(code @ 128..=254) => Ok(code),
        _ => Err("is none of 128 to 254".to_owned()),
    }
}
